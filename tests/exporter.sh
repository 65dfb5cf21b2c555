# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# exporter: start an exporter of the gateway's interfaces, read from it, and end it; for tests that
# source lib.sh.
# shellcheck disable=SC2154 # work is lib.sh's

after_each() {
	kill_listed "$work/pids"
	remove_hosts
}

X() { xdpctl "$@" --netns gateway; }

in_background() { # COMMAND...: $background; its output is in $work/background
	[ ! -e "$work/background" ] || rm "$work/background" # of the one before
	: >"$work/background"
	"$@" >>"$work/background" 2>&1 &
	background=$!
	echo $background >>"$work/pids"
}

# What runs in the background has printed TEXT.
wait_printed() { # TEXT
	until [[ $(<"$work/background") = *"$1"* ]]; do
		kill -0 "$background" 2>/dev/null || assert_eq "$1" "$(<"$work/background")"
		pause
	done
}

wait_listening() {
	wait_printed "listening on"
	# shellcheck disable=SC2034 # used by the tests
	exporter=$background
	url=$(<"$work/background") url=${url##*listening on } url=${url%%[[:space:]]*}
	port=${url%/} port=${port##*:}
}

start_exporter() { # OPTION...: on the machine's loopback
	in_background xdpctl export --netns gateway --listen 127.0.0.1:0 "$@"
	wait_listening
}

fetch() { # PATH [OPTION...]
	curl -sS --max-time 10 "$url$1" "${@:2}"
}

# A body without its header, to $body. Bash asks by itself: curl takes long to start.
get() { # PATH
	local socket
	exec {socket}<>"/dev/tcp/127.0.0.1/$port" || return
	printf 'GET /%s HTTP/1.0\r\n\r\n' "$1" >&"$socket"
	IFS= read -rN 10000000 body <&"$socket"
	exec {socket}<&-
	body=${body#*$'\r\n\r\n'}
}

# Poll a metric: readings may be a second old.
wait_metric() { # WANTED SAMPLE
	local i body
	for ((i = 0; i < 300; i++)); do
		get metrics
		[[ $'\n'$body$'\n' != *$'\n'"$2 $1"$'\n'* ]] || return 0
		pause && pause
	done
	assert_eq "$1" "$(grep -F "$2 " <<<"$body")" "$2"
}

flood() { # OPTION...; $sent is how many SYNs
	inside client pktgen send syn-flood c0 --sender packet --duration 5 --truth "$work/truth.tsv" "$@" \
		>"$work/pktgen" 2>&1 || assert_eq "pktgen's success" "$(cat "$work/pktgen")"
	# shellcheck disable=SC2034 # used by the tests
	sent=$(awk '!/^#/ { n += $2 } END { print n + 0 }' "$work/truth.tsv")
}
