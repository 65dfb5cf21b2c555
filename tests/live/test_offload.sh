#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_offload: program and maps in a device, emulated by netdevsim, which does not run the program.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world

bus=/sys/bus/netdevsim
device=7071
knobs=/sys/kernel/debug/netdevsim/netdevsim$device

after_each() {
	[ ! -d $bus/devices/netdevsim$device ] || echo $device >$bus/del_device
	ip netns del gateway 2>/dev/null
	rm -rf /sys/fs/bpf/xdpctl
}

X() { xdpctl "$@" --netns gateway; }

need_device() {
	[ -d $bus ] || not_offered "$bus, which emulates a device"
	ip netns add gateway
	inside gateway bash -c "echo $device 1 >$bus/new_device" || exit 1
	ip -n gateway link set "$(ip -n gateway -j link |
		jq -r '.[] | select(.link_type == "ether") | .ifname')" name sim0 || exit 1
	ip -n gateway link set sim0 up
}

running_mode() { ip -n gateway -j link show sim0 | jq '.[0].xdp.mode'; } # 3: XDP_ATTACHED_HW

pin() { echo /sys/fs/bpf/xdpctl/*-*/"$1"; }

# Write the counts that a real device would have made into its maps.
device_counts() { # SYNS BYTES
	local zeros value
	printf -v zeros '%.0s0 ' {1..152}
	printf -v value '%d %d 0 0 0 0 0 0' $(($1 % 256)) $(($1 / 256))
	# shellcheck disable=SC2086 # bytes are words
	bpftool map update pinned "$(pin counters)" key 0 0 0 0 \
		value $value $zeros $(($2 % 256)) $(($2 / 256)) 0 0 0 0 0 0 || exit 1
}

device_counts_source() { # LAST-BYTE-OF-192.0.2 SYNS
	bpftool map update pinned "$(pin sources)" key 192 0 2 "$1" 0 0 0 0 0 0 0 0 0 0 0 0 0 0 4 0 \
		value "$2" 0 0 0 0 0 0 0 || exit 1
}

test_attach() {
	need_device
	run 0 X attach sim0 -m offload
	assert_eq "sim0: attached, offload mode" "$(head -n 1 <<<"$out")"
	case $out in *"unsupported in this mode:"*"victims are not counted"*) ;; *)
		assert_eq "what is not offered" "$out" ;;
	esac
	assert_eq 3 "$(running_mode)" "the kernel's mode"
	run 0 X status -j
	assert_eq '["offload","offload","xdpctl_offload"]' "$(jq -c '.interfaces[0] |
		[.mode_asked, .mode, .program.name]' <<<"$out")"
	run 0 X stats sim0 -j
	assert_eq '[0,0,"exact",0,null]' "$(jq -c '.interfaces[0] |
		[.packets, .syns, .regime, .distinct_sources, .victims]' <<<"$out")"
	run 0 X detach sim0
	assert_eq null "$(running_mode)" "program left"
	assert_no_pins left
}

# The device's counts are read in every format, and the totals agree.
test_counts_are_read() {
	need_device
	run 0 X attach sim0 -m hw
	device_counts 1000 54000
	device_counts_source 2 200
	device_counts_source 3 100
	run 0 X stats sim0 -j
	assert_eq '[1000,1000,1000,54000,700,"bounded",null]' "$(jq -c '.interfaces[0] | [.packets,
		.verdicts.pass, .syns, .bytes, .unattributed, .regime, .distinct_sources]' <<<"$out")"
	assert_syns_of 192.0.2.2 200-900
	assert_syns_of 192.0.2.3 100-800
	assert_eq 700 "$(jq '.interfaces[0].unlisted_at_most' <<<"$out")"
	assert_eq '["cpus","distinct_in_interval","distinct_sources","fragments","replacement","victims"]' \
		"$(jq -c '.interfaces[0].not_offered | keys' <<<"$out")"
	run 0 X stats sim0 -v
	grep -q "any unlisted source sent at most 700" <<<"$out" || assert_eq bounds "$out"
	run 0 X stats sim0 --prom
	assert_eq 1 "$(grep -c '^xdpctl_not_offered{.*victims"} 1$' <<<"$out")" "families"
	assert_eq 0 "$(grep -cE '^xdpctl_(cpu|victim|distinct)' <<<"$out")" "samples of what is not known"
	run 0 X stats sim0 --watch --count 1 --jsonl
	assert_eq '[1000,null,null]' "$(jq -c '.interfaces[0] |
		[.totals.syns, .victims, .distinct_in_interval]' <<<"$out")"
	# Every source has an entry: every count is exact.
	device_counts_source 4 250
	device_counts_source 5 250
	device_counts_source 6 200
	run 0 X stats sim0 -j
	assert_eq '[0,"exact",5]' "$(jq -c '.interfaces[0] |
		[.unattributed, .regime, .distinct_sources]' <<<"$out")"
	assert_syns_of 192.0.2.2 200
}

test_upgrade_and_reset() {
	local first
	need_device
	run 0 X attach sim0 -m offload
	device_counts 300 18000
	device_counts_source 2 200
	first=$(ip -n gateway -j link show sim0 | jq '.[0].xdp.prog.id')
	run 0 X attach sim0 -m offload
	assert_eq "sim0: upgraded, offload mode" "$(head -n 1 <<<"$out")"
	[ "$(ip -n gateway -j link show sim0 | jq '.[0].xdp.prog.id')" -gt "$first" ] ||
		assert_eq "a new program" "the old one"
	run 0 X reset sim0 -j
	assert_eq '[300,100]' "$(jq -c '.interfaces[0] | [.syns, .unattributed]' <<<"$out")"
	assert_syns_of 192.0.2.2 200-300
	run 0 X stats sim0 -j
	assert_eq '[0,0]' "$(jq -c '.interfaces[0] | [.syns, (.sources | length)]' <<<"$out")"
	assert_eq 3 "$(running_mode)" "the kernel's mode"
	run 1 X attach sim0 -m native
	assert_says "sim0: attach native: already attached in offload mode: run 'xdpctl detach sim0' first"
}

# refused_by KNOB REASON: the device refuses one step; nothing is left.
refused_by() {
	need_device
	echo N >"$knobs/$1"
	run 1 X attach sim0 -m offload
	assert_says "sim0: attach offload: "
	assert_says "$2"
	assert_says ": use -m "
	assert_eq null "$(running_mode)" "program left"
	assert_no_pins left
	echo Y >"$knobs/$1"
	run 0 X attach sim0 -m offload
}

test_map_refused() { refused_by ports/0/bpf_map_accept "refuses map 'counters'"; }
test_program_refused() { refused_by bpf_bind_accept "refuses the program: "; }
test_attach_refused() { refused_by ports/0/bpf_xdpoffload_accept "XDP offload disabled in DebugFS"; }

# --max-sources is met or refused; without it, as many as the device accepts.
test_sources_that_fit() {
	need_device
	run 0 X attach sim0 -m offload --max-sources 2 -j
	assert_eq 2 "$(jq '.interfaces[0].max_sources' <<<"$out")"
	run 0 X detach sim0
	run 1 X attach sim0 -m offload --max-sources 100000
	assert_says "sim0: attach offload: the device refuses map 'sources' (max_entries 100000): "
	assert_says ": ask for fewer sources with --max-sources N"
	assert_eq null "$(running_mode)" "program left"
	run 0 X attach sim0 -m offload -j
	[ "$(jq '.interfaces[0].max_sources' <<<"$out")" -ge 2 ] || assert_eq "room" "$out"
}

test_device_gone() {
	need_device
	run 0 X attach sim0 -m offload
	echo $device >$bus/del_device
	run 1 X stats sim0
	assert_says "sim0: no such interface"
	run 0 X status -j
	assert_eq false "$(jq .interfaces[0].attached <<<"$out")"
	run 0 X detach sim0
	assert_no_pins left
}

# The same device in the other modes, which its driver can refuse as well.
test_other_modes() {
	need_device
	for mode in native generic auto; do
		run 0 X attach sim0 -m $mode
		run 0 X detach sim0
	done
	echo N >$knobs/ports/0/bpf_xdpdrv_accept
	run 1 X attach sim0
	assert_says "sim0: attach native: netdevsim: driver XDP disabled in DebugFS: "
	run 0 X attach sim0 -m auto
	assert_eq "sim0: attached, generic mode" "$(head -n 1 <<<"$out")"
	case $out in *"not native: sim0: attach native: netdevsim: driver XDP"*) ;; *)
		assert_eq "the reason" "$out" ;;
	esac
}

run_tests test_attach test_counts_are_read test_upgrade_and_reset test_map_refused \
	test_program_refused test_attach_refused test_sources_that_fit test_device_gone test_other_modes
