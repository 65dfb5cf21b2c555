#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_export: what the exporter and its files say, of interfaces that come, go and cannot be read.
# waits: for readings, of which an exporter makes two a second
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/exporter.sh
. "$root/tests/exporter.sh"
need_private_mounts "$@"
private_world

openmetrics='Accept: application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.25'

# A line of the header in $work/headers begins so, in whatever case.
has_header() { # START
	local headers
	headers=$'\n'$(<"$work/headers")
	[[ ${headers,,} = *$'\n'"${1,,}"* ]] || assert_eq "$1" "$headers" "header"
}

test_metrics() {
	make_hosts
	run 0 X attach g0
	start_exporter -n 3
	flood --count 20000 --rate 50000 --sources 10
	wait_metric "$sent" 'xdpctl_syns_total{interface="g0"}'
	fetch metrics -D "$work/headers" >"$work/metrics"
	has_header "content-type: text/plain; version=0.0.4"
	has_header "vary: accept"
	fetch metrics -D "$work/headers" -H "$openmetrics" >"$work/openmetrics"
	has_header "content-type: application/openmetrics-text; version=1.0.0"
	assert_eq '# EOF' "$(tail -n 1 "$work/openmetrics")"
	! command -v promtool >/dev/null || run 0 promtool check metrics <"$work/metrics"
	assert_eq 3 "$(grep -c '^xdpctl_source_syns_at_least{' "$work/metrics")" "sources"
	assert_eq "$sent" "$(awk '/^xdpctl_frames_total.*class="syn"/ { print $2 }' "$work/metrics")"
	assert_eq "$sent" "$(awk '/^xdpctl_cpu_syns_total/ { n += $2 } END { print n }' \
		"$work/metrics")" "SYNs of all CPUs"
	get healthz
	assert_eq ok "${body%$'\n'}"
	get api/v1/stats
	assert_eq "$sent" "$(jq '.interfaces[0].totals.syns' <<<"$body")"
}

# With many sources, only the heaviest are read: they are the right ones, with the right counts.
test_heaviest() {
	make_hosts
	run 0 X attach g0
	start_exporter -n 25
	inside client pktgen send bots c0 --sender packet --duration 10 --count 60000 --rate 60000 \
		--spoofed 20000 --heavy 5:2000,20:500 --truth "$work/truth.tsv" >"$work/pktgen" 2>&1 ||
		assert_eq "pktgen's success" "$(cat "$work/pktgen")"
	wait_metric "$(awk '!/^#/ { n += $2 } END { print n }' "$work/truth.tsv")" \
		'xdpctl_syns_total{interface="g0"}'
	get api/v1/stats
	assert_eq true "$(jq '.interfaces[0] | all(.sources[]; .proven and .at_least == .at_most) and
		(.totals.distinct_is_exact | not)' <<<"$body")" "proven, exact, and not all read"
	jq -r '.interfaces[0].sources[] | [.address, .at_least] | @tsv' <<<"$body" |
		sort >"$work/shown"
	grep -v '^#' "$work/truth.tsv" | sort -k2nr | head -n 25 | sort >"$work/expected"
	cmp "$work/expected" "$work/shown" || exit 1
}

has_history() {
	get api/v1/history
	[[ $body =~ \"time_ns\":\ *\[[[:space:]]*[0-9] ]]
}

# The rates since the first point add up to what was sent.
history_has_all() {
	get api/v1/history
	jq -e --argjson sent "$sent" '.interfaces[0] | . as $all |
		[range(1; .time_ns | length) |
			$all.syns_pps[.] * ($all.time_ns[.] - $all.time_ns[. - 1]) / 1e9] | add // 0 |
		. > 0.98 * $sent and . < 1.02 * $sent' <<<"$body" >/dev/null
}

test_history() {
	make_hosts
	run 0 X attach g0
	start_exporter
	wait_until has_history
	flood --count 20000 --rate 20000
	wait_until history_has_all
	assert_eq '["g0"]' "$(jq -c '[.interfaces[].interface]' <<<"$body")"
}

# Parts of the JSON documents, by query.
test_query() {
	local odd=$'e\xe9+' path
	make_hosts
	ip -n gateway link add "$odd" type veth peer name other
	run 0 X attach g0 other "$odd" -m generic --max-sources 1024
	knock 192.0.2.1 3
	knock 2001:db8::1 2
	start_exporter
	wait_metric 5 'xdpctl_syns_total{interface="g0"}'
	wait_until has_history
	answer_to() { get "api/v1/$1" && echo "$body"; }
	for path in stats overview history; do
		# A document per query: all interfaces; one; two, also escaped; a name that is not UTF-8; the
		# same name as in JSON.
		assert_eq '["e\\xe9+","g0","other"] ["g0"] ["g0","other"] ["e\\xe9+"] ["e\\xe9+"]' "$({
			answer_to $path
			answer_to "$path?interface=g0"
			answer_to "$path?interface=other&interface=%670"
			answer_to "$path?interface=e%e9%2b"
			answer_to "$path?interface=e%5cxe9%2b"
		} | jq -sjc 'map([.interfaces[].interface] | sort | tojson) | join(" ")')" "interfaces of $path"
		run 0 fetch "api/v1/$path?interface=nosuch" -w '%{http_code}'
		assert_eq "nosuch: not exported: /api/v1/overview lists the interfaces that are 404" \
			"${out//$'\n'/ }" "$path"
	done
	get 'api/v1/stats?interface=g0&top=1'
	assert_eq '[1,null]' "$(jq -c '[(.interfaces[0].sources | length), .overview]' <<<"$body")" "top"
	get 'api/v1/overview?interface=g0'
	assert_eq '[["g0"],5]' "$(jq -c '[[.interfaces[].interface], .all.syns]' <<<"$body")" \
		"the row for all is of all"
	is_first() { # ORDER ADDRESS
		get "api/v1/stats?interface=g0&sort=$1"
		[[ $body =~ \"sources\":\ *\[[^\"]*\"address\":\ *\"([^\"]*)\" && ${BASH_REMATCH[1]} = "$2" ]]
	}
	is_first total 192.0.2.2 || assert_eq "the source with most SYNs" "$body"
	knock 2001:db8::1 1
	knock 192.0.2.1 1
	wait_metric 7 'xdpctl_syns_total{interface="g0"}'
	knock 2001:db8::1 1
	wait_until is_first rate 2001:db8::2
	local last
	get 'api/v1/history?interface=g0'
	last=$(jq '.interfaces[0].time_ns[-1]' <<<"$body")
	# shellcheck disable=SC2317 # wait_until calls it
	later() {
		get "api/v1/history?interface=g0&since_ns=$last"
		[[ $body =~ \"time_ns\":\ *\[[[:space:]]*[0-9] ]]
	}
	wait_until later
	jq -e --argjson last "$last" '.interfaces[0] | (.time_ns | all(. > $last) and length < 5) and
		(.time_ns | length) == (.syns_pps | length) and
		(.time_ns | length) == (.packets_pps | length)' <<<"$body" >/dev/null ||
		assert_eq "later points" "$body"
}

test_query_errors() {
	local path want
	make_hosts
	run 0 X attach g0 --max-sources 1024
	start_exporter
	while read -r path want; do
		run 0 fetch "api/v1/$path" -w '%{http_code}'
		assert_eq "$want 400" "${out//$'\n'/ }" "$path"
	done <<-END
		stats?interfaces=g0 unknown parameter 'interfaces': did you mean 'interface'?
		overview?top=1 unknown parameter 'top'
		stats?interface= interface: '' is no name of an interface
		stats?interface interface: '' is no name of an interface
		history?interface=$(printf 'x%.0s' {1..64}) interface: '$(printf 'x%.0s' {1..64})' is no name of an interface
		history?interface=%00 the query is malformed
		history?interface=%1 the query is malformed
		history?interface=g0&since_ns=now since_ns: 'now' is not a whole number
		history?since_ns=5 name at least one interface, too: interface=NAME
		stats?top=5 name at least one interface, too: interface=NAME
		stats?interface=g0&top=0 top: 0 is not between 1 and 1000
		stats?%1bx=1 unknown parameter '?x'
		stats?$(printf 'interface=g0&%.0s' {1..17}) more than 16 interfaces: leave them out to get all
	END
	# A document without parameters ignores them, as Prometheus may send some.
	get 'healthz?a=b'
	assert_eq ok "${body%$'\n'}"
	get 'metrics?module=x'
	[[ $body = *$'\n'xdpctl_attached* ]] || assert_eq "metrics" "$body"
}

test_http() {
	make_hosts
	run 0 X attach g0
	start_exporter
	assert_eq 404 "$(fetch nothing -o /dev/null -w '%{http_code}')"
	assert_eq 405 "$(fetch metrics -o /dev/null -w '%{http_code}' -d body)"
	assert_eq 405 "$(fetch metrics -o /dev/null -w '%{http_code}' -X DELETE)"
	assert_eq 200 "$(fetch metrics -o /dev/null -w '%{http_code}' -I)"
	assert_eq 414 "$(fetch "$(printf '%060000d' 0)" -o /dev/null -w '%{http_code}')"
	fetch "" -I | grep -qi "^content-security-policy: default-src 'none'" ||
		assert_eq "a content security policy" "$(fetch "" -I)"
	kill -TERM $exporter
	wait $exporter || assert_eq "exit status 0" $?
}

test_goes_and_comes() {
	make_hosts
	start_exporter g0
	wait_metric 0 'xdpctl_attached{interface="g0"}'
	run 0 X attach g0
	knock 192.0.2.1 3
	wait_metric 3 'xdpctl_syns_total{interface="g0"}'
	run 0 X detach g0
	wait_metric 0 'xdpctl_attached{interface="g0"}'
	get metrics
	[[ $'\n'$body != *$'\n'xdpctl_syns_total* ]] || assert_eq "no counters of what is detached" "$body"
	run 0 X attach g0
	knock 192.0.2.1 2
	wait_metric 2 'xdpctl_syns_total{interface="g0"}'
	run 0 X reset g0
	wait_metric 0 'xdpctl_syns_total{interface="g0"}'
}

# xdpctl_attached of each interface, to $attached: its name and the value.
all_attached() {
	local line lines
	get metrics
	attached=()
	mapfile -t lines <<<"$body"
	for line in "${lines[@]}"; do
		[[ ! $line =~ ^xdpctl_attached\{interface=\"(.*)\"\}\ (.*)$ ]] ||
			attached+=("${BASH_REMATCH[1]}=${BASH_REMATCH[2]}")
	done
}

# Without names, what was once attached stays in the list with 0, so that an alert can fire.
test_keeps_detached() {
	make_hosts
	ip -n gateway link add h0 type veth peer name h1
	run 0 X attach g0 h0
	run 0 X attach lo -m generic
	start_exporter
	wait_metric 1 'xdpctl_attached{interface="h0"}'
	run 0 X detach g0
	ip -n gateway link del h0
	wait_metric 0 'xdpctl_attached{interface="g0"}'
	wait_metric 0 'xdpctl_attached{interface="h0"}'
	local i attached
	for ((i = 0; i < 70; i++)); do # more readings, one every half second
		pause
		[ $((i % 7)) = 0 ] || continue
		all_attached
		assert_eq "g0=0 h0=0 lo=1" "${attached[*]}"
	done
	get api/v1/stats
	assert_eq '["detached","gone","counting"]' \
		"$(jq -c '[.interfaces | sort_by(.interface)[].state]' <<<"$body")"
	run 0 X attach g0
	wait_metric 1 'xdpctl_attached{interface="g0"}'
	run 0 X stats --watch=1 --count 1 --jsonl
	assert_eq '["g0","lo"]' "$(jq -c '[.interfaces[].interface] | sort' <<<"$out")" "stats --watch"
}

# What cannot be read is unknown, with its reason, and never "not attached".
test_unreadable() {
	make_hosts
	run 0 X attach g0
	run 0 X attach lo -m generic
	local pin
	pin=$(echo /sys/fs/bpf/xdpctl/*-"$(ip -n gateway -o link show g0 | cut -d: -f1)"/sources_back)
	rm "$pin"
	bpftool map create "$pin" type array key 4 value 4 entries 1 name another || skip "no bpftool"
	start_exporter
	wait_metric 0 'xdpctl_up{interface="g0"}'
	wait_metric 1 'xdpctl_up{interface="lo"}'
	local attached
	all_attached
	assert_eq "lo=1" "${attached[*]}"
	get api/v1/stats
	assert_eq '[["g0","failed",true],["lo","counting",null]]' "$(jq -c '[.interfaces | sort_by(.interface)[] |
		[.interface, .state, (.reason | if . then contains("sources_back") else . end)]]' <<<"$body")"
}

test_textfile() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 5
	run 0 X export --textfile "$work/syns.prom" --once
	assert_eq 5 "$(awk '/^xdpctl_syns_total/ { print $2 }' "$work/syns.prom")"
	assert_eq syns.prom "$(cd "$work" && echo syns*)" "files"
	need promtool deps-ci
	run 0 promtool check metrics <"$work/syns.prom"
}

# The collector that the textfile is for takes every series of it.
test_textfile_collector() {
	need prometheus-node-exporter deps-ci
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 5
	mkdir "$work/collected"
	run 0 X export --textfile "$work/collected/syns.prom" --once
	in_background nsenter --net=/run/netns/gateway prometheus-node-exporter \
		--collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$work/collected" --web.listen-address=127.0.0.1:19100
	wait_printed 19100
	wait_until serves_metrics
	grep -qx 'node_textfile_scrape_error 0' "$work/metrics" || assert_eq "no error" "$(grep error "$work/metrics")"
	grep -qx 'xdpctl_syns_total{interface="g0"} 5' "$work/metrics" || assert_eq 5 "$(grep syns_total "$work/metrics")"
	# It sorts labels: the number of series of each metric.
	series() { sed -nE 's/^(xdpctl_[a-z_]+).*/\1/p' "$1" | sort | uniq -c; }
	assert_eq "" "$(diff <(series "$work/collected/syns.prom") <(series "$work/metrics"))" "series that differ"
}
serves_metrics() {
	inside gateway curl -sS --max-time 10 http://127.0.0.1:19100/metrics >"$work/metrics" 2>/dev/null
}

test_rules() {
	need promtool deps-ci
	run 0 promtool check rules "$root/dist/prometheus/xdpctl.rules.yml"
	run 0 promtool test rules "$root/dist/prometheus/xdpctl.test.yml"
}

# Every metric that the dashboard queries is exported.
test_dashboard() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 1
	mount -t tmpfs tmpfs /var/lib
	printf '%s\n' 'xdpctl-policy: 1' 'deny: [0.0.0.0/0]' >"$work/policy.yaml"
	SSH_CONNECTION='' run 0 X policy apply "$work/policy.yaml" g0 --no-management --no-confirm
	run 0 inside client pktgen send syn-flood c0 --sender packet --count 10
	run 0 X stats g0 --prom
	umount /var/lib
	local name
	jq -r '.panels[].targets[].expr' "$root/dist/grafana/xdpctl.json" |
		grep -oE '\bxdpctl_[a-z_]+' | sort -u >"$work/names"
	[ -s "$work/names" ] || assert_eq "metrics" "none"
	while read -r name; do
		[[ $'\n'$out = *$'\n'"$name{"* ]] || assert_eq "$name" "no such metric"
	done <"$work/names"
}

test_units() {
	need systemd-analyze
	local unit
	for unit in xdpctl@.service xdpctl-export.service xdpctl-export.socket xdpctl-events.service; do
		sed "s|@SBINDIR@|$root/build|" "$root/dist/systemd/$unit" >"$work/$unit"
	done
	cp "$work/xdpctl@.service" "$work/xdpctl@eth0.service"
	run 0 systemd-analyze verify --man=no "$work/xdpctl-export.service" \
		"$work/xdpctl-export.socket" "$work/xdpctl-events.service" \
		"$work/xdpctl@eth0.service"
	assert_eq "" "$err" "remarks"
	# Tenths, as systemd 252 counts them.
	run 0 systemd-analyze security --offline=true --threshold=21 "$work/xdpctl-export.service"
	run 0 systemd-analyze security --offline=true --threshold=23 "$work/xdpctl@.service"
	run 0 systemd-analyze security --offline=true --threshold=21 "$work/xdpctl-events.service"
}

# xdpctl-export is found next to xdpctl, and where it is installed, also by way of a symbolic link.
test_helper() {
	mkdir -p "$work/usr/sbin" "$work/usr/libexec/xdpctl"
	cp "$root/build/xdpctl" "$work/usr/sbin/" && ln -s "$work/usr/sbin/xdpctl" "$work/link"
	run 1 "$work/link" export --textfile "$work/helper.prom" --once
	assert_says "xdpctl: export: cannot run $work/usr/sbin/../libexec/xdpctl/xdpctl-export: No such"
	run 2 "$work/link" export --interval 3
	run 0 "$work/link" export --help
	cp "$root/build/xdpctl-export" "$work/usr/libexec/xdpctl/"
	run 0 "$work/link" export --textfile "$work/helper.prom" --once
	[ -s "$work/helper.prom" ] || assert_eq "metrics" "none"
}

test_usage() {
	run 2 xdpctl export --listen localhost:80
	assert_says "not of the form"
	run 2 xdpctl export --listen 127.0.0.1
	run 2 xdpctl export --listen 127.0.0.1:0 --textfile x
	run 2 xdpctl export --interval 3
	run 2 xdpctl export -n 100000
	assert_says "not between 0 and 1000"
	run 1 xdpctl export --textfile /nowhere/x.prom --once
	assert_says "/nowhere/x.prom"
}

run_tests test_metrics test_heaviest test_history test_query test_query_errors test_http test_goes_and_comes test_keeps_detached \
	test_unreadable test_textfile test_textfile_collector test_rules test_dashboard test_units test_helper test_usage
