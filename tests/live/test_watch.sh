#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_watch: the intervals of `stats --watch` add up to what was sent, across resets and detaching.
#
# WATCH_SECONDS: duration of the flood of test_sums (2).
# waits: for intervals of a second
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

# Sends a known number of SYNs; $sent is how many.
flood() { # RATE DURATION OPTION...
	local rate=$1 duration=$2
	shift 2
	inside client pktgen send syn-flood c0 --sender packet --rate "$rate" --duration "$duration" \
		--count 10000000 --truth "$work/truth.tsv" "$@" >"$work/pktgen" 2>&1 ||
		assert_eq "pktgen's success" "$(cat "$work/pktgen")"
	sent=$(awk '!/^#/ { n += $2 } END { print n + 0 }' "$work/truth.tsv")
}

# The first interval shows that the baseline has been read.
start_watch() { # OPTION...
	: >"$work/lines"
	xdpctl stats g0 --netns gateway --watch=1 --jsonl "$@" \
		>"$work/lines" 2>"$work/watch_err" &
	watcher=$!
	wait_lines 1
}

# Two more intervals include whatever is still on its way.
end_watch() {
	wait_lines $(($(wc -l <"$work/lines") + 2))
	kill -INT "$watcher"
	wait "$watcher" || assert_eq "exit status 0" $?
}

wait_lines() { # COUNT
	local seen
	seen=$(tail -n +1 -f --pid="$watcher" "$work/lines" 2>/dev/null | sed -n "$1{=;q}")
	assert_eq "$1" "$seen" "lines of the watcher, which said: $(<"$work/watch_err")"
}

sum() { # JQ PATH in an interface's object
	jq -s "[.[].interfaces[] | $1] | add" "$work/lines"
}

totals_agree() {
	assert_eq true "$(jq -s 'all(.[].interfaces[];
		.interval.packets == ([.interval.classes[]] | add) and
		.interval.syns == ([.sources[].syns] | add // 0) + .interval.unattributed)' \
		"$work/lines")" "totals of each interval"
}

test_sums() {
	local seconds=${WATCH_SECONDS:-2}
	make_hosts
	run 0 X attach g0
	start_watch -n 100000
	flood 20000 "$seconds" --sources 3000
	end_watch
	[ "$(wc -l <"$work/lines")" -gt "$seconds" ] || assert_eq "a line each second" "$(cat "$work/lines")"
	assert_eq true "$(jq -s 'map(.number) == [range(1; length + 1)]' "$work/lines")" "none left out"
	assert_eq "$sent" "$(sum .interval.syns)" "SYNs of all intervals"
	echo "# $(wc -l <"$work/lines") lines, $sent SYNs sent and counted"
	totals_agree
	jq -sr '[.[].interfaces[].sources[]] | group_by(.address)[] |
		[.[0].address, ([.[].syns] | add)] | @tsv' "$work/lines" | sort >"$work/counted"
	grep -v '^#' "$work/truth.tsv" | sort >"$work/expected"
	cmp "$work/expected" "$work/counted" || exit 1
}

# More sources than entries: totals are still exact, and bounds hold the truth.
test_bounds() {
	make_hosts
	run 0 X attach g0 --max-sources 1000
	start_watch -n 5
	flood 100000 2 --distribution spoofed
	end_watch
	assert_eq "$sent" "$(sum .interval.syns)" "SYNs of all intervals"
	assert_eq true "$(jq -s 'all(.[].interfaces[].sources[];
		.syns_at_least <= .syns_at_most and .at_least <= .at_most)' "$work/lines")" bounds
}

test_reset_between() {
	make_hosts
	run 0 X attach g0
	start_watch -n 100000
	flood 20000 4 --sources 500 &
	local sender=$!
	wait_lines 2
	run 0 X reset g0 -j
	wait_lines 4 # the third may be of a reading before that
	run 0 X reset g0 -j
	wait $sender
	sent=$(awk '!/^#/ { n += $2 } END { print n }' "$work/truth.tsv")
	end_watch
	assert_eq "$sent" "$(sum .interval.syns)" "SYNs of all intervals"
	assert_eq 2 "$(jq -s '[.[].interfaces[] | select(.restarted)] | length' "$work/lines")" \
		"intervals with a reset"
	totals_agree
}

test_goes_and_comes() {
	make_hosts
	run 0 X attach g0
	start_watch
	knock 192.0.2.1 3
	run 0 X detach g0
	wait_lines $(($(wc -l <"$work/lines") + 2))
	assert_eq '"detached"' "$(tail -n 1 "$work/lines" | jq '.interfaces[0].state')"
	run 0 X attach g0
	knock 192.0.2.1 4
	wait_lines $(($(wc -l <"$work/lines") + 1))
	ip -n gateway link del g0
	end_watch
	assert_eq '"gone"' "$(tail -n 1 "$work/lines" | jq '.interfaces[0].state')"
	assert_eq 7 "$(sum .interval.syns)" "SYNs of all intervals"
}

# A signal prints the current interval: nothing is missing at the end.
test_signal() {
	make_hosts
	run 0 X attach g0
	: >"$work/document"
	xdpctl stats --netns gateway --watch=1 --json >"$work/document" &
	watcher=$!
	wait_until grep -q '"number": 1' "$work/document"
	knock 192.0.2.1 6
	kill -INT $watcher
	wait $watcher || assert_eq "exit status 0" $?
	assert_eq 6 "$(jq '[.intervals[].interfaces[].interval.syns] | add' "$work/document")"
}

test_filters() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 4
	knock 2001:db8::1 3
	run 0 X stats g0 -j --aggregate 24/64
	assert_eq '["2001:db8::/64","192.0.2.0/24"]' \
		"$(jq -c '[.interfaces[0].sources[].address] | sort | reverse' <<<"$out")" aggregated
	local format prefix
	for format in "" "--prom" "--watch=1 --count=1"; do
		# shellcheck disable=SC2086 # two options
		run 0 X stats g0 --aggregate 24/64 $format
		for prefix in '192\.0\.2\.0/24' '2001:db8::/64'; do
			grep -qE "${prefix}[\" ]" "$work/out" || assert_eq "$prefix with '$format'" "$out"
		done
	done
	run 0 X stats g0 -j --cidr 192.0.2.0/24
	assert_eq '["192.0.2.2"]' "$(jq -c '[.interfaces[0].sources[].address]' <<<"$out")" "cidr"
	run 0 X stats g0 -j --min 4
	assert_eq '["192.0.2.2"]' "$(jq -c '[.interfaces[0].sources[].address]' <<<"$out")" "min"
	run 0 X stats g0 --watch=1 --count 1 --jsonl --sort total --aggregate 16/48
	assert_eq '["192.0.0.0/16","2001:db8::/48"]' \
		"$(jq -c '[.interfaces[0].sources[].address]' <<<"$out")" "aggregated, watched"
}

test_formats() {
	make_hosts
	run 0 X attach g0
	run 0 X stats g0 --watch --count 2
	assert_eq 2 "$(grep -cE '^[0-9:]{8} g0: native, [0-9.]+ s$' "$work/out")" "headings"
	! grep -q $'\e' "$work/out" || assert_eq "no escapes" "some"
	run 0 X stats --watch=1 --count 2 -j
	assert_eq '[1,2]' "$(jq -c '[.schema, (.intervals | length)]' <<<"$out")"
	run 0 X stats g0 --prom
	assert_eq '# EOF' "$(tail -n 1 "$work/out")"
	run 0 X stats --watch g0 --count 1 --jsonl
	assert_eq '"g0"' "$(jq '.interfaces[0].interface' <<<"$out")" "the word behind --watch"
}

test_reader_goes() {
	make_hosts
	run 0 X attach g0
	assert_eq 1 "$(X stats g0 --watch=1 --jsonl 2>"$work/err" | head -n 1 | wc -l)"
	assert_eq "" "$(cat "$work/err")" "words about the pipe"
	if xdpctl stats g0 --netns gateway --watch=1 --count 1 >/dev/full 2>"$work/err"; then
		assert_eq "exit status 1" 0
	fi
	err=$(cat "$work/err")
	assert_says "standard output: cannot write"
}

test_usage() {
	make_hosts
	run 2 X stats --watch=0
	assert_says "--watch: 0 is not between 1 and 86400"
	run 2 X stats --count 3
	assert_says "goes with --watch"
	run 2 X stats --watch --jsonl --prom
	assert_says "exclude each other"
	run 2 X stats --cidr 192.0.2.1/24
	assert_says "has host bits set beyond"
	run 2 X stats --aggregate 24
	assert_says "not of the form 24/64"
	run 1 X stats --watch=1 g0
	assert_says "not attached"
}

run_tests test_sums test_bounds test_reset_between test_goes_and_comes test_signal test_filters \
	test_formats test_reader_goes test_usage
