#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_modes: a mode that is unavailable is refused with the kernel's reason and a remedy.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

# refuses INTERFACE MODE REASON REMEDY: the refusal leaves nothing, and auto uses generic mode.
refuses() {
	run 1 X attach "$1" -m "$2"
	assert_says "xdpctl: $1: attach $2: $3"
	assert_says ": $4"
	run 0 X status
	assert_eq "nothing is attached in this network namespace" "$out"
	assert_eq null "$(ip -n gateway -j link show "$1" | jq '.[0].xdp')" "program left"
	run 0 X attach "$1" -m auto -j
	assert_eq '["auto","generic"]' "$(jq -c '.interfaces[0] | [.mode_asked, .mode]' <<<"$out")"
	[ "$2" = native ] || return 0
	case $(jq -r .interfaces[0].native_refusal <<<"$out") in
	"$1: attach native: $3"*) ;;
	*) assert_eq "the reason" "$out" ;;
	esac
	run 0 X status
	grep -qE "^$1 +generic +auto " <<<"$out" || assert_eq "asked and obtained" "$out"
}

test_no_native_mode() {
	make_hosts
	ip -n gateway link add br0 type bridge
	refuses br0 native "Underlying driver does not support XDP in native mode" "the driver does"
}

test_too_few_queues() {
	make_hosts
	[ "$(nproc)" -gt 1 ] || skip "one CPU: veth has one queue"
	ip -n gateway link add q0 numrxqueues 1 numtxqueues 4 type veth \
		peer name q1 numrxqueues 4 numtxqueues 4
	refuses q0 native "veth: XDP expects number of rx queues not less than peer tx queues" \
		"give it more queues with 'ethtool -L q0 rx N', or its peer fewer, or use -m generic"
	if inside gateway ethtool -L q1 tx 1 2>/dev/null; then
		run 0 X detach q0
		run 0 X attach q0 -m native
	fi
}

# A veth's MTU is 65535 at most, below the limit for multi-buffer frames.
test_peer_mtu() {
	make_hosts
	ip -n client link set c0 mtu 9000
	case $(X doctor g0) in
	*"9000 at the other end: native XDP accepts up to 73138"*)
		run 0 X attach g0
		not_offered "a veth without multi-buffer XDP, whose MTU is limited"
		;;
	esac
	refuses g0 native "peer MTU 9000 is above 3506 (" "lower it, or use -m generic"
	run 0 X detach g0
	ip -n client link set c0 mtu 3506
	run 0 X attach g0
}

test_no_offload() {
	make_hosts
	run 1 X attach g0 -m offload
	assert_says "xdpctl: g0: attach offload: the device refuses map 'counters' (max_entries 1): "
	assert_says "it cannot run XDP programs itself"
	assert_says ": use -m native or -m generic"
	run 1 X attach lo -m hw
	assert_says "xdpctl: lo: attach offload: "
	run 0 X status
	assert_eq "nothing is attached in this network namespace" "$out"
}

# Native, generic and offload mode exclude each other in any order.
test_two_modes() {
	local mode
	make_hosts
	for mode in native generic; do
		local other=native
		[ $mode = generic ] || other=generic
		run 0 X attach g0 -m $mode
		run 1 X attach g0 -m $other
		assert_says "g0: attach $other: already attached in $mode mode: run 'xdpctl detach g0' first"
		run 1 X attach g0 -m offload
		assert_says "g0: attach offload: already attached in $mode mode"
		run 0 X attach g0 -m auto
		assert_eq "g0: upgraded, $mode mode" "$out"
		run 0 X detach g0
	done
}

test_foreign_in_other_mode() {
	make_hosts
	bpftool prog load "$root/build/bpf/feed.o" /sys/fs/bpf/another || skip "bpftool cannot load"
	inside gateway bpftool net attach xdpgeneric pinned /sys/fs/bpf/another dev g0
	for mode in native generic auto; do
		run 1 X attach g0 -m $mode
		assert_says "is attached; use --force to detach it"
	done
	assert_eq '"xdpctl_feed"' "$(ip -n gateway -j link show g0 | jq '.[0].xdp.prog.name')"
	rm /sys/fs/bpf/another
}

# A compiler may turn a switch into a table of constants, which devices refuse.
test_no_globals() {
	assert_eq "" "$(readelf -SW "$root/build/bpf/offload.o" | grep -oE '\.(rodata|data|bss)\S*')" \
		"sections of globals"
}

run_tests test_no_native_mode test_too_few_queues test_peer_mtu test_no_offload test_two_modes \
	test_foreign_in_other_mode test_no_globals
