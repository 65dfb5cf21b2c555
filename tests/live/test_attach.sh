#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_attach: attach, detach and status on a veth, and their errors.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

test_attach_and_detach() {
	make_hosts
	run 0 X attach g0
	assert_eq "g0: attached, native mode" "$(head -n 1 <<<"$out")"
	run 0 X status -j
	assert_eq '["g0",true,"native","native","xdpctl_syn"]' "$(jq -c '.interfaces[0] |
		[.interface, .attached, .mode_asked, .mode, .program.name]' <<<"$out")"
	# Behind a dispatcher it is the dispatcher's program that the interface shows.
	[ "$(jq .interfaces[0].dispatcher <<<"$out")" = true ] ||
		assert_eq "$(jq .interfaces[0].program.id <<<"$out")" \
			"$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id)" "program id"
	run 0 X detach g0
	assert_eq "g0: detached" "$out"
	assert_no_pins left
	assert_no_program gateway g0
	run 0 X detach g0
	assert_eq "g0: was not attached" "$out"
	run 0 X status
	assert_eq "nothing is attached in this network namespace" "$out"
}

test_modes() {
	make_hosts
	for mode in native drv generic skb auto; do
		run 0 X attach g0 -m $mode
		run 0 X detach g0
	done
	run 0 X attach g0 -m generic
	run 0 X status -j
	assert_eq '"generic"' "$(jq .interfaces[0].mode <<<"$out")"
	run 1 X attach g0 -m native
	assert_says "g0: attach native: already attached in generic mode: run 'xdpctl detach g0' first"
	run 1 X attach lo
	assert_says "lo: attach native: "
	assert_says "use -m generic"
	run 0 X attach lo -m auto -j
	assert_eq '["auto","generic"]' "$(jq -c '.interfaces[0] | [.mode_asked, .mode]' <<<"$out")"
	case $(jq -r .interfaces[0].native_refusal <<<"$out") in
	"lo: attach native: "*) ;;
	*) assert_eq "the reason" "$out" ;;
	esac
	run 1 X attach c1 -m offload
	assert_says "c1: no such interface"
	run 0 X detach g0
	run 1 X attach g0 -m offload
	assert_says "use -m native"
}

test_attach_twice_upgrades() {
	local first
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 3
	run 0 X status -j
	first=$(jq .interfaces[0].program.id <<<"$out")
	run 0 X attach g0
	assert_eq "g0: upgraded, native mode" "$out"
	run 0 X status -j
	[ "$(jq .interfaces[0].program.id <<<"$out")" -gt "$first" ] || assert_eq "a new program" "$out"
	knock 192.0.2.1 2
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 5
	run 1 X attach g0 --max-sources 7
	assert_says "already attached with entries for 131072 sources"
}

# Another program stays attached ...
# Programs are loaded ahead by threads; what is said and what stays is as if they were not.
test_many() {
	local i
	local -a interfaces=()
	make_hosts
	for i in $(seq 12); do
		ip -n gateway link add "m$i" type veth peer name "n$i"
		interfaces+=("m$i")
	done
	interfaces[4]=none # after the first and before the last that a thread loads
	interfaces[9]=none
	run 1 X attach "${interfaces[@]}"
	assert_eq "$(printf '%s: attached, native mode\n' "${interfaces[@]}" | grep -v none)" \
		"$(grep attached, <<<"$out")" "interfaces in the order of operands"
	assert_eq 1 "$(grep -c 'none: no such interface' <<<"$err")" "errors of an interface that is named twice"
	run 0 X status -j
	assert_eq 10 "$(jq '[.interfaces[].program.id] | unique | length' <<<"$out")" "programs"
	run 0 X detach --all
	assert_no_pins left
}

test_foreign_program() {
	make_hosts
	bpftool prog load "$root/build/bpf/feed.o" /sys/fs/bpf/another || skip "bpftool cannot load"
	inside gateway bpftool net attach xdpdrv pinned /sys/fs/bpf/another dev g0
	run 1 X attach g0
	assert_says "is attached; use --force to detach it"
	run 1 X detach g0
	assert_says "is attached; use --force to detach it"
	run 1 X stats g0
	assert_says "g0: not attached: 'xdpctl attach g0' starts it"
	run 0 X status g0
	local id
	id=$(bpftool -j prog show pinned /sys/fs/bpf/another | jq .id)
	assert_eq "g0: not attached; it runs another program: xdpctl_feed (id $id), native" "$out"
	run 0 X status g0 -j
	assert_eq "[\"g0\",true,false,$id,\"xdpctl_feed\"]" "$(jq -c '.interfaces[0] |
		[.interface, .exists, .attached, .other_program.id, .other_program.name]' <<<"$out")"
	assert_eq '"xdpctl_feed"' "$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.name)"
	rm /sys/fs/bpf/another
}

# Each operand of status is answered: attached or not; what does not exist is an error after the others.
test_status_of_each() {
	make_hosts
	ip -n gateway link add é€ type veth peer name x1
	run 0 X status g0
	assert_eq "g0: not attached" "$out"
	run 0 X attach é€
	run 0 X status g0
	assert_eq "g0: not attached" "$out" "where another interface is attached"
	run 1 X status g0 nosuch é€ x1
	assert_says "nosuch: no such interface"
	assert_eq "g0: not attached x1: not attached " "$(grep not "$work/out" | grep '^[gx]' | tr '\n' ' ')"
	# Two characters, of two and three bytes, take two columns.
	assert_eq "é€               native   native   xdpctl_syn" \
		"$(grep -o '^é€ .*xdpctl_syn' "$work/out")" "columns by width"
	run 1 X status g0 nosuch é€ -j
	assert_eq '[["é€",true,null],["g0",false,null]]' \
		"$(jq -c '[.interfaces[] | [.interface, .attached, .other_program]]' <<<"$out")"
	run 0 X status é€ -j
	assert_eq '[true]' "$(jq -c '[.interfaces[].attached]' <<<"$out")"
	run 1 X status nosuch
	assert_says "nosuch: no such interface"
	assert_eq "" "$out"
	# The same truth in the other commands.
	run 1 X stats g0
	assert_says "g0: not attached"
	run 1 X top g0 </dev/null
	assert_says "g0: not attached"
	run 0 X stats é€
	assert_eq "é€: native" "$(head -n 1 "$work/out")"
}

# ... unless --force is given; it is restored if attaching fails.
test_force() {
	local id
	make_hosts
	ip -n gateway link set lo up
	bpftool prog load "$root/build/bpf/feed.o" /sys/fs/bpf/another || skip "bpftool cannot load"
	id=$(bpftool -j prog show pinned /sys/fs/bpf/another | jq .id)
	inside gateway bpftool net attach xdpgeneric pinned /sys/fs/bpf/another dev g0
	run 0 X attach g0 --force -j
	assert_eq "[\"native\",\"program 'xdpctl_feed' (id $id)\"]" \
		"$(jq -c '.interfaces[0] | [.mode, .displaced]' <<<"$out")"
	run 0 X detach g0 --force -j
	assert_eq '["detached",null]' "$(jq -c '.interfaces[0] | [.result, .displaced]' <<<"$out")"
	inside gateway bpftool net attach xdpdrv pinned /sys/fs/bpf/another dev g0
	run 0 X detach g0 --force
	assert_eq "g0: was not attached,  displaced: program 'xdpctl_feed' (id $id)" \
		"$(paste -s -d, <<<"$out")"
	assert_no_program gateway g0
	inside gateway bpftool net attach xdpgeneric pinned /sys/fs/bpf/another dev lo
	run 1 X attach lo --force
	assert_says "lo: attach native: "
	assert_eq "$id" "$(ip -n gateway -j link show lo | jq .[0].xdp.prog.id)" "put back"
	rm /sys/fs/bpf/another
}

test_taken_off_by_others() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 1
	ip -n gateway link set g0 xdp off
	run 0 X status -j
	assert_eq '[false,null]' "$(jq -c '.interfaces[0] | [.attached, .mode]' <<<"$out")"
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 1
	run 1 X reset g0
	assert_says "g0: reset: not attached any more"
	run 0 X detach g0
	assert_eq "g0: was detached already; its pins are removed" "$out"
}

test_interface_gone() {
	make_hosts
	run 0 X attach g0
	ip -n gateway link del g0
	run 0 X status -j
	assert_eq '["g0",false]' "$(jq -c '.interfaces[0] | [.interface, .attached]' <<<"$out")"
	run 0 X detach g0
	run 1 X detach g0
	assert_says "g0: no such interface"
	assert_no_pins left
}

test_bad_input() {
	local long=an-interface-name-that-is-too-long
	make_hosts
	run 2 xdpctl
	assert_says "no command given: see 'xdpctl help'"
	run 2 xdpctl attch
	assert_says "there is no command 'attch': did you mean 'attach'?"
	run 2 X attach
	assert_says "attach needs IFACE"
	run 2 X attach g0 -m fast
	assert_says "--mode: 'fast' is not one of"
	run 2 X attach g0 --max-sources 12abc
	assert_says "--max-sources: '12abc' is not a whole number"
	run 2 X attach g0 --max-sources 0
	assert_says "--max-sources: 0 is not between 1 and"
	run 2 X stats -n -1
	assert_says "--top: '-1' is not a whole number"
	run 2 X attach g0 --frobnicate
	assert_says "--frobnicate: unknown option"
	run 1 X attach nope0
	assert_says "nope0: no such interface"
	run 1 X attach $long
	assert_says "$long: no such interface"
	run 1 X attach 3
	assert_says "3: no such interface"
	run 1 xdpctl status --netns nowhere
	assert_says "--netns: /run/netns/nowhere: No such file"
	run 1 X attach nope0 -j
	assert_eq "nope0: no such interface" "$(jq -r .error <<<"$err" | cut -d: -f1-2)"
	run 2 X attach -j
	assert_eq "attach needs IFACE..." "$(jq -r .error <<<"$err" | cut -d: -f1)"
}

test_no_permission() {
	make_hosts
	run 0 X attach g0
	# The user cannot enter the namespace, so the command is started inside it.
	run 1 inside gateway setpriv --reuid 65534 --regid 65534 --clear-groups "$root/build/xdpctl" attach lo
	assert_says "run as root"
	run 1 inside gateway setpriv --reuid 65534 --regid 65534 --clear-groups "$root/build/xdpctl" stats g0
	# Before Linux 5.19 the whole system call is refused.
	[[ $err = *"Operation not permitted"* ]] || assert_says "Permission denied"
}

test_bpffs() {
	make_hosts
	umount /sys/fs/bpf
	run 0 X status
	assert_eq "nothing is attached in this network namespace" "$out"
	run 0 X attach g0
	assert_eq bpf_fs "$(stat -f -c %T /sys/fs/bpf)" "mounted"
	run 0 X status -j
	assert_eq 1 "$(jq '.interfaces | length' <<<"$out")"
	run 0 ip netns exec gateway xdpctl status
	assert_says "hidden by 'ip netns exec': run 'xdpctl ... --netns gateway' outside of it"
}

# Two namespaces, the same index and the same name.
test_same_index() {
	make_hosts
	ip netns add other
	ip -n gateway link add x0 index 77 type veth peer name x1
	ip -n other link add x0 index 77 type veth peer name x1
	run 0 xdpctl attach x0 --netns gateway
	run 0 xdpctl attach x0 --netns other -m generic
	run 0 xdpctl status --netns gateway -j
	assert_eq '["native"]' "$(jq -c '[.interfaces[].mode]' <<<"$out")"
	run 0 xdpctl detach x0 --netns gateway
	run 0 xdpctl status --netns other -j
	assert_eq '["generic"]' "$(jq -c '[.interfaces[].mode]' <<<"$out")"
	ip netns del other
}

run_tests test_attach_and_detach test_modes test_attach_twice_upgrades test_many test_foreign_program test_status_of_each \
	test_force test_taken_off_by_others test_interface_gone test_bad_input test_no_permission test_bpffs \
	test_same_index
