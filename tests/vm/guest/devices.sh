#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# devices: what is stacked on a cable or has no Ethernet header: each device is attached to and counts
# exactly, in native mode where its driver has it.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world

after_each() {
	[ ! -f "$work/pids" ] || xargs -r kill <"$work/pids" 2>/dev/null
	rm -f "$work"/pids "$work"/*.ready
	remove_hosts
}

# d0 of both hosts: 198.51.100.1 and 2001:db8:5::1 are the gateway's, .2 and ::2 the client's.
address_devices() {
	local host number=1
	for host in gateway client; do
		ip -n $host addr add 198.51.100.$number/24 dev d0
		ip -n $host addr add 2001:db8:5::$number/64 dev d0 nodad
		ip -n $host link set d0 up || exit 1
		number=2
	done
}

# Adds d0 to both hosts, of a type that this kernel may not have.
add_devices() { # GATEWAY'S-ARGUMENTS CLIENT'S-ARGUMENTS
	# shellcheck disable=SC2086 # words
	ip -n gateway link add $1 2>"$work/err" || not_offered "$(head -n 1 "$work/err"): ${1#* }"
	# shellcheck disable=SC2086
	ip -n client link add $2 || exit 1
	address_devices
}

# The client reaches the gateway over d0 when neighbours are known and links are up.
reached() { # ADDRESS
	inside client timeout 2 bash -c "exec 3<>/dev/tcp/$1/9" 2>&1 | grep -q refused
}

# d0 is attached to in that mode, and counts what is sent over it: all of it, and nothing else.
counts_on_device() { # MODE FAMILY...
	local mode=$1 family expected=0
	local -A server=([ipv4]=198.51.100.1 [ipv6]=2001:db8:5::1)
	local -A client=([ipv4]=198.51.100.2 [ipv6]=2001:db8:5::2) count=([ipv4]=5 [ipv6]=7)
	shift
	if [ "$mode" = generic ]; then
		run 1 X attach d0 -m native
		assert_says "d0: attach native: "
		assert_says "use -m generic"
	fi
	run 0 X attach d0 -m auto -j
	assert_eq "[\"auto\",\"$mode\"]" "$(jq -c '.interfaces[0] | [.mode_asked, .mode]' <<<"$out")"
	for family; do wait_until reached "${server[$family]}"; done
	run 0 X reset d0
	for family; do
		knock "${server[$family]}" "${count[$family]}"
		expected=$((expected + ${count[$family]}))
	done
	run 0 X stats d0 -j
	for family; do
		assert_syns_of "${client[$family]}" "${count[$family]}" "$family"
	done
	assert_eq "[$expected,$expected,0,true]" "$(jq -c '.interfaces[0] | [.syns, .classes.syn,
		.unattributed, .packets == ([.classes[]] | add) and .packets == .verdicts.pass]' <<<"$out")"
	run 0 X detach d0
	assert_eq null "$(ip -n gateway -j link show d0 | jq .[0].xdp)" "program left"
}

test_vlan() {
	make_hosts
	add_devices "link g0 name d0 type vlan id 5" "link c0 name d0 type vlan id 5"
	counts_on_device generic ipv4 ipv6
}

test_macvlan() {
	make_hosts
	# Otherwise g0 also answers ARP requests for the address of d0.
	inside gateway bash -c "echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore"
	add_devices "link g0 name d0 type macvlan mode bridge" "link c0 name d0 type macvlan mode bridge"
	counts_on_device generic ipv4 ipv6
}

# The gateway's cable is a port of a bridge, and the client is reached through it.
test_bridge() {
	make_hosts
	ip -n gateway link add d0 type bridge 2>/dev/null || not_offered "bridges"
	ip -n gateway link set g0 master d0
	# Before 6.2 no interface that is up can be renamed.
	ip -n client link set c0 down
	ip -n client link set c0 name d0
	address_devices
	counts_on_device generic ipv4 ipv6
}

# Two cables between the hosts, one of them in use.
test_bond() {
	local mode=generic host cable
	make_hosts
	ip -n gateway link add g1 type veth peer name c1 netns client
	for host in gateway client; do
		ip -n $host link add d0 type bond mode active-backup miimon 50 2>/dev/null ||
			not_offered "bonds"
		for cable in ${host:0:1}0 ${host:0:1}1; do
			ip -n $host link set "$cable" down
			ip -n $host link set "$cable" master d0 || exit 1
			ip -n $host link set "$cable" up
		done
	done
	address_devices
	! grep -qw bond_xdp_set_prog /proc/kallsyms && ! grep -qw bond_xdp /proc/kallsyms || mode=native
	counts_on_device $mode ipv4 ipv6
}

# Where XDP sees outer headers, an attach is refused, and doctor says why.
refuses_outer() { # WORDS
	run 1 X attach d0
	assert_says "d0: $1: attach to the interface below it"
	X doctor d0 -j >"$work/out" 2>/dev/null
	assert_eq "[\"problem\",\"$1\"]" "$(jq -c '.checks[] | select(.name == "headers") |
		[.state, .finding]' "$work/out")" "doctor"
}

# Kernels before 5.14 do not reset the start of a frame behind the outer header.
counts_in_tunnel() { # FAMILY...
	if printf '5.14\n%s\n' "$(uname -r)" | sort -VC; then
		counts_on_device generic "$@"
	else
		refuses_outer "before Linux 5.14, XDP sees the outer headers of tunnels"
	fi
}

test_gre() {
	make_hosts
	add_devices "d0 type gre local 192.0.2.1 remote 192.0.2.2" "d0 type gre local 192.0.2.2 remote 192.0.2.1"
	counts_in_tunnel ipv4 ipv6
}

test_gre_many_remotes() {
	local words="XDP sees the outer headers of a GRE tunnel without one remote address"
	make_hosts
	add_devices "d0 type gre local 192.0.2.1 key 7" "d0 type gre local 192.0.2.2 key 7"
	printf '5.14\n%s\n' "$(uname -r)" | sort -VC ||
		words="before Linux 5.14, XDP sees the outer headers of tunnels"
	refuses_outer "$words"
}

test_ipip() {
	make_hosts
	add_devices "d0 type ipip local 192.0.2.1 remote 192.0.2.2" "d0 type ipip local 192.0.2.2 remote 192.0.2.1"
	counts_in_tunnel ipv4
}

test_sit() {
	make_hosts
	add_devices "d0 type sit local 192.0.2.1 remote 192.0.2.2" "d0 type sit local 192.0.2.2 remote 192.0.2.1"
	counts_in_tunnel ipv6
}

test_wireguard() {
	local host
	need wg deps-vm
	make_hosts
	for host in gateway client; do
		wg genkey | tee "$work/$host.key" | wg pubkey >"$work/$host.public"
	done
	ip -n gateway link add d0 type wireguard 2>/dev/null || not_offered "WireGuard"
	ip -n client link add d0 type wireguard || exit 1
	inside gateway wg set d0 private-key "$work/gateway.key" listen-port 51820 \
		peer "$(cat "$work/client.public")" allowed-ips 0.0.0.0/0,::/0
	inside client wg set d0 private-key "$work/client.key" \
		peer "$(cat "$work/gateway.public")" allowed-ips 0.0.0.0/0,::/0 endpoint 192.0.2.1:51820
	address_devices
	counts_on_device generic ipv4 ipv6
}

# A process in the background makes a device, and writes a line when it is there.
wait_ready() { # PID NAME
	echo "$1" >>"$work/pids"
	until [ -s "$work/$2.ready" ]; do
		kill -0 "$1" 2>/dev/null || not_offered "$(tail -n 1 "$work/$2.err")"
		pause
	done
}

# ppp HOST DEVICE ADDRESS: ppp0 in that host as d0, over PPPoE session 1 with that Ethernet address. No
# daemon negotiates: both ends take IP as it comes.
ppp() {
	cat >"$work/ppp.py" <<-'PY'
		import ctypes, fcntl, os, signal, socket, struct, sys
		device, peer, ready = sys.argv[1:]
		AF_PPPOX, PX_PROTO_OE, PPPIOCGCHAN = 24, 0, 0x80047437
		PPPIOCATTCHAN, PPPIOCNEWUNIT, PPPIOCCONNECT = 0x40047438, 0xc004743e, 0x4004743a
		session = socket.socket(AF_PPPOX, socket.SOCK_STREAM, PX_PROTO_OE)
		address = struct.pack("=HI", AF_PPPOX, PX_PROTO_OE) + struct.pack("!H", 1) + bytes.fromhex(
		    peer.replace(":", "")) + device.encode().ljust(16, b"\0")
		libc = ctypes.CDLL(None, use_errno=True)
		if libc.connect(session.fileno(), address, len(address)):
		    raise OSError(ctypes.get_errno(), "PPPoE session")
		channel = os.open("/dev/ppp", os.O_RDWR)
		number = fcntl.ioctl(session, PPPIOCGCHAN, struct.pack("i", 0))
		fcntl.ioctl(channel, PPPIOCATTCHAN, number)
		unit = os.open("/dev/ppp", os.O_RDWR)
		name = fcntl.ioctl(unit, PPPIOCNEWUNIT, struct.pack("i", -1))
		fcntl.ioctl(channel, PPPIOCCONNECT, name)
		with open(ready, "w") as file:
		    print("ppp%d" % struct.unpack("i", name), file=file)
		signal.pause()
	PY
	start_inside "$1" python3 "$work/ppp.py" "$2" "$3" "$work/$1.ready" 2>"$work/$1.err"
	wait_ready $! "$1"
	ip -n "$1" link set "$(cat "$work/$1.ready")" name d0
}

ethernet_address() { ip -n "$1" -j link show "$2" | jq -r .[0].address; } # HOST DEVICE

test_ppp() {
	make_hosts
	ppp gateway g0 "$(ethernet_address client c0)"
	ppp client c0 "$(ethernet_address gateway g0)"
	address_devices
	counts_on_device generic ipv4 ipv6
}

# Two tun devices, and a process that carries packets from one to the other.
test_tun() {
	make_hosts
	cat >"$work/tun.py" <<-'PY'
		import ctypes, fcntl, os, select, struct, sys
		IFF_TUN, IFF_NO_PI, TUNSETIFF, CLONE_NEWNET = 1, 0x1000, 0x400454ca, 0x40000000

		def tun(netns):
		    with open(f"/run/netns/{netns}") as namespace:
		        ctypes.CDLL(None).setns(namespace.fileno(), CLONE_NEWNET)
		    fd = os.open("/dev/net/tun", os.O_RDWR)
		    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"d0", IFF_TUN | IFF_NO_PI))
		    return fd

		ends = tun("gateway"), tun("client")
		open(sys.argv[1], "w").write("ready")
		while True:
		    for fd in select.select(ends, [], [])[0]:
		        try:
		            os.write(ends[fd == ends[0]], os.read(fd, 65536))
		        except OSError:
		            pass  # the other end is not up yet
	PY
	start_inside gateway python3 "$work/tun.py" "$work/tun.ready" 2>"$work/tun.err"
	wait_ready $! tun
	address_devices
	counts_on_device generic ipv4 ipv6
}

run_tests test_vlan test_macvlan test_bridge test_bond test_gre test_gre_many_remotes test_ipip test_sit test_wireguard \
	test_ppp test_tun
