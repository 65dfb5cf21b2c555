#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_raw_ip: interfaces without Ethernet headers are counted exactly, and others are refused.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

# Holds t0, a tun of the gateway of any type of device, and writes a packet into it for each line of
# hexadecimal digits.
make_tun() { # [ARPHRD]
	need python3 deps
	ip netns add gateway
	rm -f "$work/packets"
	mkfifo "$work/packets"
	cat >"$work/tun.py" <<-'END'
		import fcntl, os, struct, sys
		try:
		    tun = os.open("/dev/net/tun", os.O_RDWR)
		except OSError:
		    sys.exit(3)
		fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", b"t0", 0x1001))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
		fcntl.ioctl(tun, 0x400454CD, int(sys.argv[2]))  # TUNSETLINK
		for line in open(sys.argv[1], buffering=1):
		    os.write(tun, bytes.fromhex(line))
	END
	start_inside gateway python3 -S "$work/tun.py" "$work/packets" "${1:-65534}"
	tun=$!
	exec 5<>"$work/packets" # does not wait for a reader
	wait_until tun_is_there
	ip -n gateway link set t0 up
	ip -n gateway addr add 10.9.0.1/24 dev t0
}
# Its process ends with its input.
remove_tun() {
	exec 5>&-
	wait "$tun"
}
tun_is_there() {
	kill -0 "$tun" 2>/dev/null || skip "no /dev/net/tun"
	ip -n gateway link show t0 >/dev/null 2>&1
}

# Packets from 10.9.0.N and 2001:db8::N; the kernel does not check what is counted before it does.
tcp4() { printf '4500002800010000400600000a0900%02x0a090001%s\n' "$1" "$2"; }
tcp6() { printf '600000000014064020010db80000000000000000000000%02x20010db8000000000000000000000001%s\n' "$1" "$2"; }
syn=04d2005000000000000000005002040000000000
ack=04d2005000000000000000005010040000000000

send_packets() {
	local i
	for i in 1 2 3 4 5; do tcp4 3 $syn; done
	for i in 1 2 3; do tcp4 4 $syn; done
	for i in 1 2 3 4 5 6 7; do tcp6 5 $syn; done
	for i in 1 2; do tcp4 3 $ack; done
	tcp6 5 $ack
	echo 4500001c00010000401100000a0900030a090001 # UDP
	echo 4500001c00012001400600000a0900030a090001000000000000 # a later fragment
	echo 4500001800010000400600000a0900030a09000104d20050 # cut before the flags
}

frames_are() { X stats t0 -j >"$work/out" && [ "$(jq '.interfaces[0].packets' "$work/out")" = "$1" ]; }

test_tun() {
	make_tun
	run 1 X attach t0 -m native
	assert_says "xdpctl: t0: attach native: "
	run 0 X attach t0 -m generic
	X stats t0 -j >"$work/out"
	before=$(jq -c '.interfaces[0].packets' "$work/out")
	assert_eq 0 "$before" "frames before"
	send_packets >&5
	wait_until frames_are 21
	out=$(cat "$work/out")
	assert_syns_of 10.9.0.3 5 "IPv4"
	assert_syns_of 10.9.0.4 3 "IPv4"
	assert_syns_of 2001:db8::5 7 "IPv6"
	assert_eq '[15,15,0,true,3,1,1,1,0,0]' "$(jq -c '.interfaces[0] | [.syns, .classes.syn, .unattributed,
		.packets == ([.classes[]] | add) and .packets == .verdicts.pass, .classes.tcp_other,
		.classes.ipv4_other, .classes.fragment, .classes.truncated_l4, .classes.non_ip,
		.classes.ipv6_other]' <<<"$out")" "classes"
	assert_eq '[15]' "$(jq -c '[.interfaces[0].victims[].at_least] | [add]' <<<"$out")" "victims"
	# An upgrade and a reset keep it.
	run 0 X attach t0 -m auto
	run 0 X reset t0
	tcp4 3 $syn >&5
	wait_until frames_are 1
	out=$(cat "$work/out")
	assert_syns_of 10.9.0.3 1 "after a reset"
}

test_doctor() {
	make_tun
	X doctor t0 >"$work/out"
	grep -qE 'ok +headers +frames start with an IP header .type NONE.' "$work/out" ||
		assert_eq "a line for the link layer" "$(cat "$work/out")"
}

# The types of PPP, IPIP, SIT and GRE devices.
test_types() {
	local type
	for type in 512 768 776 778; do
		make_tun $type
		run 0 X attach t0 -m auto
		tcp4 3 $syn >&5
		wait_until frames_are 1
		out=$(cat "$work/out")
		assert_syns_of 10.9.0.3 1 "type $type"
		remove_tun
		remove_hosts
	done
}

# CAN, and a number without a name.
test_other_types() {
	local type
	for type in 280 4711; do
		make_tun $type
		for mode in native generic auto offload; do
			run 1 X attach t0 -m $mode
			assert_says "t0: its frames start neither with an Ethernet header nor with an IP header (type $type)"
		done
		X doctor t0 2>&1 | grep -qE "problem +headers +.*\(type $type\)" || assert_eq doctor "$(X doctor t0)"
		remove_tun
		remove_hosts
	done
	make_tun 280
	run 1 X attach t0
	run 0 X status
	assert_eq "nothing is attached in this network namespace" "$out"
}

# Tunnels that this kernel has: what came through them is counted by its inner headers.
test_tunnels() {
	local kind count=0
	make_hosts
	for kind in ipip gre sit; do
		inside gateway ip link add "x-$kind" type $kind local 192.0.2.1 remote 192.0.2.2 2>/dev/null || continue
		inside client ip link add "x-$kind" type $kind local 192.0.2.2 remote 192.0.2.1 || continue
		count=$((count + 1))
		ip -n gateway addr add "10.$count.0.1/24" dev x-$kind && ip -n gateway link set x-$kind up
		ip -n client addr add "10.$count.0.2/24" dev x-$kind && ip -n client link set x-$kind up
		[ $kind != sit ] || {
			ip -n gateway addr add 2001:db8:9::1/64 dev x-sit nodad
			ip -n client addr add 2001:db8:9::2/64 dev x-sit nodad
		}
		X attach x-$kind -m generic >/dev/null 2>"$work/err" ||
			! grep -q "sees the outer headers" "$work/err" || not_offered "XDP behind tunnels"
		run 0 X attach x-$kind -m generic
		if [ $kind = sit ]; then knock 2001:db8:9::1 4; else knock "10.$count.0.1" 4; fi
		run 0 X stats x-$kind -j
		assert_eq '[4,0]' "$(jq -c '.interfaces[0] | [.syns, .unattributed]' <<<"$out")" "$kind"
	done
	[ $count -gt 0 ] || not_offered "ipip, gre and sit tunnels"
}

# A policy decides on such an interface, too.
test_policy() {
	mount -t tmpfs tmpfs /var/lib
	make_tun
	run 0 X attach t0 -m generic
	printf '%s\n' 'xdpctl-policy: 1' "deny: [10.9.0.3, '2001:db8::5']" >"$work/policy.yaml"
	SSH_CONNECTION='' run 0 X policy apply "$work/policy.yaml" t0 --no-management --no-confirm
	send_packets >&5
	wait_until frames_are 21
	# From 10.9.0.3: 5 SYNs, 2 ACKs, UDP, a later fragment and one that is cut; from ::5: 7 and 1.
	assert_eq '[18,3,18,3]' "$(jq -c '.interfaces[0] | [.reasons.drop_deny, .reasons.pass_default,
		.verdicts.drop, .verdicts.pass]' "$work/out")" "verdicts"
	assert_eq '[["10.9.0.3",10],["2001:db8::5",8]]' "$(jq -c '.interfaces[0].dropped_sources |
		map([.address, .at_least])' "$work/out")" "dropped sources"
	umount /var/lib
	remove_tun
}

run_tests test_tun test_doctor test_types test_other_types test_tunnels test_policy
