#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_clients: clients that are idle, slow, broken or many: the exporter still serves, in bounded
# time and memory.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/exporter.sh
. "$root/tests/exporter.sh"
need_private_mounts "$@"
private_world

cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

# Few descriptors: interfaces need one each, and clients that cannot be accepted cost no time.
test_descriptors() {
	make_hosts
	local i
	for i in 1 2 3 4 5 6; do ip -n gateway link add "v$i" type veth peer name "w$i"; done
	run 0 X attach g0 v1 v2 v3 v4 v5 v6
	in_background bash -c 'ulimit -n 40; exec xdpctl export --netns gateway --listen 127.0.0.1:0'
	wait_listening
	wait_metric 1 'xdpctl_attached{interface="g0"}'
	assert_eq 7 "$(fetch metrics | grep -c '^xdpctl_attached{.* 1$')" "attached interfaces"
	cat >"$work/idle.py" <<-'PY'
		import socket, sys, time
		held = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(60)]
		print("holding", flush=True)
		time.sleep(60)
	PY
	in_background python3 -S "$work/idle.py" "$port"
	wait_printed holding
	local before after
	before=$(cpu_ticks "$exporter")
	for ((i = 0; i < 60; i++)); do pause; done # 3 s
	after=$(cpu_ticks "$exporter")
	[ $((after - before)) -lt 60 ] || assert_eq "less than 0.6 s of CPU" "$((after - before)) ticks"
	kill "$background"
	wait_metric 1 'xdpctl_attached{interface="g0"}'
}

# Under thousands of idle, slow, broken or garbage connections it still serves, in bounded memory.
test_hostile() {
	make_hosts
	run 0 X attach g0
	start_exporter g0
	cat >"$work/hostile.py" <<'PY'
import os, socket, sys, time
port = int(sys.argv[1])

def connect():
    s = socket.socket()
    s.settimeout(2)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    s.connect(("127.0.0.1", port))
    return s

def attempt(data, then=None):
    try:
        s = connect()
        s.sendall(data)
        if then:
            then(s)
        return s
    except OSError:
        return None

rubbish = [b"\0" * 4096, os.urandom(8192), b"GET " * 9000, b"GET / HTTP/9.9\r\n\r\n",
           b"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n",
           b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 8000, b"GET /\r\n", b"\r\n\r\n",
           b"GET /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"]
for i in range(3000):
    s = attempt(rubbish[i % len(rubbish)])
    if s:
        s.close()
held = [attempt(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") for _ in range(30)]  # never read
held += [attempt(b"GET / HTTP/1.1\r\n") for _ in range(60)]               # never complete
print("holding", flush=True)
time.sleep(60)
PY
	in_background python3 -S "$work/hostile.py" "$port"
	wait_printed holding
	# Idle connections are closed after some seconds, which bounds the wait.
	assert_eq 200 "$(curl -s --max-time 25 "${url}metrics" -o /dev/null \
		-w '%{http_code}')"
	local rss
	rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$exporter/status")
	[ "$rss" -lt 80000 ] || assert_eq "less than 80 MB" "$rss kB"
}

# Interfaces take at most 2 MiB each of the exporter's own memory, also after a flood of sources;
# mapped tables are the kernel's.
test_memory() {
	make_hosts
	local i own names=(g0)
	for i in 1 2 3 4 5 6 7; do
		echo "link add v$i type veth peer name w$i"
		names+=("v$i")
	done >"$work/links"
	ip -n gateway -b "$work/links"
	run 0 X attach "${names[@]}"
	start_exporter -n 10
	flood --count 50000 --rate 100000 --distribution spoofed
	wait_metric "$sent" 'xdpctl_syns_total{interface="g0"}'
	assert_eq 8 "$(fetch metrics | grep -c '^xdpctl_attached{.* 1$')" "attached interfaces"
	own=$(awk '/^RssAnon/ { print $2 }' "/proc/$exporter/status")
	echo "# $own kB for 8 interfaces"
	[ "$own" -lt $((8 * 2048)) ] || assert_eq "less than 16 MiB" "$own kB"
}

run_tests test_descriptors test_hostile test_memory
