#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_lock: a stranger, a pager or a stopped command keeps no other command waiting, or only those
# that must wait, which say for whom and end.
# waits: for a lock that is held for 10 s
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/stopped.sh
. "$(dirname "$0")/../stopped.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }
lock=/sys/fs/bpf/xdpctl/lock

every_command_at_once() {
	run_at_once 0 X attach g0
	assert_eq "" "$err" "a wait"
	run_at_once 0 X stats g0
	run_at_once 0 X status
	run_at_once 0 X reset g0
	run_at_once 0 X export --once --textfile "$work/metrics.prom"
	run_at_once 0 X detach g0
	assert_eq "" "$err" "a wait"
}

nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

test_stranger() {
	local holder
	make_hosts
	run 0 X attach g0
	run 0 X detach g0
	assert_eq "0 700" "$(stat -c '%u %a' $lock)" "the lock"
	nobody flock -n $lock true 2>/dev/null && assert_eq "no access" "nobody has the lock"
	# shellcheck disable=SC2016 # expanded by the inner shell
	nobody bash -c 'exec 9</sys/fs/bpf/xdpctl && flock 9 && echo locked && exec sleep 100' \
		>"$work/held" &
	holder=$!
	wait_until grep -q locked "$work/held"
	every_command_at_once
	kill $holder
}

# It is created by whoever comes first, and belongs to the owner of what it protects.
test_owner() {
	make_hosts
	mkdir /sys/fs/bpf/xdpctl
	run 0 X attach g0
	chmod 0755 $lock
	run 0 X attach g0
	assert_eq "0 700" "$(stat -c '%u %a' $lock)" "the lock"
	rm -r /sys/fs/bpf/xdpctl
	ip -n gateway link set g0 xdp off
	run 0 X attach g0
	assert_eq "0 700" "$(stat -c '%u %a' $lock)" "the lock"
}

test_pager() {
	local writer command
	make_hosts
	open_full_pipe
	for command in "stats g0" "reset g0" "status" "attach g0"; do
		run 0 X attach g0
		# shellcheck disable=SC2086 # words
		blocked $command
		every_command_at_once
		kill "$writer"
	done
	exec 8>&-
}

waits_for() { grep -q "another xdpctl (pid $pid: $1 --netns gateway) is at work: waiting" "$work/waiting"; }

# `detach` waits as well, and then wins: what was stopped finds that, wherever it was.
assert_detach_wins() { # CALL NUMBER ARGUMENT...
	local pid tracer waiting
	stop_after "$@"
	run_at_once 0 X status -j
	xdpctl attach g0 --netns gateway >/dev/null 2>"$work/waiting" &
	waiting=$!
	wait_until waits_for "${*:3}"
	kill -TERM $waiting
	wait $waiting
	assert_eq 143 $? "status after SIGTERM"
	xdpctl attach g0 --netns gateway >/dev/null 2>"$work/waiting" &
	waiting=$!
	run 0 X detach g0
	[[ $err = *"detached without the lock"* ]] || assert_eq "what it did" "$err"
	assert_no_program gateway g0 "after detach"
	wait $waiting
	assert_eq 1 $? "status of a command that waited in vain"
	grep -q "g0: attach: .*locked by another xdpctl (pid $pid: ${*:3} --netns gateway) for more" \
		"$work/waiting" || grep -q "locked by another xdpctl (pid $pid" "$work/waiting" ||
		assert_eq "whom it waited for" "$(cat "$work/waiting")"
	resume 1
	grep -q "g0: another command has changed it meanwhile" "$work/stopped" ||
		assert_eq "what has happened" "$(cat "$work/stopped")"
	assert_no_pins left
	assert_no_program gateway g0
}

number_of() { # CALL PATTERN ARGUMENT...: of the last call of it
	changes_of "${@:3}" --netns gateway |
		awk -v call="$1" -v pattern="$2" '$1 == call && $0 ~ pattern { n = $2 } END { print n }'
}

test_stopped_before_the_commit() {
	local number
	need_strace
	make_hosts
	number=$(number_of bpf BPF_OBJ_PIN attach g0)
	run 0 X detach g0
	assert_detach_wins bpf "$number" attach g0
}

test_stopped_after_the_commit() {
	local number
	need_strace
	make_hosts
	number=$(number_of sendto '=(0x13|RTM_SETLINK)' attach g0)
	run 0 X detach g0
	assert_detach_wins sendto "$number" attach g0
}

test_stopped_upgrade() {
	local number
	need_strace
	make_hosts
	run 0 X attach g0
	number=$(number_of sendto '=(0x13|RTM_SETLINK)' attach g0)
	assert_detach_wins sendto "$number" attach g0
}

# Readers see the counts of one program or of the other, never some of both.
test_readers_during_resets() {
	local i writer
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 3
	for ((i = 0; i < 10; i++)); do
		X attach g0 >/dev/null 2>&1 || break
	done &
	writer=$!
	for ((i = 0; i < 20; i++)); do
		run 0 X stats g0 -j
		assert_syns_of 192.0.2.2 3
		run 0 X status -j
		assert_eq '[["g0",true]]' "$(jq -c '[.interfaces[] | [.interface, .attached]]' <<<"$out")"
	done
	wait $writer
}

run_tests test_stranger test_owner test_pager test_stopped_before_the_commit \
	test_stopped_after_the_commit test_stopped_upgrade test_readers_during_resets
