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

# The body is in $work/body.
assert_status() { # STATUS PATH [OPTION...]
	fetch "${@:2}" -o "$work/body" -w '%{http_code}' >"$work/status"
	assert_eq "$1" "$(<"$work/status")" "status of /${*:2}"
}

# A field of the last response, to $field; empty if there is none.
field() { # NAME
	local line lines
	field=
	mapfile -t lines <"$work/header"
	for line in "${lines[@]}"; do
		[[ ${line,,} != "${1,,}: "* ]] || field=${line#*: }
	done
	field=${field%$'\r'}
}

assert_field() { # VALUE NAME [WHAT]
	local field
	field "$2"
	assert_eq "$1" "$field" "$2${3:+ $3}"
}

# Send bytes as they are, and read until the server closes: to $answer.
raw() { # REQUEST, with \r\n
	local socket
	exec {socket}<>"/dev/tcp/127.0.0.1/$port" || assert_eq "a connection" "none"
	printf '%b' "$1" >"$work/request"
	cat "$work/request" >&"$socket" # in one piece: bash would send each line by itself
	IFS= read -rt 10 -N 1000000 answer <&"$socket"
	exec {socket}<&-
}

assert_raw_status() { # STATUS REQUEST [WHAT]
	raw "$2"
	[[ $answer =~ ^HTTP/1\.1\ ([0-9]+)\  ]] || assert_eq "$1" "$answer" "${3:-$2}"
	assert_eq "$1" "${BASH_REMATCH[1]}" "${3:-$2}"
}

test_methods() {
	start_exporter
	local method
	for method in POST PUT DELETE OPTIONS TRACE PATCH; do
		assert_status 405 metrics -X $method
		assert_field "GET, HEAD" allow "of $method"
	done
	assert_status 405 metrics -d body # POST with a body
	assert_status 501 metrics -X BREW
	assert_status 501 metrics -X get # methods are case-sensitive
	assert_raw_status 405 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'
	assert_raw_status 405 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'
}

# The header without what differs between two requests, to $stable.
stable_fields() {
	local line lines
	stable=()
	mapfile -t lines <"$work/header"
	for line in "${lines[@]}"; do
		[[ ${line,,} =~ ^(date|content-length): ]] || stable+=("$line")
	done
}

# HEAD sends the fields of GET, in every coding, and no content.
test_head() {
	start_exporter
	local path field get stable
	for path in "" metrics healthz api/v1/stats nothing; do
		fetch "$path" -H 'Accept-Encoding: gzip' -o "$work/body"
		stable_fields && get=("${stable[@]}")
		assert_field "$(stat -c %s "$work/body")" content-length "of /$path"
		fetch "$path" -H 'Accept-Encoding: gzip' -I -o "$work/body"
		stable_fields
		assert_eq "${get[*]}" "${stable[*]}" "header of /$path"
		field content-length
		[ "$field" -gt 0 ] || assert_eq "a length" "$field"
		field date
		date -d "$field" >/dev/null || assert_eq "a date" "$field"
	done
	raw 'HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
	[[ $answer = HTTP*$'\r\n\r\n' ]] || assert_eq "a header alone" "$answer"
}

test_requests() {
	start_exporter
	assert_raw_status 400 'GET /healthz HTTP/1.1\r\n\r\n' "no Host"
	assert_raw_status 200 'GET /healthz HTTP/1.0\r\n\r\n' "no Host in HTTP/1.0"
	local host='Host: localhost\r\n'
	assert_raw_status 400 "GET /healthz HTTP/1.1\r\n$host$host\r\n" "two Hosts"
	assert_raw_status 200 "GET http://localhost:80/healthz HTTP/1.1\r\nHost: x.example\r\n\r\n" \
		"an absolute target"
	assert_raw_status 421 "GET http://x.example/healthz HTTP/1.1\r\n$host\r\n" \
		"the target's host is the one that counts"
	assert_raw_status 400 "GET healthz HTTP/1.1\r\n$host\r\n"
	assert_raw_status 400 "GET /healthz%00 HTTP/1.1\r\n$host\r\n" "a NUL byte"
	assert_raw_status 200 "GET /%68ealthz?a=%00 HTTP/1.1\r\n$host\r\n" "an encoded path"
	assert_raw_status 400 "GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n" "a blank"
	assert_raw_status 505 "GET /healthz HTTP/2.0\r\n$host\r\n"
	assert_status 404 nothing
	assert_eq "not found" "$(<"$work/body")"
	assert_field no-store cache-control
}

test_content() {
	start_exporter
	local head='GET /healthz HTTP/1.1\r\nHost: localhost\r\n'
	assert_raw_status 200 "${head}Content-Length: 3\r\n\r\nabc"
	assert_raw_status 200 "${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
	assert_raw_status 413 "${head}Content-Length: 65537\r\n\r\n"
	assert_raw_status 400 "${head}Content-Length: +3\r\n\r\nabc"
	assert_raw_status 400 "${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"
	assert_raw_status 400 "${head}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"
	assert_raw_status 501 "${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
	head -c 60000 /dev/zero >"$work/zeros"
	assert_status 200 healthz -X GET --data-binary "@$work/zeros"
}

openmetrics='application/openmetrics-text'

test_types() {
	local field
	start_exporter
	assert_type() { # TYPE ACCEPT [WHAT]
		fetch metrics -H "Accept: $2" -o /dev/null
		field content-type
		assert_eq "$1" "${field%%;*}" "${3:-type for $2}"
	}
	assert_type text/plain '*/*'
	assert_type text/plain '' "no Accept"
	assert_type text/plain 'text/html' "nothing acceptable"
	assert_type text/plain 'text/plain;version=0.0.4'
	assert_type $openmetrics "$openmetrics;version=1.0.0"
	assert_type $openmetrics "$openmetrics;version=1.0.0;q=0.5,text/plain;q=0.4"
	assert_type text/plain "$openmetrics;version=1.0.0;q=0.4,text/plain;q=0.5"
	assert_type text/plain "$openmetrics;version=0.0.1,*/*;q=0.1"
	assert_type text/plain "$openmetrics;q=0,*/*;q=0.1"
	fetch metrics -H 'Accept: text/plain;q=0.1' -H "Accept: $openmetrics" -o /dev/null
	field content-type
	assert_eq $openmetrics "${field%%;*}" "two Accept fields"
	assert_field "Accept, Accept-Encoding" vary
}

test_gzip() {
	make_hosts
	run 0 xdpctl attach g0 --netns gateway
	start_exporter --netns gateway # an answer of a few bytes does not become smaller
	local path packed plain
	for path in "" metrics api/v1/stats; do
		fetch "$path" -o "$work/plain"
		assert_field "" content-encoding "of /$path without Accept-Encoding"
		fetch "$path" -H 'Accept-Encoding: br;q=1, gzip;q=0.8' -o "$work/packed"
		assert_field gzip content-encoding "of /$path"
		assert_field "Accept, Accept-Encoding" vary
		read -rd '' packed plain < <(stat -c %s "$work/packed" "$work/plain")
		[ "$packed" -lt "$plain" ] || assert_eq "less than $plain" "$packed" "/$path"
		run 0 gzip -t <"$work/packed"
	done
	fetch "" --compressed | cmp - <(fetch "") || exit 1
	assert_coding() { # STATUS CODING ACCEPT-ENCODING
		assert_status "$1" metrics -H "Accept-Encoding: $3"
		assert_field "$2" content-encoding "for '$3'"
	}
	assert_coding 200 "" 'gzip;q=0'
	assert_coding 200 "" 'gzip;q=0.5, identity'
	assert_coding 200 gzip '*'
	assert_coding 200 gzip 'identity;q=0, gzip;q=0.1'
	assert_coding 406 "" 'identity;q=0'
}

test_hosts() {
	start_exporter --listen "[::1]:0" --listen "unix:$work/socket" --allow-host gw.example \
		--allow-host Other.Example
	local host
	for host in localhost LOCALHOST:80 localhost. 127.0.0.1:9477 192.0.2.9 '[2001:db8::1]' gw.example \
		GW.example.:9477 other.example; do
		assert_status 200 healthz -H "Host: $host"
	done
	for host in evil.example gw.example.evil 127.0.0.1.evil.example 127.1; do
		assert_status 421 healthz -H "Host: $host"
		[[ $(<"$work/body") = *"--allow-host $host"* ]] ||
			assert_eq "the option to use" "$(<"$work/body")"
	done
	assert_status 400 healthz -H "Host: a b"
	assert_eq ok "$(curl -sS --unix-socket "$work/socket" http://any.name/healthz)" "a Unix socket"
	[[ $(<"$work/background") =~ listening\ on\ ([^$'\n']*\[::1\][^$'\n']*) ]] || exit 1
	url=${BASH_REMATCH[1]}
	assert_status 200 healthz # IPv6
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

said() { [[ $'\n'$(<"$work/background") = *$'\n'"$1"* ]]; }

test_limit_per_address() {
	make_hosts
	ip -n client addr add 192.0.2.3/24 dev c0
	in_background xdpctl export --listen "192.0.2.1:0" --netns gateway --listen-netns gateway
	wait_listening
	in_background inside client python3 -S "$work/idle.py" 192.0.2.1 "$port" 20 "GET / HTTP/1.1"
	wait_until said open
	assert_eq "open 8" "$(<"$work/background")" "connections of one address"
	assert_eq ok "$(inside client curl -sS --max-time 5 --interface 192.0.2.3 "${url}healthz")" \
		"another address"
}

test_loopback_is_spared() {
	start_exporter
	in_background python3 -S "$work/idle.py" 127.0.0.1 "$port" 20 "GET / HTTP/1.1"
	wait_until said open
	assert_eq "open 20" "$(<"$work/background")" "connections over loopback"
}

# 3 s for the header section, and the exporter looks every second.
test_slow_header() {
	start_exporter
	in_background python3 -S "$work/idle.py" 127.0.0.1 "$port" 1 "GET / HTTP/1.1"
	wait_until said ended
	awk '/^ended/ && $2 > 1.5 && $2 < 5 { found = 1 } END { exit !found }' "$work/background" ||
		assert_eq "an end after 3 s" "$(<"$work/background")"
}

# More than there is room for: each new one makes the oldest unfinished one go.
test_makes_room() {
	start_exporter
	in_background python3 -S "$work/idle.py" 127.0.0.1 "$port" 100 "GET / HTTP/1.1"
	wait_until said open
	assert_eq "open 64" "$(<"$work/background")" "connections"
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
	assert_eq "listening on $url in network namespace client" "$(<"$work/background")"
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
	assert_eq "listening on unix:$work/socket" "$(<"$work/background")"
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
		wait_printed Listening
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
	wait_printed Listening
	assert_eq ok "$(curl -sS http://127.0.0.1:19479/healthz)" "the second socket"
	assert_eq ok "$(curl -sS http://127.0.0.1:19478/healthz)" "the first socket"
	run 1 env LISTEN_FDS=1 bash -c 'LISTEN_PID=$$ exec xdpctl export --listen 127.0.0.1:0' 3</dev/null
	assert_says "is no listening stream socket"
	in_background systemd-socket-activate -l 127.0.0.1:19480 xdpctl export --listen 127.0.0.1:0
	wait_printed Listening
	curl -s http://127.0.0.1:19480/healthz
	wait "$background"
	assert_eq 2 $? "exit status with --listen"
	grep -q "systemd has passed sockets" "$work/background" || exit 1
}

# LISTEN_* of another process mean nothing.
test_foreign_activation() {
	in_background env LISTEN_FDS=1 LISTEN_PID=1 xdpctl export --listen 127.0.0.1:0
	wait_listening
	assert_status 200 healthz
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
	assert_status 200 metrics
	assert_status 200 "" --compressed
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
