#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# lint: format, the rules of this tree, and what cppcheck, gcc -fanalyzer and shellcheck find.
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

static_analysis() {
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --language=c \
		--enable=warning,performance,portability --suppress=missingIncludeSystem \
		--suppress=normalCheckLevelMaxBranches -D__x86_64__ --include=tests/cppcheck.h \
		-I. common ctl pktgen
}

# gcc's static analysis; writes nothing below build/.
gcc_analyzer() {
	git ls-files -z --cached --others --exclude-standard 'common/*.c' 'ctl/*.c' 'pktgen/*.c' | xargs -0 -P 2 -I{} gcc -fanalyzer -Werror \
		-std=gnu11 -O2 -D_GNU_SOURCE '-DVERSION=""' -I. -Ibuild \
		-c -o /dev/null {}
}

check "format (clang-format)" clang-format --dry-run -Werror "${c_files[@]}"
check "include rules" tests/rules.sh includes
check "no modules that include each other" tests/rules.sh circles
check "function rules" tests/rules.sh functions
check "first lines" tests/rules.sh first_lines
check "headers compile alone" tests/rules.sh headers
check "cppcheck" static_analysis
check "gcc -fanalyzer" gcc_analyzer
check "shellcheck" shellcheck -x "${sh_files[@]}"
[ $failures = 0 ]
