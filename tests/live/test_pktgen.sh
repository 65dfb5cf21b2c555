#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_pktgen: all frames of each sender arrive over a veth and are counted exactly.
# alone: it floods veths, whose queues overflow under other load
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

# Frames that a full queue dropped (a hypervisor may pause a CPU for long enough) must be reported: by
# the sender, or by the interface if the sender cannot know.
send_by() { # SENDER
	local missing dropped
	make_hosts
	run 0 X attach g0
	if ! inside client pktgen send syn-flood c0 --sender "$1" --count 20000 --sources 500 \
		--family dual --truth "$work/truth.tsv" -j >"$work/out" 2>"$work/err"; then
		grep -q "needs kernel 5.18" "$work/err" && not_offered "live frames"
		skip "the $1 sender does not work here: $(cat "$work/err")"
	fi
	assert_eq "[\"$1\",20000]" "$(jq -c '[.sender, .sent + .failed]' "$work/out")" "sent"
	dropped=0
	[ "$1" != live ] || dropped=$(jq .interface_dropped "$work/out")
	missing=$(LC_ALL=C join -a 1 -a 2 -e 0 -o 1.2,2.2 -t $'\t' <(sent) <(counted) | awk '
		$2 > $1 { print "counted twice"; exit }
		{ missing += $1 - $2 }
		END { print missing + 0 }')
	assert_eq "$dropped" "$missing" "SYNs that did not arrive"
}

test_live_frames() { send_by live; }
test_af_xdp() { send_by xsk; }
test_af_packet() { send_by packet; }

test_play() {
	make_hosts
	run 0 X attach g0
	run 0 pktgen write mix "$work/t.pcap" --count 5000 --size 200 --truth "$work/truth.tsv" \
		--weights syn-flood:1,handshakes:1 --sources 100
	run 0 inside client pktgen play "$work/t.pcap" c0 --sender packet --loop 1 -j
	assert_eq "$(sent | cksum)" "$(counted | cksum)" "SYNs per source"
}

# Counts survive upgrades under load, and a reset loses and doubles nothing.
test_load() {
	local until_reset=0 sender i frames=$((300000 / slow))
	make_hosts
	run 0 X attach g0
	start_inside client pktgen send syn-flood c0 --sender packet --count $frames --rate 150000 \
		--sources 50 --truth "$work/truth.tsv" >/dev/null 2>"$work/pktgen"
	sender=$!
	for ((i = 0; i < 10; i++)); do
		run 0 X attach g0
		run 0 X reset g0 -j
		assert_eq 0 "$(jq '.interfaces[0].unattributed' <<<"$out")"
		until_reset=$((until_reset + $(jq '.interfaces[0].classes.syn' <<<"$out")))
	done
	wait $sender || skip "pktgen: $(cat "$work/pktgen")"
	run 0 X stats g0 -j
	assert_eq $frames $((until_reset + $(jq '.interfaces[0].classes.syn' <<<"$out"))) "SYNs in all"
}

test_refusals() {
	make_hosts
	run 2 inside client pktgen send nothing c0
	run 1 inside client pktgen send syn-flood nope0
	ip -n client route add default via 192.0.2.1
	run 1 inside client pktgen send syn-flood c0
	assert_says "--i-own-this-network"
}

run_tests test_live_frames test_af_xdp test_af_packet test_play test_load test_refusals
