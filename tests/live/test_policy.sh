#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_policy: a policy is checked, tried, confirmed, shown and taken back, on a veth.
# waits: for SYNs that are dropped
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"

assert_passes() { knocks "$1" || assert_eq "passes" "dropped" "a SYN to $1, $2"; }
assert_drops() { ! knocks "$1" || assert_eq "dropped" "passes" "a SYN to $1, $2"; }

gateway_attached() {
	make_hosts
	run 0 X attach g0
}

# Reasons, classes and verdicts sum to the frames.
assert_reconciled() {
	run 0 X stats g0 -j
	assert_eq true "$(jq '.interfaces[0] | .packets == ([.classes[]] | add) and
		.packets == ([.verdicts[]] | add)' <<<"$out")" "sums $1"
}

test_check() {
	policy good "management: [192.0.2.0/24]" "deny: [203.0.113.0/24, '2001:db8:f::/48']"
	run 0 xdpctl policy check "$work/good.yaml"
	assert_eq "" "$err"
	case $out in *"good.yaml: ok, 2 IPv4 and 1 IPv6 prefixes"*) ;; *) assert_eq ok "$out" ;; esac
	run 0 xdpctl policy check "$work/good.yaml" -j
	assert_eq '[2,1,1,"203.0.113.0/24"]' "$(jq -c '[.ipv4_prefixes, .ipv6_prefixes,
		.policy["xdpctl-policy"], .policy.deny.prefixes[0]]' <<<"$out")"
	policy bad "management: [192.0.2.0/24]" "deny: [203.0.113.1/24]"
	run 1 xdpctl policy check "$work/bad.yaml"
	assert_says "$work/bad.yaml:3:8: prefix: '203.0.113.1/24' has host bits set beyond /24"
	policy bad "deny: [203.0.113.1]"
	run 1 xdpctl policy check "$work/bad.yaml"
	assert_says "'management' is empty although something is enforced"
	run 0 xdpctl policy check "$work/bad.yaml" --no-management
	policy bad "management: [192.0.2.1]" "deny: [203.0.113.1, 203.0.113.2]"
	run 1 xdpctl policy check "$work/bad.yaml" --max-prefixes 2
	assert_says "3 IPv4 prefixes, with room for 2"
	run 1 xdpctl policy check "$work/none.yaml"
	run 2 xdpctl policy check
	run 2 xdpctl policy
	assert_says "policy needs one of check, apply,"
	run 2 xdpctl policy aply
	assert_says "did you mean 'apply'?"
}

# A candidate rules until it is confirmed, reverted or its time is over.
test_trial() {
	gateway_attached
	policy open
	policy all "deny: [0.0.0.0/0]"
	run 1 X policy apply "$work/all.yaml" g0
	run 0 X policy apply "$work/open.yaml" g0 --no-confirm
	assert_passes 192.0.2.1 "empty policy"
	run 0 X policy apply "$work/all.yaml" g0 --no-management --confirm-within 1h
	assert_drops 192.0.2.1 "on trial"
	assert_passes 2001:db8::1 "on trial"
	run 0 X policy show g0
	case $out in *"on trial for another 3"*) ;; *) assert_eq "on trial" "$out" ;; esac
	run 0 X policy revert g0
	assert_passes 192.0.2.1 "reverted"
	run 1 X policy revert g0
	assert_says "nothing to revert"
	run 1 X policy confirm g0
	run 0 X policy apply "$work/all.yaml" g0 --no-management --confirm-within "$((3 * slow))s"
	assert_drops 192.0.2.1 "on trial"
	wait_until knocks 192.0.2.1
	run 1 X policy confirm g0
	run 0 X policy apply "$work/all.yaml" g0 --no-management --confirm-within 1h
	run 0 X policy confirm g0
	assert_drops 192.0.2.1 "confirmed"
	run 0 X policy show g0 -j
	cp "$work/out" "$work/again.json"
	assert_reconciled "after trials"
	run 0 X policy apply "$work/again.json" g0 --no-management --no-confirm
	assert_drops 192.0.2.1 "what 'show -j' printed"
	run 0 X policy off g0
	assert_passes 192.0.2.1 "off"
	run 1 X policy off g0
	assert_says "g0: no policy: 'xdpctl policy apply FILE g0' puts one in force"
	assert_eq "" "$(ls /var/lib/xdpctl/policy)" "stored policies"
	assert_eq lock "$(ls /sys/fs/bpf/xdpctl/policies)" "pins of policies"
}

test_lists() {
	gateway_attached
	policy all "management: [{source: 192.0.2.0/24, ports: [22]}]" \
		"deny: {files: [list.txt]}"
	printf '# a list\n192.0.2.2 ; the client\n2001:db8::/32 7\n' >"$work/list.txt"
	run 0 X policy apply "$work/all.yaml" g0 --no-confirm
	assert_drops 192.0.2.1 "denied by a list"
	assert_drops 2001:db8::1 "denied by a list"
	run 0 X policy allow g0 192.0.2.0/28 --for 1h --reason 'a "test"'
	assert_passes 192.0.2.1 "allowed by hand"
	run 0 X policy show g0
	case $out in *'allow by hand: 192.0.2.0/28, for another 1h: a "test"'*) ;;
	*'allow by hand: 192.0.2.0/28, for another 359'*': a "test"'*) ;;
	*) assert_eq "listed" "$out" ;; esac
	run 1 X policy undo g0 192.0.2.0/29
	run 0 X policy deny g0 192.0.2.3
	assert_eq "" "$err"
	run 0 X policy undo g0 192.0.2.0/28
	assert_drops 192.0.2.1 "undone"
	run 0 X policy off g0
}

# What wins over 'policy deny' is said.
test_without_effect() {
	gateway_attached
	policy lists "management: [192.0.2.0/25]" "allow: [198.51.100.0/24]"
	run 0 X policy apply "$work/lists.yaml" g0 --no-confirm
	run 0 X policy deny g0 198.51.100.7
	assert_says "198.51.100.7/32 is denied without effect"
	run 0 X policy undo g0 198.51.100.7
	run 0 X policy deny g0 192.0.2.0/24
	assert_eq "" "$err"
	assert_passes 192.0.2.1 "managed, denied around it"
}

# An end is kept by the kernel's clock; a trial keeps its own.
test_ends() {
	gateway_attached
	policy open
	run 0 X policy apply "$work/open.yaml" g0 --no-confirm
	run 0 X policy deny g0 192.0.2.2 --for "$((3 * slow))s"
	assert_drops 192.0.2.1 "denied for a time"
	wait_until knocks 192.0.2.1
	run 0 X policy apply "$work/open.yaml" g0 --confirm-within 1h
	run 0 X policy deny g0 192.0.2.2
	assert_drops 192.0.2.1 "denied during a trial"
	run 0 X policy show g0
	case $out in *"on trial for another"*) ;; *) assert_eq "on trial" "$out" ;; esac
	run 0 X policy revert g0
	assert_drops 192.0.2.1 "denied by hand after the trial"
	run 0 X policy undo g0 192.0.2.2
	assert_passes 192.0.2.1 "undone"
}

# What the text says, -j says, and can be applied.
test_show() {
	gateway_attached
	policy rich "management: [{source: 192.0.2.0/24, ports: [22, 443]}]" "allow: [198.51.100.0/24]" \
		"deny: [$(echo 203.0.113.{1..9} | tr ' ' ,)]" "answer_limit: 5000/s" "limit: {rate: 7/s}" \
		"protect:" "  - {name: web, victims: [192.0.2.1], ports: [80], above: 9/s, trust: 5m, mode: enforce," \
		"     limit: {rate: 3/s, burst: 4}}"
	run 0 X policy apply "$work/rich.yaml" g0 --confirm-within 1h
	run 0 X policy deny g0 198.51.100.7 --reason why
	run 0 X policy show g0
	grep -v "^g0: policy .*, on trial for another 3[56]" <<<"$out" | diff - <(cat <<-'END'
		  prefixes: management 1, allow 1, deny 9 (enforce)
		  tiny fragments: shadow
		  limit: 7/s, burst 21, shadow
		  protect web: 1 victim, above 9/s, below 2/s, hold 60 s, challenge, enforce
		  answer limit: 5000/s of each CPU
		  management: 192.0.2.0/24 ports 22, 443
		  allow: 198.51.100.0/24
		  deny: 203.0.113.1/32 203.0.113.2/32 203.0.113.3/32 203.0.113.4/32 203.0.113.5/32 203.0.113.6/32 203.0.113.7/32 203.0.113.8/32 and 1 more: -j prints them all
		  web: 192.0.2.1/32
		  web: ports 80; trust 5m; limit 3/s, burst 4
		  deny by hand: 198.51.100.7/32: why
	END
	) >"$work/differs" || assert_eq "the text" "$(<"$work/differs")"
	run 0 X policy show g0 -j
	assert_eq '[["g0"],"candidate",true,[{"prefix":"198.51.100.7/32","verdict":"deny","until_ns":null,"reason":"why"}]]' \
		"$(jq -c '.shown | [.interfaces, .in_force, .confirm_before_ns > now * 1e9 + 3500e9, .by_hand]' <<<"$out")"
	assert_eq '["7/s",9,"5000/s",[22,443]]' "$(jq -c '[.limit.rate, (.deny.prefixes | length),
		.answer_limit, .management[0].ports]' <<<"$out")"
	cp "$work/out" "$work/shown.json"
	run 0 X policy apply "$work/shown.json" g0 --no-confirm
	run 0 X policy show g0 -j
	assert_eq "$(jq -S 'del(.shown)' "$work/shown.json")" "$(jq -S 'del(.shown)' <<<"$out")" "applied again"
	assert_eq '["confirmed",null]' "$(jq -c '.shown | [.in_force, .confirm_before_ns]' <<<"$out")"
}

# Interfaces share a policy, and one is in one policy only.
test_members() {
	gateway_attached
	ip -n gateway link add g1 type veth peer name c1 netns client
	ip -n gateway link set g1 up
	policy all "deny: [192.0.2.2]"
	policy open
	run 1 X policy apply "$work/all.yaml" g0 g1 --no-management
	assert_says "g1: not attached: run 'xdpctl attach g1' first"
	assert_passes 192.0.2.1 "refused"
	run 0 X attach g1
	run 0 X policy apply "$work/all.yaml" g0 g1 --no-management --no-confirm -j
	assert_eq '["g0","g1"]' "$(jq -c .interfaces <<<"$out")"
	assert_drops 192.0.2.1 "denied by the policy of both"
	run 0 X stats -j
	assert_eq '[true,0,[["g0",true,0],["g1",0,0]]]' "$(jq -c '.overview | [.all.dropped > 0, .all.under_attack,
		(.interfaces | sort_by(.interface) | map([.interface, (if .interface == "g0" then .dropped > 0 else .dropped end), .under_attack]))]' <<<"$out")"
	run 0 X stats
	assert_eq "1 1" "$(head -n 2 <<<"$out" | grep -c dropped) $(head -n 2 <<<"$out" | grep -c attacks)" "columns"
	run 0 X policy apply "$work/open.yaml" g1 --no-confirm
	assert_passes 192.0.2.1 "applied to the policy of both"
	run 0 X policy off g1
	run 0 X policy apply "$work/open.yaml" g1 --no-confirm
	run 1 X policy apply "$work/open.yaml" g0 g1
	assert_says "g1 is in another policy than g0: 'xdpctl policy off g1' first"
	run 0 X detach g0
	run 0 X policy off g1
	assert_eq lock "$(ls /sys/fs/bpf/xdpctl/policies)" "pins of policies"
}

# Peers of this host are named, whoever asks.
test_lockout() {
	gateway_attached
	policy all "management: [{source: 192.0.2.0/24, ports: [22]}]" "deny: ['::/0', 0.0.0.0/0]"
	need python3
	mkfifo "$work/hold"
	local server client
	start_inside gateway python3 -S -c 'import socket
s = socket.create_server(("192.0.2.1", 8080)); c, _ = s.accept(); print("in", flush=True); c.recv(1)' >"$work/server"
	server=$!
	wait_until inside gateway bash -c 'grep -q :1F90 /proc/net/tcp'
	start_inside client python3 -S -c 'import socket
c = socket.create_connection(("192.0.2.1", 8080)); open("'"$work"'/hold").read()'
	client=$!
	wait_until grep -q in "$work/server"
	run 1 X policy apply "$work/all.yaml" g0
	assert_says "would cut established connections to this host, of 192.0.2.2 (to port 8080): add the peers to 'management' or 'allow'"
	assert_passes 192.0.2.1 "refused"
	run 1 env SSH_CONNECTION="2001:db8::9 1234 2001:db8::1 22" bash -c \
		"env -u SSH_CONNECTION '$root/build/xdpctl' policy apply '$work/all.yaml' g0 --netns gateway; exit \$?"
	case $err in *"2001:db8::9 (your SSH connection to port 22), 192.0.2.2 (to port 8080)"*) ;;
	*) assert_eq "the peers" "$err" ;; esac
	kill "$client" "$server" 2>/dev/null
	wait "$client" "$server" 2>/dev/null
	run 0 X policy apply "$work/all.yaml" g0 --no-confirm
}

# After a boot, which takes the pins away, what was confirmed is in force again.
test_restore() {
	make_hosts
	run 0 X attach g0
	policy all "deny: [192.0.2.2]"
	policy open
	run 0 X policy apply "$work/all.yaml" g0 --no-management --no-confirm
	run 0 X policy apply "$work/open.yaml" g0
	assert_passes 192.0.2.1 "on trial"
	run 0 X detach g0
	rm -rf /sys/fs/bpf/xdpctl
	run 0 X attach g0
	assert_passes 192.0.2.1 "without a policy"
	sed -i 's/"other"/"host"/' /var/lib/xdpctl/policy/*/interfaces.json
	run 0 X policy restore g0
	assert_drops 192.0.2.1 "restored"
	run 0 X policy restore g0
	run 1 X policy confirm g0
	run 0 X policy off g0
	run 0 X policy restore g0
	assert_passes 192.0.2.1 "off is off"
}

# Commands that come together wait for each other; what is in force is what is stored.
test_writers() {
	local i pids=() names=(all open)
	gateway_attached
	policy all "deny: [192.0.2.2]"
	policy open
	run 0 X policy apply "$work/open.yaml" g0 --no-confirm
	for i in {0..5}; do
		succeeds_at_last "$work/err-$i" X policy apply "$work/${names[i % 2]}.yaml" g0 \
			--no-management --no-confirm &
		pids+=($!)
		succeeds_at_last "$work/err-d$i" X policy deny g0 "198.51.100.$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || assert_eq "0" "$?: $(cat "$work"/err-*)" "status"
	done
	run 0 X policy show g0
	assert_eq 6 "$(grep -c 'deny by hand: 198.51.100' <<<"$out")" "prefixes listed by hand"
	run 0 X policy show g0 -j
	if knocks 192.0.2.1; then
		assert_eq '[]' "$(jq -c .deny.prefixes <<<"$out")"
	else
		assert_eq '["192.0.2.2/32"]' "$(jq -c .deny.prefixes <<<"$out")"
	fi
	assert_reconciled "after 12 writers"
}

# The policy survives an upgrade of the program, and a reset of the counts.
test_upgrade() {
	gateway_attached
	policy all "deny: [192.0.2.2]"
	run 0 X policy apply "$work/all.yaml" g0 --no-management --no-confirm
	run 0 X attach g0
	assert_drops 192.0.2.1 "upgraded"
	run 0 X reset g0
	assert_drops 192.0.2.1 "reset"
	run 0 X attach g0 --reset
	assert_drops 192.0.2.1 "attached anew"
	run 0 X policy show g0
	case $out in *confirmed*) ;; *) assert_eq confirmed "$out" ;; esac
}

# The old policy stays in force.
test_bad_input() {
	gateway_attached
	policy all "deny: [192.0.2.2]"
	run 0 X policy apply "$work/all.yaml" g0 --no-management --no-confirm
	policy bomb "deny: {prefixes: &a [203.0.113.0/24]}" "allow: [*a, *a]"
	run 1 X policy apply "$work/bomb.yaml" g0 --no-management
	
	seq 1 140000 | awk '{ printf "%d.%d.%d.%d\n", 20 + $1 / 16777216, $1 / 65536 % 256, $1 / 256 % 256, $1 % 256 }' >"$work/list.txt"
	policy many "deny: {files: [list.txt]}"
	run 1 X policy apply "$work/many.yaml" g0 --no-management
	assert_says "140000 IPv4 prefixes, with room for 131072"
	policy limit "limit: {rate: 1000000/s}"
	run 1 X policy apply "$work/limit.yaml" g0
	assert_drops 192.0.2.1 "the old policy"
	run 0 X policy show g0
	case $out in *confirmed*) ;; *) assert_eq confirmed "$out" ;; esac
}

run_tests test_check test_trial test_lists test_without_effect test_ends test_show test_members test_lockout test_restore \
	test_writers test_upgrade test_bad_input
