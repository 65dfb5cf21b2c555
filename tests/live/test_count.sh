#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_count: real TCP over a veth, counted exactly in every mode; reset; output of every command.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

counts_in_mode() {
	make_hosts
	run 0 X attach g0 -m "$1"
	assert_knocks_counted
}

test_native() { counts_in_mode native; }
test_generic() { counts_in_mode generic; }

# One connection: the client's SYN, ACK and FIN are counted; the server's SYN-ACK is outgoing.
test_conversation() {
	make_hosts
	run 0 X attach g0
	start_inside gateway python3 -S -c '
import socket
server = socket.create_server(("192.0.2.1", 8080))
print("listening", flush=True)
peer, _ = server.accept()
peer.sendall(peer.recv(100))
peer.recv(1)' >"$work/server"
	local server=$!
	until grep -q listening "$work/server"; do kill -0 $server || exit 1; done
	# shellcheck disable=SC2016 # the inner shell expands it
	inside client bash -c 'exec 3<>/dev/tcp/192.0.2.1/8080; echo hello >&3; read -r line <&3
		[ "$line" = hello ]' || exit 1
	wait $server
	run 0 X stats -j
	assert_eq '[1,0,1,0]' "$(jq -c '.interfaces[0].classes | [.syn, .syn_ack, .fin, .rst]' <<<"$out")"
	[ "$(jq '.interfaces[0].classes.tcp_other' <<<"$out")" -ge 2 ] || assert_eq "ACKs" "$out"
}

test_reset() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 4
	run 0 X reset g0 -j
	assert_syns_of 192.0.2.2 4 "until the reset"
	run 0 X stats g0 -j
	assert_eq '[0,[]]' "$(jq -c '.interfaces[0] | [.syns, .sources]' <<<"$out")" "after it"
	knock 192.0.2.1 2
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 2 "since"
}

test_table() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 3
	knock 2001:db8::1 1
	run 0 X stats g0 -n 1
	grep -qE '^g0: native$' "$work/out" || assert_eq "a heading" "$out"
	grep -qE '^  SYN +4 ' "$work/out" || assert_eq "a class" "$out"
	grep -qE '^  192\.0\.2\.2 +3 +75\.0 %$' "$work/out" || assert_eq "a source" "$out"
	grep -qE '^  and 1 more' "$work/out" || assert_eq "how many more" "$out"
	run 0 X stats g0 -j -n 1
	assert_eq 1 "$(jq '.interfaces[0].sources | length' <<<"$out")"
}

# Output that cannot be written is an error.
test_full_disk() {
	make_hosts
	run 0 X attach g0
	if xdpctl stats g0 --netns gateway >/dev/full 2>"$work/err"; then
		assert_eq "exit status 1" 0
	fi
	err=$(cat "$work/err")
	assert_says "standard output: cannot write"
}

test_every_interface() {
	make_hosts
	run 0 X attach g0
	run 0 X attach lo -m generic
	knock 192.0.2.1 1
	run 0 X stats -j
	assert_eq '[["g0",1],["lo",0]]' "$(jq -c '[.interfaces[] | [.interface, .syns]] | sort' <<<"$out")"
}

# Kernels with nohz_full CPUs refuse membarrier(GLOBAL): reset then waits in another way, and no SYN
# is lost.
test_reset_without_membarrier() {
	local sender counted=0 round
	need_strace
	make_hosts
	run 0 X attach g0
	start_inside client pktgen send syn-flood c0 --sender packet --count 20000 --rate 5000 \
		--sources 50 -j >"$work/sent" 2>"$work/pktgen"
	sender=$!
	for round in 1 2 3 4 5; do
		run 0 strace -qq -o "$work/calls" -e signal=none -e trace=membarrier,bpf \
			-e inject=membarrier:error=EINVAL xdpctl reset g0 --netns gateway -j
		counted=$((counted + $(jq '.interfaces[0].classes.syn' <<<"$out")))
		assert_eq "$round refused, then an update" "$round $(awk '
			/^membarrier.*INJECTED/ { refused = 1 }
			refused && /ARRAY_OF_MAPS/ { created = 1 }
			created && /^bpf\(BPF_MAP_UPDATE_ELEM.* = 0$/ { print "refused, then an update"; exit }
		' "$work/calls")" "calls"
	done
	wait $sender || assert_eq "pktgen's success" "$(cat "$work/pktgen")"
	run 0 X stats g0 -j
	assert_eq "$(jq .sent "$work/sent")" $((counted + $(jq '.interfaces[0].classes.syn' <<<"$out"))) \
		"SYNs in all, across $round resets"
}

run_tests test_native test_generic test_conversation test_reset test_reset_without_membarrier \
	test_table test_full_disk test_every_interface
