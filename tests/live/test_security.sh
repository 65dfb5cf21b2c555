#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_security: what a hostile capture, local user, symlink or operand can reach. SECURITY.md lists
# these tests.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() {
	remove_hosts
	rm -rf /sys/fs/bpf/xdpctl /sys/fs/bpf/elsewhere
}

X() { xdpctl "$@" --netns gateway; }

# A capture is read as user nobody.
test_replay_gives_up_privileges() {
	local pid
	mkfifo "$work/capture"
	chmod 600 "$work/capture"
	xdpctl replay "$work/capture" >/dev/null 2>&1 &
	pid=$!
	exec 3>"$work/capture" # opened, and nothing in it yet
	wait_until grep -q '^NoNewPrivs:.1' /proc/$pid/status
	assert_eq "65534 65534 65534 65534" \
		"$(awk '/^Uid/ { print $2, $3, $4, $5 }' /proc/$pid/status)" "user"
	assert_eq "" "$(awk '/^Groups/ { print $2 }' /proc/$pid/status)" "groups"
	# CAP_BPF alone is bit 39.
	assert_eq "0000008000000000 0000000000000000" \
		"$(awk '/^CapPrm|^CapBnd/ { printf "%s%s", n++ ? " " : "", $2 }' /proc/$pid/status)"
	exec 3>&-
	wait $pid
	assert_eq 1 $? "status for an empty capture"
}

# Files that only root may read can be replayed.
test_private_files() {
	run 0 pktgen write syn-flood "$work/t.pcap" --count 100 --truth "$work/t.tsv"
	chmod 600 "$work/t.pcap" "$work/t.tsv"
	run 0 xdpctl replay "$work/t.pcap" --expect "$work/t.tsv"
}

test_state_is_a_symlink() {
	make_hosts
	mkdir /sys/fs/bpf/elsewhere
	ln -s /sys/fs/bpf/elsewhere /sys/fs/bpf/xdpctl
	run 1 X attach g0
	assert_says "/sys/fs/bpf/xdpctl: cannot open it: "
	assert_eq "" "$(ls /sys/fs/bpf/elsewhere)" "what was pinned elsewhere"
}

test_state_of_another_user() {
	make_hosts
	mkdir /sys/fs/bpf/xdpctl
	chown 65534 /sys/fs/bpf/xdpctl
	run 1 X attach g0
	assert_says "belongs to user 65534"
	chown 0 /sys/fs/bpf/xdpctl && chmod 777 /sys/fs/bpf/xdpctl
	run 1 X status
	assert_says "with mode 777"
}

test_owners_and_modes() {
	make_hosts
	umask 0
	run 0 X attach g0
	assert_eq "0 755" "$(stat -c '%u %a' /sys/fs/bpf/xdpctl)" "state directory"
	assert_eq "0 0 755" "$(stat -c '%u %g %a' /sys/fs/bpf/xdpctl/[0-9]*)" "entry"
	assert_eq "0 0 600" "$(stat -c '%u %g %a' /sys/fs/bpf/xdpctl/*/program)" "program"
	assert_eq "" "$(find /sys/fs/bpf/xdpctl -type f -perm /007)" "pins open to everybody"
}

# The textfile replaces the symlink, not its target.
test_textfile_is_a_symlink() {
	make_hosts
	run 0 X attach g0
	echo precious >"$work/precious"
	ln -s "$work/precious" "$work/syns.prom"
	run 0 X export --textfile "$work/syns.prom" --once
	assert_eq precious "$(cat "$work/precious")"
	[ ! -L "$work/syns.prom" ] || assert_eq "a file" "a symlink"
}

# Names are never interpreted by a shell or as another path.
test_names() {
	local name
	make_hosts
	# shellcheck disable=SC2016 # as they are
	for name in '../../etc' '$(id)' '; id' 'g0 xdp' '%s%n' $'g0\n' ''; do
		run 1 X attach "$name"
		run 1 X detach "$name"
		run 1 X stats "$name"
	done
	run 1 xdpctl inspect "\$(touch $work/touched)"
	run 1 xdpctl verify "\$(touch $work/touched)"
	run 1 xdpctl replay "|touch $work/touched"
	[ ! -e "$work/touched" ] || assert_eq "no shell" "a file"
}

# Interface names are untrusted: control characters could drive the terminal.
test_names_on_a_terminal() {
	local name=$'x\033[31m\177' shown='x?[31m?' command
	make_hosts
	ip -n gateway link add "$name" type veth peer name x1
	ip -n gateway link set "$name" up
	run 0 X attach "$name"
	assert_eq "$shown: attached, native mode" "$(head -n 1 <<<"$out")"
	for command in status stats doctor inspect; do
		run 0 X $command
		assert_eq "" "$(LC_ALL=C grep '[[:cntrl:]]' <<<"$out" | tr -d '\t')" "$command"
	done
	run 0 X stats "$name"
	assert_eq "$shown: native" "$(head -n 1 <<<"$out")"
	run 0 X status -j
	assert_eq "$name" "$(jq -r .interfaces[0].interface <<<"$out")"
	run 0 X detach "$name"
	assert_eq "$shown: detached" "$out"
	run 1 X stats "$name"
	assert_says "xdpctl: $shown: not attached"
}

run_tests test_replay_gives_up_privileges test_private_files test_state_is_a_symlink \
	test_state_of_another_user test_owners_and_modes test_textfile_is_a_symlink test_names \
	test_names_on_a_terminal
