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

# A guest may lose a second at any time, after which TCP would repeat a SYN that tests have counted.
pin=/sys/fs/bpf/patient_syns
bpftool prog load build/tests/prog/patient_syns.o $pin &&
	bpftool cgroup attach /sys/fs/cgroup sock_ops pinned $pin && rm $pin ||
	echo "SYNs may be repeated: tests that notice are skipped"

for test in "$@"; do
	log=$results/${test//\//-}.log
	TAP=$results tests/run.sh "$test" </dev/null >"$log" 2>&1
	grep -E '^(ok|FAILED) |^    ' "$log" # what was skipped is said at the end
done
