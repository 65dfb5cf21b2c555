#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run: the tests under each kernel, in virtual machines, and a table of what passed where.
#
#   run.sh [TEST...]    default: what is built in build/tests/prog, and the scripts of tests/
#
# XDPCTL_VM_KERNELS: which (5.10 6.1 6.12 sid); XDPCTL_VM_JOBS: guests at once (one a CPU);
# XDPCTL_VM_CACHE: where kernels are kept (build/vm).
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/vm/apt.sh
. "$here/apt.sh" # for $cache
read -ra kernels <<<"${XDPCTL_VM_KERNELS:-5.10 6.1 6.12 sid}"
jobs=${XDPCTL_VM_JOBS:-$(nproc)}
# Bounds for a machine that does other things too: left alone it takes a fifth of that.
test_seconds=600    # one test
kernel_seconds=1800 # all of them under one kernel, with every boot
offload_kernel=6.12

# Guests see a copy: the tree may be edited and built while they run.
copy_tree() {
	mkdir "$work/tree"
	tar -C "$root" --exclude=./.git --exclude=./build/{vm,roots,deb,obj} -cf - . |
		tar -C "$work/tree" -xf -
	mapfile -t tests < <(cd "$work/tree" && if [ $# -gt 0 ]; then printf '%s\n' "$@"; else
		find build/tests/prog -type f -executable -name 'test_*' | sort
		printf '%s\n' tests/prog/*.sh tests/live/test_*.sh tests/vm/guest/*.sh
	fi)
}

can_make_taps() {
	local user=()
	[ "$(id -u)" = 0 ] || user=(--user --map-root-user)
	unshare --net "${user[@]}" ip tuntap add tap1 mode tap multi_queue 2>/dev/null
}

# What every guest has and is told, and where the kernels and the module for offload are.
prepare() {
	local kernel corpus=${XDPCTL_CORPUS:-$root/../shared/corpus}
	nics=(-n virtio -n vmxnet3 -n e1000)
	! can_make_taps || nics+=(-n virtio-mq)
	environment=(XDPCTL_EMULATED=1)
	[ ! -d "$corpus" ] || environment+=("XDPCTL_CORPUS=$(cd "$corpus" && pwd)")
	for kernel in "${kernels[@]}"; do
		if ! "$here/kernels.sh" "$kernel" >/dev/null; then
			echo "KERNEL $kernel COULD NOT BE HAD: nothing is tested under it"
			continue
		fi
		mkdir "$work/$kernel"
		[ "$kernel" = $offload_kernel ] || continue
		netdevsim=$("$here/netdevsim.sh" "$kernel") ||
			echo "NO NETDEVSIM FOR $kernel: offload is tested nowhere"
	done
}

file_of() { echo "$work/$1/${2//\//-}"; } # KERNEL TEST

first_without_end() { # KERNEL
	while read -r test; do
		[ -e "$(file_of "$1" "$test").ended" ] || break
	done <"$work/$1/list"
}

# One guest for the whole list. The test in which it dies has failed; another guest goes on
# behind that one. A guest that dies before its first test will not be better for another try.
run_kernel() { # KERNEL
	local results=$work/$1 told=("${environment[@]}") test left
	[ "$1" != $offload_kernel ] || told+=("XDPCTL_NETDEVSIM=$netdevsim")
	printf '%s\n' "${tests[@]}" >"$results/list"
	SECONDS=0
	while [ -s "$results/list" ] && left=$((kernel_seconds - SECONDS)) && [ $left -gt 0 ]; do
		setpriv --pdeathsig TERM "$here/vm.sh" "$1" -t $left -c 4 "${nics[@]}" \
			-w "$results" -- "$work/tree/tests/vm/inside.sh" "$results" $test_seconds \
			"${told[@]}" 2>"$results/death" | sed -u "s/^/$(printf %-6s "$1")/"
		[ "${PIPESTATUS[0]}" != 0 ] || break
		first_without_end "$1"
		sed "s/^/$(printf %-6s "$1")/" "$results/death"
		[ -e "$(file_of "$1" "$test").begun" ] || break
		sed -i "1,\\|^$test\$|d" "$results/list"
	done
	echo $SECONDS >"$results/seconds"
}

run_kernels() {
	local kernel
	for kernel in "${kernels[@]}"; do
		[ -d "$work/$kernel" ] || continue
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
		run_kernel "$kernel" &
	done
	wait
}

# Sets $p, $f and $s: how many passed, failed and were skipped in a test; and the cell for it.
judge() { # KERNEL TEST
	local output last not_offered
	output=$(file_of "$1" "$2").output
	p=0 f=0 s=0
	if [ ! -d "$work/$1" ]; then
		s=1 cell="no kernel"
		return
	fi
	last=$(tail -n 1 "$output" 2>/dev/null)
	if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
		p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
	else
		f=1
	fi
	not_offered=$(grep -c '# SKIP not offered' "$output")
	if [ "$f" != 0 ]; then
		cell=FAILED
	elif [ "$p" = 0 ] && [ "$s" -gt "$not_offered" ]; then
		cell=skipped
	elif [ "$p" = 0 ]; then
		cell="not offered"
	elif [ "$s" -gt "$not_offered" ]; then
		cell="passed, $((s - not_offered)) skip"
	else
		cell=passed
	fi
}

# The row's name in the table: the ring and what is tested there.
name_of() { # TEST
	sed -E 's,\.sh$,,; s,test_,,; s,_, ,g; s,.*/guest/,,; s,.*/prog/,TEST_RUN: ,
		s,.*/live/,namespaces: ,' <<<"$1"
}

# Debian's version of the kernel, without what only its archive needs.
version_of() { # KERNEL
	[ -d "$work/$1" ] || { echo "$1" && return; }
	awk '/^linux-image-[0-9]/ {sub("~.*", "", $2); print $2; exit}' "$cache/$1/versions"
}

# Why something was skipped: tests of one file, and kernels, that agree share a line.
print_skips() {
	local kernel test
	for kernel in "${kernels[@]}"; do
		for test in "${tests[@]}"; do
			sed -nE "s/^ *(not )?ok [0-9]+ -? ?(test_)?(.*) # SKIP ?(.*)/$(name_of "$test")\t\3\t\4/p" \
				"$(file_of "$kernel" "$test").output" 2>/dev/null
		done | awk -F'\t' -v kernel="$kernel" '
			{key = $1 "\t" $3; names[key] = (key in names ? names[key] ", " : "") $2}
			END {for (key in names) print kernel "\t" key "\t" names[key]}'
	done | awk -F'\t' '
		{line = $2 " (" $4 "): " $3; if (!(line in on)) order[++n] = line}
		{on[line] = (line in on ? on[line] ", " : "") $1}
		END {for (i = 1; i <= n; i++) print "skipped on " on[order[i]] ": " order[i]}'
}

print_table() {
	local test kernel passed=0 failed=0 skipped=0 row='%-24s' p f s cell
	for kernel in "${kernels[@]}"; do row+=' %-16s'; done
	mapfile -t versions < <(for kernel in "${kernels[@]}"; do version_of "$kernel"; done)
	echo
	print_skips
	echo
	# shellcheck disable=SC2059 # the row's format has as many columns as there are kernels
	printf "$row\n" "" "${versions[@]}"
	for test in "${tests[@]}"; do
		local cells=()
		for kernel in "${kernels[@]}"; do
			judge "$kernel" "$test"
			cells+=("$cell")
			passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
		done
		# shellcheck disable=SC2059
		printf "$row\n" "$(name_of "$test")" "${cells[@]}"
	done
	echo
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
}

finish() {
	# shellcheck disable=SC2046 # process numbers
	kill $(jobs -p) 2>/dev/null
	wait
	rm -rf "$work"
}

work=$(mktemp -d /var/tmp/vm-run.XXXXXX) || exit 1
trap finish EXIT
trap 'exit 130' INT TERM HUP
copy_tree "$@"
prepare
run_kernels
print_table
