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
gives_up() { # ENGINE CAPABILITIES
	local pid
	mkfifo "$work/capture"
	chmod 600 "$work/capture"
	xdpctl replay "$work/capture" --engine "$1" >/dev/null 2>&1 &
	pid=$!
	exec 3>"$work/capture" # opened, and nothing in it yet
	wait_until grep -q '^NoNewPrivs:.1' /proc/$pid/status
	assert_eq "65534 65534 65534 65534" \
		"$(awk '/^Uid/ { print $2, $3, $4, $5 }' /proc/$pid/status)" "user"
	assert_eq "" "$(awk '/^Groups/ { print $2 }' /proc/$pid/status)" "groups"
	assert_eq "$2 0000000000000000" \
		"$(awk '/^CapPrm|^CapBnd/ { printf "%s%s", n++ ? " " : "", $2 }' /proc/$pid/status)"
	exec 3>&-
	wait $pid
	assert_eq 1 $? "status for an empty capture"
	rm "$work/capture"
}

test_replay_gives_up_privileges() {
	gives_up auto 0000008000000000 # CAP_BPF alone is bit 39
	gives_up host 0000000000000000
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

# Members of the readers' group map what is counted for writing: whatever they write, commands of
# root end, and find no map of another size.
test_hostile_reader() {
	need python3 deps
	make_hosts
	mkdir -p /sys/fs/bpf/xdpctl
	chgrp 65534 /sys/fs/bpf/xdpctl && chmod 2755 /sys/fs/bpf/xdpctl
	run 0 X attach g0
	knock 192.0.2.1 3
	hostile=$(
		cat <<-'END'
		import ctypes, glob, mmap, os, struct, sys
		libc = ctypes.CDLL(None, use_errno=True)
		def pin(path):
		    name = ctypes.create_string_buffer(path.encode())
		    attr = ctypes.create_string_buffer(struct.pack("QII", ctypes.addressof(name), 0, 0))
		    number = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
		    fd = libc.syscall(number, 7, attr, 16)  # BPF_OBJ_GET
		    if fd < 0:
		        sys.exit("%s: errno %d" % (path, ctypes.get_errno()))
		    return fd
		directory = glob.glob("/sys/fs/bpf/xdpctl/*/layout")[0].rsplit("/", 1)[0]
		if len(sys.argv) > 1:
		    pin(directory + "/" + sys.argv[1])
		    sys.exit(0)
		bytes_of_all = os.sysconf("SC_NPROCESSORS_CONF") * 256 * 8192
		front = mmap.mmap(pin(directory + "/sources_front"), bytes_of_all)
		for at in range(0, bytes_of_all, 256):
		    front[at + 52:at + 56] = b"\1\0\0\0"  # struct table_set: sequence
		groups = os.sysconf("SC_NPROCESSORS_CONF") * 2048
		ipv4 = mmap.mmap(pin(directory + "/sources_ipv4"), groups * 704)
		for at in (704 * group + 64 * i for group in range(groups) for i in range(8)):
		    ipv4[at + 52:at + 56] = b"\1\0\0\0"  # struct ipv4_set: sequence
		counters = mmap.mmap(pin(directory + "/counters"), 4096)
		END
	)
	nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"; }
	nobody python3 -S -c "$hostile" 2>"$work/why" ||
		! grep -q "errno 1$" "$work/why" || skip "the kernel refuses bpf() to users without CAP_BPF"
	run 0 nobody python3 -S -c "$hostile"
	run 1 nobody python3 -S -c "$hostile" seeds
	run 1 nobody python3 -S -c "$hostile" shared
	run 1 nobody python3 -S -c "$hostile" program
	run 0 timeout 20 xdpctl stats g0 -j --netns gateway
	assert_eq '[3,true]' "$(jq -c '.interfaces[0] | [.syns, .regime == "bounded"]' <<<"$out")" "stats"
	run 0 timeout 20 xdpctl stats g0 --prom --netns gateway
	run 0 timeout 20 xdpctl reset g0 --netns gateway
	knock 192.0.2.1 2
	run 0 timeout 20 xdpctl stats g0 -j --netns gateway
	assert_eq '[2,"exact"]' "$(jq -c '.interfaces[0] | [.syns, .regime]' <<<"$out")" "after a reset"
	# A map of another size in the place of one of ours.
	rm /sys/fs/bpf/xdpctl/*-*/victims_back
	bpftool map create "$(echo /sys/fs/bpf/xdpctl/*-*)/victims_back" type array key 4 value 8 \
		entries 2 name small 2>/dev/null || skip "bpftool cannot create maps"
	run 1 timeout 20 xdpctl stats g0 --netns gateway
	assert_says "pin 'victims_back': 2 entries of 8 bytes instead of"
	run 0 timeout 20 xdpctl detach g0 --netns gateway
}

cpus_finding() { jq -r '.checks[] | select(.name == "cpus").finding' "$work/doctor"; }

# A container manager may replace files of sysfs: with too few CPUs, frames would not be counted.
test_list_of_cpus() {
	local list says possible=/sys/devices/system/cpu/possible
	make_hosts
	[ "$(cat $possible)" != 0 ] || skip "one CPU"
	while IFS=: read -r list says; do
		echo "$list" >"$work/possible"
		mount --bind "$work/possible" $possible
		run 1 X attach g0
		assert_says "$possible$says"
		assert_says "run xdpctl where /sys is the kernel's own, outside of the container"
		X doctor -j >"$work/doctor" 2>/dev/null
		assert_eq "problem xdpctl: g0: attach native: $(cpus_finding)" \
			"$(jq -r '.checks[] | select(.name == "cpus").state' "$work/doctor") $err" "as attach"
		[[ $says != *"not a list"* ]] || run 1 xdpctl verify "$root/build/bpf/syn.o"
		umount $possible
		run 0 X status
		assert_eq "nothing is attached in this network namespace" "$out" "with '$list'"
	done <<-END
		0: lists 1, but the kernel has
		0-1023: lists 1024, but the kernel has
		:: not a list of CPUs
		0-:: not a list of CPUs
		many:: not a list of CPUs
	END
	run 0 X attach g0
	run 0 X stats g0 -j
	assert_eq 0 "$(jq '.interfaces[0].unaccounted' <<<"$out")" "unaccounted"
	X doctor -j >"$work/doctor" 2>/dev/null
	assert_eq "$(getconf _NPROCESSORS_CONF) possible, with ids up to $(sed 's/.*[-,]//' $possible)" \
		"$(cpus_finding)" "doctor"
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
	test_state_of_another_user test_hostile_reader test_list_of_cpus test_owners_and_modes test_textfile_is_a_symlink test_names \
	test_names_on_a_terminal
