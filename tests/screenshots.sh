#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# screenshots: take the README's screenshots of `top` and the live page, under a flood.
#
#   tests/screenshots.sh DIRECTORY
#
# Needs chromium, tmux, aha and pngquant (`make deps-test deps-ci`). Ordinary connections reach a gateway
# made of namespaces; later on, a flood of spoofed SYNs with a few heavy senders as well.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need_private_mounts "$@"
out=$(realpath "${1:?screenshots.sh DIRECTORY}")
private_world
quiet_s=20 # of ordinary connections
flood_s=25 # of spoofed SYNs, until the table is full
bots_s=45  # of a flood with some heavy sources

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

# Steps for the browser, from stdin; its pictures go to $work.
browse() {
	inside gateway timeout 120 python3 "$root/tests/browser.py" "$work/browser" || exit 1
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
send c0 syn-flood --distribution spoofed --rate 10000 --port 443 --victim 203.0.113.10
sleep $flood_s
send c0 bots --rate 30000 --spoofed 1000000 --heavy 3:15000000,9:4000000,25:600000 \
	--family ipv4 --port 443 --victim 203.0.113.10 --seed 3
sleep $bots_s
# A terminal's usual colours instead of HTML's pure ones.
tm capture-pane -epN | aha --black --title xdpctl |
	sed 's/<pre>/<pre style="font: 15px monospace; margin: 12px">/
		s/color:lime/color:#4e9a06/g; s/color:aqua/color:#3fb8c4/g; s/color:red/color:#ef4b4b/g' \
	>"$work/top.html"
browse <<-END
	size 1200 410
	open http://127.0.0.1:9477/
	wait document.querySelector('#list tbody tr')
	picture $work/overview.png
	size 1200 1080
	open http://127.0.0.1:9477/#g0
	wait document.querySelectorAll('#sources tbody tr').length > 9
	picture $work/page.png
	media prefers-color-scheme dark
	picture $work/page-dark.png
	media prefers-color-scheme light
	size 430 620
	open http://127.0.0.1:9477/#
	wait !document.getElementById('overview').hidden
	picture $work/phone.png
	size 1020 680
	open file://$work/top.html
	picture $work/top.png
END
for picture in overview page page-dark phone top; do
	pngquant --force --output "$out/$picture.png" 64 "$work/$picture.png" || exit 1
done
