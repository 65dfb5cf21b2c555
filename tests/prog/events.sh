#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# events: what `events replay` says of captures, compared with events.golden, and `events check`.
#
# UPDATE=1 writes events.golden anew, for a look at the differences.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
golden=$root/tests/prog/events.golden

# What is said of a capture: a line for each event, with the seconds since the first frame.
said() { # NAME CAPTURE OPTION...
	run 0 xdpctl events replay "${@:2}"
	sed -E '$d; s/^ *//; s/  +/\t/g' <<<"$out" | sed "s/^/$1\t/"
}

generated() { # NAME "PROFILE OPTION..." "OPTION..."
	local words
	read -ra words <<<"$2"
	run 0 pktgen write "${words[0]}" "$work/$1.pcap" "${words[@]:1}"
	read -ra words <<<"$3"
	said "$1" "$work/$1.pcap" "${words[@]}"
	rm -f "$work/$1.pcap"
}

profiles() {
	local name pktgen replay
	while IFS=$'\t' read -r name _ _ pktgen replay; do
		[[ $name = \#* ]] || generated "$name" "$pktgen" "$replay"
	done <"$root/tests/event_scenarios"
}

# The corpus has floods of its own; all other captures are silent.
captures() {
	local file
	for file in "$corpus"/*.pcap "$corpus"/*.pcapng; do
		xdpctl events replay "$file" >"$work/out" 2>/dev/null || continue
		sed -E '$d; s/^ *//; s/  +/\t/g' "$work/out" | sed "s/^/${file##*/}\t/"
	done
}

compare() { # PART FUNCTION
	"$2" >"$work/$1.said"
	[ -z "${UPDATE:-}" ] || {
		{ grep -v "^$1"$'\t' "$golden" && sed "s/^/$1\t/" "$work/$1.said"; } >"$work/golden"
		cp "$work/golden" "$golden"
	}
	assert_eq "" "$(diff <(grep "^$1"$'\t' "$golden" | cut -f 2-) "$work/$1.said")" "differences"
}

test_profiles() { compare profile profiles; }

test_captures() {
	need_corpus
	compare capture captures
}

# The table of the documentation is what was said.
test_table() {
	local table
	[ -z "${UPDATE:-}" ] || "$root/tests/events_table.sh" --update
	table=$("$root/tests/events_table.sh")
	assert_eq "$(($(grep -vc '^#' "$root/tests/event_scenarios") + 2))" "$(wc -l <<<"$table")" "lines"
	assert_eq "$table" "$(sed -n '/^| traffic/,/^$/p' "$root/dist/doc/events.md" | grep .)"
	assert_eq "" "$(grep -E 'missed|false alarm' <<<"$table")"
}

test_json() {
	local status format
	run 0 pktgen write syn-flood "$work/f.pcap" --count 200000 --rate 10000 --distribution spoofed
	run 0 pktgen write imix "$work/i.pcap" --count 700 --rate 10
	run 0 xdpctl events replay "$work/f.pcap" "$work/i.pcap" -j --below 100/s --above 200/s --hold 5s
	echo "$out" >"$work/events"
	assert_eq '["began",1,"critical","yes"] ["ended",2,"notice","yes"]' \
		"$(jq -c '[.phase, .sequence, .severity, .attack.spoofed]' <<<"$out" | tr '\n' ' ' | sed 's/ $//')"
	assert_eq 1 "$(jq .id <<<"$out" | sort -u | wc -l)" "ids"
	for format in ecs eve; do
		run 0 xdpctl events replay "$work/f.pcap" -j --format $format
		echo "$out" >"$work/$format"
	done
	run 2 xdpctl events replay "$work/f.pcap" --format ecs
	assert_says "--format means nothing without --json"
	configuration
	run 0 xdpctl events check -j "$work/events.yaml"
	echo "$out" >"$work/check"
	assert_eq '["web",[80,443],5000,100]' "$(jq -c '.detect.rules[0] |
		[.name, .ports, .below_pps, .unfinished_pps]' <<<"$out")"
	run 0 xdpctl events check -j "$root/tests/fuzz/seeds/events/config"
	assert_eq '["/etc/xdpctl/notify","--mode","rtbh"]' "$(jq -c '.notify[0].exec' <<<"$out")"
	said=$("$root/tests/check_json.py" "event:$work/events" "event_ecs:$work/ecs" "event_eve:$work/eve" \
		"events_check:$work/check" 2>&1)
	status=$?
	[ $status != 3 ] || skip "no python3-jsonschema"
	assert_eq "0 " "$status $said" "what is not as in the schema"
}

configuration() {
	cat >"$work/events.yaml" <<-END
		xdpctl-events: 1
		detect:
		  web: {victims: [198.18.0.0/24], ports: [80, 443], above: 20000/s, below: 5000/s}
		  off: {victims: [198.18.0.1/32], ports: [80], above: 9000/s, unfinished: off}
	END
}

# A journal has the same lines, and its commands the same formats.
test_journal_formats() {
	local format
	run 0 pktgen write syn-flood "$work/f.pcap" --count 20000 --rate 10000
	mkdir "$work/journal"
	xdpctl events replay "$work/f.pcap" -j >"$work/journal/journal.1.jsonl"
	run 0 xdpctl events --directory "$work/journal" --jsonl
	assert_eq "$(<"$work/journal/journal.1.jsonl")" "$out" "lines"
	for format in ecs eve; do
		run 0 xdpctl events --directory "$work/journal" --jsonl --format $format
		assert_eq "$(<"$work/journal/journal.1.jsonl")" "$(jq -c .xdpctl <<<"$out")" "$format"
	done
	run 2 xdpctl events --directory "$work/journal" --format ecs
	assert_says "--format"
}

test_configuration() {
	configuration
	run 0 pktgen write syn-flood "$work/f.pcap" --count 50000 --rate 5000
	run 0 xdpctl events replay "$work/f.pcap" --config "$work/events.yaml"
	assert_eq "0 events in 10.0 s, 50000 frames; 0 open at the end" "$out"
	run 0 xdpctl events replay "$work/f.pcap" --config "$work/events.yaml" -j --above 10/s
	assert_eq "" "$out"
	run 0 xdpctl events check "$work/events.yaml"
	assert_eq "$work/events.yaml: ok, 2 rules, 0 hooks" "${out%%$'\n'*}"
	sed -i 's/9000/1000/' "$work/events.yaml"
	run 0 xdpctl events replay "$work/f.pcap" --config "$work/events.yaml" -j
	assert_eq '["off",1000]' "$(jq -c '[.rule, .attack.threshold_pps]' <<<"$out")"
}

test_errors() {
	printf 'xdpctl-events: 1\ndetect: {default: {above: 5}}\n' >"$work/bad.yaml"
	run 1 xdpctl events check "$work/bad.yaml"
	assert_says "$work/bad.yaml:2:27: above: '5': a rate needs a unit: 5/s"
	run 1 xdpctl events check "$work/none.yaml"
	assert_says "$work/none.yaml: cannot open: No such file or directory"
	run 2 xdpctl events replay "$work/none.pcap" --above 2000
	assert_says "above: '2000': a rate needs a unit: 2000/s"
	run 2 xdpctl events replay "$work/none.pcap" --above 10/s --below 10/s
	assert_says "--below (10/s) must be less than --above (10/s)"
	run 1 xdpctl events replay "$work/none.pcap"
	assert_says "$work/none.pcap: "
	run 0 pktgen write imix "$work/cut.pcap" --count 10
	truncate -s 90 "$work/cut.pcap"
	run 1 xdpctl events replay "$work/cut.pcap"
	assert_says "cut.pcap: frame"
}

run_tests test_profiles test_captures test_table test_json test_journal_formats test_configuration test_errors
