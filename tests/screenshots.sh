#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# screenshots: take the README's screenshots of `top` and the live page, under a flood.
#
#   tests/screenshots.sh DIRECTORY
#
# Needs chromium, tmux and aha; pngquant, if installed, makes the files smaller. Ordinary connections reach
# a gateway made of namespaces; later on, a flood of spoofed SYNs with a few heavy senders as well.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need_private_mounts "$@"
out=$(realpath "${1:?screenshots.sh DIRECTORY}")
private_world
quiet_s=20 # of ordinary connections
flood_s=30 # of spoofed SYNs, until the table is full
bots_s=60  # of a flood with some heavy sources

X() { xdpctl "$@" --netns gateway; }
tm() { tmux -S "$work/tmux" -f /dev/null "$@"; }

finish() {
	[ ! -S "$work/tmux" ] || tm kill-server
	[ ! -f "$work/pids" ] || xargs -r kill <"$work/pids" 2>/dev/null
	wait
	remove_hosts
	rm -rf "$work"
}

in_background() {
	"$@" >/dev/null 2>&1 &
	echo $! >>"$work/pids"
}

send() { # DEVICE PROFILE OPTION...
	in_background nsenter --net=/run/netns/client pktgen send "$2" "$1" --sender packet \
		--duration $((quiet_s + flood_s + bots_s + 90)) --count 100000000 "${@:3}"
}

# Further interfaces of the gateway, for the overview: the peer of ethN is pN.
add_uplinks() { # N...
	local number
	for number in "$@"; do
		ip -n gateway link add "eth$number" type veth peer name "p$number" netns client
		ip -n gateway link set "eth$number" up
		ip -n client link set "p$number" up
	done
	X attach "${@/#/eth}" >/dev/null || exit 1
}

# The page as it first appears: its charts begin with the exporter's history.
screenshot() { # PICTURE SIZE URL OPTION...
	inside gateway timeout 60 chromium --virtual-time-budget=4000 --headless --no-sandbox --disable-gpu \
		--hide-scrollbars "--user-data-dir=$work/browser" "--window-size=$2" \
		"--screenshot=$work/$1" "${@:4}" "$3" >"$work/chromium" 2>&1
	[ -s "$work/$1" ] || { cat "$work/chromium" >&2; exit 1; }
	if command -v pngquant >/dev/null; then
		pngquant --force --output "$out/$1" 128 "$work/$1"
	else
		cp "$work/$1" "$out/$1"
	fi
}

trap finish EXIT
make_hosts
X attach g0 >/dev/null || exit 1
add_uplinks 1 2 3 4 10
in_background nsenter --net=/run/netns/gateway xdpctl export --listen 127.0.0.1:9477
TERM=xterm LC_ALL=C.UTF-8 tm new-session -d -x 110 -y 36 \
	"env TERM=tmux-256color LC_ALL=C.UTF-8 xdpctl top g0 --netns gateway"
tm set -g status off
send p2 handshakes --rate 900 --sources 100 --victims 2 --victim 203.0.113.20
send p10 handshakes --rate 300 --sources 50 --family ipv6
send c0 handshakes --rate 12000 --sources 400 --victims 3 --victim 203.0.113.20
sleep $quiet_s
send c0 syn-flood --distribution spoofed --rate 25000 --port 443 --victim 203.0.113.10
sleep $flood_s
send c0 bots --rate 15000 --spoofed 1000000 --heavy 3:200000,9:70000,25:20000 \
	--family ipv4 --port 443 --victim 203.0.113.10 --seed 3
sleep $bots_s
# A terminal's usual colours instead of HTML's pure ones.
tm capture-pane -epN | aha --black --title xdpctl |
	sed 's/<pre>/<pre style="font: 15px monospace; margin: 12px">/
		s/color:lime/color:#4e9a06/g; s/color:aqua/color:#3fb8c4/g; s/color:red/color:#ef4b4b/g' \
	>"$work/top.html"
screenshot overview.png 1200,400 http://127.0.0.1:9477/
screenshot page.png 1200,1180 http://127.0.0.1:9477/#g0
screenshot page-dark.png 1200,1180 http://127.0.0.1:9477/#g0 --blink-settings=preferredColorScheme=0
screenshot phone.png 500,1100 http://127.0.0.1:9477/#g0
screenshot top.png 1020,680 "file://$work/top.html"
