# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# guest: for tests that run only in a virtual machine: its NICs, and its kernel's features.
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# Skip unless this kernel, or a loaded module, has that function.
need_function() { # NAME WHAT
	grep -qw "$1" /proc/kallsyms || not_offered "$2"
}

nic_with() { # ADDRESS
	ip -j link | jq -r --arg a "$1" '.[] | select(.address == $a) | .ifname'
}

# vm.sh gives the NIC under test an address that ends in 1, and its peer the same ending in 2.
address_of() { # DRIVER
	local nic
	for nic in /sys/class/net/*; do
		[ "$(basename "$(readlink "$nic/device/driver")")" != "$1" ] ||
			sed -n 's/:01$//p' "$nic/address"
	done | head -n 1
}

nic_is_back() { # DRIVER
	address=$(address_of "$1")
	[ -n "$address" ]
}

# move_nic ADDRESS NETNS NAME IPV4 IPV6
move_nic() {
	local nic
	nic=$(nic_with "$1")
	ip link set "$nic" down
	ip link set "$nic" netns "$2" name "$3"
	ip -n "$2" addr add "$4" dev "$3"
	ip -n "$2" addr add "$5" dev "$3" nodad
	ip -n "$2" link set "$3" up
}

# make_hosts, with a NIC of that driver as the gateway's g0 and its peer as the client's c0.
make_hosts_on() { # DRIVER
	local address
	wait_until nic_is_back "$1" # from the previous test's namespace
	ip netns add client && ip netns add gateway || exit 1
	move_nic "$address:02" client c0 192.0.2.2/24 2001:db8::2/64
	move_nic "$address:01" gateway g0 192.0.2.1/24 2001:db8::1/64
	wait_for_cable
}

# Some drivers reset their link at every attach.
wait_for_cable() {
	local tries=0
	# Nothing listens on that port, so a host that is reached refuses.
	until inside client timeout 2 bash -c 'exec 3<>/dev/tcp/192.0.2.1/9' 2>&1 | grep -q refused; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || assert_eq "an answer" "none" "the other end of the cable"
		sleep 0.2
	done
}

# A NIC returns only some time after its namespace has been deleted: move it back first.
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

assert_counts_exactly() {
	wait_for_cable
	run 0 X reset g0
	assert_knocks_counted
}

# completes_challenges MODE: every connection to the gateway is challenged once for each of its source
# addresses, IPv4 and IPv6, and completes with whole data; the driver loses no answer.
completes_challenges() {
	local number connected host sources
	for number in 101 102 103; do
		ip -n client addr add "192.0.2.$number/24" dev c0
		ip -n client addr add "2001:db8:$number::2/64" dev c0 nodad
		ip -n gateway route add "2001:db8:$number::/64" via 2001:db8::2
	done
	printf '%s\n' "xdpctl-policy: 1" "protect:" "  - name: web" \
		"    victims: [192.0.2.1, '2001:db8::1']" "    ports: [80]" "    armed: always" \
		"    mode: enforce" >"$work/p.yaml"
	start_inside gateway "$root/tests/tcp.py" serve 80 >"$work/served" 2>/dev/null
	echo $! >>"$work/pids"
	wait_until grep -q listening "$work/served"
	run 0 X attach g0 -m "$1"
	run 0 X policy apply "$work/p.yaml" g0 --no-confirm --no-management
	wait_for_cable
	for host in 192.0.2.1 2001:db8::1; do
		case $host in
		*:*) sources=2001:db8:101::2,2001:db8:102::2,2001:db8:103::2 ;;
		*) sources=192.0.2.101,192.0.2.102,192.0.2.103 ;;
		esac
		connected=$(inside client "$root/tests/tcp.py" connect $host 80 --sources $sources --get 1000000 --put 1000000)
		assert_eq "[3,3]" "$(jq -c '[.completed, .of]' <<<"$connected")" "completed, $host"
	done
	run 0 X stats g0 -j
	# A slow guest may send a SYN again before the answer to the first one arrives.
	assert_eq '[true,true,0,0]' "$(jq -c '.interfaces[0] | .reasons as $r |
		[.can_answer, ([$r.tx_challenge, $r.verified_now, $r.pass_verified] | min >= 6),
		.verdicts.drop, .tx_failed // 0]' <<<"$out")" "$(jq -c '.interfaces[0].reasons' <<<"$out")"
	kill_listed "$work/pids"
}

# obtains ASKED GOT: attach with -m ASKED, check that the mode is GOT, count, detach.
obtains() {
	run 0 X attach g0 -m "$1"
	run 0 X status -j
	assert_eq "[\"$1\",\"$2\"]" "$(jq -c '.interfaces[0] | [.mode_asked, .mode]' <<<"$out")"
	assert_counts_exactly
	run 0 X detach g0
	assert_eq null "$(ip -n gateway -j link show g0 | jq .[0].xdp)" "program left"
}
