#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# corpus: replay real captures, in the kernel and in the process, and compare with the counts of two
# independent oracles.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

replay() { xdpctl replay --engine "$engine" "$@"; }

# A truncated capture is counted up to the damage, and reported.
replay_cut() {
	run 1 replay "$1" --expect "$1.expected.tsv" -j
	assert_says "$1: frame"
	assert_eq '[false,[]]' "$(jq -c '[.complete, .differences]' <<<"$out")" "complete, differences"
}

replay_unsupported() {
	run 1 replay "$1" --expect "$1.expected.tsv"
	assert_says "no Ethernet frames: link type"
	assert_eq "" "$out" "a table of what cannot be replayed"
}

assert_totals() { # FILE PACKETS
	assert_eq "[$2,$2,true]" "$(jq -c '[.packets, ([.classes[]] | add),
		.syns == .unattributed + ([.sources[].at_least] | add // 0)]' <<<"$out")" "totals of $1"
}

replay_all() {
	local file status packets
	while IFS=$'\t' read -r file packets status; do
		case $status in
		ok | mixed)
			run 0 replay "$corpus/$file" --expect "$corpus/$file.expected.tsv" -j
			assert_totals "$file" "$packets"
			;;
		cut) replay_cut "$corpus/$file" ;;
		unsupported) replay_unsupported "$corpus/$file" ;;
		*)
			echo "# $file: what is status '$status'?"
			exit 1
			;;
		esac
	done < <(awk -F'\t' 'NR == 1 {for (i = 1; i <= NF; i++) column[$i] = i; next}
		{print $column["file"] FS $column["packets"] FS $column["status"]}' "$corpus/MANIFEST.tsv")
}

# Cooked and raw IP captures with one connection each.
replay_rewrapped() {
	local file
	for file in "$corpus"/d023*.pcap "$corpus"/d024*.pcap; do
		run 0 replay --rewrap "$file" -j
		assert_eq '[1,1]' "$(jq -c '[.syns, .classes.syn_ack]' <<<"$out")" "SYNs, SYN-ACKs"
		assert_totals "$file" "$(jq .packets <<<"$out")"
	done
}

test_corpus() {
	local engine=auto
	need_root
	need_corpus
	replay_all
}

test_rewrap() {
	local engine=auto
	need_root
	need_corpus
	replay_rewrapped
}

# The same in the process, which needs no privileges.
test_on_host() {
	local engine=host
	need_corpus
	replay_all
	replay_rewrapped
}

tests=(test_corpus test_rewrap)
# In guests, it is kernels that are tested.
[ -n "${XDPCTL_EMULATED:-}" ] || tests+=(test_on_host)
run_tests "${tests[@]}"
