#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_names: alternative names of interfaces, short and long, wherever a name is taken.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() {
	[ ! -S "$work/socket" ] || tmux -S "$work/socket" kill-server 2>/dev/null
	remove_hosts
}

long=uplink-to-provider-with-a-long-name
longest=$(printf 'n%.0s' {1..127})

X() { xdpctl "$@" --netns gateway; }

make_named_hosts() {
	make_hosts
	for name in up1 $long "$longest"; do
		ip -n gateway link property add dev g0 altname "$name" || skip "no alternative names"
	done
}

# Its own name is printed, in text and in JSON.
test_commands() {
	local name
	make_named_hosts
	for name in up1 $long "$longest"; do
		run 0 X attach "$name" -j
		assert_eq '["g0"]' "$(jq -c '[.interfaces[].interface]' <<<"$out")" "attach $name"
		knock 192.0.2.1 3
		run 0 X stats "$name" -j
		assert_eq '["g0",3]' "$(jq -c '.interfaces[0] | [.interface, .syns]' <<<"$out")" "stats $name"
		run 0 X stats "$name" --prom
		grep -q 'xdpctl_attached{interface="g0"} 1' <<<"$out" || assert_eq "g0" "$out" "stats --prom"
		run 0 X stats "$name" --watch=1 --count 1 --jsonl
		assert_eq "[\"g0\"]" "$(jq -c "[.. | .interface? // empty] | unique" <<<"$out")" "stats --watch $name"
		run 0 X status "$name" -j
		assert_eq '["g0"]' "$(jq -c '[.interfaces[].interface]' <<<"$out")" "status $name"
		run 0 X reset "$name" -j
		assert_eq '["g0",3]' "$(jq -c '.interfaces[0] | [.interface, .syns]' <<<"$out")" "reset $name"
		run 0 X inspect "$name" -j
		assert_eq '["g0"]' "$(jq -c '[.programs[].interface] | unique' <<<"$out")" "inspect $name"
		run 0 X doctor "$name" -j
		assert_eq ok "$(jq -r '.checks[] | select(.name == "link") | .state' <<<"$out")" "doctor $name"
		run 0 X export "$name" --textfile "$work/x.prom" --once
		grep -q '^xdpctl_attached{interface="g0"} 1' "$work/x.prom" ||
			assert_eq "g0" "$(grep attached "$work/x.prom")" "export $name"
		run 0 X detach "$name"
		assert_eq "g0: detached" "$(head -n 1 <<<"$out")" "detach $name"
	done
}

# Two names are one attachment; a name without an interface is refused as it was given.
test_same_interface() {
	make_named_hosts
	run 0 X attach up1 g0 $long
	assert_eq "g0: attached, native mode" "$(grep g0: <<<"$out")" "once"
	run 0 X attach $long
	run 0 X status -j
	assert_eq '["g0"]' "$(jq -c '[.interfaces[].interface]' <<<"$out")" "one attachment"
	ip -n gateway link property del dev g0 altname $long
	for name in $long "${longest}n" nope0; do
		run 1 X stats "$name"
		assert_says "$name: no such interface"
		run 1 X attach "$name"
		assert_says "$name: no such interface"
	done
}

test_pktgen() {
	make_named_hosts
	run 0 inside gateway pktgen send syn-flood $long --sender packet --count 5 --rate 1000
	run 1 inside gateway pktgen send syn-flood nope-$long --sender packet --count 5
	assert_says "nope-$long: there is no such interface"
}

screen_has() { tmux -S "$work/socket" capture-pane -p | grep -qE -e "$1"; }

test_top() {
	command -v tmux >/dev/null || skip "no tmux"
	make_named_hosts
	run 0 X attach g0
	TERM=xterm LC_ALL=C.UTF-8 tmux -S "$work/socket" -f /dev/null new-session -d -x 80 -y 24 \
		"xdpctl top $long --netns gateway"
	wait_until screen_has '^ xdpctl top +g0  native'
}

run_tests test_commands test_same_interface test_pktgen test_top
