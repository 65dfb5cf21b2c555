#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_unprivileged: xdpctl without root, on a bpffs as systemd mounts it: a group that reads, a user
# that owns the pins, and root, who can always detach.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
mount -t bpf bpf /sys/fs/bpf -o mode=0700 # as systemd
after_each() {
	remove_hosts
	rm -rf /sys/fs/bpf/victim
	chmod 0700 /sys/fs/bpf
}

readers=65533 user=65532
X() { xdpctl "$@" --netns gateway; }

# xdpctl where anybody can run it, in the gateway's namespace, as a user of a group.
cp "$root/build/xdpctl" "$work/xdpctl" && chmod 755 "$work" "$work/xdpctl"
as() { # UID GID CAPABILITIES COMMAND...
	inside gateway setpriv --reuid "$1" --regid "$2" --clear-groups --inh-caps="$3" \
		--ambient-caps="$3" "$work/xdpctl" "${@:4}"
}
reader() { as 65534 "$1" -all "${@:2}"; }
few=-all,+bpf,+net_admin,+perfmon

# What the packaged file does, with a group that is here.
apply_tmpfiles() {
	sed "s/ xdpctl *-\$/ $readers -/" "$root/dist/systemd/xdpctl.tmpfiles" >"$work/xdpctl.conf"
	if command -v systemd-tmpfiles >/dev/null; then
		run 0 systemd-tmpfiles --create "$work/xdpctl.conf"
	else
		chmod 0711 /sys/fs/bpf && install -d -m 2750 -g $readers /sys/fs/bpf/xdpctl
	fi
	assert_eq "711 0 0|2750 0 $readers" "$(stat -c '%a %u %g' /sys/fs/bpf)|$(
		stat -c '%a %u %g' /sys/fs/bpf/xdpctl)" "modes and owners"
}

test_group_reads() {
	make_hosts
	apply_tmpfiles
	run 0 X attach g0
	knock 192.0.2.1 3
	reader $readers stats g0 >"$work/out" 2>&1 ||
		! grep -q "Operation not permitted" "$work/out" ||
		skip "the kernel refuses bpf() to users without CAP_BPF"
	run 0 reader $readers stats g0 -j
	assert_syns_of 192.0.2.2 3
	run 0 reader $readers status -j
	assert_eq '["g0",true,"native"]' \
		"$(jq -c '.interfaces[0] | [.interface, .attached, .mode]' <<<"$out")"
	run 1 reader $readers reset g0
	run 1 reader $readers detach g0
	run 1 reader 65531 stats g0
	assert_says "/sys/fs/bpf/xdpctl: cannot open it: Permission denied"
	# It stays so over an upgrade and a reset.
	run 0 X attach g0
	run 0 X reset g0
	knock 192.0.2.1 2
	run 0 reader $readers stats g0 -j
	assert_syns_of 192.0.2.2 2
}

# The commands of counting.md.
give_to_user() {
	chmod 0711 /sys/fs/bpf
	install -d -o $user /sys/fs/bpf/xdpctl
}

# The user attaches; old kernels charge maps to RLIMIT_MEMLOCK, which CAP_SYS_RESOURCE raises.
user_attaches() {
	as $user $user $few attach g0 >/dev/null 2>"$work/err" ||
		! grep -q CAP_SYS_RESOURCE "$work/err" || few+=,+sys_resource
	run 0 as $user $user $few attach g0
}

test_user_owns_the_pins() {
	make_hosts
	run 1 as $user $user $few attach g0
	give_to_user
	user_attaches
	knock 192.0.2.1 3
	run 0 as $user $user $few attach g0
	run 0 as $user $user $few stats g0 -j
	assert_syns_of 192.0.2.2 3
	run 0 as $user $user $few reset g0
	run 0 as $user $user $few detach g0
	assert_no_pins left
	assert_no_program gateway g0
}

test_root_sees_and_detaches() {
	make_hosts
	give_to_user
	user_attaches
	knock 192.0.2.1 3
	run 0 X status -j
	assert_eq '["g0",true]' "$(jq -c '.interfaces[0] | [.interface, .attached]' <<<"$out")"
	assert_says "the pins belong to user $user"
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 3
	run 1 X attach g0
	assert_says "belongs to user $user"
	run 1 X reset g0
	assert_says "belongs to user $user"
	chmod 0700 /sys/fs/bpf
	run 0 X detach g0
	assert_eq "g0: detached" "$out"
	assert_no_pins left
	assert_no_program gateway g0
}

# The user replaces an entry by a symlink to pins of root: root's detach follows it nowhere.
test_planted_symlink() {
	local entry
	make_hosts
	run 0 X attach g0
	mv /sys/fs/bpf/xdpctl /sys/fs/bpf/victim
	entry=$(cd /sys/fs/bpf/victim && echo [0-9]*)
	give_to_user
	inside gateway setpriv --reuid $user --regid $user --clear-groups \
		ln -s "/sys/fs/bpf/victim/$entry" "/sys/fs/bpf/xdpctl/$entry" || exit 1
	find /sys/fs/bpf/victim | sort >"$work/before"
	run 1 X detach g0
	assert_eq "" "$(find /sys/fs/bpf/victim | sort | diff "$work/before" -)" "root's own pins"
	assert_eq 1 "$(ip -n gateway -j link show g0 | jq .[0].xdp.mode)" "root's own program"
}

run_tests test_group_reads test_user_owns_the_pins test_root_sees_and_detaches test_planted_symlink
