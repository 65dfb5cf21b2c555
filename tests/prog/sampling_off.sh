#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sampling_off: programs that take no samples are what they would be if nothing could take any.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

test_same_instructions() {
	need_built prog/without_sampling.o
	run 0 "$root/tests/same_functions.py" "$object" "$root/build/bpf/syn.dwarf.o"
	[[ $out =~ ^[0-9]{2}" functions, "[0-9]{2}" in all"$ ]] || assert_eq "a count of functions" "$out"
}

run_tests test_same_instructions
