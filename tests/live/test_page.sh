#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_page: the exporter with a real browser and a real Prometheus.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/exporter.sh
. "$root/tests/exporter.sh"
need_private_mounts "$@"
private_world

# Prometheus' answer, of one sample.
stored() { # QUERY
	local answer
	answer=$(inside gateway curl -s --get http://127.0.0.1:19090/api/v1/query --data-urlencode "query=$1")
	[[ ! $answer =~ \"value\":\[[0-9.]+,\"([^\"]*)\"\] ]] || echo "${BASH_REMATCH[1]}"
}

test_prometheus() {
	need prometheus deps-ci
	make_hosts
	run 0 X attach g0
	start_exporter g0
	printf '%s\n' 'scrape_configs:' '- job_name: xdpctl' '  scrape_interval: 1s' \
		'  static_configs:' "  - targets: ['$(sed 's|http://||; s|/$||' <<<"$url")']" \
		>"$work/prometheus.yml"
	in_background nsenter --net=/run/netns/gateway prometheus --config.file="$work/prometheus.yml" \
		--storage.tsdb.path="$work/tsdb" --web.listen-address=127.0.0.1:19090
	flood --count 100000 --rate 40000 --sources 50
	local i got=
	for ((i = 0; i < 100; i++)); do
		got=$(stored 'sum(xdpctl_syns_total)')
		[ "$got" != "$sent" ] || break
		for _ in 1 2 3 4; do pause; done
	done
	assert_eq "$sent" "$got" "what Prometheus has stored"
	assert_eq 1 "$(stored up)" "up"
}

# The page's scripts, in a real browser, show the sources.
test_page() {
	need chromium deps-ci
	make_hosts
	run 0 X attach g0
	start_exporter g0
	flood --count 20000 --rate 50000 --sources 4
	local source
	source=$(sort -k2nr "$work/truth.tsv" | awk '!/^#/ { print $1; exit }')
	wait_metric "$sent" 'xdpctl_syns_total{interface="g0"}'
	inside gateway timeout 60 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=4000 \
		"--user-data-dir=$work/browser" --window-size=390,844 --screenshot="$work/page.png" \
		--dump-dom "$url" >"$work/dom" 2>/dev/null
	grep -q "<td>$source</td>" "$work/dom" || assert_eq "$source on the page" "another page"
	grep -q 'live, ' "$work/dom" || assert_eq "a live page" "another page"
	[ "$(stat -c %s "$work/page.png")" -gt 10000 ] || assert_eq "a screenshot" "none"
}

run_tests test_prometheus test_page
