#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_challenge: real TCP through a policy that challenges every source: IPv4 and IPv6, native and
# generic mode, servers on the gateway and behind it, clients behind a strict NAT.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$(dirname "$0")/../policy.sh"

after_each() {
	[ ! -f "$work/pids" ] || kill_listed "$work/pids"
	for netns in client gateway nat server; do ip netns del $netns 2>/dev/null; done
	[ ! -e /sys/fs/bpf/xdpctl ] || rm -rf /sys/fs/bpf/xdpctl
	rm -rf /var/lib/xdpctl
}

tcp() { inside "$1" python3 -S "$root/tests/tcp.py" "${@:2}"; } # NETNS ARGUMENT...

is_listening() { grep -q listening "$work/served"; }

serve() { # NETNS
	: >"$work/served"
	start_inside "$1" python3 -S "$root/tests/tcp.py" serve 80 >"$work/served" 2>/dev/null
	echo $! >>"$work/pids"
	wait_until is_listening
}

# Addresses N to M with a prefix in front of them, for --sources.
addresses() { # PREFIX N M
	local number list=()
	for ((number = $2; number <= $3; number++)); do list+=("$1$number"); done
	(IFS=,; echo "${list[*]}")
}

# With IPv6, N to M are numbers of subnets.
add_addresses() { # NETNS DEVICE PREFIX LENGTH N M
	local number
	for ((number = $5; number <= $6; number++)); do
		case $3 in
		*:*) echo "addr add $3$number::2/$4 dev $2 nodad" ;;
		*) echo "addr add $3$number/$4 dev $2" ;;
		esac
	done | ip -n "$1" -b - || exit 1
}

# The gateway's own addresses are the victims, and so are those of the server behind it.
apply_action() { # ACTION
	policy "$1" "protect:" "  - name: web" \
		"    victims: [192.0.2.1/32, '2001:db8::1/128', 198.51.100.2/32, '2001:db8:5::2/128']" \
		"    ports: [80]" "    mode: enforce" "    action: $1" "    armed: always" \
		"    limit: {rate: 200/s, burst: 600}"
	run 0 X policy apply "$work/$1.yaml" "$wan" --no-confirm --no-management
}

# Every connection completed; of @1 sources, each was challenged and verified once.
assert_complete() { # COUNT
	local seen
	run 0 X stats "$wan" -j
	seen=$(jq -sc '(.[0] | [.completed, .of]), (.[1].interfaces[0] | .reasons as $r |
		([$r[]] | add) + .unjudged == .packets and $r.drop_limit + $r.drop_attack_limit == 0 and
		$r.verified_now >= '"$1"' and $r.tx_challenge >= '"$1"' and
		.verdicts.tx == $r.tx_challenge and $r.pass_verified >= '"$1"'),
		.[1].interfaces[0].reasons' <<<"$connected$out")
	assert_eq "[$1,$1]"$'\n'true "${seen%$'\n'*}" "completed, and counters: ${seen##*$'\n'}"
}

connect() { # ARGUMENT...: to $connected
	connected=$(tcp client connect "$@")
}

# A client on the gateway's link, whose end of the veth can receive what the driver sends back.
make_link() { # MODE
	make_hosts
	wan=g0
	add_addresses client c0 192.0.2. 24 100 199
	add_addresses client c0 2001:db8:a 128 100 119
	ip -n gateway route add 2001:db8:a000::/36 via 2001:db8::2 || exit 1
	case $1 in native) run 0 xdpctl attach c0 --netns client ;; esac
	run 0 X attach g0 --mode "$1"
	serve gateway
}

MB10=10485760

# New sources, then verified ones, which nothing delays.
check_local() { # MODE
	make_link "$1"
	apply_action challenge
	connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 119)"
	assert_complete 20
	assert_eq true "$(jq '.ms[10] >= 2 and .ms[10] < 400 * '"$slow" <<<"$connected")" "new: $connected"
	connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 103)" --get $MB10 --put $MB10
	assert_complete 4
	connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 119)"
	assert_complete 20
	assert_eq true "$(jq '.ms[10] < 2 * '"$slow" <<<"$connected")" "verified: $connected"
	reasons=$(X stats g0 -j | jq .interfaces[0].reasons.verified_now)
	assert_eq 20 "$reasons" "verified once"
	connect 2001:db8::1 80 --sources "$(sources_ipv6 100 119)" --get $MB10 --put $MB10
	assert_complete 20
}

sources_ipv6() { # N M: each of a /64 of its own
	addresses 2001:db8:a "$1" "$2" | sed -E 's/(,|$)/::2\1/g'
}

test_local_native() { check_local native; }
test_local_generic() { check_local generic; }

# client - nat - gateway - server. The NAT router's conntrack drops what it does not expect, and
# nothing from outside reaches the router or the client uninvited. @1: mode; @2: asymmetric: what
# the server sends takes another way than through the gateway.
make_chain() {
	wan=w0
	ip -b - <<<$'netns add client\nnetns add nat\nnetns add gateway\nnetns add server' || exit 1
	ip -n nat -b - <<-END || exit 1
		link add n0 type veth peer name c0 netns client
		link add n1 type veth peer name w0 netns gateway
		link add n2 type veth peer name v1 netns server
		addr add 10.0.0.1/24 dev n0
		addr add 2001:db8:1::1/64 dev n0 nodad
		addr add 192.0.2.2/24 dev n1
		addr add 2001:db8::2/64 dev n1 nodad
		addr add 203.0.113.1/24 dev n2
		addr add 2001:db8:6::1/64 dev n2 nodad
		link set n0 up
		link set n1 up
		link set n2 up
		route add 198.51.100.0/24 via 192.0.2.1
		route add 2001:db8:5::/64 via 2001:db8::1
		route add 2001:db8:a000::/36 via 2001:db8:1::2
	END
	ip -n gateway -b - <<-END || exit 1
		link add s0 type veth peer name v0 netns server
		addr add 192.0.2.1/24 dev w0
		addr add 2001:db8::1/64 dev w0 nodad
		addr add 198.51.100.1/24 dev s0
		addr add 2001:db8:5::1/64 dev s0 nodad
		link set w0 up
		link set s0 up
		route add 2001:db8:a000::/36 via 2001:db8::2
	END
	ip -n server -b - <<-END || exit 1
		addr add 198.51.100.2/24 dev v0
		addr add 2001:db8:5::2/64 dev v0 nodad
		addr add 203.0.113.2/24 dev v1
		addr add 2001:db8:6::2/64 dev v1 nodad
		link set v0 up
		link set v1 up
		route add 192.0.2.0/24 via ${2:-198.51.100.1}
		route add 2001:db8:a000::/36 via ${3:-2001:db8:5::1}
	END
	ip -n client -b - <<-END || exit 1
		link set c0 up
		addr add 10.0.0.2/24 dev c0
		addr add 2001:db8:1::2/64 dev c0 nodad
		route add default via 10.0.0.1
		route add default via 2001:db8:1::1
	END
	add_addresses client c0 10.0.0. 24 100 199
	add_addresses client c0 2001:db8:a 128 100 119
	for netns in nat gateway; do
		inside $netns sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	done
	make_nat
	case $1 in native) run 0 xdpctl attach n1 --netns nat ;; esac
	run 0 X attach w0 --mode "$1"
	serve server
}

make_nat() {
	local number map=
	for ((number = 100; number < 200; number++)); do map+="10.0.0.$number : 192.0.2.$number, "; done
	add_addresses nat n1 192.0.2. 24 100 199
	inside nat nft -f - <<-END || skip "nftables cannot translate addresses here"
		table inet strict {
			chain input {
				type filter hook input priority 0; policy drop;
				ct state established accept
				meta l4proto ipv6-icmp accept
				iifname "n0" accept
			}
			chain forward {
				type filter hook forward priority 0; policy accept;
				ct state invalid drop
				iifname { "n1", "n2" } ct state != established drop
			}
		}
		table ip nat {
			chain post {
				type nat hook postrouting priority 100;
				oifname "n1" snat to ip saddr map { $map }
			}
		}
	END
}

check_chain() { # MODE [GATEWAYS OF THE SERVER]
	need nft
	make_chain "$@"
	apply_action challenge
	connect 198.51.100.2 80 --sources "$(addresses 10.0.0. 100 199)"
	assert_complete 100
	echo "# new sources: $(jq -c '"p50 \(.ms[50]) ms, p99 \(.ms[99]) ms"' <<<"$connected")"
	connect 198.51.100.2 80 --sources "$(addresses 10.0.0. 100 101)" --get $MB10 --put $MB10
	assert_complete 2
	connect 2001:db8:5::2 80 --sources "$(sources_ipv6 100 119)" --get $MB10 --put $MB10
	assert_complete 20
	assert_eq 120 "$(X stats w0 -j | jq .interfaces[0].reasons.verified_now)" "verified once"
}

test_behind_nat_native() { check_chain native; }
test_behind_nat_generic() { check_chain generic; }
test_asymmetric() { check_chain native 203.0.113.1 2001:db8:6::1; }

# What clients may ask for in their SYNs; and without it.
test_kinds_of_clients() {
	local setting
	make_link native
	apply_action challenge
	for setting in net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0 \
		net.ipv4.tcp_ecn=1; do
		inside client sysctl -qw $setting
		inside gateway sysctl -qw net.ipv4.tcp_ecn=1
		run 0 X policy off g0
		apply_action challenge
		connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 109)" --get 1000000
		assert_eq '[10,10]' "$(jq -c '[.completed, .of]' <<<"$connected")" "$setting"
	done
	if [ "$(inside client sysctl -n net.mptcp.enabled 2>/dev/null)" = 1 ]; then
		connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 110 119)" --get 1000000 --mptcp
		assert_eq '[10,10]' "$(jq -c '[.completed, .of]' <<<"$connected")" "MPTCP"
	fi
}

# Fast Open: the first SYN of a source is challenged, its data included; that of the next connection
# passes with its data. A server without a key of its own takes them from all.
test_fast_open() {
	local passive sources
	need nstat
	make_link native
	inside client sysctl -qw net.ipv4.tcp_fastopen=0x5 2>/dev/null || skip "no Fast Open"
	inside gateway sysctl -qw net.ipv4.tcp_fastopen=0x602
	kill_listed "$work/pids"
	rm -f "$work/pids"
	serve gateway
	apply_action challenge
	for sources in "$(addresses 192.0.2. 100 104)" "$(sources_ipv6 100 104)"; do
		case $sources in *:*) host=2001:db8::1 ;; *) host=192.0.2.1 ;; esac
		connect $host 80 --sources "$sources" --get 100000 --put 100000 --fastopen
		assert_complete 5
		passive=$(fast_opens)
		connect $host 80 --sources "$sources" --get 100000 --fastopen
		assert_complete 5
		assert_eq $((passive + 5)) "$(fast_opens)" "SYNs whose data the server took, $host"
	done
}

fast_opens() { inside gateway nstat -asz TcpExtTCPFastOpenPassive | awk '$1 ~ /^Tcp/ { print $2 }'; }

# A source that one interface has verified is trusted on the other, whatever way answers take.
test_two_interfaces() {
	local first second
	make_link native
	ip -n gateway -b - <<-END || exit 1
		link add g1 type veth peer name c1 netns client
		addr add 192.0.3.1/24 dev g1
		link set g1 up
	END
	ip -n client -b - <<<$'link set c1 up\naddr add 192.0.3.2/24 dev c1' || exit 1
	run 0 xdpctl attach c1 --netns client
	run 0 X attach g1 --mode native
	policy two "protect:" "  - name: web" "    victims: [192.0.2.1/32, 192.0.3.1/32]" \
		"    mode: enforce" "    armed: always"
	run 0 X policy apply "$work/two.yaml" g0 g1 --no-confirm --no-management
	for first in g0 g1; do
		case $first in g0) second=g1 hosts=(192.0.2.1 192.0.3.1) ;; g1) second=g0 hosts=(192.0.3.1 192.0.2.1) ;; esac
		run 0 X reset $first
		run 0 X reset $second
		connect "${hosts[0]}" 80 --sources "192.0.2.10${first#g}"
		assert_eq 1 "$(jq .completed <<<"$connected")" "through $first"
		connect "${hosts[1]}" 80 --sources "192.0.2.10${first#g}"
		assert_eq 1 "$(jq .completed <<<"$connected")" "through $second"
		assert_eq '[1,1,1]' "$(X stats $first -j | jq -c '.interfaces[0].reasons |
			[.tx_challenge, .verified_now, .pass_verified]')" "$first"
		assert_eq '[0,0,1]' "$(X stats $second -j | jq -c '.interfaces[0].reasons |
			[.tx_challenge, .verified_now, .pass_verified]')" "$second"
	done
}

# Connections of before go on, and so do those whose RSTs look like answers or do not.
test_connections_live_on() {
	local answer
	make_link native
	coproc held { tcp client hold 192.0.2.1 80 192.0.2.100; }
	read -r answer <&"${held[0]}"
	assert_eq connected "$answer"
	apply_action challenge
	echo >&"${held[1]}"
	read -r answer <&"${held[0]}"
	assert_eq ok "$answer" "after the policy came"
	connect 192.0.2.1 80 --sources 192.0.2.100
	assert_complete 1
	echo >&"${held[1]}"
	read -r answer <&"${held[0]}"
	assert_eq ok "$answer" "after its source was verified"
	# shellcheck disable=SC2154 # coproc sets it
	kill "$held_PID"
}

# The first connection of a source is refused, to the application; then the source is verified.
test_reset() {
	make_link native
	apply_action reset
	connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 104)" 2>"$work/refused"
	assert_eq 0 "$(jq .completed <<<"$connected")" "the first ones"
	connect 2001:db8::1 80 --sources "$(sources_ipv6 100 104)" 2>>"$work/refused"
	assert_eq 0 "$(jq .completed <<<"$connected")" "the first ones of IPv6"
	assert_eq 10 "$(grep -c reset "$work/refused")" "reset: $(cat "$work/refused")"
	connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 104)" --get $MB10 --put $MB10
	assert_eq 5 "$(jq .completed <<<"$connected")" "the second ones"
	connect 2001:db8::1 80 --sources "$(sources_ipv6 100 104)" --get 100000
	assert_eq 5 "$(jq .completed <<<"$connected")" "the second ones of IPv6"
	assert_eq '[20,20,10,0]' "$(X stats g0 -j | jq -c '.interfaces[0] |
		[.reasons.tx_reset, .verdicts.tx, .reasons.pass_verified, .verdicts.drop]')" "counters"
}

# No delay, and no trust: the kernel takes the handshake for its own.
test_cookie() {
	local mode
	for mode in native generic; do
		make_link $mode
		inside gateway sysctl -qw net.ipv4.tcp_syncookies=2
		apply_action cookie
		connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 119)" --get 1000000 --put 1000000
		assert_eq '[20,true]' "$(jq -c "[.completed, .ms[10] < 2 * $slow]" <<<"$connected")" "$mode"
		connect 2001:db8::1 80 --sources "$(sources_ipv6 100 104)" --get $MB10 --put $MB10
		assert_eq 5 "$(jq .completed <<<"$connected")" "IPv6, $mode"
		assert_eq '[25,25,0]' "$(X stats g0 -j | jq -c '.interfaces[0] | [.reasons.tx_cookie,
			.verdicts.tx, .verdicts.drop]')" "counters, $mode"
		# As it has no need of cookies: its own handshake.
		inside gateway sysctl -qw net.ipv4.tcp_syncookies=1
		connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 104)"
		assert_eq '[5,5]' "[$(jq .completed <<<"$connected"),$(X stats g0 -j |
			jq '.interfaces[0].reasons.cookie_refused')]" "refused, $mode"
		after_each
	done
}

# What both ends have agreed on, as the server sees a connection.
agreed_options() { # HOST SOURCE
	local answer peer=$2
	case $peer in *:*) peer="[$peer]" ;; esac
	coproc held { tcp client hold "$1" 80 "$2"; }
	read -r answer <&"${held[0]}"
	assert_eq connected "$answer" "$2"
	inside gateway ss -tinoH state established "( sport = :80 )" dst "$peer" |
		grep -oE '\<(ts|sack|ecn|wscale:[0-9]+,[0-9]+|advmss:[0-9]+)\>' | tr '\n' ' '
	kill "$held_PID"
}

# With timestamps of 2 a cookie leaves nothing out: the same as after the kernel's own handshake.
test_cookie_options() {
	local without through host source
	need ss
	make_link native
	inside gateway sysctl -qw net.ipv4.tcp_syncookies=2 net.ipv4.tcp_timestamps=2 net.ipv4.tcp_ecn=1
	inside client sysctl -qw net.ipv4.tcp_ecn=1
	for host in 192.0.2.1 2001:db8::1; do
		case $host in *:*) source=2001:db8:a100::2 ;; *) source=192.0.2.100 ;; esac
		without=$(agreed_options $host $source)
		apply_action cookie
		through=$(agreed_options $host $source)
		assert_eq "$without" "$through" "options, $host"
		assert_eq "ts sack ecn wscale advmss " "$(sed -E 's/:[0-9,]+//g' <<<"$through")" "$host"
		connect $host 80 --sources $source --get $MB10 --put $MB10
		assert_eq 1 "$(jq .completed <<<"$connected")" "10 MB both ways, $host"
		assert_eq '[2,0]' "$(X stats g0 -j | jq -c '.interfaces[0] |
			[.reasons.tx_cookie, .reasons.cookie_refused]')" "cookies, $host"
		run 0 X policy off g0
		run 0 X reset g0
	done
}

# The MSS is the interface's own.
test_cookie_mtu() {
	need ss
	make_link generic
	ip -n gateway link set g0 mtu 1400
	inside gateway sysctl -qw net.ipv4.tcp_syncookies=2
	apply_action cookie
	coproc held { tcp client hold 192.0.2.1 80 192.0.2.100; }
	read -r _ <&"${held[0]}"
	assert_eq mss:1360 "$(inside client ss -tinH dst 192.0.2.1 | grep -oE '\<mss:[0-9]+')" "to the server"
	kill "$held_PID"
}

# Nobody listens: the server's own RST reaches a verified client.
test_refused() {
	make_link native
	apply_action challenge
	kill_listed "$work/pids"
	rm -f "$work/pids"
	connect 192.0.2.1 80 --sources "$(addresses 192.0.2. 100 102)" 2>"$work/refused"
	assert_eq 0 "$(jq .completed <<<"$connected")"
	assert_eq 3 "$(grep -c 'Connection refused' "$work/refused")" "refused: $(cat "$work/refused")"
}

run_tests test_local_native test_local_generic test_behind_nat_native test_behind_nat_generic \
	test_asymmetric test_kinds_of_clients test_fast_open \
	test_two_interfaces test_connections_live_on test_reset test_cookie test_cookie_options test_cookie_mtu test_refused
