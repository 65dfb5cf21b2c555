#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_advice: each call fails with each errno that there is advice for, and the user gets it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

# What puts things back between the run that counts the calls and the one in which a call fails.
between() { :; }

# fails CALL PATTERN ERRNO WANTED ARGUMENT...: the first CALL whose line in strace matches fails.
fails() {
	local call=$1 pattern=$2 error=$3 wanted=$4 number
	shift 4
	strace -qq -o "$work/calls" -e signal=none -e trace="$call" "$root/build/xdpctl" "$@" \
		>/dev/null 2>&1
	number=$(grep -nE "$pattern" "$work/calls" | head -n 1 | cut -d: -f1)
	[ -n "$number" ] || assert_eq "a call $call of $pattern" ""
	between
	strace -qq -o "$work/trace" -e signal=none -e trace="$call" \
		-e inject="$call:error=$error:when=$number" "$root/build/xdpctl" "$@" \
		>"$work/out" 2>"$work/err"
	assert_eq 1 $? "$call with $error: $(cat "$work/err")"
	err=$(cat "$work/err")
	assert_says "$wanted"
}

test_pins() {
	make_hosts
	run 0 X attach g0
	local stats=(stats g0 --netns gateway)
	fails bpf 'BPF_OBJ_GET, .*layout' EMFILE "Too many open files: raise the limit of open files: ulimit -n" "${stats[@]}"
	fails bpf 'BPF_OBJ_GET, .*layout' ENFILE "raise the system's limit of open files: sysctl fs.file-max" "${stats[@]}"
	fails bpf 'BPF_OBJ_GET, .*layout' EROFS "make bpffs writable: mount -o remount,rw /sys/fs/bpf" "${stats[@]}"
	fails bpf 'BPF_OBJ_GET, .*layout' EACCES "run as root, or as a member of the pin's group" "${stats[@]}"
	fails bpf 'BPF_OBJ_GET, .*layout' EPERM "not for lack of capabilities: a seccomp filter" "${stats[@]}"
	fails bpf 'BPF_OBJ_GET, .*layout' EINVAL "'xdpctl doctor' says what" "${stats[@]}"
	fails bpf 'BPF_OBJ_GET, .*layout' EOPNOTSUPP "'xdpctl doctor' says what" "${stats[@]}"
}

# A pin that is lost hides nothing from root: the program is read by its id, and attach pins it again.
test_lost_pins() {
	local pin
	for pin in program layout attachment sources_back; do
		make_hosts
		run 0 X attach g0
		knock 192.0.2.1 3
		rm /sys/fs/bpf/xdpctl/*-*/"$pin" || exit 1
		run 0 X stats g0 -j
		assert_syns_of 192.0.2.2 3 "without $pin"
		run 0 X status
		[[ $out != *"another version"* ]] || assert_eq "its pins" "$out" "status without $pin"
		[ $pin != attachment ] || {
			[[ $out = *"pins are missing: 'xdpctl attach g0' pins it again"* ]] ||
				assert_eq "missing pins" "$out"
			run 1 X reset g0
			assert_says "g0: reset: pins are missing: 'xdpctl attach g0' pins it again"
		}
		run 0 X attach g0
		ls /sys/fs/bpf/xdpctl/*-*/"$pin" >/dev/null || exit 1
		run 0 X stats g0 -j
		assert_syns_of 192.0.2.2 3 "after $pin was pinned again"
		[ $pin = attachment ] || {
			rm /sys/fs/bpf/xdpctl/*-*/"$pin" || exit 1
			run 0 X reset g0 -j
			assert_syns_of 192.0.2.2 3 "reset without $pin"
		}
		remove_hosts
	done
}

test_attach() {
	make_hosts
	between() { X detach g0 --force >/dev/null && rm -rf /sys/fs/bpf/xdpctl; }
	local attach=(attach g0 --netns gateway)
	fails mkdir '"/sys/fs/bpf/xdpctl"' EROFS "mount -o remount,rw /sys/fs/bpf" "${attach[@]}"
	fails mkdir '"/sys/fs/bpf/xdpctl"' EACCES "'install -d -o USER /sys/fs/bpf/xdpctl'" "${attach[@]}"
	fails bpf 'BPF_OBJ_PIN' EROFS "mount -o remount,rw /sys/fs/bpf" "${attach[@]}"
	fails bpf 'BPF_OBJ_PIN' EMFILE "ulimit -n" "${attach[@]}"
	fails bpf 'BPF_OBJ_PIN' EPERM "not for lack of capabilities: a seccomp filter" "${attach[@]}"
}

# Another network namespace cannot be entered.
test_enter_netns() {
	local command missing="Operation not permitted: run as root, or with the missing CAP_SYS_ADMIN"
	make_hosts
	for command in status "stats g0" "attach g0" "export --once --textfile -"; do
		# shellcheck disable=SC2086 # words
		run 1 setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin xdpctl $command --netns gateway
		assert_says "--netns: entering gateway: $missing"
	done
	run 1 setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \
		xdpctl export --listen 127.0.0.1:0 --listen-netns gateway
	assert_says "--listen-netns: entering it: $missing"
}

# On a bpffs that is mounted read-only.
test_read_only() {
	make_hosts
	run 0 X attach g0
	mount -o remount,ro /sys/fs/bpf
	X stats g0 >"$work/out" 2>"$work/err"
	local status=$?
	X attach g0 >"$work/attach.out" 2>"$work/attach.err"
	mount -o remount,rw /sys/fs/bpf
	assert_eq 1 $status
	err=$(cat "$work/err")
	assert_says "make bpffs writable: mount -o remount,rw /sys/fs/bpf"
	grep -q "make bpffs writable" "$work/attach.err" || assert_eq advice "$(cat "$work/attach.err")"
}

test_programs() {
	fails bpf 'BPF_PROG_GET_FD_BY_ID' ENOENT "'bpftool prog' lists loaded programs" inspect 1
	run 1 setpriv --bounding-set=-sys_admin "$root/build/xdpctl" inspect 1
	assert_says "run as root, or with the missing CAP_SYS_ADMIN"
}

run_tests test_pins test_lost_pins test_attach test_enter_netns test_read_only test_programs
