#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# demo: a gateway between a client and a server, real HTTP through it, a burst of spoofed SYNs, and
# their sources. Everything is in private namespaces, which vanish with this script however it ends.
set -u
if [ "$(id -u)" != 0 ]; then
	echo "the demo makes network namespaces, which needs root: running sudo"
	exec sudo -- "$0" "$@"
fi
if [ "${XDPCTL_PRIVATE:-}" != 1 ] && ! unshare --mount true; then
	echo "demo: cannot make a mount namespace: a container needs CAP_SYS_ADMIN for that" >&2
	exit 1
fi
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need_private_mounts "$@"
private_world

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
show() {
	printf '\033[1m$ %s\033[0m\n' "$*"
	"$@"
}
fail() {
	echo "demo: $*" >&2
	exit 1
}

finish() {
	local status=$?
	[ -z "${server:-}" ] || kill "$server" 2>/dev/null
	ip netns del client 2>/dev/null
	ip netns del gateway 2>/dev/null
	ip netns del server 2>/dev/null
	rm -rf "$work"
	exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

connect() { # NETNS IFACE ADDRESS GATEWAY-IFACE GATEWAY-ADDRESS
	ip -n gateway link add "$4" type veth peer name "$2" netns "$1"
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n gateway addr add "$5/24" dev "$4"
	ip -n "$1" link set lo up && ip -n "$1" link set "$2" up && ip -n gateway link set "$4" up
	ip -n "$1" route add default via "$5"
}

say "three hosts: client 10.1.0.2 -- gateway -- server 10.2.0.2"
for netns in client gateway server; do
	ip netns add $netns || fail "cannot make namespaces"
done
connect client eth0 10.1.0.2 lan 10.1.0.1
connect server eth0 10.2.0.2 wan 10.2.0.1
inside gateway sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
mkdir "$work/www" && : >"$work/http.log" && echo "hello from the server" >"$work/www/index.html"
start_inside server python3 -u -m http.server --directory "$work/www" --bind 10.2.0.2 80 \
	>"$work/http.log" 2>&1
server=$!
until grep -q Serving "$work/http.log"; do kill -0 $server || fail "no HTTP server: $(cat "$work/http.log")"; done

say "attach to the gateway's client side, in native mode"
show xdpctl attach lan --netns gateway || fail "cannot attach"

say "three HTTP requests over the kernel's TCP, while SYNs from five spoofed sources arrive"
mac=$(ip -n gateway -j link show lan | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["address"])')
start_inside client pktgen send syn-flood eth0 --sources 5 --count 100000 --rate 50000 --victim 10.2.0.2 \
	--dst-mac "$mac" --truth "$work/truth.tsv" --i-own-this-network >"$work/pktgen.log" 2>&1
flood=$!
for _ in 1 2 3; do
	inside client curl -sS --max-time 10 http://10.2.0.2/ || fail "an HTTP request failed"
done
wait $flood || fail "pktgen: $(cat "$work/pktgen.log")"
printf '10.1.0.2\t3\n' >>"$work/truth.tsv"

say "what the gateway counted"
show xdpctl status --netns gateway
show xdpctl stats lan --netns gateway || fail "cannot read the counters"

say "compared with what was sent"
xdpctl stats lan --netns gateway -j -n 100 | python3 -c '
import json, sys
sent = dict(line.split("\t") for line in open(sys.argv[1]) if line[0] != "#")
sent = {address: int(syns) for address, syns in sent.items()}
seen = json.load(sys.stdin)["interfaces"][0]
counted = {row["address"]: row["at_least"] for row in seen["sources"]}
for address in sorted(sent | counted):
    print(f"  {address:20} sent {sent.get(address, 0):7}  counted {counted.get(address, 0):7}")
sys.exit(sent != counted or seen["unattributed"] != 0)' "$work/truth.tsv" ||
	fail "the counts differ from what was sent"
show xdpctl detach lan --netns gateway || fail "cannot detach"
say "every SYN was counted, every request was answered"
