#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_lifecycle: several interfaces, upgrades under load, interfaces that come and go, concurrent
# commands, and users with few privileges.
# long: a hundred upgrades
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

add_second() { ip -n gateway link add g1 type veth peer name c1 netns client; }

test_several_interfaces() {
	make_hosts
	add_second
	run 1 X attach g0 nope0 g1 nope1
	assert_eq "g0: attached, native mode,g1: attached, native mode" \
		"$(grep -v '^ ' <<<"$out" | paste -s -d,)"
	assert_eq 2 "$(wc -l <"$work/err")" "lines of error"
	assert_eq "xdpctl: nope0: no such interface" "$(head -n 1 "$work/err" | cut -d: -f1-3)"
	assert_eq "xdpctl: nope1: no such interface" "$(tail -n 1 "$work/err" | cut -d: -f1-3)"
	knock 192.0.2.1 3
	run 0 X stats -j
	assert_eq '[["g0",3],["g1",0]]' \
		"$(jq -c '[.interfaces[] | [.interface, .syns]] | sort' <<<"$out")"
	run 0 X attach g0 g1 -j
	assert_eq '[["g0",true],["g1",true]]' \
		"$(jq -c '[.interfaces[] | [.interface, .upgraded]]' <<<"$out")"
	run 2 X detach
	run 2 X detach g0 --all
	run 0 X detach --all -j
	assert_eq '[["g0","detached"],["g1","detached"]]' \
		"$(jq -c '[.interfaces[] | [.interface, .result]] | sort' <<<"$out")"
	run 0 X detach --all
	assert_eq "nothing is attached in this network namespace" "$out"
	assert_no_pins left
}

# Every SYN sent during a hundred upgrades is counted. A paced sender leaves a CPU for them.
test_upgrades_under_load() {
	local sender i sent rate=$((50000 / (slow > 1 ? 25 : 1)))
	make_hosts
	run 0 X attach g0
	start_inside client pktgen send syn-flood c0 --sender packet --count 1000000000 --duration 600 \
		--rate $rate --sources 1000 --truth "$work/truth.tsv" -j >"$work/sent" 2>/dev/null
	sender=$!
	for ((i = 0; i < 100 / slow; i++)); do
		run 0 X attach g0
		assert_eq "g0: upgraded, native mode" "$out"
	done
	kill -INT $sender
	wait $sender
	sent=$(jq .sent "$work/sent")
	[ "${sent:-0}" -gt $rate ] || assert_eq "a load" "$(cat "$work/sent")"
	assert_flood_counted "$sent"
}

test_interface_comes_and_goes() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 2
	ip -n gateway link set g0 down
	ip -n gateway link set g0 name wan0
	ip -n gateway link set wan0 up
	ip -n gateway addr add 192.0.2.1/24 dev wan0 2>/dev/null
	run 0 X status -j
	assert_eq '["wan0","g0",true]' \
		"$(jq -c '.interfaces[0] | [.interface, .attached_as, .attached]' <<<"$out")"
	knock 192.0.2.1 3
	run 0 X stats wan0 -j
	assert_syns_of 192.0.2.2 5
	ip -n gateway link del wan0
	run 0 X status -j
	assert_eq '["g0",false,false]' \
		"$(jq -c '.interfaces[0] | [.interface, .exists, .attached]' <<<"$out")"
	run 0 X status
	case $out in *"the interface is gone: 'xdpctl detach g0' cleans up"*) ;;
	*) assert_eq "the interface is gone" "$out" ;; esac
	run 0 X attach lo -m generic
	assert_says "xdpctl: g0: the interface is gone: its pins were removed"
	run 0 X detach lo
	assert_no_pins left
}

# A new interface with the same index is not mistaken for the old one.
test_index_used_again() {
	make_hosts
	ip -n gateway link add x0 index 77 type veth peer name x1
	run 0 X attach x0
	ip -n gateway link del x0
	ip -n gateway link add y0 index 77 type veth peer name y1
	run 1 X stats y0
	assert_says "y0: not attached"
	run 0 X attach y0 -j
	assert_eq "x0: the interface is gone: its pins were removed" "$(jq -r .note <<<"$err")"
	assert_eq '["y0",false]' "$(jq -c '.interfaces[0] | [.interface, .upgraded]' <<<"$out")"
}

attach_tells() { # NOTE
	run 0 X attach g0
	[[ $err = *"$1"* ]]
}

# The next command, run in any namespace, removes what a deleted namespace left.
test_namespace_gone() {
	make_hosts
	ip netns add other
	ip -n other link add x0 type veth peer name x1
	run 0 xdpctl attach x0 --netns other
	run 0 X attach g0
	ip netns del other
	wait_until attach_tells "x0 (in another network namespace): the interface is gone"
	assert_eq 1 "$(find /sys/fs/bpf/xdpctl -mindepth 1 -maxdepth 1 ! -name lock | wc -l)" "entries left"
}

# Write another version's layout number into the attachment record.
forge_layout() {
	local note bytes
	note=$(find /sys/fs/bpf/xdpctl -name attachment)
	bytes=$(bpftool -j map dump pinned "$note" | jq -r '.[0].value | map(sub("0x"; "")) |
		.[0] = "63" | join(" ")')
	# shellcheck disable=SC2086 # a word for each byte
	bpftool map update pinned "$note" key hex 00 00 00 00 value hex $bytes
}

test_other_layout() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 1
	forge_layout || skip "bpftool cannot write maps"
	run 1 X attach g0
	assert_says "pinned by another version of xdpctl, whose layout differs: 'xdpctl attach --reset'"
	run 1 X stats g0
	assert_says "whose layout differs"
	run 0 X status
	run 0 X attach g0 --reset
	assert_eq "g0: upgraded, native mode" "$out"
	knock 192.0.2.1 2
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 2
	forge_layout
	run 0 X detach g0
	assert_eq "g0: detached" "$out"
	assert_no_program gateway g0
	run 0 X attach g0
	run 0 X attach g0 --reset --max-sources 7 -j
	assert_eq 7 "$(jq .interfaces[0].max_sources <<<"$out")"
}

test_commands_at_the_same_time() {
	local i job jobs=() rounds=$((8 / (slow > 1 ? 4 : 1)))
	make_hosts
	add_second
	for ((i = 0; i < rounds; i++)); do
		succeeds_at_last "$work/err.$i" X attach g0 g1 &
		jobs+=($!)
		X status -j >"$work/status.$i" 2>&1 &
		jobs+=($!)
		X reset g0 >/dev/null 2>&1 &
		succeeds_at_last "$work/err.d$i" X detach g1 &
		jobs+=($!)
	done
	for job in "${jobs[@]}"; do
		wait "$job" || assert_eq "success" "$(cat "$work"/err.*)"
	done
	wait
	for ((i = 0; i < rounds; i++)); do
		jq -e .schema "$work/status.$i" >/dev/null || assert_eq JSON "$(cat "$work/status.$i")"
	done
	run 0 X detach --all
	assert_no_pins left
	assert_eq "[null,null]" "$(ip -n gateway -j link show | jq -c \
		'[.[] | select(.ifname | startswith("g")) | .xdp]')" "programs left"
}

few() { # COMMAND...: xdpctl as root without root's other capabilities
	inside gateway setpriv --bounding-set "$capabilities" --inh-caps "$capabilities" \
		"$root/build/xdpctl" "$@"
}

test_few_capabilities() {
	local capabilities="-all,+bpf,+net_admin,+perfmon"
	make_hosts
	mkdir -p /sys/fs/bpf/xdpctl
	# Old kernels charge maps to RLIMIT_MEMLOCK, which CAP_SYS_RESOURCE raises.
	few attach g0 >/dev/null 2>"$work/err" || ! grep -q CAP_SYS_RESOURCE "$work/err" ||
		capabilities+=,+sys_resource
	run 0 few detach g0
	run 0 few attach g0
	assert_eq "g0: attached, native mode" "$(head -n 1 <<<"$out")"
	knock 192.0.2.1 2
	run 0 few attach g0
	assert_eq "g0: upgraded, native mode" "$(head -n 1 <<<"$out")"
	run 0 few stats g0 -j
	assert_syns_of 192.0.2.2 2
	run 0 few reset g0
	run 0 few detach g0
	assert_no_pins left
}

reader() { # GROUP COMMAND...: xdpctl as a user without capabilities
	inside gateway setpriv --reuid 65534 --regid "$1" --clear-groups --inh-caps=-all \
		"$root/build/xdpctl" "${@:2}"
}

# The state directory belongs to a group of readers; setgid applies that to later pins.
test_reader() {
	make_hosts
	mkdir -p /sys/fs/bpf/xdpctl
	chgrp 65534 /sys/fs/bpf/xdpctl && chmod 2755 /sys/fs/bpf/xdpctl
	run 0 X attach g0
	knock 192.0.2.1 2
	reader 65534 stats g0 >"$work/out" 2>&1 ||
		! grep -q "Operation not permitted" "$work/out" ||
		skip "the kernel refuses bpf() to users without CAP_BPF"
	run 0 reader 65534 stats g0 -j
	assert_syns_of 192.0.2.2 2
	run 0 reader 65534 status -j
	assert_eq '["g0",true,"native"]' \
		"$(jq -c '.interfaces[0] | [.interface, .attached, .mode]' <<<"$out")"
	run 1 reader 65534 attach g0
	run 1 reader 65534 detach g0
	run 1 reader 65533 stats g0
	assert_says "Permission denied"
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 2
}

run_tests test_several_interfaces test_upgrades_under_load test_interface_comes_and_goes \
	test_index_used_again test_namespace_gone test_other_layout test_commands_at_the_same_time \
	test_few_capabilities test_reader
