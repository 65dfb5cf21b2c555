#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_http: the exporter's HTTP: RFCs, codings, names, limits, sockets, a proxy, systemd.
# waits: for deadlines of seconds
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/exporter.sh
. "$root/tests/exporter.sh"
need_private_mounts "$@"
private_world

start_exporter() { # OPTION...: on the machine's loopback
	in_background xdpctl export "$@" --listen 127.0.0.1:0
	wait_listening
}

stop() { # PID: it must end well
	kill -TERM "$1"
	wait "$1" || assert_eq "exit status 0" $?
}

fetch() { # PATH [OPTION...]: the header is in $work/header
	curl -sS --max-time 10 -D "$work/header" "$url$1" "${@:2}"
}

status_of() { # PATH [OPTION...]
	fetch "$@" -o "$work/body" -w '%{http_code}'
}

field() { # NAME: of the last response
	sed -n "s/^$1: \(.*\)\r$/\1/Ip" "$work/header"
}

# Send bytes as they are, and read until the server closes.
cat >"$work/raw.py" <<'PY'
import socket, sys
request = sys.argv[2].encode().decode("unicode_escape").encode("latin-1")
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
s.sendall(request)
while data := s.recv(65536):
    sys.stdout.buffer.write(data)
PY
raw() { python3 "$work/raw.py" "$port" "$1"; } # REQUEST, with \r\n

raw_status() { raw "$1" | sed -n '1s/^HTTP\/1.1 \([0-9]*\) .*/\1/p'; } # REQUEST

test_methods() {
	start_exporter
	local method
	for method in POST PUT DELETE OPTIONS TRACE PATCH; do
		assert_eq 405 "$(status_of metrics -X $method)" $method
		assert_eq "GET, HEAD" "$(field allow)" "Allow of $method"
	done
	assert_eq 405 "$(status_of metrics -d body)" "POST with a body"
	assert_eq 501 "$(status_of metrics -X BREW)"
	assert_eq 501 "$(status_of metrics -X get)" "methods are case-sensitive"
	assert_eq 405 "$(raw_status 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n')"
	assert_eq 405 "$(raw_status 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n')"
}

# HEAD sends the fields of GET, in every coding, and no content.
test_head() {
	start_exporter
	local path
	for path in "" metrics healthz api/v1/stats nothing; do
		fetch "$path" -H 'Accept-Encoding: gzip' -o "$work/body"
		grep -viE '^(date|content-length):' "$work/header" >"$work/get"
		assert_eq "$(wc -c <"$work/body")" "$(field content-length)" "length of /$path"
		fetch "$path" -H 'Accept-Encoding: gzip' -I -o "$work/body"
		grep -viE '^(date|content-length):' "$work/header" >"$work/head"
		[ "$(field content-length)" -gt 0 ] || assert_eq "a length" "$(field content-length)"
		cmp "$work/get" "$work/head" || exit 1
		date -d "$(field date)" >/dev/null || assert_eq "a date" "$(field date)"
	done
	raw 'HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n' >"$work/head"
	assert_eq $'\r' "$(tail -n 1 "$work/head")" "the end of a response to HEAD"
}

test_requests() {
	start_exporter
	assert_eq 400 "$(raw_status 'GET /healthz HTTP/1.1\r\n\r\n')" "no Host"
	assert_eq 200 "$(raw_status 'GET /healthz HTTP/1.0\r\n\r\n')" "no Host in HTTP/1.0"
	local host='Host: localhost\r\n'
	assert_eq 400 "$(raw_status "GET /healthz HTTP/1.1\r\n$host$host\r\n")" "two Hosts"
	assert_eq 200 "$(raw_status "GET http://localhost:80/healthz HTTP/1.1\r\nHost: x.example\r\n\r\n")" \
		"an absolute target"
	assert_eq 421 "$(raw_status "GET http://x.example/healthz HTTP/1.1\r\n$host\r\n")" \
		"the target's host is the one that counts"
	assert_eq 400 "$(raw_status "GET healthz HTTP/1.1\r\n$host\r\n")"
	assert_eq 400 "$(raw_status "GET /healthz%00 HTTP/1.1\r\n$host\r\n")" "a NUL byte"
	assert_eq 200 "$(raw_status "GET /%68ealthz?a=%00 HTTP/1.1\r\n$host\r\n")" "an encoded path"
	assert_eq 400 "$(raw_status "GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n")" "a blank"
	assert_eq 505 "$(raw_status "GET /healthz HTTP/2.0\r\n$host\r\n")"
	assert_eq 404 "$(status_of nothing)"
	assert_eq "not found" "$(cat "$work/body")"
	assert_eq no-store "$(field cache-control)"
}

test_content() {
	start_exporter
	local head='GET /healthz HTTP/1.1\r\nHost: localhost\r\n'
	assert_eq 200 "$(raw_status "${head}Content-Length: 3\r\n\r\nabc")"
	assert_eq 200 "$(raw_status "${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")"
	assert_eq 413 "$(raw_status "${head}Content-Length: 65537\r\n\r\n")"
	assert_eq 400 "$(raw_status "${head}Content-Length: +3\r\n\r\nabc")"
	assert_eq 400 "$(raw_status "${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc")"
	assert_eq 400 "$(raw_status "${head}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n")"
	assert_eq 501 "$(raw_status "${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")"
	assert_eq 200 "$(head -c 60000 /dev/zero | status_of healthz -X GET --data-binary @-)"
}

openmetrics='application/openmetrics-text'

test_types() {
	start_exporter
	type_for() { # VALUE
		fetch metrics -H "Accept: $1" -o /dev/null
		field content-type | cut -d';' -f1
	}
	assert_eq text/plain "$(type_for '*/*')"
	assert_eq text/plain "$(type_for '')" "no Accept"
	assert_eq text/plain "$(type_for 'text/html')" "nothing acceptable"
	assert_eq text/plain "$(type_for 'text/plain;version=0.0.4')"
	assert_eq $openmetrics "$(type_for "$openmetrics;version=1.0.0")"
	assert_eq $openmetrics "$(type_for "$openmetrics;version=1.0.0;q=0.5,text/plain;q=0.4")"
	assert_eq text/plain "$(type_for "$openmetrics;version=1.0.0;q=0.4,text/plain;q=0.5")"
	assert_eq text/plain "$(type_for "$openmetrics;version=0.0.1,*/*;q=0.1")"
	assert_eq text/plain "$(type_for "$openmetrics;q=0,*/*;q=0.1")"
	fetch metrics -H 'Accept: text/plain;q=0.1' -H "Accept: $openmetrics" -o /dev/null
	assert_eq $openmetrics "$(field content-type | cut -d';' -f1)" "two Accept fields"
	assert_eq "Accept, Accept-Encoding" "$(field vary)"
}

test_gzip() {
	make_hosts
	run 0 xdpctl attach g0 --netns gateway
	start_exporter --netns gateway # an answer of a few bytes does not become smaller
	local path
	for path in "" metrics api/v1/stats; do
		fetch "$path" -o "$work/plain"
		assert_eq "" "$(field content-encoding)" "coding of /$path without Accept-Encoding"
		fetch "$path" -H 'Accept-Encoding: br;q=1, gzip;q=0.8' -o "$work/packed"
		assert_eq gzip "$(field content-encoding)" "coding of /$path"
		assert_eq "Accept, Accept-Encoding" "$(field vary)"
		[ "$(wc -c <"$work/packed")" -lt "$(wc -c <"$work/plain")" ] ||
			assert_eq "less than $(wc -c <"$work/plain")" "$(wc -c <"$work/packed")" "/$path"
		run 0 gzip -t <"$work/packed"
	done
	fetch "" --compressed | cmp - <(fetch "") || exit 1
	coding_for() { # VALUE
		fetch metrics -H "Accept-Encoding: $1" -o /dev/null -w '%{http_code} '
		field content-encoding
	}
	assert_eq "200 " "$(coding_for 'gzip;q=0')"
	assert_eq "200 " "$(coding_for 'gzip;q=0.5, identity')"
	assert_eq "200 gzip" "$(coding_for '*')"
	assert_eq "200 gzip" "$(coding_for 'identity;q=0, gzip;q=0.1')"
	assert_eq "406 " "$(coding_for 'identity;q=0')"
}

test_hosts() {
	start_exporter --listen "[::1]:0" --listen "unix:$work/socket" --allow-host gw.example \
		--allow-host Other.Example
	status_for() { status_of healthz -H "Host: $1"; } # HOST
	local host
	for host in localhost LOCALHOST:80 localhost. 127.0.0.1:9477 192.0.2.9 '[2001:db8::1]' gw.example \
		GW.example.:9477 other.example; do
		assert_eq 200 "$(status_for "$host")" "$host"
	done
	for host in evil.example gw.example.evil 127.0.0.1.evil.example 127.1; do
		assert_eq 421 "$(status_for "$host")" "$host"
		grep -q -- "--allow-host $host" "$work/body" ||
			assert_eq "the option to use" "$(cat "$work/body")"
	done
	assert_eq 400 "$(status_for 'a b')"
	assert_eq ok "$(curl -sS --unix-socket "$work/socket" http://any.name/healthz)" "a Unix socket"
	url=$(sed -n 's/^listening on \(.*\[::1\].*\)/\1/p' "$work/background")
	assert_eq 200 "$(status_of healthz)" "IPv6"
}

# Connections that never finish their request: open, and say so.
cat >"$work/idle.py" <<'PY'
import socket, sys, time
address, port, count, data = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4].encode()
held = []
def closed(s):
    s.setblocking(False)
    try:
        return not s.recv(1)
    except BlockingIOError:
        return False
    except OSError:
        return True
for _ in range(count):
    s = socket.create_connection((address, port), timeout=5)
    held.append(s)
    try:
        s.sendall(data)
    except OSError:
        pass
time.sleep(0.5)
print("open", sum(not closed(s) for s in held), flush=True)
begin = time.monotonic()
while any(not closed(s) for s in held):
    time.sleep(0.05)
print("ended", time.monotonic() - begin, flush=True)
PY

said() { grep -q "^$1" "$work/background"; }

test_limit_per_address() {
	make_hosts
	ip -n client addr add 192.0.2.3/24 dev c0
	in_background xdpctl export --listen "192.0.2.1:0" --netns gateway --listen-netns gateway
	wait_listening
	in_background inside client python3 "$work/idle.py" 192.0.2.1 "$port" 20 "GET / HTTP/1.1"
	wait_until said open
	assert_eq "open 8" "$(cat "$work/background")" "connections of one address"
	assert_eq ok "$(inside client curl -sS --max-time 5 --interface 192.0.2.3 "${url}healthz")" \
		"another address"
}

test_loopback_is_spared() {
	start_exporter
	in_background python3 "$work/idle.py" 127.0.0.1 "$port" 20 "GET / HTTP/1.1"
	wait_until said open
	assert_eq "open 20" "$(cat "$work/background")" "connections over loopback"
}

# 3 s for the header section, and the exporter looks every second.
test_slow_header() {
	start_exporter
	in_background python3 "$work/idle.py" 127.0.0.1 "$port" 1 "GET / HTTP/1.1"
	wait_until said ended
	awk '/^ended/ && $2 > 1.5 && $2 < 5 { found = 1 } END { exit !found }' "$work/background" ||
		assert_eq "an end after 3 s" "$(cat "$work/background")"
}

# More than there is room for: each new one makes the oldest unfinished one go.
test_makes_room() {
	start_exporter
	in_background python3 "$work/idle.py" 127.0.0.1 "$port" 100 "GET / HTTP/1.1"
	wait_until said open
	assert_eq "open 64" "$(cat "$work/background")" "connections"
	assert_eq ok "$(fetch healthz)" "a client that comes after"
}

# Reading moves, listening does not; what is printed is where it can be reached.
test_netns() {
	make_hosts
	run 0 xdpctl attach g0 --netns gateway
	start_exporter --netns gateway
	assert_eq '["g0"]' "$(fetch api/v1/stats | jq -c '[.interfaces[].interface]')" "interfaces"
	kill "$exporter"
	in_background xdpctl export --listen 127.0.0.1:0 --listen-netns client --netns gateway
	wait_listening
	assert_eq "listening on $url in network namespace client" "$(cat "$work/background")"
	assert_eq '["g0"]' "$(inside client curl -sS "${url}api/v1/stats" |
		jq -c '[.interfaces[].interface]')" "interfaces, read from the client"
	in_background xdpctl export --listen 127.0.0.1:0 --listen-netns client
	wait_listening
	assert_eq ok "$(inside client curl -sS "${url}healthz")"
	run 1 xdpctl export --listen-netns nowhere
	assert_says "--listen-netns: /run/netns/nowhere: No such file or directory"
}

test_unix_socket() {
	in_background xdpctl export --listen "unix:$work/socket"
	wait_listening
	assert_eq "listening on unix:$work/socket" "$(cat "$work/background")"
	assert_eq "660 socket" "$(stat -c '%a %F' "$work/socket")"
	assert_eq ok "$(curl -sS --unix-socket "$work/socket" http://x/healthz)"
	run 1 xdpctl export --listen "unix:$work/socket"
	assert_says "another process listens there"
	kill -KILL "$exporter"
	wait "$exporter" 2>/dev/null
	[ -S "$work/socket" ] || assert_eq "a socket that was left" "none"
	in_background xdpctl export --listen "unix:$work/socket"
	wait_listening
	assert_eq ok "$(curl -sS --unix-socket "$work/socket" http://x/healthz)" "in place of a stale one"
	assert_eq "socket" "$(cd "$work" && echo socket*)" "sockets"
	stop "$exporter"
	[ ! -e "$work/socket" ] || assert_eq "no socket after the end" "$(ls -l "$work/socket")"
}

# What is not the exporter's own stays.
test_unix_socket_paths() {
	echo precious >"$work/file"
	run 1 xdpctl export --listen "unix:$work/file"
	assert_says "exists and is no socket"
	ln -s "$work/file" "$work/link"
	run 1 xdpctl export --listen "unix:$work/link"
	assert_says "exists and is no socket"
	assert_eq precious "$(cat "$work/file")"
	run 1 xdpctl export --listen "unix:$work/none/socket"
	assert_says "No such file or directory"
	run 2 xdpctl export --listen unix:
	run 2 xdpctl export --listen "unix:/$(printf '%0200d' 0)"
	assert_says "from 1 to"
	in_background xdpctl export --listen "unix:$work/socket"
	wait_listening
	rm "$work/socket" && echo another >"$work/socket"
	stop "$exporter"
	assert_eq another "$(cat "$work/socket")" "a file that took the place"
}

# The options, the addresses and the names of systemd's protocol.
test_socket_activation() {
	need systemd-socket-activate
	local where
	for where in 127.0.0.1:19478 "$work/activated"; do
		in_background systemd-socket-activate -l "$where" xdpctl export
		wait_until grep -q Listening "$work/background"
		if [ "$where" = "$work/activated" ]; then
			assert_eq ok "$(curl -sS --unix-socket "$where" http://x/healthz)" "$where"
			grep -q "^listening on unix:$where" "$work/background" || exit 1
		else
			assert_eq ok "$(curl -sS "http://$where/healthz")" "$where"
			grep -q "^listening on http://$where/" "$work/background" || exit 1
		fi
		stop "$background"
	done
	[ -S "$work/activated" ] || assert_eq "systemd's socket" "none"
	in_background systemd-socket-activate -l 127.0.0.1:19478 -l 127.0.0.1:19479 xdpctl export
	wait_until grep -q Listening "$work/background"
	assert_eq ok "$(curl -sS http://127.0.0.1:19479/healthz)" "the second socket"
	assert_eq ok "$(curl -sS http://127.0.0.1:19478/healthz)" "the first socket"
	run 1 env LISTEN_FDS=1 bash -c 'LISTEN_PID=$$ exec xdpctl export --listen 127.0.0.1:0' 3</dev/null
	assert_says "is no listening stream socket"
	in_background systemd-socket-activate -l 127.0.0.1:19480 xdpctl export --listen 127.0.0.1:0
	wait_until grep -q Listening "$work/background"
	curl -s http://127.0.0.1:19480/healthz
	wait "$background"
	assert_eq 2 $? "exit status with --listen"
	grep -q "systemd has passed sockets" "$work/background" || exit 1
}

# LISTEN_* of another process mean nothing.
test_foreign_activation() {
	in_background env LISTEN_FDS=1 LISTEN_PID=1 xdpctl export --listen 127.0.0.1:0
	wait_listening
	assert_eq 200 "$(status_of healthz)"
}

# Behind a proxy that strips a path prefix: metrics, JSON, and the page's own requests.
test_proxy_prefix() {
	need nginx deps-ci
	start_exporter
	cat >"$work/nginx.conf" <<-EOF
		daemon off; pid $work/nginx.pid; error_log $work/nginx.log; user root;
		events {}
		http {
			access_log $work/access.log;
			server {
				listen 127.0.0.1:19481;
				location /monitoring/xdp/ { proxy_pass ${url}; }
			}
		}
	EOF
	in_background nginx -c "$work/nginx.conf" -e "$work/nginx.log"
	url=http://127.0.0.1:19481/monitoring/xdp/
	wait_until fetch healthz -o /dev/null 2>/dev/null
	assert_eq ok "$(fetch healthz)"
	assert_eq 200 "$(status_of metrics)"
	assert_eq 200 "$(status_of "" --compressed)"
	! grep -oE '(href|src|fetch\()[= ]*["'\'']/[^"'\'']*' "$work/body" ||
		assert_eq "relative links" "absolute ones"
	need chromium deps-ci
	timeout 60 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=4000 \
		"--user-data-dir=$work/browser" --dump-dom "$url" >"$work/dom" 2>/dev/null
	grep -q 'GET /monitoring/xdp/api/v1/overview HTTP/1.1" 200' "$work/access.log" ||
		assert_eq "the page's requests through the proxy" "$(cat "$work/access.log")"
}

run_tests test_methods test_head test_requests test_content test_types test_gzip test_hosts \
	test_limit_per_address test_loopback_is_spared test_slow_header test_makes_room test_netns \
	test_unix_socket test_unix_socket_paths test_socket_activation test_foreign_activation \
	test_proxy_prefix
