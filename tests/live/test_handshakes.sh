#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_handshakes: completed connections equal those that were made, under any load; SYNs, SYN-ACKs,
# FINs and RSTs by victim; both programs are attached and detached together.
# long: killed at each fifth call
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
# The kernel's BTF, megabytes of it, is read with fewer page faults, which are dear in virtual machines.
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1

after_each() {
	local point mounts
	mounts=$(</proc/self/mounts)
	kill_listed "$work/server.pid"
	[ ! -e "$work/server" ] || rm "$work/server"
	for point in "$work/tracing" "$work/tracing" /sys/kernel/btf/vmlinux; do
		[[ $mounts != *" $point "* ]] || umount "$point"
	done
	remove_hosts
	[ ! -e /run/netns/other ] || ip netns del other
}

# An emulated machine does less.
few=${XDPCTL_EMULATED:+yes}

X() { xdpctl "$@" --netns gateway; }
of() { exec jq -c ".interfaces[0] | $1" <<<"$out"; } # in $(...), which it becomes

# A server of both families on one socket, where IPv4 peers have mapped addresses. It closes
# a connection when the peer has.
serve() { # NETNS
	local said=
	[ -p "$work/server" ] || mkfifo "$work/server"
	start_inside "$1" python3 -S -c '
import socket, selectors
server = socket.create_server(("::", 8080), family=socket.AF_INET6, dualstack_ipv6=True, backlog=4096)
ready = selectors.DefaultSelector()
ready.register(server, selectors.EVENT_READ)
print("listening", flush=True)
while True:
    for key, _ in ready.select():
        if key.fileobj is server:
            peer, _ = server.accept()
            ready.register(peer, selectors.EVENT_READ)
        elif not key.fileobj.recv(100):
            ready.unregister(key.fileobj)
            key.fileobj.close()' 1<>"$work/server"
	echo $! >"$work/server.pid"
	read -r -t 30 said <"$work/server"
	assert_eq listening "$said" "a server"
}

# connect NETNS ADDRESS COUNT: one after the other, each closed by the client first.
connect() {
	inside "$1" python3 -S -c '
import socket, sys
for _ in range(int(sys.argv[2])):
    peer = socket.create_connection((sys.argv[1], 8080), timeout=30)
    peer.shutdown(socket.SHUT_WR)
    peer.recv(1)
    peer.close()' "$2" "$3" || exit 1
}

# connect_while NETNS ADDRESS FILE: while the file exists; prints the number of connections.
connect_while() {
	inside "$1" python3 -S -c '
import os, socket, sys
count = 0
while os.path.exists(sys.argv[2]):
    socket.create_connection((sys.argv[1], 8080), timeout=30).close()
    count += 1
print(count)' "$2" "$3"
}

# A second network: the gateway's DEVICE (198.51.100.1) and a peer's (.2).
second_network() { # DEVICE NETNS PEER
	ip -n gateway -b - <<<"addr add 198.51.100.1/24 dev $1"$'\n'"link set $1 up" || exit 1
	ip -n "$2" -b - <<<"addr add 198.51.100.2/24 dev $3"$'\n'"link set $3 up" || exit 1
}

# The same on a cable of its own, from the gateway's g1.
second_cable() { # NETNS PEER
	ip -n gateway link add g1 type veth peer name "$2" netns "$1"
	second_network g1 "$1" "$2"
}

# A third host.
add_other() {
	ip netns add other && ip -n other link set lo up
}

# Attach with handshakes; skip if this kernel cannot trace connections.
attach_handshakes() {
	run 0 X attach g0 --handshakes "$@"
	run 0 X status -j
	values_of handshakes
	[ "$values" = '"on"' ] || not_offered "$(of .handshakes_remark)"
}

completed_of() { # ADDRESS
	jq -c --arg a "$1" '.interfaces[0].sources[] | select(.address == $a) |
		[.at_least, .completed.at_least, .completed.at_most]' <<<"$out"
}

assert_counts_five_and_seven() { # [IPV4-CLIENT IPV6-CLIENT]
	serve gateway
	connect client 192.0.2.1 5
	connect client 2001:db8::1 7
	knock 192.0.2.1 3
	run 0 X stats g0 -j
	assert_eq '[8,5,5]' "$(completed_of "${1:-192.0.2.2}")" "IPv4"
	assert_eq '[7,7,7]' "$(completed_of "${2:-2001:db8::2}")" "IPv6"
}

test_completed() {
	make_hosts
	attach_handshakes
	assert_counts_five_and_seven
	assert_eq '[12,0,0]' "$(of '.handshakes | [.completed, .missed, .unlisted_at_most.completed]')"
	assert_eq '[["192.0.2.1",9,3,0,0],["192.0.2.1",8080,5,0,5],["2001:db8::1",8080,7,0,7]]' \
		"$(of '[.victims[] | [.address, .port, .at_least, .syn_acks.at_least,
			.fins.at_least]] | sort')" "victims"
	run 0 X stats g0
	grep -qE '^  completed +12 ' "$work/out" || assert_eq "a total" "$out"
	grep -qE '^  192\.0\.2\.2 +8 +53\.3 % +5$' "$work/out" || assert_eq "a source" "$out"
	grep -qE '^  192\.0\.2\.1:8080 +5 +33\.3 % +0 +5 +0$' "$work/out" || assert_eq "a victim" "$out"
	run 0 X stats g0 --prom
	for line in 'xdpctl_completed_total{interface="g0"} 12' \
		'xdpctl_source_completed_at_least{interface="g0",source="192.0.2.2"} 5' \
		'xdpctl_victim_fins_at_most{interface="g0",victim="2001:db8::1",port="8080"} 7'; do
		grep -qxF "$line" "$work/out" || assert_eq "$line" "$out"
	done
}

# Not counted: connections that this host opens, on another interface, and of other hosts.
test_not_counted() {
	make_hosts
	add_other
	second_cable client c1
	attach_handshakes
	serve gateway
	connect gateway 127.0.0.1 3
	connect gateway ::1 3
	connect client 198.51.100.1 3
	kill "$(<"$work/server.pid")"
	serve other
	connect other 127.0.0.1 3
	kill "$(<"$work/server.pid")"
	serve client
	connect gateway 192.0.2.2 3
	run 0 X stats g0 -j
	assert_eq 0 "$(of .handshakes.completed)" "connections of others"
}

# A VLAN's connections are counted on its lower interface.
test_stacked() {
	make_hosts
	ip -n gateway link add link g0 name g0.5 type vlan id 5 2>/dev/null ||
		not_offered "VLAN devices"
	ip -n client link add link c0 name c0.5 type vlan id 5
	second_network g0.5 client c0.5
	attach_handshakes
	serve gateway
	connect client 198.51.100.1 3
	run 0 X stats g0 -j
	assert_eq '[3,3,3]' "$(completed_of 198.51.100.2)"
}

test_bridged() {
	make_hosts
	ip -n gateway link add br0 type bridge 2>/dev/null ||
		not_offered "bridges"
	ip -n gateway addr del 192.0.2.1/24 dev g0
	ip -n gateway link set g0 master br0
	ip -n gateway addr add 192.0.2.1/24 dev br0 && ip -n gateway link set br0 up
	attach_handshakes -m generic
	serve gateway
	connect client 192.0.2.1 3
	run 0 X stats g0 -j
	assert_eq '[3,3,3]' "$(completed_of 192.0.2.2)"
}

# Thousands of connections from hundreds of sources, while the same port is flooded.
test_under_load() {
	local flood syns missed completed connections=${few:+300}
	connections=${connections:-3000}
	make_hosts
	ip -n client route add local 10.9.0.0/16 dev lo
	ip -n gateway route add 10.9.0.0/16 via 192.0.2.2
	ip -n client -6 route add local 2001:db8:9::/64 dev lo
	ip -n gateway -6 route add 2001:db8:9::/64 via 2001:db8::2
	attach_handshakes
	serve gateway
	start_inside client pktgen send syn-flood c0 --rate $((connections * 7)) --duration 3 --victim 192.0.2.1 \
		--port 8080 --dst-mac "$(ip -n gateway -j link show g0 | jq -r .[0].address)" \
		>"$work/flood" 2>&1
	flood=$!
	inside client python3 -S -c '
import random, socket, sys
chance = random.Random(1)
truth = {}
free_bind = 15
for number in range(int(sys.argv[1])):
    host = chance.randrange(1, 400)
    if number % 3:
        family, source, target = socket.AF_INET, f"10.9.{host // 200}.{host % 200 + 1}", "192.0.2.1"
    else:
        family, source, target = socket.AF_INET6, f"2001:db8:9::{host:x}", "2001:db8::1"
    peer = socket.socket(family)
    peer.setsockopt(socket.IPPROTO_IP, free_bind, 1)
    peer.settimeout(60)
    peer.bind((source, 0))
    peer.connect((target, 8080))
    peer.close()
    truth[source] = truth.get(source, 0) + 1
for source, count in truth.items():
    print(source, count)' "$connections" | sort >"$work/truth" || exit 1
	wait $flood || assert_eq "a flood" "$(cat "$work/flood")"
	X stats g0 -j -n 1000000 >"$work/stats" || exit 1
	# One reading of megabytes: the totals, then a line per source.
	jq -r '.interfaces[0] | (.syns, .handshakes.missed, .handshakes.completed), (.sources[] |
		select(.completed.at_most > 0) | "\(.address) \(.completed.at_least)")' "$work/stats" >"$work/counted"
	{
		read -r syns && read -r missed && read -r completed
		sort | diff - "$work/truth" | head -n 5 >"$work/different"
	} <"$work/counted"
	[ "$syns" -gt $((2 * connections)) ] || assert_eq "a flood of SYNs" "$syns"
	[ "$missed" = 0 ] || skip "the kernel skipped $missed state changes"
	assert_eq "$connections" "$completed" "connections"
	assert_eq "" "$(cat "$work/different")" "sources"
}

# Upgrades and resets while connections are made: each connection is counted once, except those whose
# state changes the kernel skipped.
test_handed_over() {
	local clients counted=0 completed round made missed
	make_hosts
	attach_handshakes
	serve gateway
	: >"$work/go_on"
	connect_while client 192.0.2.1 "$work/go_on" >"$work/made" &
	clients=$!
	for round in 1 2 3 4 5; do
		run 0 X attach g0
		run 0 X reset g0 -j
		completed && counted=$((counted + completed))
	done
	rm "$work/go_on"
	wait $clients || exit 1
	run 0 X stats g0 -j
	completed && counted=$((counted + completed))
	made=$(cat "$work/made") missed=$(of .handshakes.missed)
	if [ $counted -gt "$made" ] || [ $((counted + missed)) -lt "$made" ]; then
		assert_eq "$made connections" "$counted, and $missed state changes missed"
	fi
	[ $counted -gt $round ] || assert_eq "connections in each round" $counted
	echo "# $made connections, $round upgrades and resets, $missed state changes missed"
}

# Neither program stays, on the interface or in the kernel.
test_detach_removes_both() {
	local id
	make_hosts
	attach_handshakes
	id=$(bpftool -j prog show pinned /sys/fs/bpf/xdpctl/*/handshakes_hook | jq .id)
	[ "$id" -gt 0 ] || assert_eq "a hook" "$id"
	run 0 X detach g0
	assert_no_pins left
	# The kernel frees it once no CPU can be running it.
	while bpftool prog show id "$id" >/dev/null 2>&1; do :; done
}

completed() { # of the only interface, to $completed
	[[ $out =~ \"handshakes\":\ \{[[:space:]]*\"completed\":\ ([0-9]+) ]] || assert_eq "a count" "$out"
	completed=${BASH_REMATCH[1]}
}

# After a kill at any call of a reset, the next command counts each new connection once.
test_killed() {
	local calls=bpf,rename,unlink,rmdir,sendto number=0 killed=0 before completed
	need_injection
	make_hosts
	attach_handshakes
	serve gateway
	# A kill before the first pin leaves nothing: begin after that, and take every fifth call.
	for ((number = 20; number < 400; number += ${few:+1}5)); do
		killed_at $calls $number reset g0 || break
		killed=$((killed + 1))
		run 0 X attach g0
		run 0 X stats g0 -j
		completed && before=$completed
		inside client bash -c 'exec 3<>/dev/tcp/192.0.2.1/8080' || exit 1
		run 0 X stats g0 -j
		completed && assert_eq 1 $((completed - before)) "counted after a kill at call $number"
		values_of interface
		assert_eq '"g0"' "$values"
	done
	[ $killed -gt 5 ] || assert_eq "more than 5 kills" $killed
	echo "# killed $killed times"
	run 0 X detach g0
	assert_no_pins left
}

test_kept_and_refused() {
	make_hosts
	run 0 X attach g0
	run 0 X status -j
	assert_eq '["off",null]' "$(of '[.handshakes, .handshakes_remark]')"
	run 0 X stats g0 -j
	assert_eq null "$(of .handshakes)"
	run 1 X attach g0 --handshakes
	assert_says "attached without handshakes, which an upgrade keeps: use --reset to restart"
	attach_handshakes --reset
	run 0 X attach g0
	run 0 X status -j
	assert_eq '"on"' "$(of .handshakes)" "kept by an upgrade"
	run 1 xdpctl attach c0 --netns client --handshakes -m offload
	assert_says "c0: attach offload: not with --handshakes: the device sees no connections"
}

# Without BTF, by the tracepoint's record. It counts the connections of other tests as well, which run
# at the same time: the client's addresses are its own.
test_without_btf() {
	make_hosts
	ip -n client addr del 192.0.2.2/24 dev c0 && ip -n client addr del 2001:db8::2/64 dev c0
	ip -n client addr add 192.0.2.202/24 dev c0
	ip -n client addr add 2001:db8::202/64 dev c0 nodad
	[ -e /sys/kernel/btf/vmlinux ] && mount --bind /dev/null /sys/kernel/btf/vmlinux
	attach_handshakes
	case $(of .handshakes_remark) in
	*"every interface and network namespace are counted: this kernel has no BTF"*) ;;
	*) assert_eq "a remark" "$(of .handshakes_remark)" ;;
	esac
	assert_counts_five_and_seven 192.0.2.202 2001:db8::202
}

test_without_tracing() {
	make_hosts
	[ -e /sys/kernel/btf/vmlinux ] && mount --bind /dev/null /sys/kernel/btf/vmlinux
	mkdir -p "$work/tracing"
	umount -a -t tracefs 2>/dev/null
	mount -t tracefs tracefs "$work/tracing" && mount -t tmpfs tmpfs "$work/tracing"
	run 0 X attach g0 --handshakes
	assert_eq "g0: attached, native mode" "${out%%$'\n'*}"
	case $out in
	*"handshakes: connections cannot be traced here: by BTF"*"; by the record of"*) ;;
	*) assert_eq "why not" "$out" ;;
	esac
	serve gateway
	connect client 192.0.2.1 2
	run 0 X stats g0 -j
	assert_eq '[2,2,null]' "$(of '[.syns, .victims[0].fins.at_least, .handshakes.completed]')"
	run 0 X status -j
	assert_eq '"victims_only"' "$(of .handshakes)"
	run 0 X detach g0
	assert_no_pins left
}

# A gateway between client and server: each interface's view of the same connections.
test_forwarded() {
	make_hosts
	add_other
	second_cable other o0
	ip -n other route add default via 198.51.100.1
	ip -n client route add 198.51.100.0/24 via 192.0.2.1
	inside gateway sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	run 0 X attach g0 --handshakes
	run 0 X attach g1 --handshakes
	serve other
	connect client 198.51.100.2 6
	knock 198.51.100.2 2 # refused: a RST that ends nothing
	run 0 X stats g0 -j
	assert_eq '[["198.51.100.2",9,2,0,0,0],["198.51.100.2",8080,6,0,6,0]]' "$(of "$victims")" clients
	run 0 X stats g1 -j
	assert_eq '[["198.51.100.2",8080,0,6,6,0]]' "$(of "$victims")" "servers"
}
victims='[.victims[] | [.address, .port, .at_least, .syn_acks.at_least, .fins.at_least,
	.rsts.at_least]] | sort'

test_watched() {
	make_hosts
	attach_handshakes
	serve gateway
	connect client 192.0.2.1 2
	mkfifo "$work/lines"
	xdpctl stats g0 --netns gateway --watch --jsonl -c 1 >"$work/lines" &
	connect client 192.0.2.1 3
	out=$(cat "$work/lines")
	wait $! || exit 1
	assert_eq '[5,true]' "$(of '[.sources[0].completed.at_least,
		.sources[0].completed.in_interval == .interval.completed]')"
	rm "$work/lines"
}

run_tests test_completed test_not_counted test_stacked test_bridged test_under_load \
	test_handed_over test_detach_removes_both test_killed test_kept_and_refused \
	test_without_btf test_without_tracing test_forwarded test_watched
