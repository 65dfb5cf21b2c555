#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# coverage: run the tests on an instrumented copy, and report which lines they reach.
#
#   tests/coverage.sh [TEST...]    default: all; the report is build/coverage/index.html
set -eu
cd "$(dirname "$0")/.."
out=$PWD/build/coverage
copy=$out/copy
[ ! -d ../shared/corpus ] || export XDPCTL_CORPUS=${XDPCTL_CORPUS:-$(realpath ../shared/corpus)}

rm -rf "$out"
mkdir -p "$copy"
git ls-files -z | xargs -0 cp --parents -t "$copy"
cd "$copy"
flags=(-s -j2 CFLAGS="-O1 -g --coverage" LDFLAGS=--coverage SANITIZE=)
make "${flags[@]}" all
# replay ends as user nobody, and must be able to add to the same files.
find build/obj -name '*.gcno' | sed 's/gcno$/gcda/' | xargs touch
find build/obj -name '*.gcda' -exec chmod a+rw {} +
make "${flags[@]}" check ${1:+SH_TESTS="$*"} || echo "coverage: some tests failed" >&2
gcovr --root . --filter 'common/' --filter 'ctl/' --filter 'pktgen/' --filter 'xdp/' \
	--gcov-ignore-parse-errors --html-details "$out/index.html" --txt "$out/report.txt" --print-summary
echo "$out/index.html"
