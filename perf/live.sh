# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# live: rows that count and drop SYNs over a veth pair between two network namespaces.
#
# A row is two functions: start_ROW starts counting on r0, or fails with the reason on stderr;
# stop_ROW stops it and sets $counted to the number of SYNs. Frames that a row does not drop are
# dropped by the kernel right after it, as frames for another host.

# Set by the including script.
: "${root:?}" "${build:?}" "${work:?}" "${rounds:?}"
: "${live_sources:?}" "${live_count:?}" "${live_seconds:?}"

# row, label
live_rows="
xdp_drop|XDP: classes, drop
xdp_hash_drop|XDP: HASH, drop
xdpctl_native|xdpctl, native
xdpctl_deny|xdpctl, policy that drops all
xdpctl_generic|xdpctl, generic
nftables|nftables ingress, set
iptables|iptables raw, hashlimit
afpacket|AF_PACKET ring, C
rawsock|raw socket, Python
"

elsewhere=02:00:00:00:00:99 # an unused address
settle_s=0.3                # idle time that marks the end of a transmission
peer=                       # the counting process, if any
flood_pid=                  # the sender in the background, if any

inside() { # NETNS COMMAND...
	local netns=$1
	shift
	nsenter --net="/run/netns/$netns" "$@"
}

# Native XDP transmission into a veth needs NAPI on its peer: GRO enables it, for all rows alike.
make_wire() {
	ip netns add lab_tx && ip netns add lab_rx &&
		ip -n lab_rx link add r0 type veth peer name s0 netns lab_tx &&
		inside lab_rx sysctl -qw net.ipv6.conf.all.disable_ipv6=1 &&
		inside lab_tx sysctl -qw net.ipv6.conf.all.disable_ipv6=1 &&
		ip -n lab_rx addr add 198.18.0.1/24 dev r0 &&
		ip -n lab_rx link set r0 up && ip -n lab_tx link set s0 up &&
		inside lab_rx ethtool -K r0 gro on >/dev/null
}

remove_wire() {
	[ -z "$peer" ] || { kill "$peer" && wait "$peer"; } 2>/dev/null
	peer=
	ip netns del lab_tx 2>/dev/null
	ip netns del lab_rx 2>/dev/null
	rm -rf /sys/fs/bpf/xdpctl
}

# Starts a counting process and waits until it prints "ready".
start_peer() { # COMMAND...
	nsenter --net=/run/netns/lab_rx "$@" >"$work/peer" &
	peer=$!
	local i
	for ((i = 0; i < 100; i++)); do
		grep -q ready "$work/peer" && return
		kill -0 $peer 2>/dev/null || break
		sleep 0.1
	done
	return 1
}

stop_peer() {
	kill -TERM "$peer"
	wait "$peer"
	peer=
	counted=$(grep -v ready "$work/peer" | jq .syns)
}

start_xdp_drop() { start_peer "$build/perf/bench" attached "$build/perf/bpf/classes_drop.o" r0; }
stop_xdp_drop() { stop_peer; }

start_xdp_hash_drop() { start_peer "$build/perf/bench" attached "$build/perf/bpf/hash_drop.o" r0; }
stop_xdp_hash_drop() { stop_peer; }

start_xdpctl() { inside lab_rx "$build/xdpctl" attach r0 -m "$1" >/dev/null; }
stop_xdpctl() {
	counted=$(inside lab_rx "$build/xdpctl" stats r0 -n 1 -j | jq '.interfaces[0].syns')
	inside lab_rx "$build/xdpctl" detach r0 >/dev/null
}
start_xdpctl_native() { start_xdpctl native; }
stop_xdpctl_native() { stop_xdpctl; }
# Counted are the frames that the policy has dropped: each has been counted by source as well.
start_xdpctl_deny() {
	printf 'xdpctl-policy: 1\ndeny: [0.0.0.0/0]\n' >"$work/deny_all.yaml"
	start_xdpctl native &&
		inside lab_rx "$build/xdpctl" policy apply "$work/deny_all.yaml" r0 --no-confirm --no-management >/dev/null
}
stop_xdpctl_deny() {
	counted=$(inside lab_rx "$build/xdpctl" stats r0 -n 1 -j | jq '.interfaces[0].reasons.drop_deny')
	inside lab_rx "$build/xdpctl" detach r0 >/dev/null
}
start_xdpctl_generic() { start_xdpctl generic; }
stop_xdpctl_generic() { stop_xdpctl; }

# A separate rule drops, because the one before it does not match once the set is full.
start_nftables() {
	inside lab_rx nft -f - <<-'END'
		table netdev lab {
			set sources { type ipv4_addr; size 1048576; flags dynamic; }
			counter syns { }
			chain in {
				type filter hook ingress device r0 priority 0;
				tcp flags & (syn | ack) == syn counter name syns
				tcp flags & (syn | ack) == syn update @sources { ip saddr counter }
				drop
			}
		}
	END
}
stop_nftables() {
	counted=$(inside lab_rx nft -j list counter netdev lab syns |
		jq '[.nftables[].counter.packets? // empty][0]')
}

# hashlimit keeps one entry per source; the rate is never exceeded.
start_iptables() {
	inside lab_rx iptables -t raw -A PREROUTING -p tcp --syn -m hashlimit --hashlimit-name lab \
		--hashlimit-mode srcip --hashlimit-htable-max 1048576 --hashlimit-htable-size 262144 \
		--hashlimit-above 1000000/second -j ACCEPT &&
		inside lab_rx iptables -t raw -A PREROUTING -p tcp --syn -j DROP
}
stop_iptables() {
	counted=$(inside lab_rx iptables -t raw -L PREROUTING -v -x -n |
		awk '$3 == "ACCEPT" || $3 == "DROP" {sum += $1} END {print sum}')
}

start_afpacket() { start_peer "$build/perf/afpacket" r0; }
stop_afpacket() { stop_peer; }

start_rawsock() { start_peer python3 "$root/perf/peers/rawsock.py" r0; }
stop_rawsock() { stop_peer; }

# iptables only sees frames for this host.
destination_of() { # ROW
	case $1 in
	iptables) ip -n lab_rx -j link show r0 | jq -r '.[0].address' ;;
	*) echo "$elsewhere" ;;
	esac
}

transmitted() { ip -n lab_tx -s -j link show s0 | jq '.[0].stats64.tx.packets'; }
received() { ip -n lab_rx -s -j link show r0 | jq '.[0].stats64.rx.packets'; }

# Waits until the receive counter is stable: a loaded machine counts the last frames late.
settle() {
	local last='' now
	while now=$(received) && [ "$now" != "$last" ]; do
		last=$now
		sleep "$settle_s"
	done
}

send_syns() { # ROW SOURCES ROUND
	inside lab_tx timeout --foreground -k 5 30 "$build/pktgen" send syn-flood s0 --sources "$2" --seed "$3" \
		--count "$live_count" --duration "$live_seconds" \
		--dst-mac "$(destination_of "$1")" -j
}

# Spoofed SYNs in the background; what was sent is written to $work/flood.
start_flood() { # OPTION...
	nsenter --net=/run/netns/lab_tx "$build/pktgen" send syn-flood s0 --distribution spoofed \
		--count "$live_count" "$@" -j >"$work/flood" 2>/dev/null &
	flood_pid=$!
}

stop_flood() {
	[ -z "$flood_pid" ] || { kill "$flood_pid" && wait "$flood_pid"; }
	flood_pid=
} 2>/dev/null

# One run: a line of JSON on stdout. Fails if the row cannot run here. A sender that stopped waiting
# for its last frames may have sent more than it reports: the interface's counter knows.
live_run() { # ROW LABEL SOURCES ROUND
	local before sent transmitted delivered counted=
	if ! { make_wire && "start_$1"; } 2>"$work/why"; then
		jq -cn --arg row "$1" --arg title "$2" --arg why "$(tail -n 1 "$work/why")" \
			'{row: $row, "label": $title, sources: 0, skipped: $why}'
		remove_wire
		return 1
	fi
	before=$(received)
	sent=$(send_syns "$1" "$3" "$4" 2>"$work/why")
	settle
	transmitted=$(transmitted)
	delivered=$(($(received) - before))
	"stop_$1" 2>>"$work/why"
	remove_wire
	jq -cn --arg row "$1" --arg title "$2" --argjson sources "$3" --argjson round "$4" \
		--argjson sent "${sent:-null}" --argjson transmitted "$transmitted" \
		--argjson delivered "$delivered" --argjson counted "${counted:-null}" \
		--arg why "$(tail -n 1 "$work/why")" \
		'{row: $row, "label": $title, sources: $sources} + if $sent == null or $counted == null
		then {skipped: $why}
		else {round: $round, sent: ([$sent.sent, $transmitted] | max), seconds: $sent.seconds, sender: $sent.sender,
			delivered: $delivered, counted: $counted} end'
}

# All rows in each round, so that drift of the machine affects all alike.
live_all() { # ONLY
	local round sources row label skipped=
	for ((round = 1; round <= rounds; round++)); do
		for sources in $live_sources; do
			while IFS='|' read -r row label; do
				if [ -z "$row" ] || [ "${1:-$row}" != "$row" ]; then continue; fi
				if [[ $skipped == *" $row "* ]]; then continue; fi
				echo "live: round $round of $rounds, $sources sources: $label" >&2
				live_run "$row" "$label" "$sources" "$round" || skipped+=" $row "
			done <<<"$live_rows"
		done
	done
}
