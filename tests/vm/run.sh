#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run: the tests that depend on the kernel, under several kernels in virtual machines; prints a table
# of what each one offers.
#
#   run.sh [PATTERN]    only the tests whose path matches this extended regular expression
#
# XDPCTL_VM_KERNELS: which kernels (5.10 6.1 6.12 sid sid-rt); KERNEL:short runs the short set alone.
# They start in this order: the longest first.
# XDPCTL_VM_JOBS: how many at once (one per CPU); XDPCTL_VM_CACHE: where they are kept (build/vm).
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH # as tests/lib.sh
limit_s=3000 # for one kernel; a quiet machine of two CPUs needs a third

# A test's path from the project's root, whether the short set has it, and the capability that it shows.
capabilities() {
	cat <<-END
		build/tests/prog/test_syn     short TEST_RUN: every class, a flood
		tests/prog/host_engine.sh     short replay without privileges
		tests/prog/corpus.sh          -     TEST_RUN: real captures
		tests/prog/verify.sh          -     verify: refusals explained
		tests/live/test_attach.sh     short attach, detach, status
		tests/live/test_lifecycle.sh  short upgrades, life cycle
		tests/live/test_modes.sh      -     modes, refusals
		tests/live/test_kill.sh       short killed at any step
		build/tests/prog/test_policy_maps short policies: maps, switches
		tests/live/test_policy.sh     -     policies: verdicts, trials
		build/tests/prog/test_challenge - challenges: answers byte by byte
		build/tests/prog/test_sample  -     samples: every frame, budgets
		tests/live/test_count.sh      -     TCP over veth, every mode
		tests/live/test_handshakes.sh -     completed connections
		tests/live/test_pktgen.sh     -     XDP, AF_XDP, AF_PACKET senders
		tests/live/test_doctor.sh     -     doctor as bpftool, ethtool
		tests/live/test_inspect.sh    -     inspect as bpftool
		tests/live/test_dispatcher.sh -     dispatcher: several programs
		build/tests/prog/test_offload -     offload: program, TEST_RUN
		tests/live/test_offload.sh    -     offload: netdevsim
		tests/vm/guest/devices.sh     -     stacked and L3 devices
		tests/vm/guest/cpus.sh        -     CPUs come and go
		tests/vm/guest/multiqueue.sh  -     several receive queues
		tests/vm/guest/nic_virtio.sh  -     virtio-net: native
		tests/vm/guest/nic_vmxnet3.sh -     vmxnet3: native
		tests/vm/guest/nic_e1000.sh   -     e1000: refusal, fallback
		tests/vm/guest/refusals.sh    -     offloads and MTUs refused
	END
}

# What starts most often, with its libraries, and what it opens then.
opened_often() {
	local program programs=(bash sh jq ip nsenter strace bpftool ethtool rm mkdir grep sed awk cat seq mktemp timeout
		setpriv sleep taskset xdp-filter xdp-loader python3)
	for program in "${programs[@]}" "$root"/build/{xdpctl,pktgen}; do
		program=$(command -v "$program") || continue
		echo "$program"
		ldd "$program" | grep -oE '/[^ ]+'
	done
	python3 -c '
import ctypes, fcntl, os, random, select, selectors, signal, socket, struct, sys
for module in list(sys.modules.values()):
    for name in getattr(module, "__file__", None), getattr(module, "__cached__", None):
        if name and os.path.exists(name):
            print(name)'
	ls /etc/ld.so.cache /usr/lib/*/bpf/xdp-dispatcher.o
}

output_of() { echo "$work/$1/${2//\//-}"; } # KERNEL TEST

# The CPUs of a kernel with PREEMPT_RT are isolated as its users do.
run_kernel() { # KERNEL
	local results=$work/$1 tests arguments=
	[ "$1" = "${1%-rt}" ] || arguments=nohz_full=1
	mapfile -t tests < <(tests_of "$1")
	SECONDS=0
	setpriv --pdeathsig TERM "$here/vm.sh" "$1" -t $limit_s -a "$arguments" \
		-n virtio-net-pci -n vmxnet3 -n e1000 -w "$results" -f "$work/opened_often" -- \
		"$here/inside.sh" "$results" "${tests[@]}" 2>&1 | sed -u "s/^/$(printf %-7s "$1")/"
	printf '%-7s%d s\n' "$1" $SECONDS
}

run_kernels() {
	local kernel
	for kernel in "${kernels[@]}"; do
		if ! "$here/kernels.sh" "$kernel" >/dev/null; then
			echo "KERNEL $kernel CANNOT BE FETCHED: nothing is tested under it"
			continue
		fi
		# No Debian kernel has netdevsim: it is built for one of them.
		[ "$kernel" != 6.12 ] || "$here/netdevsim.sh" "$kernel" >/dev/null ||
			echo "NO NETDEVSIM FOR $kernel: offload is tested nowhere"
		mkdir "$work/$kernel"
		while [ "$(jobs -rp | wc -l)" -ge "${XDPCTL_VM_JOBS:-$(nproc)}" ]; do wait -n; done
		run_kernel "$kernel" &
	done
	wait
}

# Sets $cell, and adds to $passed, $failed and $skipped. A test without a last line has not ended.
judge() { # KERNEL TEST
	local output p=0 f=1 s=0
	output=$(output_of "$1" "$2")
	if ! tests_of "$1" | grep -qxF "$2"; then
		cell="" f=0
	elif [ ! -d "$work/$1" ]; then
		cell="no kernel" f=0 s=1
	elif [[ $(tail -n 1 "$output.log" 2>/dev/null) =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
		p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
		if [ "$f" != 0 ]; then
			cell="FAILED $f of $((p + f + s))"
		elif [ "$s" = 0 ]; then
			cell=passed
		elif [ "$p" != 0 ]; then
			cell="passed $p of $((p + s))"
		elif [ "$(grep -cE '(# SKIP|# skipped:) not offered' "$output")" = "$s" ]; then
			cell="not offered"
		else
			cell=skipped
		fi
		cell+=$(sed -nE 's/^(ok|FAILED) .*\(([0-9]+ s)\), 0 left$/, \2/p' "$output.log")
	else
		cell="FAILED to end"
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# Why something was skipped, how often, and under which kernels.
print_skips() {
	local kernel test _ capability
	while read -r test _ capability; do
		for kernel in "${kernels[@]}"; do
			sed -nE "s;^(ok [0-9]+ [^ ]+ # SKIP|# skipped:) (.+);$kernel\t$capability: \2;p" \
				"$(output_of "$kernel" "$test")" 2>/dev/null | sort | uniq -c
		done
	done < <(chosen) | awk -F'\t' '
		{split($1, word, " "); key = word[1] " skipped in%s: " $2}
		!(key in on) {order[++n] = key}
		{on[key] = on[key] " " word[2]}
		END {for (i = 1; i <= n; i++) printf order[i] "\n", on[order[i]]}'
}

print_table() {
	local test _ capability kernel cell row='%-30s' passed=0 failed=0 skipped=0
	for kernel in "${kernels[@]}"; do row+=' %-22s'; done
	# shellcheck disable=SC2059 # the row's format has as many columns as there are kernels
	printf "$row\n" "" "${kernels[@]}"
	while read -r test _ capability; do
		local cells=()
		for kernel in "${kernels[@]}"; do
			judge "$kernel" "$test"
			cells+=("$cell")
		done
		# shellcheck disable=SC2059
		printf "$row\n" "$capability" "${cells[@]}"
	done < <(chosen)
	echo
	print_skips
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
}

chosen() { capabilities | grep -E "^[^ ]*($pattern)"; }
tests_of() { chosen | awk -v short="${short[$1]:-}" '!short || $2 == "short" { print $1 }'; } # KERNEL

finish() {
	# shellcheck disable=SC2046 # process numbers
	kill $(jobs -p) 2>/dev/null
	wait
	rm -rf "$work"
}

pattern=${1:-}
kernels=()
declare -A short=()
for kernel in ${XDPCTL_VM_KERNELS:-5.10 6.1 6.12 sid sid-rt}; do
	kernels+=("${kernel%:short}")
	[ "$kernel" = "${kernel%:short}" ] || short[${kernel%:short}]=yes
done
work=$(mktemp -d /var/tmp/vm-run.XXXXXX) || exit 1
trap finish EXIT
trap 'exit 130' INT TERM HUP
opened_often 2>/dev/null | xargs realpath | sort -u >"$work/opened_often"
run_kernels
print_table
