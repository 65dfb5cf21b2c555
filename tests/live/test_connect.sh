#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_connect: pktgen connect: new clients of a server, undefended, challenged and dropped.
# waits: for clients whose SYNs are dropped
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"

# Handshakes end without anybody accepting.
make_server() {
	make_silent_hosts
	ip -n client route add local 198.18.0.0/16 dev lo
	ip -n gateway route add 198.18.0.0/16 via 192.0.2.2
	cat >"$work/server.py" <<-'END'
		import socket, time
		server = socket.create_server(("192.0.2.1", 80), backlog=1024)
		print("listening", flush=True)
		time.sleep(600)
	END
	start_inside gateway python3 -S "$work/server.py" >"$work/server"
	server=$!
	wait_until grep -q listening "$work/server"
}

connect() { run 0 inside client "$root/build/pktgen" connect 192.0.2.1:80 --count 20 --rate 100 -j "$@"; }
outcome() { jq -c '[.connections, .completed, .failed, .timed_out]' <<<"$out"; }

test_undefended() {
	make_server
	run 0 X attach g0 -m generic
	connect --from 198.18.0.250
	assert_eq '[20,20,0,0]' "$(outcome)" "all connect"
	assert_eq true "$(jq '.connect_ns | .p50 > 0 and .p50 <= .p90 and .p90 <= .p99 and .p99 <= .max' <<<"$out")" "order"
	run 0 X stats g0 -j
	assert_eq '[20,20]' "$(jq -c '.interfaces[0] | [.syns, .distinct_sources]' <<<"$out")" "SYNs and sources"
	run 0 inside client "$root/build/pktgen" connect 192.0.2.1:80 --count 2
	case $out in "192.0.2.1:80: 2 connections, 2 completed, 0 failed, 0 timed out"*"p99 "*) ;; *) assert_eq text "$out" ;; esac
	kill "$server"
}

# Each new client answers a challenge, and connects with its second SYN.
test_challenged() {
	make_server
	run 0 X attach g0 -m generic
	policy p "management: [203.0.113.0/24]" "protect:" \
		"  - {name: web, victims: [192.0.2.1], armed: always, mode: enforce}"
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	connect --from 198.18.1.1 --timeout 10
	assert_eq '[20,20,0,0]' "$(outcome)" "all connect"
	run 0 X stats g0 -j
	assert_eq '[20,20,20]' "$(jq -c '.interfaces[0].reasons | [.tx_challenge, .verified_now, .pass_verified]' <<<"$out")"
	connect --from 198.18.1.1
	run 0 X stats g0 -j
	assert_eq '[20,40]' "$(jq -c '.interfaces[0].reasons | [.tx_challenge, .pass_verified]' <<<"$out")" "trusted"
	sed -i 's/enforce/enforce, action: drop/' "$work/p.yaml"
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm
	connect --from 198.18.2.1 --timeout 1
	assert_eq '[20,0,0,20]' "$(outcome)" "dropped"
	assert_eq null "$(jq .connect_ns <<<"$out")"
	kill "$server"
}

test_refused() {
	make_silent_hosts
	run 0 inside client "$root/build/pktgen" connect 192.0.2.1:80 --count 3 -j
	assert_eq '[3,0,3,0]' "$(outcome)" "nobody listens"
	run 1 inside client "$root/build/pktgen" connect 192.0.2.1:80 --from 198.18.0.1
	assert_says "binding to a source address: Cannot assign requested address: 'ip route add local PREFIX dev lo'"
	run 2 pktgen connect 192.0.2.1
	assert_says "target: '192.0.2.1': give ADDRESS:PORT"
	run 2 pktgen connect 2001:db8::1:80
	assert_says "an IPv6 address in brackets"
	run 2 pktgen connect '[2001:db8::1]:80' --from 192.0.2.1
	assert_says "are of different families"
	run 2 pktgen connect 192.0.2.1:0
	assert_says "port: 0 is not between 1 and 65535"
}

run_tests test_undefended test_challenged test_refused
