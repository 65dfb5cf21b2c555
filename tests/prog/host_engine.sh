#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# host_engine: replay without the right to load BPF programs: as anybody, without capabilities, and where
# the kernel refuses bpf().
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# What anybody can run and read.
prepare() {
	chmod 755 "$work" && cp "$root/build/xdpctl" "$work/xdpctl" &&
		run 0 pktgen write mix "$work/t.pcap" --count 20000 --truth "$work/t.tsv" &&
		chmod 644 "$work/t.pcap" "$work/t.tsv"
}

as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"; }
without_capabilities() { setpriv --inh-caps=-all --bounding-set=-all "$@"; }

# counts COMMAND...: run before `xdpctl replay`, it is no obstacle to counting on the host.
counts() {
	run 0 "$@" "$work/xdpctl" replay "$work/t.pcap" --engine host --expect "$work/t.tsv" -j
	assert_eq "" "$err" "standard error"
	assert_eq '["host",1,20000,"exact"]' "$(jq -c '[.engine, .jobs, .packets, .regime]' <<<"$out")"
}

# falls_back REASON COMMAND...: the same without --engine, with a note that has the reason.
falls_back() {
	local reason=$1
	shift
	run 0 "$@" "$work/xdpctl" replay "$work/t.pcap" --expect "$work/t.tsv" -j
	assert_eq '["host",20000]' "$(jq -c '[.engine, .packets]' <<<"$out")"
	assert_says '{"note": "replay: using --engine host: '
	assert_says "a BPF program: $reason: "
}

test_as_anybody() {
	need_root
	prepare
	counts as_nobody
	falls_back "Operation not permitted" as_nobody
	# All options that need no kernel.
	run 0 as_nobody "$work/xdpctl" replay "$work/t.pcap" --engine host --handshakes --jobs 3 --repeat 2 -j
	assert_eq '[3,40000]' "$(jq -c '[.jobs, .packets]' <<<"$out")"
	jq -e '[.classes.syn_ack, ([.victims[].syn_acks.at_least] | add)] | .[0] > 0 and .[0] == .[1]' \
		<<<"$out" >/dev/null || assert_eq "SYN-ACKs of victims" "$(jq .classes <<<"$out")"
	run 1 as_nobody "$work/xdpctl" replay "$work/t.pcap" --engine feeder
	assert_says "cannot load a BPF program: Operation not permitted"
}

# Root in a container: its user may not be changed, or there is no other.
test_root_without_capabilities() {
	need_root
	prepare
	counts without_capabilities
	falls_back "Operation not permitted" without_capabilities
	unshare --user --map-root-user true 2>/dev/null || return 0
	counts unshare --user --map-root-user
	falls_back "Operation not permitted" unshare --user --map-root-user
}

refuse() { strace -qq -o "$work/trace" -e signal=none -e trace=bpf -e inject=bpf:error="$1" "${@:2}"; }

# As a seccomp filter does it, or a kernel without bpf(); other failures are none of its business.
test_refused_bpf() {
	need_strace
	prepare
	falls_back "Operation not permitted" refuse EPERM
	falls_back "Function not implemented" refuse ENOSYS
	counts refuse EPERM
	assert_eq 0 "$(wc -l <"$work/trace")" "calls of bpf()"
	run 1 refuse EINVAL "$work/xdpctl" replay "$work/t.pcap"
	assert_says "loading a BPF program: Invalid argument"
}

test_other_programs_need_the_kernel() {
	prepare
	run 2 xdpctl replay "$work/t.pcap" --engine host --program "$root/build/bpf/syn.o"
	assert_says "--program: only the kernel runs other programs: use --engine feeder or syscall"
	need_root
	cp "$root/build/bpf/syn.o" "$work/syn.o" && chmod 644 "$work/syn.o"
	run 1 as_nobody "$work/xdpctl" replay "$work/t.pcap" --program "$work/syn.o:xdpctl_syn"
	assert_says "Operation not permitted"
}

# A capture that ends early, and one that differs from what is expected.
test_exit_codes() {
	prepare
	head -c -10 "$work/t.pcap" >"$work/cut.pcap"
	run 1 xdpctl replay "$work/cut.pcap" --engine host -j
	assert_says "frame 20000"
	assert_eq '[19999,false]' "$(jq -c '[.packets, .complete]' <<<"$out")"
	echo "192.0.2.99	1" >>"$work/t.tsv"
	run 1 xdpctl replay "$work/t.pcap" --engine host --expect "$work/t.tsv"
	assert_says "1 source differs"
	run 1 xdpctl replay "$work/missing" --engine host
	assert_says "No such file"
}

# Many threads, and more sources than entries.
test_jobs() {
	local bots="--spoofed 900000 --heavy 25:2000,100:500"
	# shellcheck disable=SC2086 # options are words
	run 0 pktgen write bots "$work/t.pcap" $bots --count 1000000 --truth "$work/t.tsv"
	run 0 xdpctl replay "$work/t.pcap" --engine host --jobs 4 --expect "$work/t.tsv" --within -j
	assert_eq '["bounded",4,1000000,true]' "$(jq -c '[.regime, .jobs, .packets,
		.syns == .unattributed + ([.sources[].at_least] | add)]' <<<"$out")"
}

tests=(test_as_anybody)
# In guests, it is kernels that are tested: what they refuse to a user.
[ -n "${XDPCTL_EMULATED:-}" ] || tests+=(test_root_without_capabilities test_refused_bpf
	test_other_programs_need_the_kernel test_exit_codes test_jobs)
run_tests "${tests[@]}"
