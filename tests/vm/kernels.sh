#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernels: fetch stock Debian kernels once each: the image, the modules that a guest needs, checksums.
#
#   kernels.sh KERNEL...    prints the directory of each; status 1 if one is missing
#
# KERNEL is 5.10, 6.1, 6.12 or sid; with -rt, the one with PREEMPT_RT. What was unpacked is kept below $XDPCTL_VM_CACHE (build/vm).
set -u
# shellcheck source=tests/vm/apt.sh
. "$(dirname "$0")/apt.sh"

# Dependencies are added; the file names keep the loading order.
modules="virtio_pci 9pnet_virtio 9p overlay veth bridge 8021q virtio_net vmxnet3 e1000 psample
bonding macvlan tun ip_gre ipip sit wireguard pppoe"

# The suite, and the package that depends on its newest kernel.
suite_of() {
	local flavour=amd64
	[ "$1" = "${1%-rt}" ] || flavour=rt-amd64
	case ${1%-rt} in
	5.10) echo bullseye linux-image-$flavour ;;
	6.1) echo bookworm linux-image-$flavour ;;
	6.12) echo bookworm linux-image-6.12-$flavour ;;
	sid) echo sid linux-image-$flavour ;;
	*) return 1 ;;
	esac
}

fail() {
	echo "kernels: $kernel: $*" >&2
	return 1
}

# The kernel's own packages have its release in their names, which begins with a digit.
download() { # SUITE PACKAGE DIRECTORY
	local packages package
	mapfile -t packages < <(depends_of "$1" "$2" 'linux-(image|base|binary|modules)-[0-9]')
	for package in "${packages[@]}"; do
		[ "$package" != "$2" ] || continue
		fetch "$1" "$3" "$package" || return
	done
}

unpack() { # DIRECTORY
	local deb
	for deb in "$1"/*.deb; do
		[ -e "$deb" ] || return 1
		dpkg-deb -x "$deb" "$1/root" || return
		dpkg-deb -f "$deb" Package Version | sed 's/^[^ ]* //' | paste - - >>"$1/versions"
		rm "$deb"
	done
}

# add_module NAME: add the module, after its dependencies, to $added and to the directory.
add_module() {
	local name=${1//-/_} file depends found
	[[ " $added " != *" $name "* ]] || return 0
	! grep -qE "/${name//_/[-_]}\.ko$" "$tree/modules.builtin" || return 0
	found=$(find "$tree" -name "${name//_/[-_]}.ko*" -print -quit)
	file=$work/modules/$name
	case $found in
	*.ko) cp "$found" "$file" ;;
	*.ko.xz) xz -dc "$found" >"$file" ;;
	*.ko.zst) zstd -qdc "$found" >"$file" ;;
	*) fail "no module $1" ;;
	esac || return
	added="$added $name"
	depends=$(tr '\0' '\n' <"$file" | sed -n 's/^depends=//p')
	for name in ${depends//,/ }; do
		add_module "$name" || return
	done
	number=$((number + 1))
	mv "$file" "$work/m/$(printf %02d $number)-$(basename "$file").ko"
}

collect() { # the unpacked tree -> $work/{vmlinuz,release,suite,m}
	local number=0 added='' name image tree
	tree=$(find "$work/root" -type d -path '*lib/modules/*' -prune -print -quit)
	image=$(find "$work/root/boot" "$tree" -name 'vmlinuz*' -type f -print -quit 2>/dev/null)
	[ -n "$tree" ] && [ -n "$image" ] || fail "no kernel in its packages" || return
	basename "$tree" >"$work/release"
	echo "$suite" >"$work/suite"
	echo "$modules" >"$work/modules.wanted"
	cp "$image" "$work/vmlinuz"
	mkdir -p "$work/m" "$work/modules"
	for name in $modules; do
		add_module "$name" || return
	done
	rm -r "$work/root" "$work/modules"
	(cd "$work" && sha256sum vmlinuz release suite versions modules.wanted m/*.ko >checksums)
}

is_complete() { # DIRECTORY
	(cd "$1" 2>/dev/null && sha256sum --check --quiet --strict checksums >&2 &&
		[ "$(cat modules.wanted 2>/dev/null)" = "$modules" ])
}

# Use the cache if it is complete and unchanged; otherwise fetch again.
provide() {
	local suite package target=$cache/$kernel work
	read -r suite package < <(suite_of "$kernel") || fail "unknown kernel" || return
	if ! is_complete "$target"; then
		rm -rf "$target" "$target".new.*
		work=$(mktemp -d "$target.new.XXXXXX") || return
		if ! { update_lists "$suite" && download "$suite" "$package" "$work" &&
			unpack "$work" && collect && chmod 755 "$work" && mv "$work" "$target"; }; then
			rm -rf "$work"
			fail "cannot be fetched"
			return
		fi
	fi
	echo "$target"
}

status=0
lock_cache
for kernel in "$@"; do
	provide || status=1
done
exit $status
