#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_overview: several interfaces compared: by stats and top, in text and in JSON.
# waits: for rates, each measured over half a second
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/uplinks.sh
. "$root/tests/uplinks.sh"
# shellcheck source=tests/terminal.sh
. "$root/tests/terminal.sh"
need_private_mounts "$@"
private_world
after_each() {
	[ ! -f "$work/socket" ] || tm kill-server 2>/dev/null
	[ ! -f "$work/pids" ] || xargs -r kill <"$work/pids" 2>/dev/null
	rm -f "$work/pids" "$work/socket"
	remove_hosts
}

X() { xdpctl "$@" --netns gateway; }

# Let what is counted of an interface not be readable.
break_pins() { # INTERFACE
	local pin
	pin=$(echo /sys/fs/bpf/xdpctl/*-"$(ip -n gateway -o link show "$1" | cut -d: -f1)"/sources_back)
	rm "$pin"
	bpftool map create "$pin" type array key 4 value 4 entries 1 name another || skip "no bpftool"
}

# The columns of stats' overview: of each row, the first word and those that are asked for.
rows() { awk -v first="$1" 'NR >= first && NF == 0 { exit } NR >= first { print $1 }' "$work/out" | tr '\n' ' '; }

test_stats() {
	make_uplinks eth2 eth10 eth1 eth3
	send eth10 300 --victim 203.0.113.10 --port 443 --sources 1
	send eth3 200 --victim 203.0.113.10 --port 443 --sources 1
	run 0 X stats
	assert_eq "4 interfaces, 4 idle" "$(head -n 1 "$work/out")"
	assert_eq "interface all eth1 eth2 eth3 eth10 " "$(rows 2)" "names in their natural order"
	grep -qE '^all +0 +0 +- +500 +203\.0\.113\.10:443 ' "$work/out" || assert_eq "the row for all" "$out"
	grep -qE '^eth10 +idle +native +0 +0 +- +300 +203\.0\.113\.10:443 ' "$work/out" ||
		assert_eq "a row" "$out"
	grep -qE '^eth1 +idle +native +0 +0 +- +0 +- +-$' "$work/out" || assert_eq "an idle row" "$out"
	assert_eq 7 "$(wc -l <"$work/out")" "lines"
	run 0 X stats -v
	assert_eq "eth1: eth2: eth3: eth10: " "$(awk '/^eth[0-9]*: native$/ { print $1 }' "$work/out" | tr '\n' ' ')" \
		"interfaces in full"
	run 0 X status
	assert_eq "eth1 eth2 eth3 eth10 " "$(awk '/^eth/ { print $1 }' "$work/out" | tr '\n' ' ')" "status"
	run 0 X stats eth10 eth3
	assert_eq "2 interfaces, 2 idle" "$(head -n 1 "$work/out")"
	assert_eq "eth10: native eth3: native " "$(grep native$ "$work/out" | tr '\n' ' ')"
	run 0 X stats eth10
	assert_eq "eth10: native" "$(head -n 1 "$work/out")"
	run 0 X detach eth1 eth2 eth3
	run 0 X stats
	assert_eq "eth10: native" "$(head -n 1 "$work/out")" "one interface is shown at once"
}

test_busiest_first() {
	make_uplinks eth0 eth1 eth2
	start_sending eth2 2000 --victim 203.0.113.20 --port 80
	start_sending eth1 200 --victim 203.0.113.10 --port 443
	wait_until busy_rows 2
	run 0 X stats
	assert_eq "interface all eth2 eth1 eth0 " "$(rows 2)"
	grep -qE '^eth2 +counting +native +[1-9],?[0-9]* +[1-9],?[0-9]* +(100\.0|9[0-9]\.[0-9]) % ' "$work/out" ||
		assert_eq "a busy row" "$out"
	run 0 X stats --watch=1 --count 1
	assert_eq "interface all eth2 eth1 eth0 " "$(rows 2)" "--watch"
	run 0 X stats --watch=1 --count 1 -v
	assert_eq 3 "$(grep -c '^[0-9:]* eth[0-9]: native, ' "$work/out")" "--watch -v: each in full"
}

busy_rows() { # HOW MANY
	[ "$(X stats -j | jq '[.overview.interfaces[] | select(.syns_pps > 0)] | length')" = "$1" ]
}

# A victim that is heaviest over all interfaces together; totals and bounds are sums.
test_json() {
	make_uplinks eth0 eth1 eth2
	send eth0 100 --victim 203.0.113.1 --sources 1
	send eth0 90 --victim 203.0.113.9 --sources 1
	send eth1 110 --victim 203.0.113.2 --sources 1
	send eth1 80 --victim 203.0.113.9 --sources 1
	run 0 X stats -j
	assert_eq '["203.0.113.9",80,170,170]' \
		"$(jq -c '.overview.all.victim | [.address, .port, .at_least, .at_most]' <<<"$out")" "victim of all"
	assert_eq '["203.0.113.1","203.0.113.2",null]' \
		"$(jq -c '[.overview.interfaces[].victim.address]' <<<"$out")" "victims"
	assert_eq '[380,380,0,{"counting":3,"stale":0,"detached":0,"gone":0,"failed":0}]' \
		"$(jq -c '.overview.all | [.syns, .packets, .syns_pps, .states]' <<<"$out")" "all"
	assert_eq '[true,true]' "$(jq -c '[.overview.all.syns == ([.interfaces[].syns] | add),
		.overview.all.packets == ([.interfaces[].packets] | add)]' <<<"$out")" "sums"
	assert_eq null "$(jq .overview.all.victim.syns_pps <<<"$out")" "a rate that is not known"
	run 0 X stats eth0 -j
	assert_eq null "$(jq .overview <<<"$out")" "the overview of one interface"
	run 0 X stats --watch=1 --count 1 --jsonl
	assert_eq '[3,380,0]' "$(jq -c '.overview | [(.interfaces | length), .all.syns, .all.victim.syns_pps]' <<<"$out")"
}

# A table is read once for the overview and the interfaces in full, so that they agree.
test_reads_once() {
	need_strace
	opened_by() { # ARGUMENT...
		strace -f -qq -e trace=bpf -o "$work/calls" xdpctl "$@" --netns gateway >/dev/null 2>&1
		grep -c BPF_OBJ_GET, "$work/calls"
	}
	local overview
	make_uplinks eth0 eth1
	overview=$(opened_by stats)
	[ "$overview" -gt 0 ] || assert_eq "some pins" "$overview"
	assert_eq "$overview $overview" "$(opened_by stats -j) $(opened_by stats -v)" "pins opened"
}

# What cannot be read is a row with its reason, and an error after everything else was shown.
test_unreadable() {
	make_uplinks eth0 eth1 eth2
	send eth1 10 --sources 1
	break_pins eth0
	run 1 X stats
	assert_says "sources_back"
	assert_eq "3 interfaces, 2 idle, 1 cannot be read" "$(head -n 1 "$work/out")"
	assert_eq "interface all eth0 eth1 eth2 " "$(rows 2)" "the unknown one first"
	grep -qE '^eth0 +cannot be read +- +\? +\? +- +- +- +-$' "$work/out" || assert_eq "unknown" "$out"
	run 1 X stats -j
	assert_eq '["failed","counting","counting"]' "$(jq -c '[.overview.interfaces[].state]' <<<"$out")"
	assert_eq '["eth1","eth2"]' "$(jq -c '[.interfaces[].interface] | sort' <<<"$out")"
	assert_eq true "$(jq '.overview.interfaces[0].reason | contains("sources_back")' <<<"$out")"
	assert_eq null "$(jq '.overview.interfaces[0].syns_pps' <<<"$out")"
	run 0 X detach eth2
	run 1 X stats eth1 eth2
	assert_says "eth2: not attached"
	grep -qE '^eth2 +not attached +- +- +- +- +- +- +-$' "$work/out" || assert_eq "not attached" "$out"
	grep -qE '^eth1: native$' "$work/out" || assert_eq "eth1 in full" "$out"
	run 1 X stats eth1 nosuch
	assert_says "nosuch: no such interface"
	grep -qE '^nosuch +gone ' "$work/out" || assert_eq "gone" "$out"
}

# On a terminal, lines fit; what is cut ends in an ellipsis.
test_narrow_terminal() {
	need script
	make_uplinks eth0 eth1
	send eth0 5 --victim 2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff --port 65535 --family ipv6 --sources 1
	run 0 script -qec "stty cols 80; xdpctl stats --netns gateway" /dev/null
	assert_eq 80 "$(tr -d '\r' <"$work/out" | LC_ALL=C.UTF-8 wc -L)" "columns of the longest line"
	grep -qE '^eth0 +idle +0 +0 +\[2001:db8:aaaa:[0-9a-f:]+…  2001:db8:[0-9a-f:]+….?$' "$work/out" ||
		assert_eq "addresses that are cut" "$out"
	run 0 X stats
	grep -qF '[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535' "$work/out" || assert_eq "all of it" "$out"
}

open_terminal() { # COLUMNS LINES ARGUMENT...
	need tmux
	mktemp -u "$work/tmux.XXXXXX" >"$work/socket"
	TERM=xterm LC_ALL=C.UTF-8 tm new-session -d -x "$1" -y "$2" \
		"env TERM=tmux-256color LC_ALL=C.UTF-8 xdpctl top --netns gateway ${*:3}"
	tm set -g status off
}

test_top() {
	make_uplinks eth2 eth10 eth1
	send eth10 40 --victim 203.0.113.10 --port 443 --sources 1
	open_terminal 80 24
	wait_screen '^ xdpctl top   3 interfaces, 3 idle'
	wait_screen '^ all +0 +0 '
	assert_eq "eth1 eth2 eth10 " "$(awk '/^ eth/ { print $1 }' "$work/screen" | tr '\n' ' ')"
	start_sending eth10 500 --victim 203.0.113.10 --port 443 --sources 1
	wait_screen '^ eth10 +counting +[1-9][0-9]* +[1-9][0-9]* .*203\.0\.113\.10:443'
	assert_eq eth10 "$(awk '/^ eth/ { print $1; exit }' "$work/screen")" "the busiest"
	tm send-keys Enter
	wait_screen '^ xdpctl top   eth10  native'
	tm send-keys Escape
	wait_screen '^ xdpctl top   3 interfaces, 2 idle'
	tm send-keys Down Tab
	wait_screen '^ xdpctl top   eth1  native'
	tm send-keys Tab
	wait_screen '^ xdpctl top   eth2  native'
	tm send-keys BSpace
	wait_screen '^ xdpctl top   3 interfaces'
	tm send-keys Home j k End Enter
	wait_screen '^ xdpctl top   eth2  native'
	tm send-keys Escape
	wait_screen '^ xdpctl top   3 interfaces'
	tm send-keys -l $'\e[M %$' # a click on line 3, column 4: the first interface
	wait_screen '^ xdpctl top   eth10  native'
	tm send-keys Escape s
	wait_screen '▼SYNs'
	tm send-keys h
	wait_screen 'all interfaces; Backspace'
	tm send-keys Escape
	wait_screen '^ all '
	tm resize-window -x 30 -y 6
	wait_screen '^ eth10 '
}

# The selected interface stays in sight among hundreds, and the busiest ones if they can.
test_top_scrolls() {
	make_uplinks $(seq -f eth%g 0 29)
	open_terminal 80 10
	wait_screen '^ eth5 '
	assert_eq "eth0 eth1 eth2 eth3 eth4 eth5 " "$(awk '/^ eth/ { print $1 }' "$work/screen" | tr '\n' ' ')"
	tm send-keys NPage
	wait_screen '^ eth6 '
	tm send-keys End
	wait_screen '^ eth29 '
	assert_eq eth24 "$(awk '/^ eth/ { print $1; exit }' "$work/screen")"
	tm send-keys Enter
	wait_screen '^ xdpctl top   eth29 '
	tm send-keys Escape Home
	wait_screen '^ eth0 '
}

test_top_states() {
	make_uplinks eth0 eth1 eth2
	run 0 X detach eth2
	break_pins eth0
	open_terminal 80 24 eth0 eth1 eth2
	wait_screen '^ eth0 +cannot be read +\? +\? '
	wait_screen '^ eth1 +idle '
	wait_screen '^ eth2 +not attached +- +- '
	tm send-keys End
	wait_screen "^ eth2: not attached: 'xdpctl attach eth2' starts it"
	run 1 X top eth2 </dev/null
	assert_says "eth2: not attached"
}

run_tests test_stats test_busiest_first test_json test_reads_once test_unreadable test_narrow_terminal test_top \
	test_top_scrolls test_top_states
