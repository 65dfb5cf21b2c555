#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_policy_answers: where SYNs can be answered, where they pass instead, and who is trusted.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"

challenge_policy() {
	policy p "management: [203.0.113.0/24]" "protect:" \
		"  - {name: web, victims: [192.0.2.1], armed: always, mode: enforce}"
}

assert_contains() { # TEXT WHERE
	case $2 in *"$1"*) ;; *) assert_eq "...$1..." "$2" ;; esac
}

assert_answers() { # WHETHER REASON
	assert_eq "$2" "$(jq -c '[.not_answerable[].reason | .[:40]]' <<<"$out")" "what apply says"
	run 0 X stats g0 -j
	assert_eq "$1" "$(jq .interfaces[0].can_answer <<<"$out")" "can_answer"
}

# A veth whose other end has no program loses what is sent back natively: SYNs pass, and it is said.
test_veth() {
	make_silent_hosts
	challenge_policy
	run 0 X attach g0 -m native
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	assert_says "g0: SYNs that would be answered pass, as 'not_answerable': the other end of the veth loses answers"
	knocks 192.0.2.1 || fail "a SYN did not pass"
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm -j
	assert_answers false '["the other end of the veth loses answers:"]'
	assert_eq 1 "$(jq '.interfaces[0].reasons.not_answerable' <<<"$out")" "not_answerable"
	assert_eq 0 "$(jq '.interfaces[0].verdicts.tx' <<<"$out")" "answers"
	run 0 X stats g0
	assert_contains "SYNs are not answered here, and pass instead" "$out"
	run 0 X policy why g0 192.0.2.2 192.0.2.1:9 -j
	assert_eq '["pass","not_answerable","web"]' "$(jq -c '[.verdict, .reason, .rule]' <<<"$out")" "why"
	run 1 X doctor --answer g0
	assert_contains "the other end of the veth loses answers" "$out"
	# With a program at the other end, or in generic mode, they are answered.
	run 0 xdpctl attach c0 --netns client
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm -j
	assert_answers true '[]'
	ip netns exec gateway sysctl -qw net.ipv4.tcp_syncookies=2 net.ipv4.tcp_timestamps=2
	run 0 X doctor --answer g0 -j
	assert_eq '["ok","ok","ok","ok","ok"]' "$(jq -c '[.checks[].state]' <<<"$out")" "doctor --answer"
	knocks 192.0.2.1 || fail "a challenged client gave up"
	run 0 X stats g0 -j
	assert_eq '[1,1,0]' "$(jq -c '.interfaces[0] | [.reasons.tx_challenge, .reasons.verified_now, .tx_failed]' <<<"$out")" \
		"challenged, verified, lost"
	assert_eq '[1,1]' "$(jq -c '.interfaces[0].attacks[0] | [.challenged, .verified]' <<<"$out")" "by victim"
	# What is lost since the program at the other end is gone is said until somebody looks again.
	assert_eq false "$(X stats g0 -j | jq .interfaces[0].answers_lost)" "answers lost"
	run 0 X status -j
	assert_eq false "$(jq .interfaces[0].answers_lost <<<"$out")" "answers lost in status"
	run 0 xdpctl detach c0 --netns client
	assert_eq '[true,true]' "$(X stats g0 -j | jq -c '.interfaces[0] | [.can_answer, .answers_lost]')" "answers lost"
	run 0 X stats g0
	assert_contains "answers are lost: 'xdpctl doctor --answer IFACE' says why" "$out"
	run 0 X status g0 -j
	assert_eq true "$(jq .interfaces[0].answers_lost <<<"$out")" "answers lost in status"
	run 0 X status
	assert_contains "  answers are lost: 'xdpctl doctor --answer g0' says why" "$out"
	run 1 X doctor --answer g0
	assert_contains "the other end of the veth loses answers" "$out"
	run 0 X reset g0
	assert_eq false "$(X stats g0 -j | jq .interfaces[0].answers_lost)" "answers lost, after a reset"
	knocks 192.0.2.1 || fail "a SYN did not pass"
	assert_eq false "$(X stats g0 -j | jq .interfaces[0].can_answer)" "after a reset, which looks again"
}

# A policy that answers nothing loses no answers.
test_no_answers() {
	local line
	make_silent_hosts
	run 0 xdpctl attach c0 --netns client
	run 0 X attach g0 -m native
	for line in "deny: [203.0.113.1]" "limit: {rate: 1000/s, mode: shadow}" \
		"protect: [{name: web, victims: [192.0.2.1], armed: always, mode: enforce, action: drop}]" \
		"protect: [{name: web, victims: [192.0.2.1], armed: always, mode: shadow}]"; do
		policy p "management: [203.0.113.0/24]" "$line"
		run 0 X policy apply "$work/p.yaml" g0 --no-confirm
		[ "$line" != "deny: [203.0.113.1]" ] || run 0 xdpctl detach c0 --netns client
		run 0 X stats g0 -j
		assert_eq false "$(jq .interfaces[0].answers_lost <<<"$out")" "answers lost: $line"
		run 0 X status g0 -j
		assert_eq false "$(jq .interfaces[0].answers_lost <<<"$out")" "answers lost in status: $line"
	done
	run 0 X status g0
	[[ $out != *"answers are lost"* ]] || assert_eq "no word of answers" "$out"
}

test_generic() {
	make_silent_hosts
	challenge_policy
	run 0 X attach g0 -m generic
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm -j
	assert_answers true '[]'
	knocks 192.0.2.1 || fail "a challenged client gave up"
	run 0 X stats g0 -j
	assert_eq '[1,1,null]' "$(jq -c '.interfaces[0] | [.reasons.tx_challenge, .reasons.verified_now, .tx_failed]' <<<"$out")" \
		"challenged, verified, not known"
}

# Tags that the device hides would be missing in answers.
test_tags() {
	make_silent_hosts
	challenge_policy
	run 0 X attach g0 -m generic
	ip netns exec gateway ethtool -K g0 rxvlan on 2>/dev/null || skip "no ethtool, or no rxvlan"
	ip -n gateway link add br0 type bridge 2>/dev/null || skip "no bridges"
	ip -n gateway link set g0 master br0
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm -j
	assert_answers false '["the device removes VLAN tags before XDP "]'
	ip netns exec gateway ethtool -K g0 rxvlan off
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm -j
	assert_answers true '[]'
}

# Without Ethernet headers the kernel may send an answer as another protocol.
test_raw_ip() {
	make_silent_hosts
	challenge_policy
	ip -n gateway tuntap add t0 mode tun 2>/dev/null || skip "no tun devices"
	ip -n gateway link set t0 up
	run 0 X attach t0 -m generic
	run 0 X policy apply "$work/p.yaml" t0 --no-confirm -j
	assert_eq '["frames have no Ethernet header, without "]' "$(jq -c '[.not_answerable[].reason | .[:40]]' <<<"$out")"
	run 1 X doctor --answer t0
	assert_contains "frames have no Ethernet header" "$out"
}

# After a boot as after 'policy apply': SYNs that cannot be answered pass, and it is said.
test_restored() {
	make_silent_hosts
	challenge_policy
	run 0 X attach g0 -m native
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	run 0 X detach g0
	rm -rf /sys/fs/bpf/xdpctl
	run 0 X attach g0 -m native
	sed -i 's/"other"/"host"/' /var/lib/xdpctl/policy/*/interfaces.json
	run 0 X policy restore g0
	assert_says "g0: SYNs that would be answered pass, as 'not_answerable': the other end of the veth loses answers"
	knocks 192.0.2.1 || fail "a SYN did not pass"
}

trust_ended() { [ "$(X policy why g0 192.0.2.2 192.0.2.1:9 -j | jq .trusted_until_ns)" = null ]; }

# A trusted source is not challenged, until its time ends.
test_trust() {
	make_silent_hosts
	challenge_policy
	run 0 X attach g0 -m generic
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	run 0 X policy why g0 192.0.2.2 192.0.2.1:9 -j
	assert_eq '["tx","tx_challenge","web",null]' "$(jq -c '[.verdict, .reason, .rule, .trusted_until_ns]' <<<"$out")"
	run 0 X policy trust g0 192.0.2.2 1h
	assert_eq "g0: 192.0.2.2/32 is trusted for 1h" "$out"
	run 0 X policy why g0 192.0.2.2 192.0.2.1:9 -j
	assert_eq '["pass","pass_verified","web",true]' \
		"$(jq -c --argjson now "$(date +%s)" '[.verdict, .reason, .rule,
			(.trusted_until_ns / 1e9 - $now | . > 3590 and . < 3610)]' <<<"$out")"
	run 0 X policy why g0 192.0.2.2 192.0.2.1:9
	assert_contains "the source is trusted until 2" "$out"
	knocks 192.0.2.1 || fail "a trusted source's SYN did not pass"
	run 0 X stats g0 -j
	assert_eq '[0,1]' "$(jq -c '.interfaces[0].reasons | [.tx_challenge, .pass_verified]' <<<"$out")"
	# Any host of a /64.
	run 0 X policy trust g0 2001:db8:1:2::3 -j
	assert_eq '["2001:db8:1:2::/64",600]' "$(jq -c '[.source, .trust_ns / 1e9]' <<<"$out")"
	run 0 X policy why g0 2001:db8:1:2:ffff::1 '[2001:db8::1]:80' -j
	assert_eq true "$(jq '.trusted_until_ns != null' <<<"$out")"
	# It ends, to 64 jiffies.
	run 0 X policy trust g0 192.0.2.2 1s
	wait_until trust_ended
}

# What makes SYNs pass without the cookie that a policy asks for is said.
test_cookies() {
	make_silent_hosts
	policy p "management: [203.0.113.0/24]" "protect:" \
		"  - {name: web, victims: [192.0.2.1], armed: always, action: cookie, mode: enforce}"
	run 0 X attach g0 -m generic
	ip netns exec gateway sysctl -qw net.ipv4.tcp_timestamps=2
	for value in 0 1; do
		ip netns exec gateway sysctl -qw net.ipv4.tcp_syncookies=$value
		run 0 X policy apply "$work/p.yaml" g0 --no-confirm
		assert_says "net.ipv4.tcp_syncookies is $value: "
		run 0 X doctor --answer g0
		assert_contains "net.ipv4.tcp_syncookies is $value" "$out"
	done
	ip netns exec gateway sysctl -qw net.ipv4.tcp_syncookies=2 net.ipv4.tcp_timestamps=1
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	assert_says "net.ipv4.tcp_timestamps is not 2: cookies have the MSS as their only option"
	run 0 X doctor --answer g0
	assert_contains "'action: cookie' answers with the MSS alone" "$out"
	ip netns exec gateway sysctl -qw net.ipv4.tcp_timestamps=2 net.ipv4.tcp_sack=0
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	assert_eq "" "$err" "notes"
	run 0 X doctor --answer g0
	assert_contains "'action: cookie' carries timestamps, window scaling, ECN" "$out"
	sed -i 's/192.0.2.1]/198.51.100.0\/24]/' "$work/p.yaml"
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	assert_says "web: none of its victims is an address of this host"
}

test_refused() {
	make_hosts
	run 0 X attach g0
	run 1 X policy trust g0 192.0.2.2
	assert_says "g0: no policy: "
	run 2 X policy trust g0 192.0.2.0/24
	assert_says "address: '192.0.2.0/24': one source is trusted at a time: an IPv4 address or an IPv6 /64"
	run 2 X policy trust g0 2001:db8::1/128
	assert_says "one source is trusted at a time"
	run 2 X policy trust g0 192.0.2.2 10
	assert_says "TIME: '10': a duration needs a unit: 10s"
	run 2 X doctor --answer
	assert_says "--answer: name an interface"
	policy p "protect:" "  - {name: web, victims: [192.0.2.1], armed: always, action: drop, trust: 1h}"
	run 1 xdpctl policy check "$work/p.yaml"
	assert_says "p.yaml:3:75: web: 'trust' means nothing to 'action: drop'"
}

run_tests test_veth test_no_answers test_restored test_generic test_tags test_raw_ip test_trust test_cookies test_refused
