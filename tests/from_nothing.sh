#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# from_nothing: run `make demo` and `make test` in a fresh root of a Debian suite that has git and
# make, on this kernel.
#
#   from_nothing.sh CODENAME
set -u
if [ "$(id -u)" != 0 ]; then
	echo "making a Debian root needs root: running sudo"
	exec sudo -- "$0" "$@"
fi
# In a private mount namespace: its mounts vanish with this script.
[ "${XDPCTL_PRIVATE:-}" = 1 ] || XDPCTL_PRIVATE=1 exec unshare --mount --propagation private "$0" "$@"
# shellcheck source=tests/root.sh
. "$(dirname "$0")/root.sh"
source=$(cd "$(dirname "$0")/.." && pwd)
corpus=${XDPCTL_CORPUS:-$source/../shared/corpus}
tree=$roots/from-nothing-$1
R() { in_root "$tree" "$@"; }
fail() {
	echo "from_nothing: $*" >&2
	exit 1
}

trap 'umount -R "$tree" && remove_root "$tree"' EXIT
make_root "$1" "$tree" || fail "no root of $1: see $roots"
mkdir -p "$tree/usr/src/xdpctl" "$tree/usr/src/shared/corpus"
tar -C "$source" --exclude=./build -cf - . | tar -C "$tree/usr/src/xdpctl" -xf -
mount_root "$tree" || fail "mount"
[ ! -d "$corpus" ] || mount --bind "$corpus" "$tree/usr/src/shared/corpus" || fail "mount"
if ! R apt-get -qq update || ! R apt-get -qq install -y --no-install-recommends git make >/dev/null; then
	fail "cannot install git and make"
fi
status=0
for target in demo test; do
	echo "$1: make $target"
	R make -C /usr/src/xdpctl "$target" >"$roots/$1-$target.log" 2>&1 || status=1
	tail -n 40 "$roots/$1-$target.log"
done
R sh -c 'gcc --version | head -n 1; clang --version | head -n 1; dpkg-query -W libbpf1 libxdp1'
exit $status
