#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_policy_kill: a policy that drops everything is applied, and the command killed at each system call
# that changes something; in time, everything passes again, and the next commands work.
# waits: for the end of the trial after each kill
# long: dozens of trials of seconds
#
# KILL_STRIDE: kill at each N-th of these calls (default: 3).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"
changing='^(mkdir|rename|unlink|unlinkat|rmdir|sendto)|BPF_OBJ_PIN|BPF_LINK|BPF_MAP_(UPDATE|DELETE)'
within_s=2
stride=${KILL_STRIDE:-3}

passes() { knocks 192.0.2.1; }

write_policies() {
	policy all "deny: [0.0.0.0/0, '::/0']"
	policy open "deny: [203.0.113.0/24]"
}

# The sum of an object of numbers in the JSON of $out; jq takes long to start.
sum_of() { # MEMBER
	local rest sum=0
	[[ $out =~ \"$1\":\ \{([^}]*)\} ]] || assert_eq "an object '$1'" "$out"
	rest=${BASH_REMATCH[1]}
	while [[ $rest =~ :\ ?([0-9]+)(.*) ]]; do
		sum=$((sum + BASH_REMATCH[1])) rest=${BASH_REMATCH[2]}
	done
	echo $sum
}

# Everything passes in time; the frames are all counted, with one verdict each.
recovers_in_time() { # WHAT
	local start=${EPOCHREALTIME/./} waited_us
	wait_until passes
	waited_us=$((${EPOCHREALTIME/./} - start))
	# The trial lasts for $within_s s; the rest is for a busy machine.
	[ "$waited_us" -lt $(((within_s + 10) * slow * 1000000)) ] ||
		assert_eq "less than $within_s s" "$waited_us us" "dropping after $1"
	run 0 X stats g0 -j
	values_of packets
	assert_eq "$values $values" "$(sum_of classes) $(sum_of verdicts)" "sums after $1"
	values_of syns
	[ "${values%% *}" -ge "$syns" ] || assert_eq "at least $syns" "${values%% *}" "SYNs after $1"
	syns=${values%% *}
}

# kill_everywhere PREPARE ARGUMENT...: PREPARE makes the state before the command.
kill_everywhere() {
	local prepare=$1 killed=0 calls call number syns=0
	shift
	need_injection
	make_hosts
	write_policies
	run 0 X attach g0
	"$prepare"
	calls_of "$changing" "$stride" "$@" --netns gateway >"$work/changes"
	while read -r call number <&3; do
		"$prepare"
		! killed_at "$call" "$number" "$@" || killed=$((killed + 1))
		recovers_in_time "a kill at $call number $number of '$*'"
	done 3<"$work/changes"
	calls=$(wc -l <"$work/changes")
	echo "# killed at $killed of $calls calls of '$*'"
	# A trial that ended before the command is not killed.
	[ $((killed + 1 + calls / 10)) -ge "$calls" ] || assert_eq "nearly all of them" "$killed"
}

without_policy() { X policy off g0 >/dev/null 2>&1; }
with_policy() { run 0 X policy apply "$work/open.yaml" g0 --no-management --no-confirm; }
on_trial() {
	with_policy
	run 0 X policy apply "$work/all.yaml" g0 --no-management --confirm-within ${within_s}s
}

test_kill_first_apply() {
	kill_everywhere without_policy policy apply "$work/all.yaml" g0 --no-management --confirm-within ${within_s}s
}
test_kill_apply() {
	kill_everywhere with_policy policy apply "$work/all.yaml" g0 --no-management --confirm-within ${within_s}s
}
test_kill_revert() {
	within_s=6 # the trial has begun before the command
	kill_everywhere on_trial policy revert g0
}

# Without memory at any step: one error, or none, and the old policy is in force in time.
test_fail_apply() {
	local call number status failed=0 syns=0
	need_injection
	make_hosts
	write_policies
	run 0 X attach g0
	with_policy
	set -- policy apply "$work/all.yaml" g0 --no-management --confirm-within ${within_s}s --netns gateway
	calls_of 'BPF_(MAP_CREATE|MAP_UPDATE|PROG_LOAD|PROG_TEST_RUN|OBJ_GET)|^(mkdir|rename)' 7 "$@" >"$work/changes"
	while read -r call number <&3; do
		with_policy
		inject "$call" "$number" ENOMEM "$@"
		status=$?
		[ $status -le 1 ] || assert_eq "0 or 1" "$status" "status, $call $number"
		[ $status = 0 ] || failed=$((failed + 1))
		[ $status = 0 ] || [ "$(wc -l <"$work/err")" = 1 ] || assert_eq "a line" "$(<"$work/err")" "$call $number"
		recovers_in_time "a failure of $call number $number"
		run 0 X policy show g0 -j
		assert_eq '["203.0.113.0/24"]' "$(jq -c .deny.prefixes <<<"$out")" "$call $number"
	done 3<"$work/changes"
	echo "# failed at $failed of $(wc -l <"$work/changes") calls"
	[ "$failed" -gt 2 ] || assert_eq "more than 2" "$failed" "failures"
}

# Confirmed or not: what is in force is what is stored, and is kept.
test_kill_confirm() {
	local call number killed=0
	need_injection
	within_s=4
	make_hosts
	write_policies
	run 0 X attach g0
	on_trial
	calls_of "$changing" "$stride" policy confirm g0 --netns gateway >"$work/changes"
	while read -r call number <&3; do
		on_trial
		! killed_at "$call" "$number" policy confirm g0 || killed=$((killed + 1))
		read -rt 4.2 <>"$work/never"
		run 0 X policy show g0 -j
		if passes; then
			assert_eq '["203.0.113.0/24"]' "$(jq -c .deny.prefixes <<<"$out")" "$call $number"
		else
			assert_eq '["0.0.0.0/0","::/0"]' "$(jq -c .deny.prefixes <<<"$out")" "$call $number"
		fi
	done 3<"$work/changes"
	echo "# killed at $killed of $(wc -l <"$work/changes") calls"
}

mkfifo "$work/never"
run_tests test_kill_first_apply test_kill_apply test_kill_revert test_kill_confirm test_fail_apply
