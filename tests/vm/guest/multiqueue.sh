#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# multiqueue: SYNs that arrive on four queues at once are counted once each.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

make_hosts_with_queues() {
	ip netns add client && ip netns add gateway || exit 1
	ip -n gateway link add g0 numrxqueues 4 numtxqueues 4 type veth \
		peer name c0 numrxqueues 4 numtxqueues 4 netns client || exit 1
	ip -n gateway addr add 192.0.2.1/24 dev g0
	ip -n client addr add 192.0.2.2/24 dev c0
	ip -n gateway link set lo up && ip -n gateway link set g0 up
	ip -n client link set lo up && ip -n client link set c0 up
	wait_for_cable
}

# The low byte of each CPU's first counter, that of SYNs: there are fewer than 256.
cpus_used() {
	bpftool -j map dump pinned "$(find /sys/fs/bpf/xdpctl -name counters)" |
		jq '[.[].value[0] | select(. != "0x00")] | length'
}

# A flow's hash chooses its queue.
queues_used() {
	inside gateway ethtool -S g0 |
		awk '/rx_queue_[0-9]+_xdp_packets/ && $2 > 0 {used++} END {print used + 0}'
}

test_native() {
	local cpu
	make_hosts_with_queues
	run 0 X attach g0
	# A frame is received by the CPU that sent it.
	for cpu in 0 1; do
		taskset -c -p $cpu $BASHPID >/dev/null
		knock 192.0.2.1 20
	done
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 40
	assert_eq '[40,true]' "$(jq -c '.interfaces[0] |
		[.classes.syn, .packets == ([.classes[]] | add)]' <<<"$out")" "totals"
	assert_eq 4 "$(queues_used)" "queues used"
	assert_eq 2 "$(cpus_used)" "CPUs used"
}

# Senders on every CPU at once.
test_at_once() {
	local senders=()
	make_hosts_with_queues
	run 0 X attach g0
	while [ ${#senders[@]} -lt 4 ]; do
		knock 192.0.2.1 15 &
		senders+=($!)
	done
	wait "${senders[@]}"
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 60
}

# The number of channels changes while attached. It must not fall below the peer's.
test_channels_change() {
	make_hosts_with_queues
	run 0 X attach g0
	knock 192.0.2.1 8
	need_function veth_set_channels "ethtool -L on veth"
	run 0 inside client ethtool -L c0 tx 2
	run 0 inside gateway ethtool -L g0 rx 2
	knock 192.0.2.1 8
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 16
}

run_tests test_native test_at_once test_channels_change
