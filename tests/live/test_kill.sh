#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_kill: attach, upgrade, reset and detach are killed at each system call that changes something;
# the next commands recover.
# long: killed at each call
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }
# Other calls leave nothing behind: descriptors are closed with the process.
changing='^(mkdir|rename|unlink|unlinkat|rmdir|sendto)|BPF_OBJ_PIN|BPF_LINK'

# Whatever the kill left: status works, detach removes it, attach works again, and reads that from
# the kernel and the pins as status does.
recovers() {
	run 0 X status -j
	run 0 X detach g0
	assert_no_pins "after $1"
	assert_no_program gateway g0 "after $1"
	run 0 X attach g0 -j
	values_of attached
	assert_eq true "$values" "attached after $1"
}

kill_everywhere() { # ATTACHED-BEFORE ARGUMENT...
	local before=$1 killed=0 call number
	shift
	need_injection
	make_hosts
	[ "$before" = no ] || run 0 X attach g0
	calls_of "$changing" 1 "$@" --netns gateway >"$work/changes"
	run 0 X detach g0
	[ "$before" = no ] || run 0 X attach g0
	while read -r call number <&3; do
		! killed_at "$call" "$number" "$@" || killed=$((killed + 1))
		recovers "a kill at $call number $number of $1"
		[ "$before" = yes ] || run 0 X detach g0
	done 3<"$work/changes"
	echo "# killed at $killed of $(wc -l <"$work/changes") calls of '$*'"
	[ $((killed * 10)) -ge $(($(wc -l <"$work/changes") * 9)) ] ||
		assert_eq "nearly all of them" "$killed"
}

test_kill_attach() { kill_everywhere no attach g0; }
test_kill_upgrade() { kill_everywhere yes attach g0; }
test_kill_reset() { kill_everywhere yes reset g0; }
test_kill_detach() { kill_everywhere yes detach g0; }

# Counts survive a kill in the middle of an upgrade.
test_upgrade_keeps_counts() {
	local call number
	need_injection
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 3
	calls_of "$changing" 3 attach g0 --netns gateway >"$work/changes"
	while read -r call number <&3; do
		killed_at "$call" "$number" attach g0
		run 0 X stats g0 -j
		assert_syns_of 192.0.2.2 3 "after a kill at $call number $number"
	done 3<"$work/changes"
}

run_tests test_kill_attach test_kill_upgrade test_kill_reset test_kill_detach \
	test_upgrade_keeps_counts
