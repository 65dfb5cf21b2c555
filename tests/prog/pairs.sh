#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # fields of awk, not of the shell
# pairs: SYN-ACKs, FINs and RSTs by victim agree with tshark, for connections seen from both sides or
# from one.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Every segment: source and port, destination and port, flags (SYN, ACK, FIN).
dissect() { # FAMILY
	tshark -r "$work/all.pcap" -Y tcp -T fields -e "$1.src" -e tcp.srcport -e "$1.dst" \
		-e tcp.dstport -e tcp.flags.syn -e tcp.flags.ack -e tcp.flags.fin 2>/dev/null |
		sed 's/True/1/g; s/False/0/g' >"$work/segments"
}

# Count the segments that satisfy awk's CONDITION, by the endpoint in FIELDS.
count() { # CONDITION FIELDS
	awk "$1 {count[$2]++} END {for (end in count) print end, count[end]}" "$work/segments" | sort
}

victims_with() { # NAME
	jq -r --arg n "$1" '.victims[] | select(.[$n].at_least > 0) |
		"\(.address) \(.port) \(.[$n].at_least)"' <<<"$out" | sort
}

only_frames() { # FILTER
	tshark -r "$work/all.pcap" -F pcap -w "$work/some.pcap" -Y "$1" 2>/dev/null
}

from='$1 " " $2' to='$3 " " $4'

# The client's FIN is counted if its SYN was seen, otherwise the server's.
both_and_one() { # FAMILY PKTGEN-FAMILY
	need tshark
	need_root
	run 0 pktgen write handshakes "$work/all.pcap" --count 6000 --family "$2"
	dissect "$1"
	run 0 xdpctl replay "$work/all.pcap" --handshakes -j
	assert_eq "$(count '$5 && $6' "$from")" "$(victims_with syn_acks)" "SYN-ACKs"
	assert_eq "$(count '$7 && $4 == 80' "$to")" "$(victims_with fins)" "the clients' FINs"
	only_frames "tcp.dstport == 80"
	run 0 xdpctl replay "$work/some.pcap" --handshakes -j
	assert_eq "$(count '$7 && $4 == 80' "$to")" "$(victims_with fins)" "the clients' FINs alone"
	assert_eq "" "$(victims_with syn_acks)" "SYN-ACKs that were not sent"
	only_frames "tcp.srcport == 80"
	run 0 xdpctl replay "$work/some.pcap" --handshakes -j
	assert_eq "$(count '$7 && $2 == 80' "$from")" "$(victims_with fins)" "the servers' FINs"
}

test_ipv4() { both_and_one ip ipv4; }
test_ipv6() { both_and_one ipv6 ipv6; }

# A RST counts only if its port is open: a closed port refuses, it ends nothing.
test_rsts() {
	need tshark
	need_root
	run 0 pktgen write handshakes "$work/all.pcap" --count 6000 --victims 1
	only_frames "tcp.flags.reset == 1 || (tcp.flags.syn == 1 && tcp.flags.ack == 0)"
	run 0 xdpctl replay "$work/some.pcap" --handshakes -j
	assert_eq "" "$(victims_with rsts)" "RSTs of a port that never sent a SYN-ACK"
	only_frames "tcp.flags.reset == 1 || (tcp.flags.syn == 1 && tcp.flags.ack == 1)"
	run 0 xdpctl replay "$work/some.pcap" --handshakes -j
	[ "$(jq .victims[0].rsts.at_least <<<"$out")" -gt 20 ] || assert_eq "RSTs" "$out"
	run 2 xdpctl replay "$work/some.pcap" --handshakes --program "$root/build/bpf/syn.o"
	assert_says "--handshakes and --program exclude each other"
}

run_tests test_ipv4 test_ipv6 test_rsts
