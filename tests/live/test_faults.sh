#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_faults: every third bpf() or similar call fails, every allocation fails, the disk is full:
# each ends in success or in one line of error, never in a crash, and leaves nothing behind.
# long: each of hundreds of calls fails once
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() {
	umount "$work/small" 2>/dev/null
	remove_hosts
}

X() { xdpctl "$@" --netns gateway; }

# The command succeeded, or failed with one line that gives a reason.
assert_civil() { # STATUS WHAT [ERRORS]
	local lines
	mapfile lines <"${3:-$work/err}"
	[ "$1" = 0 ] || { [ "$1" = 1 ] && [ ${#lines[@]} = 1 ] && [[ ${lines[0]} = *": "*$'\n' ]]; } ||
		assert_eq "success, or one line of error" "status $1: ${lines[*]}" "$2"
}

# Whatever failed, interface and pins agree: none is attached, or all are.
assert_agreed() { # WHAT
	run 0 X status -j
	values_of attached
	[[ $values != *true*false* && $values != *false*true* ]] ||
		assert_eq "all attached, or none" "$out" "$1"
}

# The next commands work, too.
assert_sound() { # WHAT
	assert_agreed "$1"
	run 0 X detach g0
	assert_no_pins "after $1"
	assert_no_program gateway g0 "after $1"
}

fail_every_call() { # ERROR ATTACHED-BEFORE ARGUMENT...: yes, no, or stays: the command only reads
	local error=$1 before=$2 failed=0 call number calls
	shift 2
	need_injection
	make_hosts
	[ "$before" = no ] || run 0 X attach g0
	calls_of . 3 "$@" --netns gateway >"$work/changes"
	[ "$before" = stays ] || run 0 X detach g0
	while read -r call number <&3; do
		[ "$before" != yes ] || run 0 X attach g0
		inject "$call" "$number" "$error" "$@" --netns gateway
		assert_civil $? "$error at $call number $number of $*"
		[ ! -s "$work/trace" ] || failed=$((failed + 1))
		if [ "$before" = stays ]; then
			assert_agreed "$error at $call number $number of $1"
			assert_eq true "$values" "attached after $error at $call number $number of $1"
		else
			assert_sound "$error at $call number $number of $1"
		fi
	done 3<"$work/changes"
	assert_sound "$error in $1"
	calls=$(wc -l <"$work/changes")
	echo "# $failed of $calls calls of '$*' failed with $error"
	if [ $failed = 0 ] || [ $((failed * 10)) -lt $((calls * 9)) ]; then
		assert_eq "nearly all of them" $failed
	fi
}

test_attach_without_memory() { fail_every_call ENOMEM no attach g0; }
test_upgrade_without_room() { fail_every_call ENOSPC yes attach g0; }
test_reset_without_memory() { fail_every_call ENOMEM yes reset g0; }
test_stats_without_permission() { fail_every_call EPERM stays stats g0 -j; }

fail_every_allocation() { # RUNS-AT-ONCE COMMAND...
	local number failures=0 status
	rm -rf "$work/errors" && mkdir "$work/errors"
	FAIL_ERRORS=$work/errors FAIL_AT_ONCE=$1 LD_PRELOAD=$object \
		"${@:2}" >"$work/runs" || assert_eq "runs of '${*:2}'" "$(cat "$work/runs")"
	while read -r number status <&3; do
		assert_civil "$status" "allocation $number of '${*:2}' failed" "$work/errors/$number"
		failures=$number
	done 3<"$work/runs"
	echo "# $failures allocations of '${*:2}' failed"
	[ "$failures" -gt 0 ] || assert_eq "at least one allocation" 0
}

test_allocations() {
	need_built fault/failing_malloc.so
	make_hosts
	run 0 pktgen write syn-flood "$work/t.pcapng" --count 100 --truth "$work/t.tsv"
	fail_every_allocation 1 xdpctl attach g0 --netns gateway
	run 0 X attach g0
	fail_every_allocation 1 xdpctl stats g0 -j --netns gateway
	fail_every_allocation 16 xdpctl stats --watch=1 --count 1 --jsonl --netns gateway
	fail_every_allocation 1 xdpctl reset g0 --netns gateway
	fail_every_allocation 1 xdpctl detach --all --netns gateway
	fail_every_allocation 1 xdpctl replay "$work/t.pcapng" --expect "$work/t.tsv"
	fail_every_allocation 1 xdpctl replay "$work/t.pcapng" --engine host --jobs 2
	fail_every_allocation 1 xdpctl inspect "$root/build/bpf/syn.o"
	fail_every_allocation 1 pktgen write bots "$work/w.pcapng" --count 100 --truth "$work/w.tsv"
	assert_sound "failing allocations"
}

test_no_room_to_write() {
	make_hosts
	run 0 X attach g0
	mkdir "$work/small"
	mount -t tmpfs -o size=4k tmpfs "$work/small"
	head -c 4096 /dev/zero >"$work/small/full"
	run 1 X export --textfile "$work/small/syns.prom" --once
	assert_says "No space left on device"
	assert_eq full "$(ls "$work/small")" "files left"
	run 1 pktgen write syn-flood "$work/small/t.pcap" --count 10000
	assert_says "No space left on device"
	xdpctl stats g0 --netns gateway >/dev/full 2>"$work/err"
	assert_eq 1 $? "status with a full standard output"
	run 1 pktgen write syn-flood /dev/full --count 10000
	assert_says "No space left on device"
}

run_tests test_attach_without_memory test_upgrade_without_room test_reset_without_memory \
	test_stats_without_permission test_allocations test_no_room_to_write
