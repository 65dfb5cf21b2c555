#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_package_scripts: what the package's scripts do around an upgrade, with and without a change of
# the maps' layout; tests/deb.sh takes the package itself through its life.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

export XDPCTL_READINGS=$work/readings
reading=$XDPCTL_READINGS/counts-0.0.9-gateway.json

# As dpkg runs them; groups and units are the machine's own, and left alone.
script() { # NAME ARGUMENT...
	mkdir -p "$work/bin"
	printf '#!/bin/sh\n' >"$work/bin/getent"
	cp "$work/bin/getent" "$work/bin/systemctl" && cp "$work/bin/getent" "$work/bin/deb-systemd-invoke"
	chmod +x "$work"/bin/*
	PATH=$work/bin:$PATH "$root/dist/debian/xdpctl.$1" "${@:2}"
}

count_three() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 3
}

# Another version's layout: its first field is not ours.
forge_layout() {
	local record bytes
	record=$(find /sys/fs/bpf/xdpctl -name attachment)
	bytes=$(bpftool -j map dump pinned "$record" 2>/dev/null | jq -r '.[0].value |
		map(sub("0x"; "")) | .[0] = "63" | join(" ")')
	# shellcheck disable=SC2086 # a word for each byte
	bpftool map update pinned "$record" key hex 00 00 00 00 value hex $bytes 2>/dev/null ||
		skip "bpftool cannot write maps"
}

test_same_layout() {
	count_three
	run 0 script preinst upgrade 0.0.9 0.1.0
	assert_eq 3 "$(jq .interfaces[0].syns "$reading")" "SYNs of the last reading"
	run 0 script postinst configure 0.0.9
	assert_eq "" "$out$err"
	[ ! -e "$XDPCTL_READINGS" ] || assert_eq "no reading" "$(ls "$XDPCTL_READINGS")"
	run 0 X stats g0 -j
	assert_eq 3 "$(jq .interfaces[0].syns <<<"$out")" "SYNs after the upgrade"
}

# In generic mode 'attach' has to be told so.
test_other_layout_in_generic_mode() {
	make_hosts
	run 0 X attach g0 -m generic
	run 0 script preinst upgrade 0.0.9 0.1.0
	forge_layout
	run 0 script postinst configure 0.0.9
	assert_eq "xdpctl: to count with this version, from zero: xdpctl attach --reset -m auto g0 --netns /run/netns/gateway" \
		"$(tail -n 1 <<<"$out")"
	run 0 X status
	[[ $out = *"'xdpctl attach --reset -m generic g0'"* ]] || assert_eq "its mode" "$out" "advice"
	run 0 xdpctl attach --reset -m auto g0 --netns /run/netns/gateway
	run 0 X status -j
	assert_eq '"generic"' "$(jq .interfaces[0].mode <<<"$out")"
}

test_other_layout() {
	local before
	count_three
	before=$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id)
	run 0 script preinst upgrade 0.0.9 0.1.0
	forge_layout
	run 0 script postinst configure 0.0.9
	assert_eq "xdpctl: the previous version's program goes on counting on: g0
xdpctl: its last counts are in $reading
xdpctl: to count with this version, from zero: xdpctl attach --reset g0 --netns /run/netns/gateway" "$out"
	assert_eq 3 "$(jq .interfaces[0].syns "$reading")" "SYNs of the last reading"
	assert_eq 750 "$(stat -c %a "$XDPCTL_READINGS")" "mode of the readings' directory"
	assert_eq "$before" "$(ip -n gateway -j link show g0 | jq .[0].xdp.prog.id)" "program"
	# What it says works.
	run 0 xdpctl attach --reset g0 --netns /run/netns/gateway
	knock 192.0.2.1 2
	run 0 X stats g0 -j
	assert_eq 2 "$(jq .interfaces[0].syns <<<"$out")"
}

test_nothing_attached() {
	make_hosts
	run 0 script preinst upgrade 0.0.9 0.1.0
	run 0 script postinst configure 0.0.9
	assert_eq "" "$out$err"
	run 0 script preinst install
	run 0 script postinst configure
	assert_eq "" "$out$err"
}

test_remove_detaches() {
	count_three
	run 0 script prerm remove
	assert_no_program gateway g0
	assert_eq "" "$(find /sys/fs/bpf -name 'xdpctl*')" "pins left"
}

run_tests test_same_layout test_other_layout test_other_layout_in_generic_mode test_nothing_attached test_remove_detaches
