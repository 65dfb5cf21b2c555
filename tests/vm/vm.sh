#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: run a command as root on this machine's files under another kernel, in QEMU.
#
#   vm.sh KERNEL [-t SECONDS] [-n NIC]... [-w DIRECTORY] [-c CPUS] [-m MEGABYTES]
#         [-a ARGUMENTS] [-f LIST] -- COMMAND...
#
# KERNEL is one of kernels.sh. The command runs in the current directory, without this
# environment; what it writes is gone afterwards, but for what is below DIRECTORY.
# CPUS is for QEMU's -smp: by default two of four possible ones; ARGUMENTS are for the kernel's command line.
# LIST has the paths of files, one per line, that are copied into the guest's memory at the start: each open
# of another file asks this machine, which costs much where programs are started thousands of times.
# NIC is a device of QEMU's (virtio-net-pci, vmxnet3, e1000): it comes with a virtio peer on the other
# end of a cable. The status is the command's; 124: out of time; 125: the kernel did not boot, or it
# panicked. The guest's ttyS2 is QEMU's monitor. XDPCTL_VM_ACCEL=kvm is much faster, where a machine
# has it.
set -u
here=$(cd "$(dirname "$0")" && pwd)

usage() {
	echo "vm: $*" >&2
	sed -n '5s/^# */usage: /p; 6s/^# *//p' "$0" >&2
	exit 2
}

# The addresses of a cable's two ends differ in the last byte: 1 is the NIC under test.
add_nic() { # DEVICE
	local end devices=("" "$1" virtio-net-pci)
	cables=$((cables + 1))
	for end in 1 2; do
		device_args+=(-netdev "hubport,hubid=$cables,id=n${cables}e$end" -device
			"${devices[end]},netdev=n${cables}e$end,mac=52:54:00:00:0$cables:0$end")
	done
}

# What init needs before the host's root is mounted: itself, busybox, modules.
build_initramfs() { # KERNEL-DIRECTORY
	local tree=$io/initramfs.d
	mkdir -p "$tree"/{bin,dev,proc,sys}
	cp "$(command -v busybox)" "$here/init" "$tree" && mv "$tree/busybox" "$tree/bin" &&
		cp -r "$1/m" "$tree" && (cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) \
		>"$io/initramfs" && rm -r "$tree"
}

# QEMU's errors, and the end of the guest's console.
explain_end() {
	echo "vm: $kernel: $1; the console's last lines:"
	cat "$io/qemu" "$io/console" | tr -d '\r' | grep -v '^$' | tail -n 40 | sed 's/^/  | /'
}

boot() { # KERNEL-DIRECTORY
	# With one thread per CPU, TCG may run code that another CPU is patching, as XDP's dispatcher
	# does, and the guest panics. One thread is mandatory.
	local accel=${XDPCTL_VM_ACCEL:-tcg,thread=single}
	local append="console=ttyS0 quiet panic=-1 mitigations=off nokaslr random.trust_cpu=on"
	# On a busy machine the guest calibrates its TSC wrongly, and its clock is off by a factor.
	append="$append clocksource=acpi_pm no_timer_check norandmaps $arguments vm.io=$io${share:+ vm.share=$share} "

	# QEMU ends with this shell, even if the shell is killed.
	setpriv --pdeathsig TERM timeout -k 5 "$limit" qemu-system-x86_64 -machine q35 \
		-accel "$accel" -cpu max,-erms -smp "$cpus" -m "$memory" \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$1/vmlinuz" -initrd "$io/initramfs" -append "$append" \
		-serial "file:$io/console" -serial stdio \
		-chardev "socket,id=monitor,path=$io/monitor,server=on,wait=off" -mon monitor \
		-chardev "socket,id=guest,path=$io/monitor" -serial chardev:guest \
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
kernel=$1 limit=120 cpus=2,sockets=4,maxcpus=4 memory=1024 arguments='' list=/dev/null share='' qemu='' cables=0 device_args=()
shift
while getopts t:n:w:c:m:a:f: option; do
	case $option in
	t) limit=$OPTARG ;;
	n) add_nic "$OPTARG" ;;
	w) share=$(realpath "$OPTARG") || exit 2 ;;
	c) cpus=$OPTARG ;;
	m) memory=$OPTARG ;;
	a) arguments=$OPTARG ;;
	f) list=$OPTARG ;;
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
cp "$list" "$io/copied" || exit 125
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
