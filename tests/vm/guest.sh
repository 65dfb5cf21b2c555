# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# guest: for tests that run in a virtual machine only: its NICs, and what its kernel offers.
#
# vm.sh gives each NIC an address of its kind, which ends with 1; its peer's ends with 2.
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

not_offered() { skip "not offered by this kernel: $*"; }

# Is this kernel that one or a newer one?
kernel_from() { # VERSION
	printf '%s\n' "$1" "$(uname -r)" | sort -C -V
}

nic_addresses() { # KIND
	case $1 in
	virtio) echo 52:54:00:00:01 ;;
	virtio-mq) echo 52:54:00:00:02 ;;
	vmxnet3) echo 52:54:00:00:03 ;;
	e1000) echo 52:54:00:00:04 ;;
	e1000e) echo 52:54:00:00:05 ;;
	igb) echo 52:54:00:00:06 ;;
	esac
}

nic_named() { # ADDRESS
	ip -j link | jq -r --arg a "$1" '.[] | select(.address == $a) | .ifname'
}

# move_nic ADDRESS NETNS NAME IPV4 IPV6
move_nic() {
	local nic
	nic=$(nic_named "$1")
	[ -n "$nic" ] || return
	ip link set "$nic" down
	ip link set "$nic" netns "$2" name "$3"
	ip -n "$2" addr add "$4" dev "$3"
	ip -n "$2" addr add "$5" dev "$3" nodad
	ip -n "$2" link set "$3" up
}

# make_hosts, with a NIC of that kind for a gateway's g0 and its peer for a client's c0.
make_hosts_on() { # KIND
	local addresses
	addresses=$(nic_addresses "$1")
	[ -n "$(nic_named "$addresses:01")" ] || skip "this guest has no $1"
	ip netns add client && ip netns add gateway || exit 1
	move_nic "$addresses:02" client c0 192.0.2.2/24 2001:db8::2/64
	move_nic "$addresses:01" gateway g0 192.0.2.1/24 2001:db8::1/64
	wait_for_cable
}

# Some drivers take their link down and up again at every attach.
wait_for_cable() {
	local tries=0
	# A port where nobody listens, but a host that says so.
	until inside client timeout 2 bash -c 'exec 3<>/dev/tcp/192.0.2.1/9' 2>&1 |
		grep -q refused; do
		tries=$((tries + 1))
		[ $tries -lt 15 ] || assert_eq "an answer" "none" "the other end of the cable"
		sleep 0.2
	done
}

# A NIC that is left in a namespace comes back some time after the namespace's end.
remove_guests_hosts() {
	local end
	for end in gateway/g0 client/c0; do
		ip -n "${end%/*}" link set "${end#*/}" xdp off 2>/dev/null
		ip -n "${end%/*}" link set "${end#*/}" xdpgeneric off 2>/dev/null
		ip -n "${end%/*}" link set "${end#*/}" netns 1 2>/dev/null
	done
	remove_hosts
}

X() { xdpctl "$@" --netns gateway; }

# 5 SYNs over IPv4 and 7 over IPv6: every one counted, and books that balance.
assert_counts_exactly() {
	wait_for_cable
	run 0 X reset g0
	knock 192.0.2.1 5
	knock 2001:db8::1 7
	run 0 X stats g0 -j
	assert_eq '[5,5]' "$(syns_of 192.0.2.2)" "IPv4"
	assert_eq '[7,7]' "$(syns_of 2001:db8::2)" "IPv6"
	assert_eq '[12,12,0,true]' "$(jq -c '.interfaces[0] | [.syns, .classes.syn, .unattributed,
		.packets == ([.classes[]] | add) and .packets == .verdicts.pass]' <<<"$out")" "books"
}

# obtains ASKED GOT: attach in that mode, see which one it was, count in it, and detach.
obtains() {
	run 0 X attach g0 -m "$1"
	run 0 X status -j
	assert_eq "[\"$1\",\"$2\"]" "$(jq -c '.interfaces[0] | [.mode_asked, .mode]' <<<"$out")"
	assert_counts_exactly
	run 0 X detach g0
	assert_eq null "$(ip -n gateway -j link show g0 | jq .[0].xdp)" "program left"
}
