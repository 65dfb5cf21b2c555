#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run: every test given, one after the other; shows what failed and what was skipped, and closes
# with the counts. A test is a program that prints TAP.
set -u

passed=0 failed=0 skipped=0
seconds=${XDPCTL_EMULATED:+1800} seconds=${seconds:-600} # the longest that a test may take
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1}
corpus=$(cd "$(dirname "$0")/.." && pwd)/../shared/corpus
[ ! -d "$corpus" ] || export XDPCTL_CORPUS=${XDPCTL_CORPUS:-$corpus}
output=$(mktemp)
trap 'rm -f "$output"' EXIT

for test in "$@"; do
	SECONDS=0
	timeout -k 10 "$seconds" "$test" >"$output" 2>&1
	status=$?
	plan=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$output" | tail -n 1)
	# cmocka calls a skipped test "not ok # SKIP".
	s=$(grep -cE '^(not )?ok .*# SKIP' "$output")
	f=$(grep -E '^not ok ' "$output" | grep -vc '# SKIP')
	p=$(grep -E '^ok ' "$output" | grep -vc '# SKIP')
	# A test that dies, or runs fewer than it planned, has failed, whatever it printed before.
	if [ "$f" = 0 ] && { [ $status != 0 ] || [ "$((p + s))" != "${plan:-none}" ]; }; then
		f=1
		echo "# $test: exit status $status after $((p + s)) of ${plan:-?} tests" >>"$output"
	fi
	printf '%-42s %3d passed' "${test#build/}" "$p"
	[ "$f" = 0 ] || printf ', %d FAILED' "$f"
	[ "$s" = 0 ] || printf ', %d skipped' "$s"
	printf '  (%d s)\n' "$SECONDS"
	if [ "$f" != 0 ]; then
		sed 's/^/    /' "$output"
	elif [ "$s" != 0 ]; then
		grep -E '# (SKIP|skipped)' "$output" | sed 's/^/    /'
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
