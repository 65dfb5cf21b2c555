#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# fuzz: run every fuzz target once on all its seeds, and compare the loaded program with the reference
# for a short while.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

test_seeds() {
	local target name directory count=0
	for target in "$root"/build/fuzz/fuzz_*; do
		[ -x "$target" ] || continue
		name=${target##*/fuzz_}
		for directory in "$root/tests/fuzz/seeds/$name" "$root/build/fuzz/seeds/$name"; do
			[ ! -d "$directory" ] || run 0 "$target" -runs=0 "$directory"
		done
		count=$((count + 1))
	done
	assert_eq "$(find "$root/tests/fuzz" -name 'fuzz_*.c' | wc -l)" "$count" "targets"
}

test_program_agrees_with_reference() {
	need_root
	run 0 "$root/build/fuzz/diff" 200000
	case $out in *"# skipped"*) grep '^# skipped' <<<"$out" ;; esac
}

run_tests test_seeds test_program_agrees_with_reference
