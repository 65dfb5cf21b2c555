#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run: run tests, several at once; print which one starts and how many are left; at the end what
# failed, what was skipped and why, and the counts.
#
#   run.sh TEST...    programs that print TAP
#
# JOBS: how many at once (default: one per CPU). A test runs while no other does if its source has
# a line "# alone: REASON". TAP: a directory that keeps the output of each test.
set -u

jobs=${JOBS:-$(nproc)}
limit_s=1800 # the longest that a test may take, on a busy machine
passed=0 failed=0 skipped=0 left=$#
failures=() reasons=()
running=0
declare -A started_s=()
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1}
corpus=$(cd "$(dirname "$0")/.." && pwd)/../shared/corpus
[ ! -d "$corpus" ] || export XDPCTL_CORPUS=${XDPCTL_CORPUS:-$corpus}
work=$(mktemp -d)
tap=${TAP:-$work}
mkfifo "$work/ends" && exec 3<>"$work/ends"

output_of() { echo "$tap/${1//\//-}"; }

runs_alone() { # TEST
	local source=$1
	[ ! -f "${1#build/}.c" ] || source=${1#build/}.c
	grep -qE '^(#|//) alone: ' "$source"
}

# Its end is a line in the pipe. Tests send SIGINT, which bash makes background jobs ignore; and they
# end with their job.
start() { # TEST
	echo "start  ${1#build/}"
	started_s[$1]=$EPOCHSECONDS running=$((running + 1))
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

wait_below() { # NUMBER
	local test status
	while [ $running -ge "$1" ]; do
		read -r status test <&3
		running=$((running - 1))
		finish "$test" "$status"
	done
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
others=() alone=()
for test in "$@"; do
	if runs_alone "$test"; then alone+=("$test"); else others+=("$test"); fi
done
for test in ${others[@]+"${others[@]}"}; do
	wait_below "$jobs"
	start "$test"
done
for test in ${alone[@]+"${alone[@]}"}; do
	wait_below 1
	start "$test"
done
wait_below 1

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
