#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# perf_rows: every row of the performance lab with small counts: each one runs, its counts reconcile,
# and the report has it. Times are not checked.
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

# Run once, for all tests.
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

# Every row of the tables is present, or its program says why not.
test_rows() {
	need_lab
	local program
	assert_eq true "$(of_report '[.rows[] | .frames > 0] | all and length > 100')" "frames"
	for program in $("$build/perf/bench" list | awk '/^traffic/ {exit} /^  / {print $1}'); do
		assert_eq true "$(of_report "any(.programs[]; .name == \"$program\" and .unavailable != null)
			or any(.rows[]; .program == \"$program\")")" "$program"
	done
	# shellcheck disable=SC2016 # jq variables
	assert_eq true "$(of_report '.traffic as $traffic | .rows as $rows | [$traffic[].name] |
		map(. as $name | any($rows[]; .traffic == $name and .program == "xdpctl")) | all')" \
		"xdpctl is measured with all traffic"
}

# Frames run = frames expected = sum of classes; SYNs = attributed + rejected by a full map.
test_reconciliation() {
	need_lab
	assert_eq '[]' "$(of_report '[.reconciliation[] | select((.reconciled or .interrupted) | not)]')" "mismatch"
	assert_eq true "$(of_report '[.reconciliation[] | select(.reconciled and .counted) | .counted == .frames] | all')" \
		"classes"
	assert_eq true "$(of_report '[.reconciliation[] | select(.reconciled and .program == "xdpctl") |
		.syns > 0 and .syns == .attributed + .failed] | all and length > 2')" "sources"
	# shellcheck disable=SC2016
	assert_eq true "$(of_report '.rows as $rows | [.reconciliation[] | select(.reconciled) |
		. as $outcome | $outcome.frames >=
		([$rows[] | select(.suite == $outcome.suite and .program == $outcome.program and
		.jobs == $outcome.jobs).frames] | add)] | all')" "measured frames are some of them"
	assert_eq '[true,true,true,true]' "$(of_report '[.reading[].reconciled]')" "reading"
	assert_eq true "$(of_report '.watching.cpu_share > 0 and .watching.syns > 0')" "watching"
}

# Counters in the kernel count every frame that arrived; those in user space may lose some.
test_live() {
	need_lab
	assert_eq 9 "$(of_report '.live | length')" "live rows"
	assert_eq '[]' "$(of_report '[.live[] | select(.skipped == null and .row != "afpacket" and
		.row != "rawsock" and .loss.median != .undelivered.median) | .row]')" "arrived, not counted"
	assert_eq true "$(of_report '.live | map(select(.row == "xdpctl_native" and .skipped == null))
		| length == 1')" "xdpctl itself"
}

# Each step at each number of interfaces and links, in the same units.
test_interfaces() {
	need_lab
	assert_eq '[[2,4],[4,8],[4,16]]' "$(of_report '[.interfaces[] | [.interfaces, .links]] | sort')" "scenes"
	assert_eq '[]' "$(of_report '[.interfaces[] | select(.failed != {}) | .failed]')" "failures"
	assert_eq true "$(of_report '[.interfaces[] | .attach.median, .status.median, .stats_json.median,
		.stats_prom.median, .scrape.median, .detach.median, .memory.median | . > 0] | all')" "steps"
}

# What is quick of every kind: a cost, one above its floor, and times of a build and a switch.
test_policies() {
	need_lab
	assert_eq true "$(of_report '[.policies[].ns.median > 0] | all and length > 10')" "rows"
	assert_eq '["armed, empty policy",true,true,true]' "$(of_report '.policies[] | select(.row == "deny 10k") |
		[.floor, .above_floor_ns != null, .build_ms.median > 0, .switch_ms.median > 0]')" "deny"
}

# Every row that answers SYNs lets all clients connect beside a slow flood, or says why it cannot run.
test_flood() {
	need_lab
	assert_eq 6 "$(of_report '[.flood[].row] | unique | length')" "rows"
	assert_eq '[]' "$(of_report '[.flood[] | select(.skipped == null and .row != "nothing") |
		select(.completed_percent.median != 100 or .answered_pps.median <= 0)]')" "defended"
	assert_eq true "$(of_report '[.flood[] | select(.skipped == null) | .digested_pps.median > 0] | all')" "digested"
	assert_eq '[]' "$(of_report '[.flood[] | select(.row | test("challenge|cookie$")) | .skipped // empty]')" "skipped"
}

test_report() {
	need_lab
	local word
	for word in "# Cost per packet" "TCP data" "16M" "Live" "BPF JIT" "reconcile" "hash" \
		"one scrape" "beside spoofed SYNs" "LRU_HASH limit"; do
		grep -qF "$word" "$work/lab/report.md" || assert_eq "$word" "not in report.md"
	done
	command -v gnuplot >/dev/null || return 0
	for word in cost kinds live; do
		[ -s "$work/lab/$word.svg" ] || assert_eq "$word.svg" "missing"
	done
}

run_tests test_runs test_rows test_reconciliation test_live test_interfaces test_policies test_flood \
	test_report
