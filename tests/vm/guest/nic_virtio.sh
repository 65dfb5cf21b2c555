#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nic_virtio: every mode on virtio-net, whose driver has native XDP; challenges.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world
after_each() { remove_guests_hosts; }

test_native() {
	make_hosts_on virtio_net
	obtains native native
}

test_generic() {
	make_hosts_on virtio_net
	obtains generic generic
}

test_auto() {
	make_hosts_on virtio_net
	obtains auto native
}

# Frames of every size, up to the MTU.
test_sizes() {
	local bytes
	make_hosts_on virtio_net
	run 0 X attach g0
	wait_for_cable
	for bytes in 1 64 512 1024 1472; do
		inside client bash -c "head -c $bytes /dev/zero >/dev/udp/192.0.2.1/9"
	done
	wait_for_cable
	run 0 X stats g0 -j
	assert_eq 5 "$(jq '.interfaces[0].classes.ipv4_other' <<<"$out")" "datagrams"
}

test_challenges() {
	make_hosts_on virtio_net
	completes_challenges native
}

run_tests test_native test_generic test_auto test_sizes test_challenges
