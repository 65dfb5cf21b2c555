#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# inside: run tests in the guest, one after the other; RESULTS gets the output of each.
#
#   inside.sh RESULTS TEST...    for each, RESULTS/TEST is its TAP, RESULTS/TEST.log what run.sh prints
set -u
results=$1
shift
cd "$(dirname "$0")/../.." || exit 1
export XDPCTL_EMULATED=1

for test in "$@"; do
	log=$results/${test//\//-}.log
	TAP=$results tests/run.sh "$test" </dev/null >"$log" 2>&1
	grep -E '^(ok|FAILED) |^    ' "$log" # what was skipped is said at the end
done
