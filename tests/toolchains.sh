#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# toolchains: each compiler builds everything without a warning, and its XDP programs pass the
# verifier and the tests frame by frame.
#
# XDPCTL_CLANGS: versions of clang (14 16 19), besides gcc with the default clang.
# XDPCTL_VM_KERNELS: also load under these kernels, as in tests/vm/run.sh (none).
set -u
cd "$(dirname "$0")/.." || exit 1
read -ra clangs <<<"${XDPCTL_CLANGS:-14 16 19}"
read -ra kernels <<<"${XDPCTL_VM_KERNELS:-}"
compilers=(gcc)
failures=0
mapfile -t tests < <(printf '%s\n' tests/prog/test_*.c | sed 's/\.c$//')

install_clang() { # VERSION
	command -v "clang-$1" >/dev/null && return
	local as_root=()
	[ "$(id -u)" = 0 ] || as_root=(sudo)
	DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -q --no-install-recommends \
		"clang-$1" >/dev/null 2>&1
}

# From scratch, so that every warning is seen: fails if a compiler prints anything.
build() { # COMPILER
	local b=build/$1 clang=$1
	[ "$1" != gcc ] || clang=clang
	rm -rf "$b"
	make -s V=1 -j2 B="$b" CC="$1" CLANG="$clang" SANITIZE= all perf-build \
		"${tests[@]/#/$b/}" >"$b.log" 2>&1 && [ ! -s "$b.log" ]
}

# Sets written and processed: the dataplane's instructions, as reported by xdpctl.
verify() { # COMPILER PREFIX...
	local b=build/$1 report
	shift
	report=$("$@" "$b/xdpctl" verify -j "$b/bpf/syn.o" 2>/dev/null)
	written=$(jq '.programs[0].written_instructions' <<<"$report")
	processed=$(jq '.programs[0] | select(.accepted) | .processed_instructions' <<<"$report")
	[ -n "$processed" ]
}

run_tests() { # COMPILER
	local test
	for test in "${tests[@]}"; do
		"build/$1/$test" >>"build/$1.log" 2>&1 || return
	done
}

# row COMPILER KERNEL RESULT: a failure is followed by the end of its log.
row() {
	printf '%-10s %-7s %13s %10s  %s\n' "$1" "$2" "${written:--}" "${processed:--}" "$3"
	[ "$3" != ok ] || return
	failures=$((failures + 1))
	tail -n 20 "build/$1.log" | sed 's/^/    /'
}

check() { # COMPILER
	local written='' processed='' result=ok
	if ! build "$1"; then
		result="build: FAILED"
	elif ! verify "$1"; then
		result="verifier: REFUSED"
	elif ! run_tests "$1"; then
		result="tests: FAILED"
	fi
	row "$1" "$(uname -r | grep -oE '^[0-9]+\.[0-9]+')" "$result"
}

check_under() { # KERNEL COMPILER
	local written='' processed='' result=ok
	verify "$2" tests/vm/vm.sh "$1" -- || result="verifier: REFUSED"
	row "$2" "$1" "$result"
}

printf '%-10s %-7s %13s %10s  %s\n' compiler kernel instructions verified result
for version in "${clangs[@]}"; do
	if install_clang "$version"; then
		compilers+=("clang-$version")
	else
		echo "SKIPPED: clang-$version cannot be installed here"
	fi
done
for compiler in "${compilers[@]}"; do check "$compiler"; done
for kernel in "${kernels[@]}"; do
	for compiler in "${compilers[@]}"; do check_under "$kernel" "$compiler"; done
done
[ $failures = 0 ]
