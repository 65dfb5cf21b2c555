#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# rules: the rules of this tree that no other linter knows: folders, includes, names, first lines.
#
#   rules.sh [RULE...]    includes circles functions first_lines headers (default: all)
#
# Prints what breaks a rule, and exits with 1 then. `headers` needs what `make` generates.
# shellcheck disable=SC2016,SC2317 # awk's fields; functions that are called by their names
set -u
cd "$(dirname "$0")/.." || exit 1

files() { git ls-files --cached --others --exclude-standard -- "$@"; }

includes() { files '*.c' '*.h' | xargs awk -f tests/include_rules.awk tests/include_rules; }

# A module is x.c with x.h; tsort finds those that include each other.
circles() {
	files 'common/*.[ch]' 'ctl/*.[ch]' 'pktgen/*.[ch]' | xargs awk '
		function module(path) { sub(/[.][^\/]*$/, "", path); return path }
		/^#include "/ {
			split($0, quoted, "\"")
			if (module(quoted[2]) != module(FILENAME))
				print module(FILENAME), module(quoted[2])
		}' | tsort 2>&1 >/dev/null |
		awk '/contains a loop/ { if (n++) print ""; printf "    include each other:"; next }
			{ printf " %s", $2 } END { if (n) print ""; exit n > 0 }'
}

functions() {
	files 'common/*.[ch]' 'ctl/*.[ch]' 'pktgen/*.[ch]' 'perf/*.[ch]' |
		xargs awk -f tests/function_rules.awk
}

first_lines() {
	local licence="SPDX-License-Identifier: GPL-2.0-only" bad=0
	files '*.c' '*.h' | xargs awk -v licence="// $licence" '
		FNR == 1 { known = $0 == licence }
		FNR == 2 && !(known && /^\/\/ [a-z0-9_.]+: /) {
			print "    " FILENAME ": begin with the licence, then \"// NAME: purpose\""; bad = 1
		}
		END { exit bad }' || bad=1
	files '*.sh' '*.awk' .ci/run 'dist/debian/xdpctl.p*' | xargs awk -v licence="# $licence" '
		FNR == 1 { known = 0 }
		FNR <= 2 { known = known || $0 == licence }
		FNR == 2 && !known { print "    " FILENAME ": begin with the licence"; bad = 1 }
		END { exit bad }' || bad=1
	return "$bad"
}

# Every header compiles alone, those of the BPF side for the BPF target. One is a template.
headers() {
	local flags=(-std=gnu11 -fsyntax-only -I. -Ibuild -xc /dev/null -include)
	{
		files '*.h' ':!*.bpf.h' | xargs -P 2 -n 1 gcc -D_GNU_SOURCE "${flags[@]}"
		files '*.bpf.h' ':!perf/bpf/sources.bpf.h' | xargs -P 2 -n 1 clang -target bpf \
			-idirafter "/usr/include/$(gcc -print-multiarch)" "${flags[@]}"
	} 2>&1 | awk '{ print "    " $0 } END { exit NR > 0 }'
}

[ $# -gt 0 ] || set -- includes circles functions first_lines headers
status=0
for rule in "$@"; do "$rule" || status=1; done
exit $status
