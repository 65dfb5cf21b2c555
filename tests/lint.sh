#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# lint: format, include rules, SPDX lines, and what cppcheck, gcc -fanalyzer and shellcheck find.
set -u
cd "$(dirname "$0")/.." || exit 1
failures=0

check() {
	local name=$1
	shift
	if "$@"; then
		echo "  ok       $name"
	else
		echo "  FAILED   $name"
		failures=$((failures + 1))
	fi
}

mapfile -t c_files < <(git ls-files --cached --others --exclude-standard '*.c' '*.h')
mapfile -t sh_files < <(git ls-files --cached --others --exclude-standard '*.sh' .ci/run 'dist/debian/xdpctl.p*')

# forbid WHAT PATTERN FILE...: no file of these includes what matches.
forbid() {
	local what=$1 pattern=$2
	shift 2
	! grep -nE "^#include $pattern" "$@" /dev/null | sed "s|^|    $what: |" | grep .
}

includes() {
	local bad=0 others
	# The kernel side sees the contract and kernel or BPF headers only.
	forbid "xdp/ includes user space" '"(attach|cli|dataplane|errmsg|lifecycle|snapshot|state|trace|testrun)\.h"' xdp/* || bad=1
	forbid "xdp/ includes libc" '<(std(io|lib|bool)|string|errno|unistd|sys/.*)\.h>' xdp/* || bad=1
	forbid "ctl/ includes pktgen/" '"(pktgen/.*|packet|profile|truth|sender|rng)\.h"' ctl/*.[ch] || bad=1
	forbid "pktgen/ knows the dataplane" '"(attach|dataplane|lifecycle|snapshot|state|.*\.skel)\.h"' pktgen/* || bad=1
	forbid "tests/ or perf/ is included" '"(tests|perf)/' common/* ctl/*.[ch] pktgen/* xdp/* || bad=1
	mapfile -t others < <(printf '%s\n' "${c_files[@]}" |
		grep -vxE 'common/(cpu_plane|device_plane|feeder|handshakes).c')
	forbid "a skeleton belongs to one file" '".*\.skel\.h"' "${others[@]}" || bad=1
	return $bad
}

first_lines() {
	local bad=0 file
	for file in "${c_files[@]}"; do
		[ "$(head -n 1 "$file")" = "// SPDX-License-Identifier: GPL-2.0-only" ] &&
			sed -n 2p "$file" | grep -qE '^// [a-z0-9_]+: ' && continue
		echo "    $file: the first two lines are the licence and its purpose"
		bad=1
	done
	for file in "${sh_files[@]}"; do
		sed -n 2p "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' && continue
		echo "    $file: no SPDX line"
		bad=1
	done
	return $bad
}

static_analysis() {
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --language=c \
		--enable=warning,performance,portability --suppress=missingIncludeSystem \
		--suppress=normalCheckLevelMaxBranches -D__x86_64__ --include=tests/cppcheck.h \
		-I. common ctl pktgen
}

# gcc follows the paths of a function; nothing that is built is touched.
gcc_analyzer() {
	git ls-files -z --cached --others --exclude-standard 'common/*.c' 'ctl/*.c' 'pktgen/*.c' | xargs -0 -P 2 -I{} gcc -fanalyzer -Werror \
		-std=gnu11 -O2 -D_GNU_SOURCE '-DVERSION=""' -I. -Ibuild \
		-c -o /dev/null {}
}

check "format (clang-format)" clang-format --dry-run -Werror "${c_files[@]}"
check "include rules" includes
check "first lines" first_lines
check "cppcheck" static_analysis
check "gcc -fanalyzer" gcc_analyzer
check "shellcheck" shellcheck -x "${sh_files[@]}"
[ $failures = 0 ]
