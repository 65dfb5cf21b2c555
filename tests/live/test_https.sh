#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_https: the exporter with TLS and users, by the web configuration file of Prometheus' exporters.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/exporter.sh
. "$root/tests/exporter.sh"
need_private_mounts "$@"
private_world

# shellcheck disable=SC2016 # hashes
# "secret", at the lowest cost and at a usual one.
fast_hash='$2y$04$jPS/OTYYv37q3IK0J6EV6erfOwfNgu7LPq4W3IIyVSlt.CERz6lOW'
# shellcheck disable=SC2016
hash='$2y$10$NLkk5ukBNgPY2uMsDEQKjekEPNp41Otqk/4osp5FEX87XX106L4DW'

certificate() { # NAME SUBJECT [OPTION...]: $work/NAME.crt and .key
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj "/CN=$2" -keyout "$work/$1.key" -out "$work/$1.crt" "${@:3}" 2>/dev/null ||
		assert_eq "a certificate" "none"
}

server_certificate() {
	need openssl
	certificate server localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"
}

serve() { # the configuration is standard input
	cat >"$work/web.yml"
	in_background xdpctl export --listen 127.0.0.1:0 --web-config "$work/web.yml"
	wait_listening
}

fetch() { # PATH [OPTION...]
	curl -sS --max-time 10 --cacert "$work/server.crt" -D "$work/header" "$url$1" "${@:2}"
}

status_of() { # PATH [OPTION...]
	fetch "$@" -o "$work/body" -w '%{http_code}'
}

test_tls() {
	server_certificate
	serve <<-'EOF'
		tls_server_config:
		  cert_file: server.crt
		  key_file: server.key
	EOF
	case $url in https://*) ;; *) assert_eq "https://" "$url" ;; esac
	assert_eq ok "$(fetch healthz)"
	assert_eq 200 "$(status_of metrics --compressed)"
	assert_eq ok "$(fetch healthz --tls-max 1.2)"
	! curl -s --max-time 10 "${url/https/http}healthz" || assert_eq "no answer without TLS" "one"
	assert_eq ok "$(fetch healthz)" "after that"
}

test_min_version() {
	server_certificate
	serve <<-'EOF'
		tls_server_config:
		  cert_file: server.crt
		  key_file: server.key
		  min_version: TLS13
	EOF
	assert_eq ok "$(fetch healthz)"
	run 35 fetch healthz --tls-max 1.2
}

test_client_certificate() {
	server_certificate
	certificate client scraper -addext extendedKeyUsage=clientAuth
	certificate other scraper -addext extendedKeyUsage=clientAuth
	serve <<-'EOF'
		tls_server_config:
		  cert_file: server.crt
		  key_file: server.key
		  client_ca_file: client.crt
		  client_auth_type: RequireAndVerifyClientCert
	EOF
	assert_eq ok "$(fetch healthz --cert "$work/client.crt" --key "$work/client.key")"
	local versions
	for versions in "--tls-max 1.2" "--tlsv1.3"; do
		# shellcheck disable=SC2086 # two words
		assert_eq 000 "$(status_of healthz $versions 2>/dev/null)" "no certificate"
		# shellcheck disable=SC2086
		assert_eq 000 "$(status_of healthz $versions --cert "$work/other.crt" \
			--key "$work/other.key" 2>/dev/null)" "another one's certificate"
	done
	assert_eq ok "$(fetch healthz --cert "$work/client.crt" --key "$work/client.key")"
}

test_users() {
	serve <<-EOF
		basic_auth_users:
		  scraper: $fast_hash
		  admin: $fast_hash
	EOF
	assert_eq 401 "$(status_of metrics)"
	grep -qi '^www-authenticate: Basic realm=' "$work/header" ||
		assert_eq "WWW-Authenticate" "$(cat "$work/header")"
	assert_eq 200 "$(status_of metrics -u scraper:secret)"
	assert_eq 200 "$(status_of "" -u admin:secret)"
	assert_eq 401 "$(status_of metrics -u scraper:wrong)"
	assert_eq 401 "$(status_of metrics -u nobody:secret)"
	assert_eq 401 "$(status_of metrics -u scraper:)"
	assert_eq 401 "$(status_of metrics -H 'Authorization: Bearer secret')"
	assert_eq 401 "$(status_of metrics -H 'Authorization: Basic !!!')"
	assert_eq 401 "$(status_of metrics -H "Authorization: Basic $(printf 'scraper:secret\0x' | base64)")"
	assert_eq 200 "$(status_of metrics -H "Authorization: basic $(printf scraper:secret | base64)")"
}

cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

# A hash costs 50 ms and more: only the first of 60 requests pays for it.
test_right_password_is_remembered() {
	serve <<-EOF
		basic_auth_users:
		  scraper: $hash
	EOF
	local before
	assert_eq 200 "$(status_of healthz -u scraper:secret)"
	before=$(cpu_ticks "$exporter")
	# A connection each, all by one curl.
	run 0 fetch "healthz?[1-60]" -u scraper:secret -H 'Connection: close' -o /dev/null -w '%{http_code}'
	assert_eq "$(printf '200%.0s' {1..60})" "$out" "statuses"
	[ $(($(cpu_ticks "$exporter") - before)) -lt 100 ] ||
		assert_eq "less than 1 s for 60 requests" "$(($(cpu_ticks "$exporter") - before)) ticks"
}

# Guessing is slow, and does not lock out a known user.
test_wrong_passwords_are_limited() {
	serve <<-EOF
		basic_auth_users:
		  scraper: $fast_hash
	EOF
	assert_eq 200 "$(status_of healthz -u scraper:secret)"
	local i answer answers known refused=0
	for ((i = 0; i < 40; i++)); do
		printf '%s\n' next "url = ${url}healthz" "user = scraper:guess$i" "header = Connection: close" \
			"output = /dev/null" 'write-out = "%{http_code} %header{retry-after}\n"'
	done >"$work/guesses"
	run 0 curl -sS --max-time 60 -K "$work/guesses"
	mapfile -t answers <<<"$out"
	assert_eq 40 ${#answers[@]} "answers"
	for i in "${!answers[@]}"; do
		answer=${answers[i]}
		[[ $answer != "401 "* ]] || { known=guess$i && continue; }
		[[ $answer = "429 1"* ]] || assert_eq "429 and Retry-After" "$answer" "guess $i"
		refused=$((refused + 1))
	done
	[ $refused -gt 0 ] || assert_eq "some 429" "none of 40 guesses"
	assert_eq 200 "$(status_of healthz -u scraper:secret)" "a client that is known"
	assert_eq 401 "$(status_of healthz -u "scraper:$known")" "the latest guess, which is known"
}

says() { grep -q "$1" "$work/background"; }

test_reload() {
	server_certificate
	serve <<-'EOF'
		tls_server_config: {cert_file: server.crt, key_file: server.key}
	EOF
	assert_eq ok "$(fetch healthz)"
	server_certificate
	wait_until fetch healthz -o /dev/null 2>/dev/null
	assert_eq ok "$(fetch healthz)" "with the new certificate"
	echo "nonsense: 1" >>"$work/web.yml"
	wait_until says "the previous configuration stays"
	assert_eq ok "$(fetch healthz)" "with a configuration that is wrong"
	sed -i "s|^nonsense.*|basic_auth_users: {scraper: $fast_hash}|" "$work/web.yml"
	# shellcheck disable=SC2317 # wait_until calls it
	asks() { [ "$(status_of healthz)" = 401 ]; }
	wait_until asks
	assert_eq 1 "$(grep -c 'previous configuration' "$work/background")" "notes"
	assert_eq 200 "$(status_of healthz -u scraper:secret)"
}

# Each file is refused with its line and column.
test_refused() {
	server_certificate
	certificate other other
	local line text wanted
	while IFS='|' read -r line text wanted; do
		printf '%b' "$text" >"$work/web.yml"
		run 1 xdpctl export --listen 127.0.0.1:0 --web-config "$work/web.yml"
		assert_says "--web-config: $work/web.yml:$line: $wanted"
	done <<-EOF
		1:1|tls_serverconfig:\n|unknown key 'tls_serverconfig': did you mean 'tls_server_config'?
		2:3|tls_server_config:\n  cert: x\n|unknown key 'cert'
		2:1|\nrate_limit: 1\n|unknown key 'rate_limit'
		2:3|tls_server_config:\n  cert_file: server.crt\n|TLS needs both
		3:3|tls_server_config:\n  cert_file: a\n  cert_file: b\n|'cert_file' is given twice
		2:16|tls_server_config:\n  min_version: TLS14\n|min_version: 'TLS14' is not one of
		2:14|tls_server_config:\n  cert_file: [a]\n|expected a text
		1:20|tls_server_config: x\n|expected keys
		2:6|basic_auth_users:\n  a: secret\n|the password of 'a' is no bcrypt hash
		2:6|basic_auth_users:\n  a: ${hash/\$10\$/\$15\$}\n|the bcrypt cost of 'a' is 15
		3:3|basic_auth_users:\n  a: $hash\n  a: $hash\n|'a' is given twice
		2:3|basic_auth_users:\n  a:b: $hash\n|'a:b' is no name of a user
		2:1|basic_auth_users: {\n|did not find
	EOF
	printf 'tls_server_config: {cert_file: server.crt, key_file: other.key}\n' >"$work/web.yml"
	run 1 xdpctl export --listen 127.0.0.1:0 --web-config "$work/web.yml"
	assert_says "not a certificate with its key"
	printf 'tls_server_config: {cert_file: server.crt, key_file: none}\n' >"$work/web.yml"
	run 1 xdpctl export --listen 127.0.0.1:0 --web-config "$work/web.yml"
	assert_says "$work/none: cannot read: No such file"
	run 1 xdpctl export --web-config "$work/nothing"
	assert_says "$work/nothing: cannot open: No such file"
	run 2 xdpctl export --web-config "$work/web.yml" --textfile "$work/x.prom"
	: >"$work/web.yml"
	serve </dev/null
	assert_eq ok "$(fetch healthz)" "an empty file"
}

prometheus_says() { # QUERY
	inside gateway curl -s --get http://127.0.0.1:19090/api/v1/query --data-urlencode "query=$1" |
		jq -r '.data.result[0].value[1] // "none"' 2>/dev/null
}

has_stored() { [ "$(prometheus_says "$1")" = "$2" ]; }

test_prometheus() {
	need prometheus deps-ci
	server_certificate
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 5
	printf '%s\n' 'tls_server_config:' '  cert_file: server.crt' '  key_file: server.key' \
		'basic_auth_users:' "  scraper: $hash" >"$work/web.yml"
	in_background xdpctl export --netns gateway --listen-netns gateway --listen 127.0.0.1:0 \
		--web-config "$work/web.yml"
	wait_listening
	cat >"$work/prometheus.yml" <<-EOF
		scrape_configs:
		- job_name: xdpctl
		  scrape_interval: 1s
		  scheme: https
		  tls_config: {ca_file: $work/server.crt}
		  basic_auth: {username: scraper, password: secret}
		  static_configs:
		  - targets: ['127.0.0.1:$port']
	EOF
	in_background nsenter --net=/run/netns/gateway prometheus --config.file="$work/prometheus.yml" \
		--storage.tsdb.path="$work/tsdb" --web.listen-address=127.0.0.1:19090
	wait_until has_stored 'sum(xdpctl_syns_total)' 5
	assert_eq 1 "$(prometheus_says up)" "up"
}

run_tests test_tls test_min_version test_client_certificate test_users \
	test_right_password_is_remembered test_wrong_passwords_are_limited test_reload test_refused \
	test_prometheus
