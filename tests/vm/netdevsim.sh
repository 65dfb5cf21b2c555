#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# netdevsim: build the module that emulates a device with offload, from a Debian kernel's source.
#
#   netdevsim.sh KERNEL    adds it to the modules that guests load; status 1 on failure
#
# Debian's kernels lack it. Headers and source are unpacked for the build only.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/vm/apt.sh
. "$here/apt.sh"

# Its maps are limited to 2 entries, too few for any dataplane: one constant is changed.
max_entries=64

fail() {
	echo "netdevsim: $kernel: $*" >&2
	return 1
}

# All packages in the version of the kernel that is booted.
download() {
	local suite version series package packages
	suite=$(cat "$directory/suite")
	version=$(awk '/^linux-image-[0-9]/ {print $2; exit}' "$directory/versions")
	series=$(grep -oE '^[0-9]+\.[0-9]+' <<<"$release")
	update_lists "$suite" || return
	mapfile -t packages < <(depends_of "$suite" "linux-headers-$release" \
		'linux-(headers|kbuild|compiler)-')
	for package in "${packages[@]}" "linux-source-$series"; do
		fetch "$suite" "$work" "$package=$version" || return
	done
}

unpack() {
	local deb
	for deb in "$work"/linux-source-*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards '*.tar.xz' |
			tar -xJ -C "$work" --wildcards --strip-components=3 \
				'*/drivers/net/netdevsim/*' || return
		rm "$deb"
	done
	for deb in "$work"/*.deb; do
		dpkg-deb -x "$deb" "$work/root" && rm "$deb" || return
	done
}

# The headers' Makefile includes the common one by its installed path. Without the kernel's debugging
# information no BTF can be made for the module.
build() {
	local headers common make_args=()
	headers=$work/root/usr/src/linux-headers-$release
	common=$(echo "$work"/root/usr/src/linux-headers-*-common)
	echo "include $common/Makefile" >"$headers/Makefile"
	sed -i -E "s/^(#define NSIM_BPF_MAX_KEYS[[:space:]]+)[0-9]+/\1$max_entries/" \
		"$work"/netdevsim/*.[ch]
	grep -qE "^#define NSIM_BPF_MAX_KEYS[[:space:]]+$max_entries" "$work"/netdevsim/*.[ch] ||
		fail "its source has no NSIM_BPF_MAX_KEYS" || return
	command -v gcc-12 >/dev/null || make_args=(CC=gcc HOSTCC=gcc)
	make -s -C "$headers" M="$work/netdevsim" CONFIG_NETDEVSIM=m CONFIG_DEBUG_INFO_BTF_MODULES= \
		"${make_args[@]}" modules >"$work/log" 2>&1 || {
		tail -n 20 "$work/log" >&2
		fail "the build failed"
		return
	}
	strip -g "$work/netdevsim/netdevsim.ko"
}

kernel=${1:?usage: netdevsim.sh KERNEL}
directory=$("$here/kernels.sh" "$kernel") || exit 1
release=$(cat "$directory/release")
target=$directory/m/99-netdevsim.ko
work=$(mktemp -d /var/tmp/netdevsim.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
lock_cache
[ -s "$target" ] ||
	{ download && unpack && build && mv "$work/netdevsim/netdevsim.ko" "$target"; }
