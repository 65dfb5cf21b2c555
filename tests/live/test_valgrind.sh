#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_valgrind: every command once under valgrind: no invalid access, no leak.
# long: each command takes seconds under valgrind
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

# Half of a short run reads the debug information of libraries, of which valgrind needs the dynamic
# linker's symbols alone: hide the rest in this mount namespace.
hide_debug_files() {
	local linker id file files=/usr/lib/debug/.build-id
	linker=$(sed -n '/ld-linux/{s/.* //p;q}' /proc/self/maps)
	id=$(readelf -n "$linker" 2>/dev/null | sed -n 's/.*Build ID: //p')
	file=$files/${id::2}/${id:2}.debug
	[ -r "$file" ] && strip -g -o "$work/linker.debug" "$file" || return 0
	mount -t tmpfs tmpfs "$files" && mkdir "${file%/*}" && cp "$work/linker.debug" "$file"
}
hide_debug_files

# Valgrind does not know what bpf() writes, so undefined values are not checked.
V() { # STATUS COMMAND...
	local want=$1 status
	shift
	valgrind -q --vgdb=no --read-inline-info=no --suppressions="$root/tests/fault/valgrind.supp" --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
		--undef-value-errors=no --error-exitcode=99 "$@" >"$work/out" 2>"$work/err"
	status=$?
	[ $status = "$want" ] || assert_eq "$want" $status "status of '$*' ($(head -c 600 "$work/err"))"
}

test_attached() {
	need valgrind
	make_hosts
	V 0 xdpctl attach g0 --netns gateway
	V 0 xdpctl attach g0 --netns gateway -j
	knock 192.0.2.1 2
	V 0 xdpctl status -v --netns gateway
	V 0 xdpctl stats --netns gateway
	V 0 xdpctl stats g0 -j --netns gateway
	V 0 xdpctl stats --watch=1 --count 2 --jsonl --aggregate 24/64 --netns gateway
	V 0 xdpctl stats --prom --netns gateway
	# What runs it is xdpctl-export.
	VALGRIND_OPTS=--trace-children=yes V 0 xdpctl export --textfile "$work/syns.prom" --once --netns gateway
	V 0 xdpctl inspect g0 --netns gateway
	V 0 xdpctl doctor g0 --netns gateway
	V 0 xdpctl reset g0 -j --netns gateway
	V 0 xdpctl detach --all -j --netns gateway
	V 1 xdpctl attach nope0 -j --netns gateway
	V 1 xdpctl stats g0 --netns gateway
}

test_captures() {
	need valgrind
	V 0 pktgen list -v
	V 0 pktgen write mix "$work/t.pcapng" --count 2000 --truth "$work/t.tsv"
	V 0 xdpctl replay "$work/t.pcapng" --expect "$work/t.tsv"
	V 0 xdpctl replay "$work/t.pcapng" -j --engine syscall
	V 0 xdpctl replay "$work/t.pcapng" --handshakes --engine host --jobs 2
	V 0 xdpctl replay "$work/t.pcapng" --program "$root/build/bpf/syn.o"
	V 0 xdpctl inspect "$root/build/bpf/syn.o"
	V 0 xdpctl verify "$root/build/bpf/syn.o"
	head -c 1001 "$work/t.pcapng" >"$work/cut.pcapng"
	V 1 xdpctl replay "$work/cut.pcapng"
	V 2 xdpctl replay
	V 0 xdpctl help
	V 0 xdpctl help -j
	V 0 xdpctl version
}

run_tests test_attached test_captures
