#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_scale: the netlink requests and bpf() calls of a command grow in a straight line with the
# number of attached interfaces, and not at all with the number of other links.
# alone: it counts calls, some of which depend on which other programs are loaded
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() {
	ip netns del many 2>/dev/null
	rm -rf /sys/fs/bpf/xdpctl
}

make_links() { # FIRST LAST: pairs of veth
	local i
	for ((i = $1; i <= $2; i++)); do
		echo "link add m$i type veth peer name p$i"
	done | ip -n many -batch -
}

names() { seq -f m%g "$1"; }

# The calls of xdpctl: without those that look at programs by id, of which each one that anything on
# this machine has loaded takes some.
calls() { # ARGUMENT...: "netlink bpf"
	strace -f -qq -o "$work/calls" -e signal=none -e trace=sendto,bpf \
		"$root/build/xdpctl" "$@" --netns many >/dev/null 2>&1
	assert_eq 0 $? "status of '$1'"
	awk '$2 ~ /^sendto/ { netlink++ }
		$2 ~ /^bpf/ && !/BPF_PROG_GET_NEXT_ID|BPF_PROG_GET_FD_BY_ID|BPF_OBJ_GET_INFO_BY_FD/ { bpf++ }
		END { print netlink + 0, bpf + 0 }' "$work/calls"
}

# From 8 to 16 twice the growth from 4 to 8.
assert_straight() { # WHAT AT-4 AT-8 AT-16: each "netlink bpf"
	local -a at4 at8 at16
	read -ra at4 <<<"$2"
	read -ra at8 <<<"$3"
	read -ra at16 <<<"$4"
	echo "# $1: netlink ${at4[0]} ${at8[0]} ${at16[0]}, bpf ${at4[1]} ${at8[1]} ${at16[1]}"
	assert_eq $((2 * (at8[0] - at4[0]))) $((at16[0] - at8[0])) "netlink requests of $1"
	assert_eq $((2 * (at8[1] - at4[1]))) $((at16[1] - at8[1])) "bpf calls of $1"
}

need_strace() { strace -o /dev/null true 2>/dev/null || skip "strace cannot trace here"; }

# Another program of ours, somewhere on this machine, makes `status` look for it among all links.
need_no_other() {
	[ "$(bpftool -j prog show | jq '[.[] | select(.name // "" | startswith("xdpctl_"))] | length')" = "$1" ] ||
		skip "other xdpctl programs are loaded on this machine: run it alone"
}

opened() { # FILE ARGUMENT...: how often xdpctl opens it
	strace -f -qq -o "$work/calls" -e signal=none -e trace=openat "$root/build/xdpctl" "${@:2}" \
		--netns many >/dev/null || assert_eq 0 $? "status of '$2'"
	grep -cF "\"$1\"" "$work/calls"
}

# What stays the same while a command runs is read once.
test_read_once() {
	need_strace
	ip netns add many
	make_links 1 4
	assert_eq 1 "$(opened /sys/devices/system/cpu/possible attach m1 m2 m3 m4)" "possible CPUs, by attach"
	assert_eq 1 "$(opened /sys/kernel/btf/vmlinux attach m1 --reset --handshakes)" "BTF, by attach"
	assert_eq 1 "$(opened /sys/kernel/btf/vmlinux reset m1)" "BTF, by reset"
}

test_straight_lines() {
	local count
	local -a attach upgrade status stats detach interfaces
	need_strace
	need_no_other 0
	ip netns add many
	make_links 1 16
	for count in 4 8 16; do
		mapfile -t interfaces < <(names "$count")
		attach+=("$(calls attach "${interfaces[@]}")")
		upgrade+=("$(calls attach "${interfaces[@]}")")
		status+=("$(calls status)")
		stats+=("$(calls stats)")
		detach+=("$(calls detach --all)")
	done
	assert_straight attach "${attach[@]}"
	assert_straight upgrade "${upgrade[@]}"
	assert_straight status "${status[@]}"
	assert_straight stats "${stats[@]}"
	assert_straight detach "${detach[@]}"
}

# Bytes received, too: a dump of all links is one request.
received() {
	strace -qq -o "$work/calls" -e signal=none -e trace=recvfrom,recvmsg,recv \
		"$root/build/xdpctl" "$@" --netns many >/dev/null 2>&1
	awk '/^recv/ && $NF > 0 { bytes += $NF } END { print bytes + 0 }' "$work/calls"
}

test_other_links() {
	local few many bytes
	local -a interfaces
	need_strace
	ip netns add many
	make_links 1 4
	mapfile -t interfaces < <(names 4)
	run 0 xdpctl attach "${interfaces[@]}" --netns many
	need_no_other 4
	few=$(calls status)
	bytes=$(received status)
	make_links 5 204
	many=$(calls status)
	assert_eq "$few" "$many" "calls of status"
	need_no_other 4
	[ "$(received status)" -le $((bytes * 11 / 10)) ] ||
		assert_eq "$bytes bytes from netlink" "$(received status)"
}

run_tests test_read_once test_straight_lines test_other_links
