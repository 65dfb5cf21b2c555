#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_identity: a program of ours is recognized wherever it runs: on an interface that was moved or
# renamed, without pins, and where bpffs is hidden, unmounted or another one.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() {
	remove_hosts
	[ ! -e /run/netns/other ] || ip netns del other
}

X() { xdpctl "$@" --netns gateway; }
Y() { xdpctl "$@" --netns other; }

attach_and_count() { # SYNs
	make_hosts
	ip netns add other
	run 0 X attach g0
	knock 192.0.2.1 "$1"
}

is_up() { [[ $(ip -n client link show c0) = *" state UP "* ]]; }

# g0, under whichever name, is in the namespace `other` and answers as before.
move() { # [NAME]
	local name=${1:-g0}
	ip -n gateway link set g0 netns other name "$name"
	ip -n other -b - <<-END
		addr add 192.0.2.1/24 dev $name
		link set lo up
		link set $name up
	END
	wait_until is_up
}

of() { exec jq -c ".interfaces[] | select(.interface == \"$1\") | $2" <<<"$out"; } # in $(...)

assert_shown() { # TEXT: in the last output
	[[ $out = *"$1"* ]] || assert_eq "$1" "$out"
}

test_moved() {
	attach_and_count 3
	move
	run 0 X status -j
	assert_eq "[false,false,\"network namespace 'other'\"]" "$(of g0 '[.exists, .attached, .moved_to]')"
	run 0 X status
	assert_shown "moved to network namespace 'other'"
	run 1 X stats g0
	assert_says "g0: no such interface here: it was moved to network namespace 'other'"
	run 0 Y status -j
	assert_eq '[true,true,"native"]' "$(of g0 '[.attached, .pinned, .mode]')"
	run 0 Y stats g0 -j
	assert_syns_of 192.0.2.2 3
	run 0 X attach lo -m generic
	assert_says "g0: moved to network namespace 'other': its counts go on there"
	run 0 X status -j
	assert_eq '["lo"]' "$(jq -c '[.interfaces[].interface]' <<<"$out")"
	knock 192.0.2.1 2
	run 0 Y stats g0 -j
	assert_syns_of 192.0.2.2 5
	run 0 Y attach g0
	assert_eq "g0: upgraded, native mode" "$(head -n 1 <<<"$out")"
	run 0 Y stats g0 -j
	assert_syns_of 192.0.2.2 5
	run 0 X detach lo
	run 0 Y detach g0
	assert_eq "g0: detached" "$out"
	assert_no_pins left
	assert_no_program other g0
}

# Any writing command in any namespace notices it; moved and renamed at once, and to and fro.
# With the same index or another one: one row, and nothing of a move.
check_to_and_fro() { # INDEX
	attach_and_count 3
	move
	ip -n other link set g0 netns gateway index "$1"
	ip -n gateway -b - <<-END
		addr add 192.0.2.1/24 dev g0
		link set g0 up
	END
	wait_until is_up
	run 0 X status -j
	assert_eq '["g0",true,true,"native",null]' \
		"$(jq -c '[.interfaces[] | .interface, .attached, .pinned, .mode, .moved_to]' <<<"$out")"
	run 0 X status
	[[ $out != *moved* ]] || assert_eq "nothing of a move" "$out"
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 3
	run 0 X reset g0 -j
	assert_says "g0: back from another network namespace: its counts went on"
	assert_syns_of 192.0.2.2 3
	run 0 X detach g0
	assert_no_program gateway g0
	assert_no_pins left
	after_each
}

test_moved_to_and_fro() {
	check_to_and_fro 7
	make_hosts
	first=$(ip -n gateway -j link show g0 | jq .[0].ifindex)
	after_each
	check_to_and_fro "$first"
}

test_moved_and_renamed() {
	attach_and_count 3
	move wan7
	run 0 Y reset wan7 -j
	assert_syns_of 192.0.2.2 3
	knock 192.0.2.1 2
	ip -n other link set wan7 netns gateway name g0
	ip -n gateway addr add 192.0.2.1/24 dev g0
	ip -n gateway link set g0 up
	wait_until is_up
	run 1 Y detach wan7
	assert_eq "xdpctl: wan7: it was moved to network namespace 'gateway'" \
		"$(tail -n 1 <<<"$err" | cut -d: -f1-3)"
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 2
	run 0 X detach --all
	assert_eq "g0: detached" "$out"
	assert_no_pins left
}

# The name that it was attached under leads to it.
test_renamed() {
	attach_and_count 3
	ip -n gateway link set g0 down
	ip -n gateway link set g0 name wan7
	run 0 X status g0 -j
	assert_eq '["wan7"]' "$(jq -c '[.interfaces[].interface]' <<<"$out")"
	for command in stats reset attach; do
		run 1 X $command g0
		assert_says "g0: no such interface: it is called wan7 since it was attached"
	done
	run 0 X stats wan7 -j
	assert_syns_of 192.0.2.2 3
	run 0 X detach wan7
	assert_no_pins left
}

# Its old name and index are those of another interface by then.
test_moved_and_replaced() {
	local index
	attach_and_count 3
	index=$(ip -n gateway -j link show g0 | jq .[0].ifindex)
	move
	ip -n gateway link add g0 index "$index" type veth peer name p0
	run 1 X stats g0
	assert_says "g0: not attached"
	run 0 X attach g0
	assert_says "moved to network namespace 'other'"
	assert_eq "g0: attached, native mode" "$(head -n 1 <<<"$out")"
	run 0 Y stats g0 -j
	assert_syns_of 192.0.2.2 3
	run 0 X detach g0
	run 0 Y detach g0
	assert_no_pins left
}

# start NAME: a process holds a network namespace of its own; its process id is in $NAME.
start() {
	unshare --net sleep 100 &
	printf -v "$1" %s $!
	wait_until has_own_netns $!
}

has_own_netns() { [[ -e /proc/$1/ns/net && ! /proc/$1/ns/net -ef /proc/self/ns/net ]]; }

stop() { # PROCESS...
	kill "$@"
	wait "$@" 2>/dev/null
	true
}

# Two moves between namespaces without names, with and without a writing command between them.
test_moved_twice() {
	local first second
	attach_and_count 3
	start first
	start second
	ip -n gateway link set g0 netns "$first"
	run 0 X attach lo -m generic
	assert_says "g0: moved to the network namespace of process $first: its counts go on there"
	nsenter --net="/proc/$first/ns/net" ip link set g0 netns "$second" name wan7
	run 0 xdpctl status -j --netns "/proc/$second/ns/net"
	assert_eq '[true,true,"native"]' "$(of wan7 '[.attached, .pinned, .mode]')"
	run 1 xdpctl detach g0 --netns "/proc/$first/ns/net"
	assert_eq "xdpctl: g0: it was moved to the network namespace of process $second: \
detach it there with --netns" "$(tail -n 1 <<<"$err")"
	nsenter --net="/proc/$second/ns/net" ip link set wan7 netns "$first" name g0
	nsenter --net="/proc/$first/ns/net" ip link set g0 netns "$second"
	run 0 X attach lo -m generic
	run 0 xdpctl stats g0 -j --netns "/proc/$second/ns/net"
	assert_syns_of 192.0.2.2 3
	run 0 xdpctl detach g0 --netns "/proc/$second/ns/net"
	assert_eq "g0: detached" "$out"
	run 0 X detach lo
	assert_no_pins left
	stop "$first" "$second"
}

# A descriptor keeps a namespace, and leads into it; so does a mount, wherever it is.
test_moved_without_process() {
	local holder=$BASHPID place="network namespace /proc/$BASHPID/fd/5"
	attach_and_count 3
	move
	exec 5</run/netns/other
	run 0 ip netns del other
	run 0 X status -j
	assert_eq "[false,false,\"$place\",false]" "$(of g0 '[.exists, .attached, .moved_to, .gone]')"
	knock 192.0.2.1 2
	run 0 xdpctl stats g0 -j --netns "/proc/$holder/fd/5"
	assert_syns_of 192.0.2.2 5
	nsenter --net=/proc/self/fd/5 sleep 100 &
	wait_until has_own_netns $!
	touch "$work/a mount"
	mount --bind "/proc/$!/ns/net" "$work/a mount"
	stop $!
	exec 5<&-
	run 0 X attach lo -m generic
	[[ $err = "xdpctl: g0: moved to network namespace /proc/"*"/root$work/a mount: its counts go on there" ]] ||
		assert_eq "the path of the mount" "$err"
	run 0 xdpctl stats g0 -j --netns "$work/a mount"
	assert_syns_of 192.0.2.2 5
	run 0 xdpctl detach g0 --netns "$work/a mount"
	run 0 X detach lo
	assert_no_pins left
	umount "$work/a mount"
}

hidden="a network namespace with neither name nor process"

# hold PROCESS NAME: from then on only a socket keeps its namespace, until the process $NAME ends.
hold() {
	# shellcheck disable=SC2016 # of python
	nsenter --net="/proc/$1/ns/net" python3 -S -c '
import ctypes, os, signal, socket
held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if ctypes.CDLL(None).setns(int(os.environ["home"]), 0x40000000):
    raise SystemExit("setns failed")
signal.pause()' &
	printf -v "$2" %s $!
	wait_until is_back $!
	stop "$1"
}

# Through the namespace of one process to that of another, which only the socket of $holder keeps then.
move_out_of_sight() { # INTERFACE
	local first second
	exec 6</proc/self/ns/net
	export home=6
	start first
	start second
	ip -n gateway link set "$1" netns "$first"
	nsenter --net="/proc/$first/ns/net" ip link set "$1" netns "$second"
	stop "$first"
	hold "$second" holder
}

is_back() { [[ $(readlink "/proc/$1/exe") = */python3* && /proc/$1/ns/net -ef /proc/self/ns/net ]]; }

# A namespace that only a socket keeps cannot be entered; the kernel still says what runs there.
test_moved_out_of_sight() {
	local holder
	attach_and_count 3
	move_out_of_sight g0
	run 0 X status -j
	assert_eq "[false,false,\"$hidden\",false]" "$(of g0 '[.exists, .attached, .moved_to, .gone]')"
	run 0 X status
	assert_shown "moved to $hidden: its counts go on there"
	run 0 X attach lo -m generic
	assert_says "g0: moved to $hidden: its counts go on there"
	run 1 X detach g0
	assert_eq "xdpctl: g0: it was moved to $hidden: move it back first, or let that namespace end" \
		"$(tail -n 1 <<<"$err")"
	run 0 X detach lo
	stop "$holder"
	wait_until is_gone
	run 0 X detach g0
	assert_says "g0: the interface is gone: its pins were removed"
	assert_eq "" "$(ls -I lock /sys/fs/bpf/xdpctl)" "pins left"
}

detaches() { X detach "$1" 2>&1 | grep -qF "$2"; } # INTERFACE TEXT

# Nothing that can be reached knows of the second namespace: the program itself tells that it runs.
test_moved_beyond_knowledge() {
	local holder program
	make_hosts
	run 0 ip -n gateway tuntap add mode tap name t0
	run 0 X attach t0 -m generic
	run 0 X status -j
	program=$(of t0 .program.id)
	move_out_of_sight t0
	for _ in 1 2; do
		run 0 X attach lo -m generic
		assert_says "t0: moved to $hidden: its counts go on there"
	done
	assert_eq 2 "$(compgen -G '/sys/fs/bpf/xdpctl/*/program' | wc -l)" "programs pinned"
	run 0 X detach lo
	stop "$holder"
	wait_until detaches t0 "the interface is gone: its pins were removed"
	run 255 bpftool prog show id "$program"
	assert_eq "" "$(ls -I lock /sys/fs/bpf/xdpctl)" "pins left"
}

# The namespace ends, and the interface with it.
test_moved_and_gone() {
	attach_and_count 3
	move
	run 0 ip netns del other
	wait_until is_gone
	run 0 X status
	assert_shown "the interface is gone: 'xdpctl detach g0' cleans up"
	run 0 X detach g0
	assert_says "g0: the interface is gone: its pins were removed"
	assert_eq "" "$(ls -I lock /sys/fs/bpf/xdpctl)" "pins left"
}

is_gone() { ! ip -n client link show c0 >/dev/null 2>&1; }

without_sys_admin() { inside gateway setpriv --bounding-set=-sys_admin xdpctl "$@"; }

# Who may not look says so, instead of "gone" or "nothing is attached".
test_without_sys_admin() {
	local program missing="Operation not permitted: run as root, or with the missing CAP_SYS_ADMIN"
	attach_and_count 3
	run 0 X status -j
	program=$(of g0 .program.id)
	run 0 without_sys_admin status
	assert_eq "" "$err" "with pins"
	mv /sys/fs/bpf/xdpctl /sys/fs/bpf/elsewhere
	run 0 without_sys_admin status
	assert_says "g0: runs a program that cannot be identified: program $program: cannot open it: $missing"
	run 0 without_sys_admin status lo
	assert_eq "" "$err" "another interface"
	run 1 without_sys_admin stats g0
	assert_says "g0: runs a program that cannot be identified: program $program: cannot open it: $missing"
	run 1 without_sys_admin stats lo
	assert_says "lo: not attached"
	mv /sys/fs/bpf/elsewhere /sys/fs/bpf/xdpctl
	move
	run 0 without_sys_admin status
	assert_shown "the interface is gone or in another network namespace: root can see which"
	run 0 without_sys_admin status -j
	assert_eq "[false,null,null]" "$(of g0 '[.exists, .moved_to, .gone]')"
	run 0 Y detach g0
}

# It runs, and is shown, read, pinned again with its counts, and detached.
assert_known() {
	run 0 X status -j
	assert_eq '[true,false,"native","native","xdpctl_syn"]' \
		"$(of g0 '[.attached, .pinned, .mode, .mode_asked, .program.name]')" "$1"
	run 0 X status
	assert_shown "its pins are not under /sys/fs/bpf"
	run 0 X stats -j
	assert_syns_of 192.0.2.2 3 "$1"
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 3 "$1"
}

assert_pinned_again() {
	run 0 X attach g0
	assert_eq "g0: upgraded, native mode" "$(head -n 1 <<<"$out")"
	run 0 X status -j
	assert_eq '[true,true]' "$(of g0 '[.attached, .pinned]')"
	knock 192.0.2.1 2
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 5
	run 0 X detach g0
	assert_eq "g0: detached" "$out"
	assert_no_program gateway g0
}

test_pins_removed() {
	attach_and_count 3
	rm -r /sys/fs/bpf/xdpctl
	assert_known "without any pin"
	assert_pinned_again
}

test_program_pin_removed() {
	attach_and_count 3
	rm /sys/fs/bpf/xdpctl/*-*/program
	assert_known "without its program's pin"
	assert_pinned_again
	assert_no_pins left
}

test_other_bpffs() {
	attach_and_count 3
	mount -t bpf bpf /sys/fs/bpf
	assert_known "with another bpffs"
	assert_pinned_again
	umount /sys/fs/bpf
	run 0 X status
	assert_shown "detached: 'xdpctl detach g0' cleans up"
}

test_unmounted_bpffs() {
	attach_and_count 3
	umount -l /sys/fs/bpf
	assert_known "without bpffs"
	run 0 X detach --all
	assert_eq "g0: detached" "$out"
	run 0 X status
	assert_eq "nothing is attached in this network namespace" "$out"
	mount -t bpf bpf /sys/fs/bpf
}

# `ip netns exec` shows another /sys.
test_hidden_bpffs() {
	attach_and_count 3
	run 0 ip netns exec gateway xdpctl status -j
	assert_says "hidden by 'ip netns exec': run 'xdpctl ... --netns gateway' outside of it"
	assert_eq '[true,false]' "$(of g0 '[.attached, .pinned]')"
	run 0 ip netns exec gateway xdpctl stats g0 -j
	assert_syns_of 192.0.2.2 3
	run 1 ip netns exec gateway xdpctl attach g0
	assert_says "hidden by 'ip netns exec'"
	run 0 ip netns exec gateway xdpctl detach g0
	assert_no_program gateway g0
	run 0 X detach g0
	assert_eq "g0: was detached already; its pins are removed" "$out"
}

# Loaded by something that leaves no layout: recognized, but not readable.
test_unknown_layout() {
	make_hosts
	bpftool prog load "$root/build/bpf/syn.o" /sys/fs/bpf/loaded || skip "bpftool cannot load"
	inside gateway bpftool net attach xdpdrv pinned /sys/fs/bpf/loaded dev g0
	rm /sys/fs/bpf/loaded
	run 1 X stats g0
	assert_says "is an xdpctl program without pins, and its layout is unknown"
	run 1 X attach g0
	assert_says "'xdpctl attach --reset' replaces it"
	run 0 X attach g0 --reset
	run 0 X status -j
	assert_eq '[true,true]' "$(of g0 '[.attached, .pinned]')"
	run 0 X detach g0
}

# A mount that vanishes with its namespace is said to.
test_mounts_bpffs() {
	make_hosts
	# Also the machine's own, which is private here.
	while umount /sys/fs/bpf 2>/dev/null; do :; done
	run 0 X attach g0
	assert_says "/sys/fs/bpf: mounted bpffs: it will vanish with this mount namespace"
	run 0 X attach g0
	assert_eq "" "$err"
	run 0 X detach g0
}

run_tests test_moved test_moved_to_and_fro test_moved_and_renamed test_renamed \
	test_moved_and_replaced test_moved_twice test_moved_without_process test_moved_out_of_sight \
	test_moved_beyond_knowledge test_moved_and_gone test_without_sys_admin test_pins_removed \
	test_program_pin_removed test_other_bpffs test_unmounted_bpffs test_hidden_bpffs \
	test_unknown_layout test_mounts_bpffs
