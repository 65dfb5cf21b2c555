#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# refusals: what drivers of virtual hardware refuse, with the kernel's reason and a remedy.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world

after_each() {
	[ -s "$work/nic" ] || return
	ip link set "$(cat "$work/nic")" xdpgeneric off
	ip link set "$(cat "$work/nic")" mtu 1500
	rm -r "$work/nic" /sys/fs/bpf/xdpctl
}

# Set $nic to the first one of that driver whose features (ethtool -k), if any are given, match.
find_nic() { # DRIVER [FEATURES]
	for nic in $(ip -j link | jq -r '.[] | select(.link_type == "ether") | .ifname'); do
		ethtool -i "$nic" 2>/dev/null | grep -qx "driver: $1" || continue
		ethtool -k "$nic" | grep -qE "${2:-}" || continue
		echo "$nic" >"$work/nic"
		return
	done
	skip "this guest has no NIC of $1${2:+ with $2}"
}

# refuses REASON REMEDY: native mode is refused; auto reports that and uses generic mode.
refuses() {
	run 1 xdpctl attach "$nic" -m native
	assert_says "xdpctl: $nic: attach native: $1"
	assert_says ": $2"
	run 0 xdpctl attach "$nic" -m auto -j
	assert_eq '["auto","generic"]' "$(jq -c '.interfaces[0] | [.mode_asked, .mode]' <<<"$out")"
	run 0 xdpctl detach "$nic"
}

# Large receive offload ("GRO in hardware" since 5.14) that only the host can switch off.
test_lro() {
	find_nic virtio_net '^(large-receive-offload|rx-gro-hw): on'
	refuses "virtio_net: Can't set XDP while host is implementing " \
		"have that host switch it off (QEMU: guest_tso4=off and the like), or use -m generic"
}

# A driver with multi-buffer XDP accepts a large MTU.
mtu_is_too_large() { # DRIVER REASON
	find_nic "$1"
	ip link set "$nic" mtu 9000
	if xdpctl attach "$nic" -m native >/dev/null 2>&1; then
		xdpctl detach "$nic" >/dev/null
		not_offered "a limit on the MTU of $1, which has multi-buffer XDP"
	fi
	refuses "MTU 9000 is too large ($1: $2" "lower it, or use -m generic"
	ip link set "$nic" mtu 1500
	run 0 xdpctl attach "$nic" -m native
	run 0 xdpctl detach "$nic"
}

test_virtio_mtu() { mtu_is_too_large virtio_net "MTU too large to enable XDP"; }

test_vmxnet3_mtu() {
	need_function vmxnet3_xdp "XDP in vmxnet3"
	mtu_is_too_large vmxnet3 "MTU 9000 too large for XDP"
}

run_tests test_lro test_virtio_mtu test_vmxnet3_mtu
