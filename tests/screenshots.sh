#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# screenshots: the README's pictures of `top` and of the live page, taken under a flood.
#
#   tests/screenshots.sh DIRECTORY
#
# Needs chromium, tmux and aha. A flood of spoofed SYNs with a few heavy senders, and ordinary
# connections beside it, reach a gateway made of namespaces for a minute.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need_private_mounts "$@"
out=$(realpath "${1:?screenshots.sh DIRECTORY}")
private_world
minute=60

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

send() { # PROFILE OPTION...
	in_background nsenter --net=/run/netns/client pktgen send "$1" c0 --sender packet \
		--duration $minute "${@:2}"
}

photograph() { # PICTURE SIZE URL OPTION...
	inside gateway timeout 60 chromium --timeout=15000 --headless --no-sandbox --disable-gpu --hide-scrollbars \
		"--user-data-dir=$work/browser" "--window-size=$2" \
		"--screenshot=$out/$1" "${@:4}" "$3" >/dev/null 2>&1
}

trap finish EXIT
make_hosts
X attach g0 >/dev/null || exit 1
send bots --rate 60000 --count 100000000 --spoofed 2000000 \
	--heavy 3:120000,9:40000,25:8000 --family ipv4 --port 443 --victim 203.0.113.10 --seed 3
send handshakes --rate 3000 --count 100000000 --sources 400 --victims 6 --victim 203.0.113.20
in_background nsenter --net=/run/netns/gateway xdpctl export --listen 127.0.0.1:9477
TERM=xterm LC_ALL=C.UTF-8 tm new-session -d -x 110 -y 34 \
	"env TERM=tmux-256color LC_ALL=C.UTF-8 xdpctl top g0 --netns gateway"
tm set -g status off
sleep $((minute * 2 / 3)) # for a history that is worth seeing
tm capture-pane -ep | aha --black --title xdpctl >"$work/top.html"
sed -i 's/<pre>/<pre style="font: 15px\/1.25 monospace; margin: 14px">/' "$work/top.html"
photograph page.png 1200,1150 http://127.0.0.1:9477/
photograph page-dark.png 1200,1150 http://127.0.0.1:9477/ --force-dark-mode --enable-features=WebContentsForceDark
photograph phone.png 400,900 http://127.0.0.1:9477/
photograph top.png 1030,690 "file://$work/top.html"
