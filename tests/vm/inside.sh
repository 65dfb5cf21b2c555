#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# inside: run tests in the guest, one after the other; RESULTS gets the output of each.
#
#   inside.sh RESULTS TEST...
set -u
results=$1
shift
cd "$(dirname "$0")/../.." || exit 1
export XDPCTL_EMULATED=1

for test in "$@"; do
	tests/run.sh "$test" </dev/null >"$results/${test//\//-}" 2>&1
	# What was skipped is said at the end.
	grep -vE '^$|^[0-9]+ passed|# SKIP' "$results/${test//\//-}"
done
