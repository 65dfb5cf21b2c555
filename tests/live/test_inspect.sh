#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_inspect: inspect agrees with bpftool, ip and readelf.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

program() { # FIELD of the first program in the last document
	jq -r ".programs[0].$1" <<<"$out"
}

assert_as_bpftool() {
	local shown id
	id=$(program id)
	shown=$(bpftool -j prog show id "$id" 2>/dev/null) || skip "bpftool does not work here"
	assert_eq "$(jq -c '[.id, .type, .name, .tag, .bytes_xlated / 8, .bytes_jited, .bytes_memlock,
		(.map_ids | sort)]' <<<"$shown")" "$(jq -c '.programs[0] | [.id, .type, .name, .tag,
		.verified_instructions, .machine_code_bytes, .program_memory_bytes,
		([.maps[].id] | sort)]' <<<"$out")" "program $id"
	while read -r id; do
		assert_eq "$(bpftool -j map show id "$id" | jq -c '[.id, .type, .name, .bytes_key,
			.bytes_value, .max_entries, .bytes_memlock]')" "$(jq -c --argjson id "$id" \
			'.programs[0].maps[] | select(.id == $id) | [.id, .type, .name, .key_bytes,
			.value_bytes, .max_entries, .memory_bytes]' <<<"$out")" "map $id"
	done < <(jq '.programs[0].maps[].id' <<<"$out")
}

test_interface() {
	make_hosts
	run 0 X attach g0
	run 0 X inspect g0 -j
	assert_eq '["g0","native",1]' "$(jq -c '[(.programs[0] | .interface, .mode), .schema]' <<<"$out")"
	assert_eq "$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id)" "$(program id)" "id"
	assert_as_bpftool
	run 0 X inspect g0
	case $out in
	# Behind a dispatcher, if the kernel permits one.
	"g0, native mode: xdp"*"xdpctl_syn, of type "*", id "*"machine code "*"maps "*) ;;
	"g0, native mode: xdpctl_syn, of type xdp, id "*"machine code "*"maps "*) ;;
	*) assert_eq "sections" "$out" ;;
	esac
}

# Without operands: every program attached in the namespace, ours or not.
test_no_operand() {
	make_hosts
	run 0 X inspect
	assert_eq "nothing is attached in this network namespace" "$out"
	run 0 X inspect -j
	assert_eq '[]' "$(jq -c .programs <<<"$out")"
	run 0 X attach g0 -m generic
	run 0 xdpctl attach c0 --netns client
	run 0 X inspect -j
	assert_eq '[["g0","generic"]]' "$(jq -c '[.programs[] | [.interface, .mode]] | unique' <<<"$out")"
	run 0 X attach lo -m generic
	run 0 X inspect -j
	assert_eq '["g0","lo"]' "$(jq -c '[.programs[].interface] | unique' <<<"$out")"
}

test_program_id() {
	local id
	make_hosts
	run 0 X attach g0
	id=$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id)
	run 0 xdpctl inspect "$id" -j
	assert_eq "[$id,null]" "$(jq -c '.programs[0] | [.id, .interface]' <<<"$out")"
	assert_as_bpftool
	run 1 xdpctl inspect 4000000000
	assert_says "program 4000000000: cannot open it: No such file or directory"
	run 2 xdpctl inspect 99999999999999999999
	assert_says "ID: 99999999999999999999 is not between 1 and"
}

# Runs are counted only during --stats: all runs of a new program.
test_statistics() {
	local id watcher
	need bpftool
	make_hosts
	run 0 X attach g0
	id=$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id)
	knock 192.0.2.1 3
	[ "$(cat /proc/sys/kernel/bpf_stats_enabled)" = 0 ] || skip "kernel.bpf_stats_enabled is set: 'sysctl kernel.bpf_stats_enabled=0'"
	X inspect g0 --stats 4 -j >"$work/watched" &
	watcher=$!
	while kill -0 $watcher && ! [ "$(bpftool -j prog show id "$id" | jq .run_cnt)" -gt 0 ] 2>/dev/null; do
		knock 192.0.2.1 1
	done
	knock 192.0.2.1 10
	wait $watcher
	out=$(cat "$work/watched")
	assert_eq "$(bpftool -j prog show id "$id" | jq -c '[.run_cnt, .run_time_ns]')" \
		"$(jq -c '.programs[0] | [.runs, .run_time_ns]' <<<"$out")" "runs and their time"
	assert_eq true "$(jq '.programs[0] | .runs > 0 and .run_time_ns > 0 and
		.watched_ns >= 4000000000' <<<"$out")" "some"
	wait_until is_not_counted "$id"
	run 2 X inspect g0 --stats 0
	assert_says "--stats: 0 is not between 1 and"
	run 2 xdpctl inspect "$root/build/bpf/syn.o" --stats 1
	assert_says "a program in a file does not run"
}

is_not_counted() { # ID
	local before
	[ "$(cat /proc/sys/kernel/bpf_stats_enabled)" = 0 ] || return 0
	before=$(bpftool -j prog show id "$1" | jq .run_cnt)
	knock 192.0.2.1 3
	[ "$before" = "$(bpftool -j prog show id "$1" | jq .run_cnt)" ]
}

# SIGINT and SIGKILL switch the statistics off too.
test_statistics_interrupted() {
	local id signal watcher
	need bpftool
	make_hosts
	run 0 X attach g0
	id=$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id)
	for signal in INT KILL; do
		# Through timeout: bash makes its own background jobs ignore SIGINT.
		timeout -s $signal 1 xdpctl inspect g0 --netns gateway --stats 60 >/dev/null &
		watcher=$!
		while kill -0 $watcher 2>/dev/null; do knock 192.0.2.1 1; done
		wait $watcher 2>/dev/null
		wait_until is_not_counted "$id"
	done
}

# Section sizes are readelf's, and each program has the verifier's figures.
test_object() {
	local size
	run 0 xdpctl inspect "$root/build/bpf/syn.o" -j
	assert_eq "$root/build/bpf/syn.o" "$(jq -r .object.path <<<"$out")"
	need readelf
	for section in xdp .BTF .BTF.ext; do
		size=$(readelf -SW "$root/build/bpf/syn.o" | sed 's/^ *\[ *[0-9]*\] //' |
			awk -v name=$section '$1 == name {print $5}')
		assert_eq "$((16#$size))" "$(jq --arg name $section \
			'[.object.sections[] | select(.name == $name) | .bytes] | add' <<<"$out")" \
			"$section"
	done
	assert_eq true "$(jq '.programs[0] | .accepted and .written_instructions > 100 and
		.verified_instructions > 100 and .processed_instructions >= .verified_instructions and
		.states > 0 and (.stack_bytes | add) > 0 and .map_memory_bytes > 0' <<<"$out")"
	run 0 xdpctl inspect "$root/build/bpf/syn.o"
	case $out in *"section .BTF"*"written "*"processed "*"verified "*) ;; *) assert_eq sections "$out" ;; esac
}

test_disassembly() {
	local id
	need bpftool
	make_hosts
	run 0 X attach g0
	id=$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id)
	bpftool prog dump xlated id "$id" >"$work/dump"
	run 0 X inspect g0 --disassemble -j
	assert_eq "$(cat "$work/dump")" "$(jq -r .programs[0].disassembly <<<"$out")" "disassembly"
	run 0 xdpctl inspect "$root/build/bpf/syn.o" -d
	grep -q '(95) exit' <<<"$out" || assert_eq "instructions" "$out"
}

# Names in an object file cannot drive the terminal, and columns stay columns.
test_names() {
	LC_ALL=C sed $'s/victims_back/victims_\e[2k/g; s/fins_back/fins_\xc3\xa9\xc3\xa9/g' \
		"$root/build/bpf/syn.o" >"$work/odd.o"
	"$root/build/xdpctl" inspect "$work/odd.o" >"$work/out" 2>"$work/err"
	grep -q '^  map     victims_?\[2k  *1 entries' "$work/out" || assert_eq "a printable name" "$(cat "$work/out")"
	assert_eq "" "$(grep '^  map' "$work/out" | LC_ALL=C.UTF-8 grep -vE '^  map     .{29} entries')" "columns"
}

test_bad_input() {
	make_hosts
	run 1 X inspect nope0
	assert_says "nope0: no such interface"
	run 1 X inspect g0
	assert_says "g0: no XDP program is attached: try 'xdpctl attach g0'"
	run 1 X inspect ./none.o
	assert_says "./none.o: cannot open: No such file"
	run 1 inside gateway setpriv --reuid 65534 --clear-groups "$root/build/xdpctl" inspect 1
	assert_says "program 1: cannot open it: Operation not permitted: run as root, or with the missing CAP_SYS_ADMIN"
}

run_tests test_interface test_no_operand test_program_id test_statistics \
	test_statistics_interrupted test_object test_names test_disassembly test_bad_input
