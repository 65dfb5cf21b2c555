#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_doctor: doctor agrees with bpftool and ethtool, and its remedies work.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
umask 022
export TMPDIR=$work
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

# A field of one check in the last document.
check() { # NAME FIELD
	jq -r --arg name "$1" ".checks[] | select(.name == \$name) | .$2" <<<"$out"
}

assert_check() { # NAME STATE [WORDS]
	local state finding
	IFS=$'\t' read -r state finding < <(jq -r --arg name "$1" \
		'.checks[] | select(.name == $name) | [.state, .finding] | @tsv' <<<"$out")
	assert_eq "$2" "$state" "$1 ($finding)"
	[[ $finding = *"${3:-}"* ]] || assert_eq "${3:-}" "$finding" "finding of $1"
}

# The remedy is a command: run in the gateway, it makes the check ok.
assert_remedy_works() { # NAME
	local remedy
	remedy=$(check "$1" remedy)
	# shellcheck disable=SC2086 # a command line
	inside gateway $remedy || assert_eq "a command that works" "$remedy" "$1: remedy"
	run 0 X doctor g0 -j
	assert_check "$1" ok
}

# Mounted in this test's mount namespace only.
need_tracefs() {
	mountpoint -q /sys/kernel/tracing ||
		mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || skip "tracefs cannot be mounted"
}

test_document() {
	make_hosts
	run 0 X doctor g0 -j
	assert_eq '[1,true,true,true]' "$(jq -c '[.schema,
		(.checks | length > 30),
		(.checks | map(.state | IN("ok", "warning", "problem", "unknown")) | all),
		(.checks | map(.name) | length == (unique | length))]' <<<"$out")"
	jq -r '.checks[] | .state + " " + .name + " " + (.finding | length | . > 0 | tostring)' \
		<<<"$out" >"$work/document"
	run 0 X doctor g0
	awk '$1 != "->" {print $1, $2, "true"}' <<<"$out" >"$work/text"
	assert_eq "" "$(diff "$work/document" "$work/text")" "text and JSON"
	assert_eq "0" "$(grep -c $'\033' <<<"$out")" "colours in a file"
	run 0 X doctor -j
	assert_eq '["device g0"]' "$(jq -c '[.checks[].name | select(startswith("device"))]' <<<"$out")"
}

test_terminal() {
	need script
	TERM=xterm script -qec "xdpctl doctor" /dev/null >"$work/typed" </dev/null
	grep -q $'\033\[32mok' "$work/typed" || assert_eq "colours on a terminal" "none"
	local without
	for without in "TERM=xterm NO_COLOR=1" TERM=dumb TERM= "-u TERM"; do
		# shellcheck disable=SC2086 # two words
		env $without script -qec "xdpctl doctor" /dev/null >"$work/typed" </dev/null
		! grep -q $'\033' "$work/typed" || assert_eq "no colours" "some" "$without"
	done
}

# bpftool's own probes of the helpers and maps that doctor asks for.
test_against_bpftool() {
	local finding missing name present
	bpftool -j feature probe kernel full >"$work/features" 2>/dev/null || skip "bpftool does not work here"
	run 0 xdpctl doctor -j
	finding=$(check map-types finding)
	# Not listed: map types that this bpftool does not know.
	for name in $(jq -r '.map_types as $types | $ARGS.positional[] |
		select($types["have_\(.)_map_type"] == false)' "$work/features" --args array percpu_array hash \
		percpu_hash lru_hash lru_percpu_hash lpm_trie prog_array ringbuf bloom_filter devmap \
		devmap_hash cpumap xskmap); do
		[[ $finding = *"$name"* ]] || missing="${missing:-} $name"
	done
	assert_eq "" "${missing:-}" "map types that bpftool misses"
	# shellcheck disable=SC2046 # names are words
	present=$(jq -r '.helpers.xdp_available_helpers as $has | $ARGS.positional[] | select(IN($has[]))' \
		"$work/features" --args $(check helpers finding | sed -n 's/.*without //p' | tr -d ,))
	assert_eq "" "$present" "helpers that only bpftool has"
	case $(jq .system_config.bpf_jit_enable "$work/features") in
	0) assert_check jit warning off ;;
	1) assert_check jit ok on ;;
	esac
	case $(jq .system_config.unprivileged_bpf_disabled "$work/features") in
	0) assert_check unprivileged-bpf warning ;;
	1 | 2) assert_check unprivileged-bpf ok ;;
	esac
	if [ "$(jq .system_config.CONFIG_DEBUG_INFO_BTF "$work/features")" = '"y"' ]; then
		assert_check btf ok
	fi
}

# doctor's findings on multi-buffer and live frames are those of attach and pktgen.
test_against_use() {
	local major minor
	IFS=. read -r major minor _ < <(uname -r)
	run 0 xdpctl doctor -j
	# No distribution has removed or backported these.
	if ((major > 5 || major == 5 && minor >= 18)); then
		assert_check multi-buffer ok
		assert_check store-bytes ok
		assert_check live-frames ok
	else
		assert_check multi-buffer warning
		assert_check store-bytes warning
		assert_check live-frames warning
	fi
	if ((major > 6 || major == 6 && minor >= 15 || major == 5 && minor <= 10)); then
		assert_check busy-dumps ok "does not disturb"
	elif [ "$(check busy-dumps state)" != unknown ]; then
		assert_check busy-dumps ok "can fail (EBUSY)"
	fi
	((major < 6)) || assert_check full-hash ok "is refused at once"
	((major >= 6)) || assert_check full-hash ok "locks every CPU"
}

test_features_of_interface() {
	make_hosts
	run 0 X doctor g0 -j
	assert_check driver ok veth
	assert_check link ok up
	assert_check attached ok "no program"
	inside gateway ethtool -K g0 rxvlan on || not_offered "rxvlan of veth"
	run 0 X doctor g0 -j
	assert_check vlan-strip warning "strips the outer VLAN tag"
	assert_remedy_works vlan-strip
	ip -n gateway link set g0 down
	run 0 X doctor g0 -j
	assert_check link warning down
	assert_remedy_works link
	run 0 X attach g0
	run 0 X doctor g0 -j
	assert_check attached ok "program $(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id), in native"
}

test_gro() {
	make_hosts
	for state in on off; do
		inside gateway ethtool -K g0 gro $state || not_offered "GRO of veth"
		run 0 X doctor g0 -j
		assert_check gro ok "$state"
	done
}

test_mtu() {
	make_hosts
	run 0 X doctor g0 -j
	assert_check mtu ok "1500, and 1500 at the other end"
	ip -n client link set c0 mtu 9000
	run 0 xdpctl doctor -j
	case $(check multi-buffer state) in
	ok)
		run 0 X doctor g0 -j
		assert_check mtu ok "9000 at the other end"
		run 0 X attach g0
		;;
	*)
		run 1 X doctor g0 -j
		assert_check mtu problem "9000 at the other end"
		run 1 X attach g0
		;;
	esac
}

test_queues() {
	local cpus
	cpus=$(nproc)
	((cpus > 1)) || skip "one CPU needs one queue"
	make_hosts
	ip -n gateway link add q0 numrxqueues 2 numtxqueues 2 type veth peer name q1 \
		numrxqueues 2 numtxqueues 2
	ip -n gateway link set q0 up && ip -n gateway link set q1 up
	inside gateway ethtool -L q0 rx 1 || not_offered "ethtool -L of veth"
	run 0 X doctor q0 -j
	assert_check queues warning "1 receive queue of at most 2, for $cpus CPUs"
	inside gateway sh -c "$(check queues remedy)"
	run 0 X doctor q0 -j
	assert_check queues ok "2 receive queues of at most 2"
}

# Hardware, if there is any, is only read.
test_against_ethtool() {
	local device rings seen=0
	need ethtool
	for device in /sys/class/net/*/device; do
		device=$(basename "$(dirname "$device")")
		rings=$(ethtool -g "$device" 2>/dev/null | awk '$1 == "RX:" {print $2}' | tr '\n' ' ')
		[ -n "$rings" ] || continue
		seen=1
		xdpctl doctor "$device" -j >"$work/hardware"
		out=$(cat "$work/hardware")
		case $(check ring finding) in
		"${rings#* }frames of at most ${rings%% *}:"*) ;;
		*) assert_eq "$rings" "$(check ring finding)" "$device: rings" ;;
		esac
		case $(check driver finding) in
		"$(ethtool -i "$device" | sed -n 's/^driver: //p'),"*) ;;
		*) assert_eq "$(ethtool -i "$device")" "$(check driver finding)" "$device: driver" ;;
		esac
		case $(ethtool -k "$device" | awk '$1 == "large-receive-offload:" {print $2}') in
		on) assert_check lro warning ;;
		off) assert_check lro ok ;;
		esac
	done
	[ $seen = 1 ] || skip "no hardware with rings"
}

test_mounts() {
	need_tracefs
	run 0 xdpctl doctor -j
	assert_check bpffs ok /sys/fs/bpf
	mount -o remount,ro /sys/fs/bpf
	run 0 xdpctl doctor -j
	mount -o remount,rw /sys/fs/bpf
	assert_check bpffs warning "mounted read-only"
	assert_check tracefs ok /sys/kernel/tracing
	umount /sys/kernel/tracing
	umount /sys/fs/bpf
	run 0 xdpctl doctor -j
	# One that was mounted before the test may still be there.
	grep -q " bpf " /proc/self/mounts || assert_check bpffs warning "not mounted"
	grep -q " tracefs " /proc/self/mounts || assert_check tracefs warning "not mounted"
	mount -t bpf bpf /sys/fs/bpf
}

test_no_permission() {
	cp "$root/build/xdpctl" "$work" && chmod 755 "$work"
	run 1 setpriv --reuid 65534 --clear-groups "$work/xdpctl" doctor -j
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" != 0 ] ||
		skip "any user may load programs here: 'sysctl kernel.unprivileged_bpf_disabled=1' ends that"
	assert_check bpf problem "Operation not permitted"
	assert_check capabilities problem "without CAP_NET_ADMIN, CAP_BPF, CAP_PERFMON"
	assert_check multi-buffer unknown
	assert_check map-types unknown
	assert_eq "doctor: 2 problems" "$(jq -r .error <<<"$err")"
	run 1 setpriv --reuid 65534 --clear-groups "$work/xdpctl" doctor
	assert_says "xdpctl: doctor: 2 problems"
	case $out in *"-> run as root"*) ;; *) assert_eq "a remedy" "$out" ;; esac
}

test_bad_input() {
	make_hosts
	run 1 X doctor nope0
	assert_says "nope0: no such interface"
	assert_eq "" "$out" "findings about nothing"
	run 2 X doctor --self-test g0
	assert_says "--self-test: unexpected operand 'g0'"
}

self_test_is_unloaded() { ! bpftool prog 2>/dev/null | grep -q "name self_test"; }

nothing_left() {
	assert_eq "" "$(find "$work" -name 'xdpctl-self-test*')" "files of the self-test"
	wait_until self_test_is_unloaded
}

test_self_test() {
	run 0 xdpctl doctor --self-test -j
	assert_eq '[1,"write","compile","load","verifier","jit","trace-pipe","attach","trigger","read",
"detach","unload"]' "$(jq -c '[.schema, .steps[].name]' <<<"$out" | sed 's/"read",/&\n/')"
	assert_eq '[]' "$(jq -c '[.steps[] | select(.state == "problem" or .duration_ns <= 0)]' <<<"$out")"
	case $(jq -r '.steps[] | select(.name == "trace-pipe") | .state' <<<"$out") in
	ok)
		# The kernel keeps few names of processes, and gives up where another CPU notes one.
		jq -r '.steps[] | select(.name == "read") | .finding' <<<"$out" |
			grep -qE '(true|<\.\.\.>)-([0-9]+) .*xdpctl self-test: pid \2$' || assert_eq "a line" "$out"
		;;
	esac
	nothing_left
}

# The embedded instructions are the same program.
test_self_test_without_clang() {
	run 0 env PATH=/nonexistent "$root/build/xdpctl" doctor --self-test -j
	assert_eq '["warning","install clang to compile programs"]' "$(jq -c '.steps[] |
		select(.name == "compile") | [.state, .remedy]' <<<"$out")"
	assert_eq '[]' "$(jq -c '[.steps[] | select(.state == "problem")]' <<<"$out")"
	nothing_left
}

# The line is written to a separate trace instance; lines of others stay in their pipe.
test_self_test_with_tracefs() {
	need_tracefs
	echo "a line of another $$" >/sys/kernel/tracing/trace_marker
	run 0 xdpctl doctor --self-test -j
	case $(jq -r '.steps[] | select(.name == "trace-pipe") | .finding' <<<"$out") in
	*"in /sys/kernel/tracing"*) ;;
	*) assert_eq "an instance" "$out" ;;
	esac
	assert_eq "" "$(find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 -name 'xdpctl*')"
	grep -q "a line of another $$" /sys/kernel/tracing/trace ||
		assert_eq "the line of another" "gone"
	umount /sys/kernel/tracing
}

# Ctrl-C at any moment leaves nothing behind.
test_self_test_interrupted() {
	local delay
	for delay in 0.01 0.05 0.1 0.15 0.2; do
		timeout -s INT $delay xdpctl doctor --self-test >/dev/null 2>&1
	done
	nothing_left
	need_tracefs
	assert_eq "" "$(find /sys/kernel/tracing/instances -mindepth 1 -maxdepth 1 -name 'xdpctl*')"
	umount /sys/kernel/tracing
}

test_self_test_without_permission() {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" != 0 ] ||
		skip "any user may load programs here: 'sysctl kernel.unprivileged_bpf_disabled=1' ends that"
	cp "$root/build/xdpctl" "$work" && chmod 755 "$work"
	run 1 env TMPDIR=/tmp setpriv --reuid 65534 --clear-groups "$work/xdpctl" doctor --self-test -j
	assert_eq '["load","problem"]' "$(jq -c '.steps[-1] | [.name, .state]' <<<"$out")"
	assert_eq "self-test: 1 problem" "$(jq -r .error <<<"$err")"
	nothing_left
}

run_tests test_document test_terminal test_against_bpftool test_against_use \
	test_features_of_interface test_gro test_mtu test_queues test_against_ethtool test_mounts \
	test_no_permission test_bad_input test_self_test test_self_test_without_clang \
	test_self_test_with_tracefs test_self_test_interrupted test_self_test_without_permission
