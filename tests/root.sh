# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# root: make a clean Debian root of any suite, from the mirror that this machine uses.
# shellcheck source=tests/vm/apt.sh
. "$(dirname "${BASH_SOURCE[0]}")/vm/apt.sh"

roots=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/roots

# debootstrap's minimal variant, cached as an archive.
bootstrap() { # CODENAME
	local tree=$roots/$1.new security
	mirror=$(debian_mirror) || return
	remove_root "$tree" && mkdir -p "$roots" || return
	echo "root: debootstrap $1" >&2
	debootstrap --variant=minbase "$1" "$tree" "$mirror" >"$roots/$1.log" 2>&1 || return
	echo "deb $mirror $1 main" >"$tree/etc/apt/sources.list"
	security=$(debian_security_mirror)
	[ -z "$security" ] ||
		echo "deb $security $1-security main" >>"$tree/etc/apt/sources.list"
	rm -rf "$tree"/var/cache/apt/archives/*.deb
	tar -C "$tree" --numeric-owner -cf "$roots/$1.tar.new" . &&
		mv "$roots/$1.tar.new" "$roots/$1.tar" && remove_root "$tree"
}

# Does not descend into anything that is still mounted there.
remove_root() { # DIRECTORY
	rm -rf --one-file-system "$1"
}

# make_root CODENAME DIRECTORY: unpack a fresh root, with this machine's apt configuration.
make_root() {
	[ -e "$roots/$1.tar" ] || bootstrap "$1" || return
	remove_root "$2" && mkdir -p "$2" && tar -C "$2" -xpf "$roots/$1.tar" || return
	apt-config dump | grep -E '^Acquire::(Check|http|https|Retries)' >"$2/etc/apt/apt.conf.d/90machine"
	cp /etc/resolv.conf "$2/etc/resolv.conf"
}

# The caller is in a private mount namespace.
mount_root() { # DIRECTORY
	mount --bind "$1" "$1" && # a mount point, so that unshare works inside
		mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t tmpfs tmpfs "$1/run" &&
		mount -t sysfs sysfs "$1/sys" && mount -t bpf bpf "$1/sys/fs/bpf" &&
		mount -t tracefs tracefs "$1/sys/kernel/tracing"
}

in_root() { # DIRECTORY COMMAND...
	local root=$1
	shift
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}
