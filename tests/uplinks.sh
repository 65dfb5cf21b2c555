# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# uplinks: a gateway with many interfaces, and traffic to them; for tests that source lib.sh.
# shellcheck disable=SC2154 # work is lib.sh's

# A gateway with these interfaces, attached; the peer of X, in the client, is p-X.
make_uplinks() { # INTERFACE...
	local name
	ip -b - <<<$'netns add client\nnetns add gateway' || exit 1
	# No interface of theirs sends anything by itself.
	for name in client gateway; do
		inside $name bash -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6' || exit 1
	done
	for name in "$@"; do
		echo "link add $name type veth peer name p-$name netns client"
		echo "link set $name up"
	done | ip -n gateway -batch -
	for name in "$@"; do
		echo "link set p-$name up"
	done | ip -n client -batch -
	run 0 X attach "$@" --max-sources 1024
}

send() { # INTERFACE COUNT OPTION...: SYNs from the client, all of them sent at the end
	inside client pktgen send syn-flood "p-$1" --sender packet --count "$2" "${@:3}" >"$work/pktgen" 2>&1 ||
		assert_eq "pktgen's success" "$(cat "$work/pktgen")"
}

start_sending() { # INTERFACE RATE OPTION...: until the end of the test
	nsenter --net=/run/netns/client pktgen send syn-flood "p-$1" --sender packet --rate "$2" \
		--duration 600 --count 100000000 "${@:3}" >/dev/null 2>&1 &
	echo $! >>"$work/pids"
}
