#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# inside: in the guest: the tests of a list, one after the other; their words go to the host.
#
#   inside.sh RESULTS SECONDS [NAME=VALUE]...    RESULTS/list has the tests; each may take SECONDS
#
# RESULTS/TEST.begun appears before a test and .ended after it: if the guest dies, the host knows
# in which one.
set -u
results=$1 limit=$2
shift 2
# shellcheck disable=SC2163 # the arguments are assignments
[ $# = 0 ] || export "$@"
cd "$(dirname "$0")/../.." || exit 1

while read -r test; do
	name=$results/${test//\//-}
	: >"$name.begun"
	timeout -k 5 "$limit" tests/run.sh "$test" </dev/null >"$name.output" 2>&1
	[ $? != 124 ] || echo "$test: no end after $limit s" >>"$name.output"
	# The serial line is slow, and the host says at the end what was skipped.
	grep -vE '^$|^[0-9]+ passed|# SKIP' "$name.output" | cut -c1-400 | head -n 100
	: >"$name.ended"
done <"$results/list"
