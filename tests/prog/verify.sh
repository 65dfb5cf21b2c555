#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# verify: a refused program is reported with the rule that it breaks and its line; its accepted twin is
# not.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world

assert_explained() { # RULE FILE, in $out
	local line
	assert_eq "[\"rejected\",false,\"$1\",\"$2\",true,true]" "$(jq -c '.programs[0] |
		[.name, .accepted, .rule, .file, .judged, (.remedy | length) > 20]' <<<"$out")"
	line=$(jq .programs[0].line <<<"$out")
	sed -n "${line}p" "$root/tests/prog/rejected/$2" | grep -qF '/* refused */' ||
		assert_eq "the line marked as refused" "$line" "$2: line"
	[ -n "$(jq -r '.programs[0].complaint' <<<"$out")" ] || assert_eq "its words" "" "verifier"
}

test_rules() {
	local file name
	for file in "$root"/tests/prog/rejected/*.bpf.c; do
		name=$(basename "$file" .bpf.c)
		need_built "prog/rejected/$name.o"
		run 1 xdpctl verify "$object" -j
		assert_explained "${name//_/-}" "$name.bpf.c"
		assert_eq "$object: 1 of 2 programs refused" "$(jq -r .error <<<"$err")"
		assert_eq '[false,"accepted",true,true,true]' "$(jq -c '[.accepted] +
			(.programs[1] | [.name, .accepted, .written_instructions > 1,
			.processed_instructions <= .instruction_limit])' <<<"$out")" "$name's twin"
	done
}

test_text() {
	need_built prog/rejected/unchecked_access.o
	run 1 xdpctl verify "$object"
	assert_says "1 of 2 programs refused"
	for words in "rejected, of type xdp in section xdp: refused" "rule         unchecked-access: " \
		"where        unchecked_access.bpf.c:" "remedy       before the access, compare pointer" \
		"verifier     invalid access to packet" "accepted, of type xdp in section xdp: accepted"; do
		case $out in *"$words"*) ;; *) assert_eq "$words" "$out" ;; esac
	done
	case $out in *"(71) r"*) assert_eq "no instructions without -v" "$out" ;; esac
	xdpctl verify "$object" -v 2>/dev/null | grep -q "(71) r" || assert_eq "all words with -v" ""
	assert_eq true "$(xdpctl verify "$object" -v -j 2>/dev/null |
		jq '.programs[0].log | test("\\(71\\) r")')" "log with -v"
}

test_accepted_object() {
	run 0 xdpctl verify "$root/build/bpf/syn.o" -j
	assert_eq '[true,"xdpctl_syn",1000000]' "$(jq -c '[.accepted, .programs[0].name,
		.programs[0].instruction_limit]' <<<"$out")"
	run 0 xdpctl verify "$root/build/bpf/syn.o" --section xdp
	run 1 xdpctl verify "$root/build/bpf/syn.o" --section tc
	assert_says "no XDP program of section tc in it"
}

is_unloaded() { ! bpftool prog 2>/dev/null | grep -q leaves_traces; }

# Maps that ask to be pinned are not, and nothing stays loaded.
test_nothing_left() {
	need_built prog/leaves_traces.o
	run 0 xdpctl verify "$object"
	run 0 xdpctl inspect "$object"
	assert_eq "" "$(find /sys/fs/bpf -name "left*")" "pins"
	wait_until is_unloaded
}

# A map that is too large is not created; the limit can be changed.
test_map_memory() {
	local command
	need_built prog/big_map.o
	pktgen write mix "$work/mix.pcap" --count 5 >/dev/null
	for command in "verify $object" "inspect $object" "replay $work/mix.pcap --program $object"; do
		# shellcheck disable=SC2086 # a command line
		run 1 xdpctl $command
		assert_says "$object: its maps take 1088 MiB of kernel memory, and the limit is 256: see --max-map-memory"
		# shellcheck disable=SC2086
		run 1 xdpctl $command --max-map-memory 1088
		assert_says "its maps take 1088 MiB of kernel memory, and the limit is 1088"
	done
	run 0 xdpctl verify "$root/build/bpf/syn.o" --max-map-memory 1
	run 2 xdpctl verify "$object" --max-map-memory 0
}

# Programs of other types are loaded only when asked for.
test_types() {
	local tracing=$root/build/bpf/handshakes_record.o
	run 1 xdpctl verify "$tracing"
	assert_says "$tracing: no XDP program in it: --all-types loads programs of other types"
	run 0 xdpctl inspect "$tracing" -j
	assert_eq '[]' "$(jq -c .programs <<<"$out")" "programs loaded by inspect"
	run 0 xdpctl verify "$tracing" --all-types -j
	assert_eq '[true,0,true]' "$(jq -c '[.accepted, .not_loaded, (.programs | length > 0)]' <<<"$out")"
	run 0 xdpctl inspect "$tracing" --all-types -j
	assert_eq true "$(jq '.programs | length > 0 and all(.[]; .accepted)' <<<"$out")"
}

# The last that are set before anything is loaded.
capabilities_before_load() {
	sed -nE '/BPF_(PROG_LOAD|MAP_CREATE)/q; s/.*capset.*permitted=([^,]*),.*/\1/p' "$work/calls" | tail -n 1
}

# What parses and loads the object is nobody; root has read the file before.
test_confined() {
	local command
	need_strace
	mkdir -m 700 "$work/private"
	install -m 600 "$root/build/bpf/syn.o" "$work/private/syn.o"
	pktgen write mix "$work/private/mix.pcap" --count 5 >/dev/null
	for command in verify inspect "replay $work/private/mix.pcap --program"; do
		# shellcheck disable=SC2086 # a command line
		strace -qq -f -o "$work/calls" -e signal=none \
			-e trace=bpf,setresuid,capset,prctl xdpctl $command "$work/private/syn.o" >/dev/null ||
			assert_eq "0" $? "$command of a file of root's"
		assert_eq "setresuid(65534, 65534, 65534)" \
			"$(grep -oE 'setresuid\([^)]*\)|BPF_(PROG_LOAD|MAP_CREATE)' "$work/calls" | head -n 1)" "$command: first"
		grep -q 'PR_SET_NO_NEW_PRIVS, 1' "$work/calls" || assert_eq "no new privileges" "" "$command"
		assert_eq "1<<CAP_NET_ADMIN|1<<CAP_PERFMON|1<<CAP_BPF" \
			"$(capabilities_before_load)" "$command: capabilities"
	done
	# A replay keeps only what it needs to run what it has loaded.
	assert_eq "1<<CAP_BPF" "$(sed -nE 's/.*capset.*permitted=([^,]*),.*/\1/p' "$work/calls" | tail -n 1)" "replay: at last"
	command -v bpftool >/dev/null || skip "no bpftool"
	run 0 xdpctl inspect "$work/private/syn.o" -d
	grep -q '(95) exit' <<<"$out" || assert_eq "instructions" "$out" "disassembly, by the helper"
}

# Each error says what the file is instead, or what is wrong with it.
test_bad_input() {
	run 1 xdpctl verify "$work/none.o"
	assert_says "none.o: cannot open: No such file or directory"
	run 1 xdpctl verify "$work"
	assert_says "$work: cannot read: Is a directory"
	: >"$work/empty.o"
	run 1 xdpctl verify "$work/empty.o"
	assert_says "empty.o: not a BPF object: it is empty"
	run 1 xdpctl verify /etc/passwd
	assert_says "/etc/passwd: not a BPF object: it is not an ELF file: compile with 'clang -target bpf -c'"
	run 1 xdpctl inspect /etc/passwd
	assert_says "/etc/passwd: not a BPF object: it is not an ELF file"
	run 1 xdpctl verify "$root/build/xdpctl"
	assert_says "build/xdpctl: not a BPF object: it is an ELF file for another machine"
	head -c 512 "$root/build/bpf/syn.o" >"$work/cut.o"
	run 1 xdpctl verify "$work/cut.o"
	assert_says "cut.o: not a BPF object: "
	case $err in *"Unknown error"*) assert_eq "libbpf's text" "$err" ;; esac
	run 2 xdpctl verify
	assert_says "verify needs OBJ.o"
	[[ $err != */proc/self/* ]] || assert_eq "the file's own name" "$err"
}

test_no_permission() {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" != 0 ] ||
		skip "any user may load programs here: 'sysctl kernel.unprivileged_bpf_disabled=1' ends that"
	cp "$root/build/bpf/syn.o" "$root/build/xdpctl" "$work"
	chmod 755 "$work"
	run 1 setpriv --reuid 65534 --clear-groups "$work/xdpctl" verify "$work/syn.o" -j
	assert_eq '[false,null,"run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON"]' \
		"$(jq -c '.programs[0] | [.judged, .rule, .remedy]' <<<"$out")"
}

run_tests test_rules test_text test_accepted_object test_nothing_left test_map_memory test_types \
	test_confined test_bad_input test_no_permission
