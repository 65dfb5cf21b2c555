#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# runner: what tests/run.sh prints and returns for tests that pass, fail, skip, die and must be alone;
# and what tests do without captures.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# make_test NAME LINE...: a script with these lines.
make_test() {
	printf '%s\n' '#!/bin/bash' "${@:2}" >"$work/$1.sh"
	chmod +x "$work/$1.sh"
}

run_all() { # STATUS NAME...
	local status=$1
	shift
	run "$status" env JOBS=4 "$root/tests/run.sh" "${@/#/$work/}"
}

has_line() { grep -qE -e "$1" <<<"$out" || assert_eq "a line '$1'" "$out"; }

test_counts() {
	make_test passes 'printf "1..2\nok 1 a\nok 2 b\n"'
	make_test fails 'printf "1..2\nok 1 a\n# wanted 1, got 2\nnot ok 2 test_b\n"'
	make_test skips 'printf "1..2\nok 1 a # SKIP no tmux\nok 2 b # SKIP no tmux\n"'
	make_test cmocka 'printf "1..1\n# skipped: no captures\nnot ok 1 # SKIP test_corpus\n"'
	run_all 1 passes.sh fails.sh skips.sh cmocka.sh
	assert_eq "3 passed, 1 failed, 3 skipped" "$(tail -n 1 <<<"$out")"
	has_line "^start  $work/passes.sh\$"
	has_line "^ok     $work/passes.sh +2 passed \([0-9]+ s\), [0-3] left\$"
	has_line "^FAILED $work/fails.sh +1 passed, 1 failed \("
	has_line '^    # wanted 1, got 2$'
	assert_eq 1 "$(grep -c "^  .*fails.sh" <<<"$out")" "lines for one failure"
	has_line "^  test_b: ONLY='test_b' $work/fails.sh\$"
	has_line '^ +2 no tmux$'
	has_line '^ +1 no captures$'
	run_all 0 passes.sh skips.sh
	assert_eq "2 passed, 0 failed, 2 skipped" "$(tail -n 1 <<<"$out")"
}

# Whatever a test printed before it died, it has failed.
test_death() {
	make_test dies 'printf "1..2\nok 1 a\n"' 'kill -KILL $$'
	make_test short 'printf "1..2\nok 1 a\n"'
	run_all 1 dies.sh short.sh
	assert_eq "2 passed, 2 failed, 0 skipped" "$(tail -n 1 <<<"$out")"
	has_line "^  exit status 137 after 1 of 2 tests: $work/dies.sh\$"
	has_line "^  exit status 0 after 1 of 2 tests: $work/short.sh\$"
}

# Two that wait for each other pass only together; one that is alone sees no other.
test_at_once() {
	local name
	for name in one two; do
		make_test $name "touch $work/$name.here" \
			"until [ -e $work/one.here ] && [ -e $work/two.here ]; do read -rt 0.05 <> <(:); done" \
			'printf "1..1\nok 1 a\n"'
	done
	make_test busy "touch $work/busy.here" 'printf "1..1\nok 1 a\n"' "rm $work/busy.here"
	make_test alone '# alone: it counts the others' \
		"[ -e $work/busy.here ] && exit 1" 'printf "1..1\nok 1 a\n"'
	run_all 0 alone.sh one.sh two.sh busy.sh
	assert_eq "4 passed, 0 failed, 0 skipped" "$(tail -n 1 <<<"$out")"
	assert_eq "start  $work/alone.sh" "$(grep ^start <<<"$out" | tail -n 1)" "the last"
}

# With JOBS=2: two long ones come first, and two that wait run besides them, the longest first; another
# of that kind comes after one of these.
test_order() {
	local name until kind
	make_test short 'printf "1..1\nok 1 a\n"'
	for name in long1 long2 waits1 waits2 waits3; do
		until="until [ -e $work/long1.here ] && [ -e $work/long2.here ] && [ -e $work/waits1.here ] &&
			[ -e $work/waits2.here ]"
		kind="# ${name%?}: REASON"
		[ $name != waits2 ] || kind+=$'\n# long: REASON'
		make_test $name "$kind" \
			"[ -e $work/waits1.ends ] || [ -e $work/waits2.ends ] || [ $name != waits3 ] || exit 1" \
			"touch $work/$name.here" "$until; do read -rt 0.05 <> <(:); done" \
			"touch $work/$name.ends" 'printf "1..1\nok 1 a\n"'
	done
	run 0 env JOBS=2 "$root/tests/run.sh" "$work"/{short,waits1,long1,waits2,long2,waits3}.sh
	assert_eq "6 passed, 0 failed, 0 skipped" "$(tail -n 1 <<<"$out")"
	assert_eq "waits2 waits1 long1 long2" \
		"$(sed -nE 's/^start .*\/(.*)\.sh$/\1/p' <<<"$out" | head -n 4 | xargs)" "the first"
}

# An empty directory of captures is a skip wherever captures are used, with the way to get them.
test_without_captures() {
	local test skips count=0
	mkdir "$work/none"
	export XDPCTL_CORPUS=$work/none
	for test in "$root"/tests/prog/*.sh; do
		grep -qE '^	need_corpus' "$test" || continue
		count=$((count + 1))
		run 0 env ONLY='test_.*corpus.*|test_rewrap' "$test"
		skips=$(grep -cE "^ok .* # SKIP (no captures in $XDPCTL_CORPUS: set XDPCTL_CORPUS|not root)" "$work/out")
		assert_eq "$(sed -n 's/^1\.\.//p' "$work/out")" "$skips" "skips of ${test##*/}"
	done
	[ $count -gt 1 ] || assert_eq "tests that use captures" $count
	need_built unit/test_capture
	run 0 "$object"
	grep -qF "# skipped: no captures in $XDPCTL_CORPUS: set XDPCTL_CORPUS" <<<"$out$err" ||
		assert_eq "a skip" "$out$err"
}

run_tests test_counts test_death test_at_once test_order test_without_captures
