#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# fuzz: run each target for SECONDS, two at a time. Findings are kept in build/fuzz/found, with the
# command that reproduces them; new inputs in build/fuzz/corpus, for the next run.
set -u
cd "$(dirname "$0")/../.." || exit 1

if [ $# -lt 2 ]; then
	echo "usage: $0 SECONDS TARGET..." >&2
	exit 2
fi
export SECONDS_EACH=$1
shift
mkdir -p build/fuzz/found build/fuzz/log

stat_of() { sed -nE "s/^stat::$1: *//p" "$log"; }

fuzz() { # TARGET
	local target=$1 name=${1##*/fuzz_} log status input
	local arguments=(-max_total_time="$SECONDS_EACH" -timeout=30 -print_final_stats=1 -print_funcs=0
		-artifact_prefix="build/fuzz/found/$name-")
	log=build/fuzz/log/$name.log
	mkdir -p "build/fuzz/corpus/$name"
	[ ! -f "tests/fuzz/dict/$name.dict" ] || arguments+=(-dict="tests/fuzz/dict/$name.dict")
	for input in build/fuzz/corpus tests/fuzz/seeds build/fuzz/seeds; do
		[ ! -d "$input/$name" ] || arguments+=("$input/$name")
	done
	"$target" "${arguments[@]}" >"$log" 2>&1
	status=$?
	if [ $status = 0 ]; then
		printf '  ok       %-10s %12d runs, %7d/s, %s\n' "$name" "$(stat_of number_of_executed_units)" \
			"$(stat_of average_exec_per_sec)" \
			"$(sed -nE 's/^#.*DONE +(cov: [0-9]+ ft: [0-9]+ corp: [0-9]+).*/\1/p' "$log")"
		return
	fi
	input=$(sed -nE 's/.*Test unit written to ([^ ]+)$/\1/p' "$log" | tail -n 1)
	printf '  FAILED   %s: %s\n' "$name" "$(grep -E 'failed|runtime error|ERROR' "$log" | head -n 1)"
	echo "           again: $target ${input:-(see $log)}"
	return 1
}

export -f fuzz stat_of
# shellcheck disable=SC2016 # expanded by the other shell
printf '%s\0' "$@" | xargs -0 -n 1 -P "${JOBS:-2}" bash -c 'fuzz "$1"' fuzz
