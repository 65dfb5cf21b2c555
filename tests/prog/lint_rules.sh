#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# lint_rules: each rule is broken once in a copy of the tree, and the check fails there.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

tree=$work/tree

make_tree() {
	need git
	rm -rf "$tree" && mkdir "$tree"
	(cd "$root" && find common ctl pktgen perf xdp tests -name '*.[ch]' -print0 |
		xargs -0 cp --parents -t "$tree" && cp --parents tests/{rules.sh,*_rules*} "$tree") || exit 1
	git -C "$tree" init -q
	cd "$tree" || exit 1
}

# The check fails in the copy with a line that contains TEXT; then start from a clean copy.
assert_refused() { # RULE TEXT
	run 1 tests/rules.sh "$1"
	grep -qF "$2" <<<"$out" || assert_eq "a line with '$2'" "$out"
	make_tree
}

include() { printf '#include %s\n' "$2" >>"$1"; } # FILE WHAT
source_file() { printf '// SPDX-License-Identifier: GPL-2.0-only\n// %s: a test.\n' "${1##*/}" >"$1"; }

test_folders() {
	make_tree
	run 0 tests/rules.sh includes functions first_lines
	include common/base/errmsg.c '"common/counts/tally.h"'
	assert_refused includes 'common/base may not include common/counts: "common/counts/tally.h"'
	include ctl/stats/cmd_stats.c '"ctl/top/top.h"'
	assert_refused includes "ctl/stats may not include ctl/top"
	include common/capture/capture.c '"tests/cases.h"'
	assert_refused includes "common/capture may not include tests"
	include xdp/parse.bpf.h '"common/base/errmsg.h"'
	assert_refused includes "xdp may not include common/base"
	include common/abi/abi.h '<stdio.h>'
	assert_refused includes "common/abi may not include <stdio.h>"
	include common/base/errmsg.c '"errmsg.h"'
	assert_refused includes '"errmsg.h" is not written from the root'
}

test_table() {
	make_tree
	mkdir common/surprise && source_file common/surprise/new.c
	assert_refused includes "common/surprise/new.c: no line of tests/include_rules has a place for common/surprise"
	source_file common/new.c
	assert_refused includes "common/new.c: no line of tests/include_rules has a place for common"
	source_file ctl/new.c
	assert_refused includes "ctl/new.c: no line of tests/include_rules has a place for ctl"
	sed -i 's|^common/base:|& common/counts|' tests/include_rules
	assert_refused includes "common/base may not include common/counts: no line above is named so"
	sed -i 's|^common/base:|& common/nothing|' tests/include_rules
	assert_refused includes "common/base may not include common/nothing: no line above is named so"
}

test_narrow_rules() {
	local file header
	make_tree
	while read -r file header; do
		include "$file" "$header"
		assert_refused includes "$header is only for "
	done <<-'END'
		common/base/errmsg.c "common/base/cli.h"
		common/attach/registry.c "common/dataplane/backend.h"
		common/dataplane/dataplane.c "gen/syn.skel.h"
		common/replay/replay.c "xdp/parse.bpf.h"
		common/bpf/features.c <xdp/libxdp.h>
		common/capture/pcapng_read.c <pcap/pcap.h>
		common/counts/tally.h <jansson.h>
		ctl/render/columns.c <ncurses.h>
		ctl/stats/cmd_stats.c <microhttpd.h>
	END
}

test_files() {
	make_tree
	source_file common/counts/errmsg.c
	assert_refused includes "has the same name"
	sed -i '3i #include "common/abi/abi.h"' common/counts/tally.c
	assert_refused includes 'the first include is not its own header, "common/counts/tally.h"'
	include common/base/errmsg.h '"common/base/utf8.h"'
	include common/base/utf8.h '"common/base/errmsg.h"'
	assert_refused circles "include each other: common/base/"
	sed -i 1d common/base/errmsg.c
	assert_refused first_lines "common/base/errmsg.c: begin with the licence"
	need gcc
	printf '%s\n' '*.h' '!new.h' >.gitignore # lists new.h alone
	printf 'int takes(undeclared_type value);\n' >common/base/new.h
	assert_refused headers "undeclared_type"
}

test_functions() {
	make_tree
	printf 'static int surprise(void)\n{\n\treturn 0;\n}\n' | tee -a common/base/errmsg.c >>ctl/main.c
	assert_refused functions "surprise() is defined in common/base/errmsg.c as well"
	{
		printf 'int surprise(int err)\n{\n'
		printf '\tif (!err)\n\t\terr = %d;\n' 1 2 3
		printf '}\n'
	} >>common/base/errmsg.c
	assert_refused functions "3 steps of"
}

run_tests test_folders test_table test_narrow_rules test_files test_functions
