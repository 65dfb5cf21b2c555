# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# flood: connections of new clients to a port that spoofed SYNs flood, by what defends it.
#
# Attacker and clients share one end of a veth pair, and so the ring of the other end. Each end has a CPU of
# its own, with its NAPI in a kernel thread there: the sender goes on at its rate, and the ring of a gateway
# that digests a flood more slowly overflows, as that of a NIC would. The server shares the gateway's CPU. At
# the other end answers are received before more is sent. Clients and the server run at once when frames
# arrive for them. Both ends have an XDP program: an end without one has other queues, and does not receive
# what XDP answers.
#
# A row is one function: defend_ROW prepares r0, or fails with the reason on stderr.

# Set by the including script, with live.sh.
: "${root:?}" "${build:?}" "${work:?}"
: "${flood_rates:?}" "${flood_rounds:?}" "${flood_clients:?}"

# row, label
flood_rows="
nothing|nothing
kernel_cookies|kernel SYN cookies
synproxy|nftables SYNPROXY
challenge|xdpctl, challenge
cookie|xdpctl, cookie
challenge_generic|xdpctl, challenge, generic
"

server_address=198.18.0.1
client_prefix=198.19.0.0/16 # as in drop_backscatter.bpf.c
client_rate=150             # connections begun per second
flood_only_s=1              # of a flood without clients
flood_bound_s=20            # of any flood
poll_ns=20000
sender_cpu=0
gateway_cpu=$(($(nproc) - 1))

attach_program() { # NETNS DEVICE PROGRAM
	ip -n "$1" link set "$2" xdpdrv object "$build/perf/bpf/$3.o" section xdp.frags
}
pass_all() { attach_program lab_rx r0 null; }

set_cookies() { inside lab_rx sysctl -qw net.ipv4.tcp_syncookies="$1"; }

defend_nothing() { set_cookies 0 && pass_all; }
defend_kernel_cookies() { set_cookies 1 && pass_all; }

defend_synproxy() {
	set_cookies 1 && pass_all &&
		inside lab_rx nft -f - <<-'END_RULES' &&
			table ip lab {
				chain early {
					type filter hook prerouting priority raw;
					tcp dport 80 tcp flags syn / fin,syn,rst,ack notrack
				}
				chain in {
					type filter hook input priority filter;
					tcp dport 80 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
					tcp dport 80 ct state invalid drop
				}
			}
		END_RULES
		inside lab_rx sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
}

# Armed from the first SYN on, as in the middle of an attack; no SYN is dropped for want of answers.
apply_action() { # ACTION MODE
	printf '%s\n' 'xdpctl-policy: 1' 'answer_limit: 10000000/s' 'protect:' \
		"  - {name: web, victims: [$server_address], ports: [80], armed: always, mode: enforce, action: $1}" \
		>"$work/flood.yaml"
	start_xdpctl "$2" &&
		inside lab_rx "$build/xdpctl" policy apply "$work/flood.yaml" r0 --no-confirm --no-management >/dev/null
}
defend_challenge() { apply_action challenge native; }
defend_cookie() { set_cookies 2 && apply_action cookie native; }
defend_challenge_generic() { apply_action challenge generic; }

napi_threads() { ps -eo pid=,comm= | awk -v "name=napi/$1-" 'index($2, name) == 1 { print $1 }' | sort; } # DEVICE

# It polls its ring every $poll_ns, as if its NIC moderated interrupts, and is never woken by the sender: a
# wake-up of another CPU may take longer than the ring to overflow. Others may have devices of that name, in
# other namespaces.
pin_napi() { # NETNS DEVICE CPU CHRT-PRIORITY
	local before pid
	before=$(napi_threads "$2")
	ip netns exec "$1" sh -c "cd /sys/class/net/$2 && echo 1 >threaded &&
		echo $poll_ns >gro_flush_timeout && echo 1000000 >napi_defer_hard_irqs" || return
	for pid in $(comm -13 <(echo "$before") <(napi_threads "$2")); do
		taskset -p -c "$3" "$pid" >/dev/null && chrt -p "${@:4}" "$pid" && return
	done
	echo "$2: its NAPI has no thread" >&2
	return 1
}

# New namespaces, so that neither TCP metrics nor a policy remember a client.
make_flooded_wire() {
	make_wire &&
		ip -n lab_tx addr add 198.18.0.2/24 dev s0 &&
		ip -n lab_tx link set lo up &&
		ip -n lab_tx route add local $client_prefix dev lo &&
		ip -n lab_rx route add default via 198.18.0.2 &&
		attach_program lab_tx s0 drop_backscatter
}

mac_of() { ip -n "$1" -j link show "$2" | jq -r '.[0].address'; } # NETNS DEVICE
answered() { ip -n lab_tx -s -j link show s0 | jq '.[0].stats64.rx.packets'; }

# Returns once the flood arrives.
flood_port() { # RATE, or "max"
	local rate=() before i
	[ "$1" = max ] || rate=(--rate "$1")
	before=$(received)
	start_flood "${rate[@]}" --batch 16 --cpu "$sender_cpu,$sender_cpu" --duration "$flood_bound_s" \
		--src-mac "$(mac_of lab_tx s0)" --dst-mac "$(mac_of lab_rx r0)"
	for ((i = 0; i < 100; i++)); do
		[ "$(received)" -le $((before + 100)) ] || return 0
		sleep 0.05
	done
	echo "the flood does not arrive" >&2
	return 1
}

# Clients, where the rate leaves the CPU time to measure them.
connect_clients() { # RATE
	if [ "$1" = max ]; then
		sleep $flood_only_s
		echo null
		return
	fi
	inside lab_tx taskset -c "$sender_cpu" chrt -f 1 "$build/pktgen" connect "$server_address:80" \
		--from "${client_prefix%/*}" --count "$flood_clients" --rate $client_rate -j
}

# Figures of one run, from what pktgen send and connect print.
flood_figures() { # ROW LABEL RATE ROUND CONNECTED DIGESTED ANSWERED
	jq -c --arg row "$1" --arg title "$2" --arg rate "$3" --argjson round "$4" --argjson clients "$5" \
		--argjson digested "$6" --argjson answered "$7" \
		'{row: $row, "label": $title, rate: $rate, round: $round, figures: ({
			sent_pps: (.sent / .seconds),
			digested_pps: ($digested / .seconds),
			answered_pps: ($answered / .seconds)
		} + if $clients == null then {} else {
			completed_percent: ($clients.completed / $clients.connections * 100)
		} + (($clients.connect_ns // {}) |
			with_entries(select(.key != "max") | {key: "\(.key)_ms", value: (.value / 1e6)})) end)}' \
		"$work/flood"
}

flood_measure() { # ROW LABEL RATE ROUND
	local before answered_before clients
	make_flooded_wire && "defend_$1" && pin_napi lab_tx s0 $sender_cpu -f 2 && pin_napi lab_rx r0 "$gateway_cpu" -o 0 &&
		start_peer taskset -c "$gateway_cpu" chrt -f 1 python3 "$root/perf/peers/accept.py" $server_address &&
		before=$(received) && answered_before=$(answered) &&
		flood_port "$3" && clients=$(connect_clients "$3") && stop_flood &&
		flood_figures "$@" "$clients" $(($(received) - before)) $(($(answered) - answered_before))
}

# One run: a line of JSON on stdout. Fails if the row cannot run here.
flood_run() { # ROW LABEL RATE ROUND
	local status=0
	flood_measure "$@" 2>"$work/why" || status=1
	stop_flood
	remove_wire
	[ $status = 0 ] || jq -cn --arg row "$1" --arg title "$2" --arg why "$(tail -n 1 "$work/why")" \
		'{row: $row, "label": $title, skipped: $why}'
	return $status
}

# All rows in each round, so that drift of the machine affects all alike.
flood_all() {
	local round rate row label skipped=
	for ((round = 1; round <= flood_rounds; round++)); do
		for rate in $flood_rates; do
			while IFS='|' read -r row label; do
				if [ -z "$row" ] || [[ $skipped == *" $row "* ]]; then continue; fi
				echo "flood: round $round of $flood_rounds, $rate SYNs per second: $label" >&2
				flood_run "$row" "$label" "$rate" "$round" || skipped+=" $row "
			done <<<"$flood_rows"
		done
	done
}
