#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# offload: program and maps in a device, which netdevsim plays: it holds them and runs nothing.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world

landed=no # yes: xdpctl has an object of its own for offload

bus=/sys/bus/netdevsim
knobs=/sys/kernel/debug/netdevsim/netdevsim10

need_device() {
	[ -n "${XDPCTL_NETDEVSIM+set}" ] ||
		not_offered "Debian builds no netdevsim, and we build it for one kernel"
	[ -n "$XDPCTL_NETDEVSIM" ] || skip "netdevsim could not be built"
	[ -d $bus ] || busybox insmod "$XDPCTL_NETDEVSIM" || exit 1
	echo "10 1" >$bus/new_device || exit 1
	ip link set "$(ls $bus/devices/netdevsim10/net)" name sim0
	ip link set sim0 up
}

need_offload() {
	need_device
	[ $landed = yes ] || skip "xdpctl has no object for offload yet"
}

after_each() {
	[ ! -d $bus/devices/netdevsim10 ] || echo 10 >$bus/del_device
	rm -rf /sys/fs/bpf/xdpctl
}

test_attach() {
	need_offload
	run 0 xdpctl attach sim0 -m offload
	run 0 xdpctl status -j
	assert_eq '["offload","offload"]' "$(jq -c '.interfaces[0] | [.mode_asked, .mode]' <<<"$out")"
	assert_eq 4 "$(ip -j link show sim0 | jq .[0].xdp.mode)" "the kernel's XDP_ATTACHED_HW"
	run 0 xdpctl stats sim0 -j
	assert_eq '[0,0]' "$(jq -c '.interfaces[0] | [.packets, .syns]' <<<"$out")"
	run 0 xdpctl detach sim0
	assert_eq null "$(ip -j link show sim0 | jq .[0].xdp)" "program left"
}

test_upgrade() {
	need_offload
	run 0 xdpctl attach sim0 -m offload
	run 0 xdpctl attach sim0 -m offload
	assert_eq "sim0: upgraded, offload mode" "$out"
	run 0 xdpctl detach sim0
}

# The device refuses at each of the three places where it may.
refused_by() { # KNOB
	need_offload
	echo N >"$knobs/$1"
	run 1 xdpctl attach sim0 -m offload
	assert_says "sim0: "
	assert_eq null "$(ip -j link show sim0 | jq .[0].xdp)" "program left"
	run 0 xdpctl status
	assert_eq "nothing is attached in this network namespace" "$out"
	echo Y >"$knobs/$1"
	run 0 xdpctl attach sim0 -m offload
}

test_program_refused() { refused_by bpf_bind_accept; }
test_attach_refused() { refused_by ports/0/bpf_xdpoffload_accept; }
test_map_refused() { refused_by ports/0/bpf_map_accept; }

# Netdevsim's maps are small: what does not fit is said before anything is attached.
test_too_many_sources() {
	need_offload
	run 1 xdpctl attach sim0 -m offload --max-sources 100000
	assert_says "sim0: "
	assert_eq null "$(ip -j link show sim0 | jq .[0].xdp)" "program left"
}

test_device_gone() {
	need_offload
	run 0 xdpctl attach sim0 -m offload
	echo 10 >$bus/del_device
	run 0 xdpctl status -j
	assert_eq false "$(jq .interfaces[0].attached <<<"$out")"
	run 0 xdpctl detach sim0
	assert_eq "" "$(ls /sys/fs/bpf/xdpctl)" "pins left"
}

# What holds without an object for offload: the device takes programs in every other mode.
test_other_modes() {
	need_device
	for mode in native generic; do
		run 0 xdpctl attach sim0 -m $mode
		run 0 xdpctl status -j
		assert_eq "\"$mode\"" "$(jq .interfaces[0].mode <<<"$out")"
		run 0 xdpctl detach sim0
	done
}

run_tests test_attach test_upgrade test_program_refused test_attach_refused test_map_refused \
	test_too_many_sources test_device_gone test_other_modes
