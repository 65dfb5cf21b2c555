#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# deb: install, use, upgrade, remove and purge the package in a clean Debian root.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/root.sh
. "$(dirname "$0")/root.sh"
need_private_mounts "$@"
private_world

tree=$roots/deb
R() { in_root "$tree" "$@"; }
in_gateway() { inside gateway env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$tree" "$@"; }
xdp_on() { ip -n "$1" -j link show "$2" | jq -c .[0].xdp.mode; }

# All files but the package manager's own state.
files() {
	find "$tree" -xdev -not -type d -printf '%P\n' |
		grep -vE '^var/(cache|log|lib/apt)/|^var/lib/dpkg/[a-z]+(-old)?$|^etc/g(roup|shadow)-$|^xdpctl.*\.deb$' |
		sort
}

# This tree as an earlier version whose maps had another layout.
build_earlier() {
	cp -r "$root/build/deb/xdpctl" "$work/earlier" && cd "$work/earlier" &&
		sed -i 's/^#define ABI_LAYOUT .*/#define ABI_LAYOUT 99/' common/abi/abi.h &&
		sed -i 's/^VERSION .*/VERSION := 0.0.9/' Makefile &&
		sed -i '1s/(.*)/(0.0.9)/' debian/changelog &&
		env -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc -b >"$work/earlier.log" 2>&1 &&
		cp "$work"/xdpctl_0.0.9_*.deb "$tree/xdpctl-0.0.9.deb"
}

prepare() {
	make_root "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" "$tree" && mount_root "$tree" &&
		R apt-get -qq update && files >"$work/before" &&
		cp "$root"/build/deb/xdpctl_*.deb "$tree/xdpctl.deb"
}

test_install() {
	run 0 R apt-get install -qq -y --no-install-recommends /xdpctl.deb
	run 0 R dpkg --verify xdpctl
	assert_eq "" "$out" "files that differ from the package"
	assert_eq "" "$(find "$tree/etc/systemd" -name 'xdpctl*')" "units enabled"
}

test_count() {
	make_hosts
	ip -n client link add x0 type veth peer name x1
	mkdir "$tree/run/netns" && mount --rbind /run/netns "$tree/run/netns" || exit 1
	run 0 in_gateway xdpctl attach g0
	run 0 in_gateway xdpctl attach x0 -m generic --netns client
	knock 192.0.2.1 3
	run 0 in_gateway xdpctl stats g0 -j
	assert_syns_of 192.0.2.2 3
	run 0 in_gateway pktgen version
}

test_upgrade_counts_on() {
	run 0 in_gateway dpkg -i /xdpctl.deb
	knock 192.0.2.1 2
	run 0 in_gateway xdpctl stats g0 -j
	assert_syns_of 192.0.2.2 5
}

test_remove_detaches() {
	assert_eq '1 2' "$(xdp_on gateway g0) $(xdp_on client x0)" "native and generic"
	run 0 in_gateway apt-get remove -qq -y xdpctl
	assert_eq "null null" "$(xdp_on gateway g0) $(xdp_on client x0)" "programs left"
	assert_eq "" "$(find "$tree/sys/fs/bpf" -path '*xdpctl*')" "pins left"
	assert_eq "etc/default/xdpctl" "$(comm -13 "$work/before" <(files) | grep xdpctl | grep -v ^var)"
}

test_upgrade_across_layouts() {
	local reading=/var/lib/xdpctl/counts-0.0.9.json
	run 0 build_earlier
	run 0 in_gateway dpkg -i /xdpctl-0.0.9.deb
	run 0 in_gateway xdpctl attach g0
	knock 192.0.2.1 3
	run 0 in_gateway dpkg -i /xdpctl.deb
	assert_eq "xdpctl: the previous version's program goes on counting on: g0
xdpctl: its last counts are in $reading
xdpctl: to count with this version, from zero: xdpctl attach --reset g0" "$(grep ^xdpctl: <<<"$out")"
	assert_eq 3 "$(jq .interfaces[0].syns "$tree$reading")" "SYNs of the last reading"
	assert_eq 1 "$(xdp_on gateway g0)" "the previous version's program, native"
	run 0 in_gateway xdpctl attach --reset g0
	knock 192.0.2.1 2
	run 0 in_gateway xdpctl stats g0 -j
	assert_syns_of 192.0.2.2 2
	run 0 in_gateway apt-get remove -qq -y xdpctl
}

test_purge_leaves_nothing() {
	local wants=$tree/etc/systemd/system/multi-user.target.wants
	mkdir -p "$wants"
	ln -s /usr/lib/systemd/system/xdpctl@.service "$wants/xdpctl@g0.service"
	run 0 in_gateway apt-get purge -qq -y --auto-remove xdpctl
	assert_eq "" "$(diff "$work/before" <(files))" "files left or gone"
}

if ! prepare; then
	echo "1..1"
	echo "ok 1 # SKIP no clean root: see $roots"
	exit 0
fi
run_tests test_install test_count test_upgrade_counts_on test_remove_detaches \
	test_upgrade_across_layouts test_purge_leaves_nothing
remove_hosts
umount -R "$tree" && remove_root "$tree"
