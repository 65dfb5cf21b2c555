#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# cpus: CPUs that go offline, come back, and are plugged in while attached: every SYN is counted.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world

cpus=/sys/devices/system/cpu

after_each() {
	[ "$(cat $cpus/cpu1/online)" = 1 ] || echo 1 >$cpus/cpu1/online
	remove_hosts
}

# knock_on CPU COUNT: a veth's frames are received by the CPU that sends them.
knock_on() {
	taskset -c -p "$1" $BASHPID >/dev/null || exit 1
	knock 192.0.2.1 "$2"
	taskset -c -p "$(cat $cpus/online)" $BASHPID >/dev/null
}

assert_syns() { # COUNT CPU...: all of them counted, and on which CPUs
	local count=$1
	shift
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 "$count"
	assert_eq "[$count,0,true]" "$(jq -c '.interfaces[0] | [.syns, .unattributed,
		.packets == ([.classes[]] | add) and .packets == .verdicts.pass]' <<<"$out")" "totals"
	run 0 X stats g0 --prom
	assert_eq "$*" "$(sed -nE 's/^xdpctl_cpu_syns_total\{.*cpu="([0-9]+)".*\} [1-9].*/\1/p' <<<"$out" |
		xargs)" "CPUs"
}

# Some kernels accept no other CPUs than those present at boot, unless a hypervisor is known to them.
need_possible_cpus() {
	[ "$(cat $cpus/possible)" != "$(cat $cpus/online)" ] || not_offered "CPUs plugged into an emulated machine"
}

test_more_possible_than_online() {
	need_possible_cpus
	make_hosts
	run 0 X attach g0
	knock_on 0 3
	knock_on 1 4
	assert_syns 7 0 1
}

test_goes_and_comes() {
	make_hosts
	run 0 X attach g0
	knock_on 0 3
	knock_on 1 4
	echo 0 >$cpus/cpu1/online || skip "CPU 1 cannot go offline"
	knock_on 0 5
	assert_syns 12 0 1
	run 0 X attach g0
	run 0 X reset g0 -j
	assert_syns_of 192.0.2.2 12 "until the reset"
	knock_on 0 2
	echo 1 >$cpus/cpu1/online
	knock_on 1 6
	assert_syns 8 0 1
}

test_attached_while_offline() {
	make_hosts
	echo 0 >$cpus/cpu1/online || skip "CPU 1 cannot go offline"
	run 0 X attach g0
	knock_on 0 2
	echo 1 >$cpus/cpu1/online
	knock_on 1 3
	assert_syns 5 0 1
}

# tell_qemu COMMAND: its monitor is at the third serial port, where its greeting is echoed back to it until
# the port is raw. That may end within an escape sequence, which consumes a line's end.
tell_qemu() {
	exec 3<>/dev/ttyS2
	stty raw -echo <&3
	printf '\n\n\n%s\n' "$1" >&3
}

test_plugged_in() {
	[ ! -e $cpus/cpu2 ] || skip "a third CPU is there already"
	need_possible_cpus
	make_hosts
	run 0 X attach g0
	tell_qemu "device_add max-x86_64-cpu,id=third,socket-id=2,core-id=0,thread-id=0"
	wait_until test -e $cpus/cpu2/online
	[ "$(<$cpus/cpu2/online)" = 1 ] || echo 1 >$cpus/cpu2/online ||
		not_offered "starting a CPU that was plugged in"
	knock_on 0 1
	knock_on 2 3
	assert_syns 4 0 2
}

# Kernels with nohz_full CPUs refuse membarrier(GLOBAL), which resets rely on to lose no SYN.
test_nohz_full() {
	local sender counted=0 round
	grep -q '[0-9]' $cpus/nohz_full 2>/dev/null || not_offered "nohz_full CPUs"
	make_hosts
	run 0 X attach g0
	start_inside client pktgen send syn-flood c0 --sender packet --count 20000 --rate 2000 \
		--sources 50 -j >"$work/sent" 2>"$work/err"
	sender=$!
	for round in 1 2 3 4 5; do
		run 0 X reset g0 -j
		counted=$((counted + $(jq '.interfaces[0].classes.syn' <<<"$out")))
	done
	wait $sender || assert_eq "pktgen's success" "$(cat "$work/err")"
	run 0 X stats g0 -j
	assert_eq "$(jq .sent "$work/sent")" $((counted + $(jq '.interfaces[0].classes.syn' <<<"$out"))) \
		"SYNs in all, across $round resets"
}

# Two XDP runs that preempt each other on a CPU would miscount.
test_softirqs() {
	[[ $(uname -v) = *PREEMPT_RT* ]] || not_offered "PREEMPT_RT"
	make_hosts
	run 0 X doctor g0 -j
	assert_eq '["ok","PREEMPT_RT, with a lock: one XDP run at a time on each CPU"]' \
		"$(jq -c '.checks[] | select(.name == "softirqs") | [.state, .finding]' <<<"$out")"
}

run_tests test_more_possible_than_online test_goes_and_comes test_attached_while_offline \
	test_plugged_in test_nohz_full test_softirqs
