#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# perf_rows: every row of the performance lab with small counts: do they run, do their books
# balance, and does the report hold them all? No time is looked at.
# alone: it keeps every CPU busy
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
build=${BUILD:-$root/build}

need_lab() {
	[ -x "$build/perf/bench" ] || skip "the lab is not built: 'make perf-build'"
	[ -s "$work/status" ] || run_lab
	grep -q 'bpf_xdp_store_bytes' "$work/err" && skip "$(tail -n 1 "$work/err")"
	return 0
}

# Once for all tests.
run_lab() {
	BUILD=$build OUT=$work/lab CORPUS=$corpus "$root/perf/run.sh" --quick \
		>"$work/out" 2>"$work/err"
	echo $? >"$work/status"
}

of_report() { jq -c "$1" "$work/lab/report.json"; }

test_runs() {
	need_lab
	assert_eq 0 "$(cat "$work/status")" "status of a quick run: $(tail -n 3 "$work/err")"
}

# Every row that the tables hold is there, or its program says why not.
test_rows() {
	need_lab
	local program
	assert_eq true "$(of_report '[.rows[] | .frames > 0] | all and length > 100')" "frames"
	for program in $("$build/perf/bench" list | awk '/^traffic/ {exit} /^  / {print $1}'); do
		assert_eq true "$(of_report "any(.programs[]; .name == \"$program\" and .missing != null)
			or any(.rows[]; .program == \"$program\")")" "$program"
	done
	# shellcheck disable=SC2016 # these are variables of jq's
	assert_eq true "$(of_report '.traffic as $traffic | .rows as $rows | [$traffic[].name] |
		map(. as $name | any($rows[]; .traffic == $name and .program == "xdpctl")) | all')" \
		"xdpctl meets all traffic"
}

# Frames run = frames expected = sum of classes; SYNs = attributed + what found no place.
test_books() {
	need_lab
	assert_eq '[]' "$(of_report '[.books[] | select((.balanced or .interrupted) | not)]')" "unbalanced"
	assert_eq true "$(of_report '[.books[] | select(.balanced and .counted) | .counted == .frames] | all')" \
		"classes"
	assert_eq true "$(of_report '[.books[] | select(.balanced and .program == "xdpctl") |
		.syns > 0 and .syns == .attributed + .failed] | all and length > 2')" "sources"
	# shellcheck disable=SC2016
	assert_eq true "$(of_report '.rows as $rows | [.books[] | select(.balanced) |
		. as $books | $books.frames >=
		([$rows[] | select(.suite == $books.suite and .program == $books.program and
		.jobs == $books.jobs).frames] | add)] | all')" "measured frames are some of them"
	assert_eq '[true,true,true,true]' "$(of_report '[.reading[].balanced]')" "reading"
	assert_eq true "$(of_report '.watching.cpu_share > 0 and .watching.syns > 0')" "watching"
}

# What the kernel itself counts is what arrived; user space may lose some.
test_live() {
	need_lab
	assert_eq 8 "$(of_report '.live | length')" "live rows"
	assert_eq '[]' "$(of_report '[.live[] | select(.skipped == null and .row != "afpacket" and
		.row != "rawsock" and .loss.median != .undelivered.median) | .row]')" "arrived, not counted"
	assert_eq true "$(of_report '.live | map(select(.row == "xdpctl_native" and .skipped == null))
		| length == 1')" "xdpctl itself"
}

test_report() {
	need_lab
	local word
	for word in "# What a packet costs" "TCP data" "16M" "Live" "BPF JIT" "balance" "hash"; do
		grep -qF "$word" "$work/lab/report.md" || assert_eq "$word" "not in report.md"
	done
	command -v gnuplot >/dev/null || return 0
	for word in cost kinds live; do
		[ -s "$work/lab/$word.svg" ] || assert_eq "$word.svg" "missing"
	done
}

run_tests test_runs test_rows test_books test_live test_report
