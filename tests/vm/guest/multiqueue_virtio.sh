#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# multiqueue_virtio: a driver whose queues grow in number when a program is attached.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world
after_each() { remove_guests_hosts; }

# Older drivers say rx_queue_0_xdp_packets, newer ones rx0_xdp_packets.
queues_used() {
	inside gateway ethtool -S g0 |
		awk '/^ *rx(_queue_)?[0-9]+_xdp_packets/ && $2 > 0 {used++} END {print used + 0}'
}

counts_in_mode() {
	make_hosts_on virtio-mq
	run 0 X attach g0 -m "$1"
	wait_for_cable
	run 0 X reset g0
	knock 192.0.2.1 40
	run 0 X stats g0 -j
	assert_eq '[40,40]' "$(syns_of 192.0.2.2)"
	assert_eq '[40,true]' "$(jq -c '.interfaces[0] |
		[.classes.syn, .packets == ([.classes[]] | add)]' <<<"$out")" "books"
}

test_native() {
	counts_in_mode native
	[ "$(queues_used)" -gt 1 ] || assert_eq "several queues" "$(queues_used)" "queues used"
}

test_generic() { counts_in_mode generic; }

run_tests test_native test_generic
