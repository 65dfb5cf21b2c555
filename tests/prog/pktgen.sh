#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pktgen: every profile's truth agrees with all engines of replay and with tshark.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

profiles() { pktgen list -j | jq -r '.profiles[].name'; }

# bots' default sizes are larger than needed here.
small() { [ "$1" != bots ] || echo --spoofed 16000 --heavy 4:1000; }

# The classes of a truth file and of a replay, in one form.
truth_classes() { sed -nE 's/^# class ([a-z0-9_]+) ([0-9]+)$/\1 \2/p' "$1" | grep -v ' 0$' | sort; }
replay_classes() { jq -r '.classes | to_entries[] | select(.value > 0) | "\(.key) \(.value)"' <<<"$out" | sort; }

# What is not the same for all engines.
without_timing() {
	jq -S 'del(.engine, .file, .memory_bytes, .ns_per_packet, .packets_per_second)'
}

# Each engine reads the same frames, one of them from another format.
test_engines_agree_with_truth() {
	local profile first suffix engine file
	for profile in $(profiles); do
		for suffix in pcap pcapng; do
			# shellcheck disable=SC2046 # options are words
			run 0 pktgen write "$profile" "$work/t.$suffix" --count 20000 \
				--truth "$work/t.tsv" $(small "$profile")
		done
		need_root
		run 0 xdpctl replay "$work/t.pcap" --engine syscall --expect "$work/t.tsv" -j
		assert_eq "$(truth_classes "$work/t.tsv")" "$(replay_classes)" "classes of $profile"
		first=$(without_timing <<<"$out")
		for engine in feeder:pcapng host:pcap; do
			file=$work/t.${engine#*:}
			engine=${engine%:*}
			run 0 xdpctl replay "$file" --engine "$engine" --expect "$work/t.tsv" -j
			assert_eq "$engine" "$(jq -r .engine <<<"$out")"
			assert_eq "$first" "$(without_timing <<<"$out")" "syscall and $engine on $profile"
		done
	done
}

test_handshakes_agree() {
	local profile first
	need_root
	for profile in $(profiles); do
		# shellcheck disable=SC2046 # options are words
		run 0 pktgen write "$profile" "$work/t.pcap" --count 20000 $(small "$profile")
		run 0 xdpctl replay "$work/t.pcap" --handshakes --engine feeder -j
		first=$(without_timing <<<"$out")
		run 0 xdpctl replay "$work/t.pcap" --handshakes --engine host -j
		assert_eq "$first" "$(without_timing <<<"$out")" "feeder and host on $profile"
	done
}

test_corpus_engines_agree() {
	local file syscall engine
	need_corpus
	need_root
	for file in "$corpus"/*.pcap "$corpus"/*.pcapng; do
		syscall=$(xdpctl replay "$file" --engine syscall -j 2>/dev/null | without_timing)
		for engine in feeder host; do
			assert_eq "$syscall" "$(xdpctl replay "$file" --engine $engine -j 2>/dev/null |
				without_timing)" "syscall and $engine on $file"
		done
	done
}

# SYN per source as tshark sees them; it knows neither our limits on depth nor broken headers.
tshark_syns() {
	tshark -n -o ip.defragment:FALSE -o ipv6.defragment:FALSE -r "$1" \
		-Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0' -T fields -e ip.src -e ipv6.src 2>/dev/null |
		tr -d '\t' | LC_ALL=C sort | uniq -c | awk '{print $2 "\t" $1}' | LC_ALL=C sort
}

test_tshark_agrees() {
	local profile
	need tshark
	for profile in syn-flood bots handshakes imix options fragments scan mix; do
		# shellcheck disable=SC2046 # options are words
		run 0 pktgen write $profile "$work/t.pcap" --count 20000 --truth "$work/t.tsv" \
			$(small $profile)
		assert_eq "$(grep -v '^#' "$work/t.tsv" | cksum)" "$(tshark_syns "$work/t.pcap" | cksum)" \
			"SYNs per source of $profile"
		[ $profile != fragments ] || continue
		assert_eq 0 "$(tshark -n -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
			-o udp.check_checksum:TRUE -r "$work/t.pcap" -Y 'ip.checksum.status == 0 ||
			tcp.checksum.status == 0 || udp.checksum.status == 0' 2>/dev/null | wc -l)" \
			"bad checksums of $profile"
	done
}

# Several CPUs, repeats, and both bounds in the exact regime.
test_jobs_and_repeat() {
	local engine
	need_root
	run 0 pktgen write mix "$work/t.pcap" --count 300000 --truth "$work/t.tsv"
	for engine in feeder host; do
		run 0 xdpctl replay "$work/t.pcap" --jobs 2 --engine $engine --expect "$work/t.tsv" -j
		assert_eq '[2,300000]' "$(jq -c '[.jobs, .packets]' <<<"$out")" "$engine"
	done
	run 0 xdpctl replay "$work/t.pcap" --repeat 3 -j
	assert_eq 900000 "$(jq .packets <<<"$out")"
	awk -F'\t' '/^#/ {next} {print $1 "\t" 3 * $2}' "$work/t.tsv" >"$work/t3.tsv"
	run 0 xdpctl replay "$work/t.pcap" --repeat 3 --expect "$work/t3.tsv"
	run 1 xdpctl replay "$work/t.pcap" --expect "$work/t3.tsv"
	assert_says "differ from"
}

# 100,000 sources are exact to the last SYN; 300,000 are within their bounds.
test_many_sources() {
	need_root
	for distribution in uniform zipf; do
		run 0 pktgen write syn-flood "$work/t.pcap" --sources 100000 --count 1000000 \
			--distribution $distribution --truth "$work/t.tsv"
		run 0 xdpctl replay "$work/t.pcap" --jobs 2 --expect "$work/t.tsv" -j
		assert_eq '["exact",0,0]' "$(jq -c '[.regime, .unattributed, .unlisted_at_most]' <<<"$out")"
	done
	run 0 pktgen write bots "$work/t.pcap" --spoofed 700000 --heavy 25:2000,100:500 \
		--count 800000 --truth "$work/t.tsv"
	run 0 xdpctl replay "$work/t.pcap" --jobs 2 --expect "$work/t.tsv" --within -j
	assert_eq '["bounded",125,0]' "$(jq -c --rawfile truth "$work/t.tsv" '($truth | split("\n") |
		map(select(startswith("#") | not) | split("\t") | select(length == 2)) |
		map({key: .[0], value: (.[1] | tonumber)}) | from_entries) as $t |
		[.regime, ([.sources[] | select(.at_most >= 400 and $t[.address] >= 400)] | length),
		([.sources[] | select(.at_least >= 400 and $t[.address] < 400)] | length)]' <<<"$out")" \
		"regime, bots found, innocents accused"
	run 1 xdpctl replay "$work/t.pcap" --expect "$work/t.tsv"
}

run_tests test_engines_agree_with_truth test_handshakes_agree test_corpus_engines_agree test_tshark_agrees \
	test_jobs_and_repeat test_many_sources
