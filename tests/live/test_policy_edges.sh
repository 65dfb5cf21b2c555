#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_policy_edges: policies next to pagers and stopped commands, and of interfaces that have other
# names or are moved to another network namespace.
# waits: for a lock that is held for 10 s
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/stopped.sh
. "$(dirname "$0")/../stopped.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"
after_each() {
	remove_hosts
	[ ! -e /run/netns/other ] || ip netns del other
	rm -rf /var/lib/xdpctl
}

Y() { xdpctl "$@" --netns other; }
apply() { run 0 X policy apply "$work/$1.yaml" g0 --no-confirm "${@:2}"; }

attached_with_policy() {
	make_hosts
	run 0 X attach g0
	policy some "management: [192.0.2.0/24]" "allow: [$(seq -s ', ' -f '10.%.0f.0.0/16' 0 250)]"
	policy other "management: [192.0.2.0/24]" "deny: [203.0.113.7]"
	apply some
}

policies_at_once() {
	run_at_once 0 X policy apply "$work/other.yaml" g0 --no-confirm
	run_at_once 0 X policy deny g0 203.0.113.9
	run_at_once 0 X policy undo g0 203.0.113.9
	run_at_once 0 X policy show g0
	run_at_once 0 X policy apply "$work/some.yaml" g0
	run_at_once 0 X policy revert g0
	assert_eq "" "$err" "a wait"
}

test_pager() {
	local writer command
	attached_with_policy
	open_full_pipe
	for command in "policy show g0 -j" "policy show g0" "policy why g0 10.0.0.1 192.0.2.1:80" \
		"policy deny g0 203.0.113.8" "policy apply $work/some.yaml g0" "policy confirm g0"; do
		# shellcheck disable=SC2086 # words
		blocked $command
		policies_at_once
		kill "$writer"
		[ "$command" != "policy apply $work/some.yaml g0" ] || run 0 X policy apply "$work/some.yaml" g0
	done
	exec 8>&-
}

waits_for() { grep -q "another xdpctl (pid $pid: .*) is at work: waiting" "$work/waiting"; }

denied() { jq -r '.deny.prefixes // [] | join(" ")' <<<"$out"; }

# Stopped after the text is stored, before it is in force; and after it has its final name.
test_stopped_apply() {
	local pid tracer waiting call wanted
	need_strace
	attached_with_policy
	for call in renameat rename; do
		apply some
		stop_after $call 1 policy apply "$work/other.yaml" g0 --no-confirm
		run_at_once 0 X policy show g0 -j
		wanted=203.0.113.7/32
		[ $call = rename ] || wanted=
		assert_eq "$wanted" "$(denied)" "denied by what rules, after $call"
		run_at_once 0 X policy why g0 203.0.113.7 192.0.2.1:80
		run_at_once 0 X stats g0 -j
		xdpctl policy deny g0 203.0.113.9 --netns gateway >/dev/null 2>"$work/waiting" &
		waiting=$!
		wait_until waits_for
		kill -TERM $waiting
		wait $waiting
		assert_eq 143 $? "status after SIGTERM"
		xdpctl policy deny g0 203.0.113.9 --netns gateway >/dev/null 2>"$work/waiting"
		assert_eq 1 $? "status of a command that waited in vain"
		grep -q "locked by another xdpctl (pid $pid: policy apply" "$work/waiting" ||
			assert_eq "which it waited for" "$(cat "$work/waiting")"
		resume 0
		run 0 X policy show g0 -j
		assert_eq 203.0.113.7/32 "$(denied)" "denied at last"
	done
}

# As the registry's lock: whoever could open it could stop all others.
test_lock_owner() {
	local lock=/sys/fs/bpf/xdpctl/policies/lock
	attached_with_policy
	chmod 0755 $lock
	apply other
	assert_eq "0 700" "$(stat -c '%u %a' $lock)" "the lock"
	rmdir $lock
	apply some
	assert_eq "0 700" "$(stat -c '%u %a' $lock)" "the lock"
}

interfaces_of() { find /var/lib/xdpctl/policy -name interfaces.json -exec jq -c .interfaces {} +; }

test_names() {
	local name=uplink-to-provider-with-long-name
	make_hosts
	run 0 X attach g0
	ip -n gateway link property add dev g0 altname $name
	policy other "management: [192.0.2.0/24]" "deny: [203.0.113.7]"
	run 0 X policy apply "$work/other.yaml" $name
	assert_eq g0 "${out%%:*}"
	run 0 X policy confirm $name
	assert_eq "g0: policy confirmed" "$out"
	run 0 X policy why $name 203.0.113.7 192.0.2.1:80 -j
	assert_eq '["g0","drop"]' "$(jq -c '[.interface, .verdict]' <<<"$out")"
	run 0 X policy deny $name 203.0.113.9 -j
	assert_eq g0 "$(jq -r .interface <<<"$out")"
	ip -n gateway link set g0 down
	ip -n gateway link set g0 name wan7
	run 1 X policy show g0
	assert_says "g0: no such interface: it is called wan7 since it was attached"
	run 0 X policy show wan7
	assert_eq wan7 "${out%%:*}"
	run 0 X policy apply "$work/other.yaml" wan7 --no-confirm
	assert_eq '["wan7"]' "$(interfaces_of)" "stored interfaces"
	run 0 X policy off wan7
	assert_eq "wan7: policy off" "$out"
}

# A policy stays as long as it judges on any interface, in whichever network namespace.
test_moved() {
	local command id
	for command in "policy off g1" "detach g1"; do
		make_hosts
		ip netns add other
		ip -n gateway link add g1 type veth peer name c1 netns client
		run 0 X attach g0 g1
		policy other "management: [192.0.2.0/24]" "deny: [203.0.113.7]"
		run 0 X policy apply "$work/other.yaml" g0 g1 --no-confirm -j
		id=$(jq -r .id <<<"$out")
		ip -n gateway link set g0 netns other
		run 1 X policy show g0
		assert_says "g0: no such interface here: it was moved to network namespace 'other'"
		run 0 Y policy show g0
		assert_eq "g0: policy $id, confirmed" "$(head -n 1 <<<"$out")"
		run 0 Y attach g0
		# shellcheck disable=SC2086 # words
		run 0 X $command
		run 0 Y policy why g0 203.0.113.7 192.0.2.1:80 -j
		assert_eq drop "$(jq -r .verdict <<<"$out")" "after $command"
		run 0 Y policy apply "$work/other.yaml" g0 --no-confirm -j
		assert_eq "$id" "$(jq -r .id <<<"$out")" "after $command"
		run 0 Y policy off g0
		assert_eq lock "$(ls /sys/fs/bpf/xdpctl/policies)" "pins of policies"
		assert_eq "" "$(ls /var/lib/xdpctl/policy)" "stored policies"
		run 0 Y detach g0
		after_each
	done
}

with_members() { # the policy on g0 and g1 is on trial; its number is in $id
	make_hosts
	ip -n gateway link add g1 type veth peer name c1 netns client
	run 0 X attach g0 g1
	policy other "management: [192.0.2.0/24]" "deny: [203.0.113.7]"
	run 0 X policy apply "$work/other.yaml" g0 g1 -j
	id=$(jq -r .id <<<"$out")
}

assert_confirmed() { # NAMESPACE INTERFACE
	run 0 xdpctl policy show "$2" --netns "$1"
	assert_eq "$2: policy $id, confirmed" "$(head -n 1 <<<"$out")"
}

# An interface is detached before, after or while its policy is confirmed by way of another one.
test_detached_member() {
	local id confirming
	with_members
	run 0 X detach g1
	run 0 X policy confirm g0
	assert_confirmed gateway g0
	assert_eq '["g0"]' "$(interfaces_of)" "stored interfaces"
	after_each
	for _ in 1 2 3; do
		with_members
		X policy confirm g0 >"$work/confirm" 2>&1 &
		confirming=$!
		run 0 X detach g1
		assert_eq "g1: detached" "$out"
		wait $confirming || assert_eq "confirmed" "$(<"$work/confirm")"
		assert_confirmed gateway g0
		run 0 X status -j
		assert_eq '["g0"]' "$(jq -c '[.interfaces[].interface]' <<<"$out")"
		run 0 X policy off g0
		assert_eq lock "$(ls /sys/fs/bpf/xdpctl/policies)" "pins of policies"
		after_each
	done
}

# Members in two network namespaces: what is done by way of one holds for the other.
test_members_elsewhere() {
	local id elsewhere
	with_members
	ip netns add other
	ip -n gateway link set g1 netns other
	run 0 Y attach g1
	run 0 X policy apply "$work/other.yaml" g0
	assert_eq "  also for g1 in network namespace 'other'" "$(sed -n 2p <<<"$out")" "apply"
	run 0 X policy confirm g0
	assert_eq "g0: policy confirmed"$'\n'"  also for g1 in network namespace 'other'" "$out"
	assert_confirmed gateway g0
	assert_confirmed other g1
	run 0 X policy apply "$work/other.yaml" g0 -j
	elsewhere='{"interface":"g1","place":"network namespace '"'other'"'"}'
	assert_eq '[["g0"],['"$elsewhere"']]' "$(jq -c '[.interfaces, .elsewhere]' <<<"$out")" "apply"
	run 0 Y policy revert g1 -j
	assert_eq '[["g1"],"g0","reverted"]' \
		"$(jq -c '[.interfaces, .elsewhere[].interface, .state]' <<<"$out")" "revert"
	assert_confirmed gateway g0
	run 0 Y policy deny g1 203.0.113.8
	run 0 X policy why g0 203.0.113.8 192.0.2.1:80 -j
	assert_eq drop "$(jq -r .verdict <<<"$out")"
	run 0 X policy off g0
	assert_eq "g0: policy off" "$out"
	assert_confirmed other g1
	run 0 Y policy why g1 203.0.113.8 192.0.2.1:80 -j
	assert_eq drop "$(jq -r .verdict <<<"$out")"
	run 0 Y policy off g1
	assert_eq lock "$(ls /sys/fs/bpf/xdpctl/policies)" "pins of policies"
	assert_eq "" "$(ls /var/lib/xdpctl/policy)" "stored policies"
}

run_tests test_pager test_stopped_apply test_lock_owner test_names test_moved test_detached_member \
	test_members_elsewhere
