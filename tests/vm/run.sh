#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run: what depends on the kernel, tested under several of them in virtual machines, and a table of
# what each one offers.
#
#   run.sh [PATTERN]    only the tests whose path has this extended regular expression in it
#
# XDPCTL_VM_KERNELS: which (5.10 6.1 6.12 sid); XDPCTL_VM_JOBS: how many at once (1);
# XDPCTL_VM_CACHE: where they are kept (build/vm).
set -u
here=$(cd "$(dirname "$0")" && pwd)
read -ra kernels <<<"${XDPCTL_VM_KERNELS:-5.10 6.1 6.12 sid}"
seconds=3000 # for one kernel; a quiet machine of two CPUs needs a third

# What is tested, from the project's root, and the capability that it shows.
capabilities() {
	cat <<-END
		build/tests/prog/test_syn     TEST_RUN: every class, a flood
		tests/prog/corpus.sh          TEST_RUN: real captures
		tests/prog/verify.sh          verify: refusals explained
		tests/live/test_attach.sh     attach, detach, status
		tests/live/test_lifecycle.sh  upgrades, life cycle
		tests/live/test_modes.sh      modes, refusals
		tests/live/test_kill.sh       killed at any step
		tests/live/test_count.sh      TCP over veth, every mode
		tests/live/test_handshakes.sh completed connections
		tests/prog/pairs.sh           TEST_RUN: handshakes
		tests/live/test_pktgen.sh     XDP, AF_XDP, AF_PACKET senders
		tests/live/test_doctor.sh     doctor as bpftool, ethtool
		tests/live/test_inspect.sh    inspect as bpftool
		tests/live/test_dispatcher.sh dispatcher: several programs
		build/tests/prog/test_offload offload: program, TEST_RUN
		tests/live/test_offload.sh    offload: netdevsim
		tests/vm/guest/multiqueue.sh  several receive queues
		tests/vm/guest/nic_virtio.sh  virtio-net: native
		tests/vm/guest/nic_vmxnet3.sh vmxnet3: native
		tests/vm/guest/nic_e1000.sh   e1000: refusal, fallback
		tests/vm/guest/refusals.sh    offloads and MTUs refused
	END
}

output_of() { echo "$work/$1/${2//\//-}"; } # KERNEL TEST

run_kernel() { # KERNEL
	local results=$work/$1
	SECONDS=0
	setpriv --pdeathsig TERM "$here/vm.sh" "$1" -t $seconds \
		-n virtio-net-pci -n vmxnet3 -n e1000 -w "$results" -- \
		"$here/inside.sh" "$results" "${tests[@]}" 2>&1 | sed -u "s/^/$(printf %-6s "$1")/"
	printf '%-6s%d s\n' "$1" $SECONDS
}

run_kernels() {
	local kernel
	for kernel in "${kernels[@]}"; do
		if ! "$here/kernels.sh" "$kernel" >/dev/null; then
			echo "KERNEL $kernel COULD NOT BE HAD: nothing is tested under it"
			continue
		fi
		# Debian builds it for no kernel; one of ours has to do.
		[ "$kernel" != 6.12 ] || "$here/netdevsim.sh" "$kernel" >/dev/null ||
			echo "NO NETDEVSIM FOR $kernel: offload is tested nowhere"
		mkdir "$work/$kernel"
		while [ "$(jobs -rp | wc -l)" -ge "${XDPCTL_VM_JOBS:-1}" ]; do wait -n; done
		run_kernel "$kernel" &
	done
	wait
}

# Sets $cell, and adds to $passed, $failed and $skipped. A test without a last line has not ended.
judge() { # KERNEL TEST
	local output p=0 f=1 s=0
	output=$(output_of "$1" "$2")
	if [ ! -d "$work/$1" ]; then
		cell="no kernel" f=0 s=1
	elif [[ $(tail -n 1 "$output" 2>/dev/null) =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
		p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
		if [ "$f" != 0 ]; then
			cell="FAILED $f of $((p + f + s))"
		elif [ "$s" = 0 ]; then
			cell=passed
		elif [ "$p" != 0 ]; then
			cell="passed $p of $((p + s))"
		elif [ "$(grep -c '# SKIP not offered' "$output")" = "$s" ]; then
			cell="not offered"
		else
			cell=skipped
		fi
	else
		cell="FAILED to end"
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# Why something was skipped, how often, and under which kernels.
print_skips() {
	local kernel test capability
	while read -r test capability; do
		for kernel in "${kernels[@]}"; do
			sed -nE "s;^ *(not )?ok .* # SKIP ?(.*);$kernel\t$capability: \2;p" \
				"$(output_of "$kernel" "$test")" 2>/dev/null | sort | uniq -c
		done
	done < <(chosen) | awk -F'\t' '
		{split($1, word, " "); key = word[1] " skipped in%s: " $2}
		!(key in on) {order[++n] = key}
		{on[key] = on[key] " " word[2]}
		END {for (i = 1; i <= n; i++) printf order[i] "\n", on[order[i]]}'
}

print_table() {
	local test capability kernel cell row='%-30s' passed=0 failed=0 skipped=0
	for kernel in "${kernels[@]}"; do row+=' %-15s'; done
	# shellcheck disable=SC2059 # the row's format has as many columns as there are kernels
	printf "$row\n" "" "${kernels[@]}"
	while read -r test capability; do
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

finish() {
	# shellcheck disable=SC2046 # process numbers
	kill $(jobs -p) 2>/dev/null
	wait
	rm -rf "$work"
}

pattern=${1:-}
mapfile -t tests < <(chosen | cut -d' ' -f1)
work=$(mktemp -d /var/tmp/vm-run.XXXXXX) || exit 1
trap finish EXIT
trap 'exit 130' INT TERM HUP
run_kernels
print_table
