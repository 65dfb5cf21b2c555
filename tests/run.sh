#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run: run tests, several at once; print which one starts and how many are left; at the end what
# failed, what was skipped and why, and the counts.
#
#   run.sh TEST...    programs that print TAP
#
# JOBS: how many at once (default: one per CPU). TAP: a directory that keeps the output of each test.
# A line in its source says how a test is run:
#
#   # alone: REASON    while no other test runs
#   # long: REASON     among the first, so that none is left running alone at the end
#   # waits: REASON    besides the JOBS others, as it needs little CPU; two such tests at a time, those
#                      that are marked as long first
set -u

jobs=${JOBS:-$(nproc)}
limit_s=1800 # the longest that a test may take, on a busy machine
passed=0 failed=0 skipped=0 left=$#
failures=() reasons=()
running=0 # of JOBS
declare -A started_s=() besides=() # besides: those that wait, and run
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1}
corpus=$(cd "$(dirname "$0")/.." && pwd)/../shared/corpus
[ ! -d "$corpus" ] || export XDPCTL_CORPUS=${XDPCTL_CORPUS:-$corpus}
work=$(mktemp -d)
tap=${TAP:-$work}
mkfifo "$work/ends" && exec 3<>"$work/ends"

output_of() { echo "$tap/${1//\//-}"; }

is_marked() { # alone|long|waits TEST
	local source=$2
	[ ! -f "${2#build/}.c" ] || source=${2#build/}.c
	grep -qE "^(#|//) $1: " "$source"
}

# Its end is a line in the pipe. Tests send SIGINT, which bash makes background jobs ignore; and they
# end with their job.
start() { # TEST
	echo "start  ${1#build/}"
	started_s[$1]=$EPOCHSECONDS
	{
		setpriv --pdeathsig TERM env --default-signal=INT,QUIT \
			timeout -k 10 "$limit_s" "$1" >"$(output_of "$1")" 2>&1 3>&-
		echo "$? $1" >&3
	} </dev/null 2>/dev/null &
}

# A test that dies, or runs fewer cases than it planned, has failed, whatever it printed before.
judge() { # TEST STATUS; sets p, f, s
	local output plan
	output=$(output_of "$1")
	plan=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$output" | tail -n 1)
	# cmocka calls a skipped test "not ok # SKIP".
	s=$(grep -cE '^(not )?ok .*# SKIP' "$output")
	f=$(grep -E '^not ok ' "$output" | grep -vc '# SKIP')
	p=$(grep -E '^ok ' "$output" | grep -vc '# SKIP')
	if [ "$f" = 0 ] && { [ "$2" != 0 ] || [ "$((p + s))" != "${plan:-none}" ]; }; then
		f=1
		echo "# exit status $2 after $((p + s)) of ${plan:-?} tests" >>"$output"
	fi
}

# How to run one of the failed again: a script can run a case by its name.
note_failures() { # TEST
	local name names
	mapfile -t names < <(sed -nE '/# SKIP/d; s/^not ok [0-9]+ (- )?//p' "$(output_of "$1")")
	for name in ${names[@]+"${names[@]}"}; do
		if [[ $1 = *.sh ]]; then
			failures+=("$name: ONLY='$name' $1")
		else
			failures+=("$name: $1")
		fi
	done
	[ ${#names[@]} != 0 ] || failures+=("$(tail -n 1 "$(output_of "$1")" | cut -c3-): $1")
}

finish() { # TEST STATUS
	local test=$1 p f s
	judge "$test" "$2"
	left=$((left - 1))
	printf '%-6s %-40s %3d passed' "$([ "$f" = 0 ] && echo ok || echo FAILED)" "${test#build/}" "$p"
	[ "$f" = 0 ] || printf ', %d failed' "$f"
	[ "$s" = 0 ] || printf ', %d skipped' "$s"
	printf ' (%d s), %d left\n' $((EPOCHSECONDS - started_s[$1])) $left
	if [ "$f" != 0 ]; then
		sed 's/^/    /' "$(output_of "$test")"
		note_failures "$test"
	fi
	mapfile -t -O ${#reasons[@]} reasons < <(sed -nE \
		's/^(ok [0-9]+ [^ ]+ # SKIP|# skipped:) (.+)/\2/p' "$(output_of "$test")")
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

start_besides() {
	local test
	while [ ${#besides[@]} -lt 2 ] && [ ${#waiting[@]} != 0 ]; do
		test=${waiting[0]} waiting=("${waiting[@]:1}")
		besides[$test]=yes
		start "$test"
	done
}

await_end() {
	local test status
	read -r status test <&3
	if [ -n "${besides[$test]:-}" ]; then
		unset "besides[$test]"
		start_besides
	else
		running=$((running - 1))
	fi
	finish "$test" "$status"
}

start_below() { # NUMBER TEST: when fewer than that run
	while [ $running -ge "$1" ]; do await_end; done
	running=$((running + 1))
	start "$2"
}

wait_for_all() {
	while [ $running != 0 ] || [ ${#besides[@]} != 0 ]; do await_end; done
}

# shellcheck disable=SC2317 # the trap calls it
stop() {
	# shellcheck disable=SC2046 # process numbers
	kill $(jobs -p) 2>/dev/null
	wait
	rm -rf "$work"
}

trap stop EXIT
trap 'exit 130' INT TERM HUP
alone=() long=() waiting=() others=()
for test in "$@"; do
	if is_marked alone "$test"; then
		alone+=("$test")
	elif is_marked waits "$test" && [ "$jobs" -gt 1 ]; then
		if is_marked long "$test"; then
			waiting=("$test" ${waiting[@]+"${waiting[@]}"})
		else
			waiting+=("$test")
		fi
	elif is_marked long "$test"; then
		long+=("$test")
	else
		others+=("$test")
	fi
done
start_besides
for test in ${long[@]+"${long[@]}"} ${others[@]+"${others[@]}"}; do start_below "$jobs" "$test"; done
wait_for_all
for test in ${alone[@]+"${alone[@]}"}; do start_below 1 "$test"; done
wait_for_all

echo
if [ $skipped != 0 ]; then
	echo "skipped:"
	printf '%s\n' "${reasons[@]}" | sort | uniq -c | sort -rn
	echo
fi
if [ $failed != 0 ]; then
	echo "failed, and how to run it alone:"
	printf '  %s\n' "${failures[@]}"
	echo
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
