#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_plan_live: frames judged on an interface, and their capture by `plan`: the same verdicts, within
# a jiffy of the threshold where time decides.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"

after_each() {
	kill_listed "$work/dumpcap"
	remove_hosts
	[ ! -e /run/netns/between ] || ip netns del between
	rm -rf /var/lib/xdpctl
}

# A bridge between both hosts, where frames can be captured before they are judged.
make_captured_hosts() {
	make_silent_hosts
	ip netns add between
	ip netns exec between sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	ip -n between link add br0 type bridge mcast_snooping 0 2>/dev/null || skip "no bridges"
	ip -n between -b - <<-END || exit 1
		link add m0 type veth peer name c1 netns client
		link add m1 type veth peer name g1 netns gateway
		link set m0 master br0
		link set m1 master br0
		link set m0 type bridge_slave learning off
		link set m1 type bridge_slave learning off
		link set br0 up
		link set m0 up
		link set m1 up
	END
	ip -n client link set c1 up
	ip -n gateway link set g1 up
}

is_capturing() { [ -s "$work/t.pcapng" ] && grep -q "^File: " "$work/dumpcap.err"; }
# All that has been captured has been judged.
has_all() { # AT-LEAST
	local captured
	captured=$(capinfos -Mrc "$work/t.pcapng" 2>/dev/null | awk 'END { print $NF }')
	[ "${captured:-0}" -ge $(($1 * 9 / 10)) ] && [ "$(X stats g1 -j | jq .interfaces[0].packets)" = "$captured" ]
}

# sent FRAMES ARGUMENT...: sent to g1 by pktgen, with a policy in force, and captured on the way.
# The reasons of their verdicts are in $live, those of the plan in $planned.
sent() {
	run 0 X attach g1
	run 0 X policy apply "$work/p.yaml" g1 --no-management --no-confirm
	start_inside between dumpcap -q -i m0 -B 64 -w "$work/t.pcapng" 2>"$work/dumpcap.err"
	echo $! >"$work/dumpcap"
	wait_until is_capturing
	run 0 inside client pktgen send "${@:2}" c1 --sender packet --count "$1"
	wait_until has_all "$1"
	kill -INT "$(<"$work/dumpcap")"
	wait "$(<"$work/dumpcap")" || assert_eq "a capture" "$(<"$work/dumpcap.err")"
	rm "$work/dumpcap"
	run 0 X stats g1 -j
	live=$(jq -cS '.interfaces[0].reasons' <<<"$out")
	run 0 xdpctl plan "$work/p.yaml" "$work/t.pcapng" -j
	planned=$(jq -cS .policy.reasons <<<"$out")
	assert_eq "$(jq add <<<"$live")" "$(jq add <<<"$planned")" "frames with a verdict"
}

# Lists know no time: every frame is judged alike.
test_lists() {
	need dumpcap
	make_captured_hosts
	policy p "management: [{source: 0.0.0.0/2, ports: [80, 443]}, {source: '2001:db8::/32', ports: [22]}]" \
		"allow: [64.0.0.0/3, '2001:db8::/34']" "deny: [0.0.0.0/1, 208.0.0.0/4, '2001:db8:8000::/33']" \
		"fragments: {tiny: drop}"
	sent 3000 mix --rate 20000
	assert_eq "$live" "$planned" "reasons"
	assert_eq true "$(jq '[.drop_deny, .pass_default, .pass_allow, .pass_management] | all(. > 50)' <<<"$live")" "$live"
}

# about REASON TOLERANCE: live and planned differ by that at most.
about() {
	assert_eq true "$(jq -n --argjson a "$live" --argjson b "$planned" --arg reason "$1" --argjson by "$2" \
		'$a[$reason] - $b[$reason] | . <= $by and . >= -$by')" "$1: live $live, planned $planned"
}

# 1 source of 500 SYN/s for about a second: 51 and 10 each second pass. The frames wait on their way
# for as long as the machine is busy, which counts by the limit's rate.
test_limit() {
	need dumpcap
	make_captured_hosts
	policy p "limit: {rate: 10/s, burst: 50, mode: enforce}"
	sent 500 syn-flood --sources 1 --rate 500
	about pass_below 3
	assert_eq true "$(jq '.pass_below >= 51 and .pass_below < 250' <<<"$planned")" "$planned"
}

# None passes once the attack is seen. A CPU adds up to 64 SYNs of a jiffy at a time, so that it is seen
# later by these at most where a plan, whose jiffies are shorter, has fewer in one.
test_protect() {
	need dumpcap
	make_captured_hosts
	policy p "protect: [{name: web, victims: [198.18.0.1], above: 10/s, below: 5/s, hold: 1h," \
		"  mode: enforce, action: drop}]"
	sent 500 syn-flood --sources 100 --rate 500
	about drop_attack 64
	assert_eq true "$(jq '.drop_attack >= 400 and .drop_attack < 490' <<<"$planned")" "$planned"
}

run_tests test_lists test_limit test_protect
