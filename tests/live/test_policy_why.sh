#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_policy_why: the answer is what happens to a SYN, and asking changes nothing.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"

# answers WANT SOURCE VICTIM:PORT: verdict, reason and rule, and those of a shadow rule.
answers() {
	run 0 X policy why g0 "$2" "$3" -j
	assert_eq "$1" "$(jq -c '[.verdict, .reason, .rule] + if .shadow then [.shadow.reason, .shadow.rule]
		else [] end' <<<"$out")" "$2 to $3"
}

test_answers() {
	make_hosts
	run 0 X attach g0
	policy p "management: [{source: 192.0.2.0/24, ports: [22]}]" \
		"allow: [198.51.100.7]" \
		"deny: [192.0.2.0/24, 198.51.100.0/24, '2001:db8:f::/48']" \
		"limit: {rate: 20/s, burst: 60, mode: enforce}"
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	answers '["pass","pass_management","management"]' 192.0.2.9 203.0.113.1:22
	answers '["drop","drop_deny","deny"]' 192.0.2.9 203.0.113.1:23
	answers '["pass","pass_allow","allow"]' 198.51.100.7 203.0.113.1:80
	answers '["drop","drop_deny","deny"]' 198.51.100.8 203.0.113.1:80
	answers '["drop","drop_deny","deny"]' 2001:db8:f::1 '[2001:db8::1]:80'
	answers '["pass","pass_below","limit"]' 2001:db8:e::1 '[2001:db8::1]:80'
	run 0 X policy deny g0 2001:db8:e::/48 --for 1h
	answers '["drop","drop_deny","deny-by-hand"]' 2001:db8:e::1 '[2001:db8::1]:80'
	run 0 X policy why g0 192.0.2.9 203.0.113.1:23
	assert_eq "a SYN from 192.0.2.9 to 203.0.113.1:23 is dropped now: deny list, by rule deny" "$out"
}

# To $source: the address of the flood.
flood_is_limited() {
	run 0 X stats g0 -j
	source=$(jq -r '.interfaces[0] | select(.reasons.tx_challenge > 0) | .sources[0].address' <<<"$out")
	[ -n "$source" ]
}

# What the kernel has seen decides, and asking is not seen.
test_state() {
	make_silent_hosts
	run 0 X attach g0
	run 0 xdpctl attach c0 --netns client # which lets it receive answers
	policy p "management: [203.0.113.0/24]" "limit: {rate: 1/s, burst: 5, mode: enforce}"
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	for _ in {1..8}; do answers '["pass","pass_below","limit"]' 192.0.2.2 192.0.2.1:9; done
	run 0 X stats g0 -j
	before=$(jq -c '.interfaces[0] | [.packets, .reasons]' <<<"$out")
	answers '["pass","pass_below","limit"]' 192.0.2.2 192.0.2.1:9
	run 0 X stats g0 -j
	assert_eq "$before" "$(jq -c '.interfaces[0] | [.packets, .reasons]' <<<"$out")" "counters"
	# One source above its limit all the while.
	start_inside client "$root/build/pktgen" send syn-flood c0 --sender packet --sources 1 --rate 50 \
		--count 1000000 --duration 600 2>/dev/null >&2
	sender=$!
	wait_until flood_is_limited
	answers '["tx","tx_challenge","limit"]' "$source" 192.0.2.1:9
	answers '["pass","pass_below","limit"]' 192.0.2.3 192.0.2.1:9
	sed 's/enforce/shadow/' "$work/p.yaml" >"$work/shadow.yaml"
	run 0 X policy apply "$work/shadow.yaml" g0 --no-confirm
	answers '["pass","pass_default",null,"tx_challenge","limit"]' "$source" 192.0.2.1:9
	run 0 X policy why g0 "$source" 192.0.2.1:9
	case $out in *"passes now: "*"shadow rule limit would answer it: "*) ;; *) assert_eq "a shadow" "$out" ;; esac
	kill "$sender"
}

# A plan compares with what is in force there, which is what the same file decides.
test_plan_against_interface() {
	make_hosts
	run 0 X attach g0
	policy old "management: [192.0.2.0/24]" "deny: [0.0.0.0/1]"
	policy new "management: [192.0.2.0/24]" "deny: [128.0.0.0/1]"
	run 0 pktgen write syn-flood "$work/t.pcap" --count 5000 --sources 1000
	run 1 X plan "$work/new.yaml" "$work/t.pcap" --against g0
	assert_says "g0: no policy: "
	run 0 X policy apply "$work/old.yaml" g0 --no-confirm
	local changes='{newly_dropped, newly_passed, totals: [.policy, .against.reasons]}'
	run 0 xdpctl plan "$work/new.yaml" "$work/t.pcap" --against "$work/old.yaml" -j
	file=$(jq -cS "$changes" <<<"$out")
	run 0 X plan "$work/new.yaml" "$work/t.pcap" --against g0 -j
	assert_eq "$file" "$(jq -cS "$changes" <<<"$out")" "the policy of g0"
	assert_eq true "$(jq '.newly_dropped.frames > 0 and .newly_passed.frames > 0' <<<"$out")"
	passed=$(jq .newly_passed.frames <<<"$out")
	run 0 X policy deny g0 128.0.0.0/1 --for 1h
	run 0 X plan "$work/new.yaml" "$work/t.pcap" --against g0 -j
	assert_eq "[0,$passed]" "$(jq -c '[.newly_dropped.frames, .newly_passed.frames]' <<<"$out")" "by hand"
	run 2 X plan "$work/new.yaml" "$work/t.pcap" --against "$work/old.yaml"
	assert_says "--netns is that of --against IFACE, which is not given"
	run 1 X plan "$work/new.yaml" "$work/t.pcap" --against none0
	assert_says "none0"
}

test_refused() {
	make_hosts
	run 0 X attach g0
	run 1 X policy why g0 192.0.2.9 203.0.113.1:22
	assert_says "g0: no policy: "
	run 2 X policy why g0 192.0.2.300 203.0.113.1:22
	assert_says "source: '192.0.2.300' is not an IPv4 or IPv6 address"
	run 2 X policy why g0 192.0.2.3 203.0.113.1
	assert_says "victim: '203.0.113.1': give ADDRESS:PORT, and an IPv6 address in brackets"
	run 2 X policy why g0 192.0.2.3 203.0.113.1:70000
	run 2 X policy why g0 2001:db8::1 2001:db8::2:80
	assert_says "victim: '2001:db8::2:80': give ADDRESS:PORT, and an IPv6 address in brackets"
	run 2 X policy why g0 2001:db8::1 192.0.2.1:80
	assert_says "are of different families"
}

run_tests test_answers test_state test_plan_against_interface test_refused
