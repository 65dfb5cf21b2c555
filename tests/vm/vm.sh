#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: a command, run as root on this machine's files under another kernel, in QEMU.
#
#   vm.sh KERNEL [-t SECONDS] [-n NIC]... [-w DIRECTORY] [-c CPUS] [-m MEGABYTES] -- COMMAND...
#
# KERNEL is one of kernels.sh. The command runs in the current directory, without this
# environment; what it writes is gone afterwards, but for what is below DIRECTORY.
# NIC is virtio, virtio-mq (a tap: wants root), vmxnet3, e1000, e1000e or igb: each comes with a
# virtio peer on the other end of a cable. The status is the command's; 124: out of time; 125: the
# kernel did not boot, or it panicked.
set -u
here=$(cd "$(dirname "$0")" && pwd)

usage() {
	echo "vm: $*" >&2
	sed -n '5s/^# */usage: /p' "$0" >&2
	exit 2
}

# A NIC's kind is the fifth byte of its address, which is how the guest finds it; the last byte is
# 1 on the one under test and 2 on its peer.
nic_kinds=(- virtio virtio-mq vmxnet3 e1000 e1000e igb)
queues=8 # the driver wants one more for each CPU when XDP is attached

add_nic() { # KIND
	local number
	for number in "${!nic_kinds[@]}"; do
		[ "${nic_kinds[number]}" = "$1" ] || continue
		case $1 in
		virtio-mq) add_taps "$number" ;;
		virtio) add_pair "$number" virtio-net-pci ;;
		*) add_pair "$number" "$1" ;;
		esac
		return
	done
	usage "no NIC '$1'"
}

add_device() { # NETDEV DEVICE NUMBER END
	device_args+=(-netdev "$1,id=n$3e$4"
		-device "$2,netdev=n$3e$4,mac=52:54:00:00:0$3:0$4")
}

add_pair() { # NUMBER DEVICE
	add_device "hubport,hubid=$1" "$2" "$1" 1
	add_device "hubport,hubid=$1" virtio-net-pci "$1" 2
}

# Only a tap has several queues: two of them on a bridge, in a network namespace that ends with
# the guest. One vector for each queue's receive and transmit, and two to control them.
add_taps() { # NUMBER
	local end
	for end in 1 2; do
		add_device "tap,ifname=tap$end,queues=$queues,script=no,downscript=no,vhost=off" \
			"virtio-net-pci,mq=on,vectors=$((2 * queues + 2))" "$1" $end
	done
	in_namespace=(unshare --net)
	[ "$(id -u)" = 0 ] || in_namespace+=(--user --map-root-user)
	# shellcheck disable=SC2016 # the inner shell expands them
	in_namespace+=(bash -c 'ip link add cable type bridge mcast_snooping 0 && ip link set cable up
		for tap in tap1 tap2; do
			ip tuntap add $tap mode tap multi_queue && ip link set $tap master cable up ||
				exit 125
		done
		exec "$@"' bash)
}

# An archive of what init needs before it has the host's root: itself, busybox, modules.
build_initramfs() { # KERNEL-DIRECTORY
	local target=$1/initramfs tree
	[ ! "$target" -nt "$here/init" ] || [ ! "$target" -nt "$1/checksums" ] || return 0
	tree=$(mktemp -d "$io/initramfs.XXXXXX") || return
	mkdir "$tree"/{bin,dev,proc,sys}
	cp "$(command -v busybox)" "$tree/bin/busybox"
	cp "$here/init" "$tree/init"
	cp -r "$1/m" "$tree/m"
	chmod -R u+rwX,go+rX "$tree" && chmod 755 "$tree/init" "$tree/bin/busybox"
	(cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) >"$io/archive" &&
		mv "$io/archive" "$target.$$" && mv "$target.$$" "$target" && rm -r "$tree"
}

# QEMU's own complaints, and the kernel's last words.
explain_end() {
	echo "vm: $kernel: $1; the console's last lines:"
	cat "$io/qemu" "$io/console" | tr -d '\r' | grep -v '^$' | tail -n 40 | sed 's/^/  | /'
}

boot() { # KERNEL-DIRECTORY
	# Two threads of TCG lose code that one CPU patches while the other runs it, as XDP's
	# dispatcher does: the guest panics. One thread is mandatory.
	local accel=${XDPCTL_VM_ACCEL:-tcg,thread=single}
	local append="console=ttyS0 quiet panic=-1 mitigations=off nokaslr random.trust_cpu=on"
	append="$append tsc=reliable no_timer_check vm.io=$io${share:+ vm.share=$share} "

	# Ends with this shell, even if that is killed.
	setpriv --pdeathsig TERM timeout -k 5 "$limit" "${in_namespace[@]}" \
		qemu-system-x86_64 -machine q35 -accel "$accel" -cpu max \
		-smp "$cpus" -m "$memory" -nodefaults -no-user-config -display none -no-reboot \
		-kernel "$1/vmlinuz" -initrd "$1/initramfs" -append "$append" \
		-serial "file:$io/console" -serial stdio \
		-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
		-virtfs local,path="$io",mount_tag=io,security_model=none \
		${share:+-virtfs local,path="$share",mount_tag=share,security_model=none} \
		"${device_args[@]}" </dev/null 2>"$io/qemu" &
	qemu=$!
	wait $qemu
}

# shellcheck disable=SC2317 # the trap calls it
finish() {
	[ -z "$qemu" ] || kill "$qemu" 2>/dev/null
	rm -rf "$io"
}

[ $# -gt 0 ] || usage "no kernel given"
kernel=$1 limit=120 cpus=2 memory=1024 share='' qemu='' device_args=() in_namespace=()
shift
while getopts t:n:w:c:m: option; do
	case $option in
	t) limit=$OPTARG ;;
	n) add_nic "$OPTARG" ;;
	w) share=$(realpath "$OPTARG") || exit 2 ;;
	c) cpus=$OPTARG ;;
	m) memory=$OPTARG ;;
	*) usage "unknown option" ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage "no command given"

directory=$("$here/kernels.sh" "$kernel") || exit 125
io=$(mktemp -d /var/tmp/vm.XXXXXX) || exit 125
trap finish EXIT
trap 'exit 130' INT TERM HUP
build_initramfs "$directory" || exit 125
{ printf 'cd %q && ' "$PWD" && printf '%q ' "$@"; } >"$io/command"
: >"$io/console"
boot "$directory"
ended=$?
qemu=''
if [ -s "$io/status" ]; then
	exit "$(cat "$io/status")"
elif [ $ended = 124 ] || [ $ended = 137 ]; then
	explain_end "no end after $limit s" >&2
	exit 124
fi
explain_end "the guest died (QEMU's status is $ended)" >&2
exit 125
