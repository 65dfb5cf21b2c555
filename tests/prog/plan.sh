#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# plan: what a policy would change in captures: by rule, source, connection and time; both engines agree.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

policy() { # NAME, standard input: a policy without its first line
	{ echo "xdpctl-policy: 1" && cat; } >"$work/$1.yaml"
}

# plan EXPRESSION ARGUMENT...: what jq makes of the plan.
plan() {
	local expression=$1
	shift
	run 0 xdpctl plan "$@" -j
	jq -c "$expression" <<<"$out"
}

everything() {
	policy all <<-END
		deny: [0.0.0.0/0, "::/0"]
	END
}

# Clients in a flood: each connection once, whether its SYN was repeated or not, and no other segment.
# The capture shows who is a client, so that a repeated SYN comes from a verified source.
test_customers() {
	local engine counts='[.frames, (.newly_challenged | .frames, .connections, .source_count),
		.policy.reasons.pass_default, .policy.reasons.pass_verified]'
	policy web <<-END
		protect: [{name: web, victims: [198.18.0.1], ports: [80], armed: always, mode: enforce}]
	END
	run 0 pktgen write customers "$work/c.pcap" --sources 100 --spoofed 1000 --truth "$work/c.tsv"
	assert_eq "syn 1125 fin 100 tcp_other 300 " "$(sed -nE 's/^# class ([a-z_]+) ([1-9][0-9]*)$/\1 \2/p' "$work/c.tsv" |
		tr '\n' ' ')" "what was written"
	assert_eq "1075 of 1, 25 of 2, " "$(grep -v '^#' "$work/c.tsv" | awk -F'\t' '{ n[$2]++ }
		END { printf "%d of 1, %d of 2, ", n[1], n[2] }')" "sources by their SYNs"
	for engine in host syscall; do
		[ $engine = host ] || need_root
		assert_eq '[1525,1100,1100,1100,400,25]' "$(plan "$counts" "$work/web.yaml" "$work/c.pcap" \
			--engine $engine)" "$engine"
		assert_eq '[1525,1125,1100,1100,400,0]' "$(plan "$counts" "$work/web.yaml" "$work/c.pcap" \
			--engine $engine --challenge=fails)" "fails, $engine"
	done
}

# What a source does later decides, so that a challenge needs two readings.
test_pipe() {
	policy web <<-END
		protect: [{name: web, victims: [198.18.0.1], ports: [80], armed: always, mode: enforce}]
	END
	policy deny <<-END
		deny: [192.0.2.0/24]
	END
	run 0 pktgen write syn-flood "$work/p.pcap" --count 10 --sources 10
	mkfifo "$work/pipe"
	cat "$work/p.pcap" >"$work/pipe" &
	run 1 xdpctl plan "$work/web.yaml" "$work/pipe"
	assert_eq "xdpctl: $work/pipe: what becomes of a challenged source stands later in it, and it can be read only once: use a file, or --challenge=fails or passes" "$(cat "$work/err")"
	wait
	cat "$work/p.pcap" >"$work/pipe" &
	assert_eq 10 "$(plan .newly_challenged.frames "$work/web.yaml" "$work/pipe" --challenge=fails)"
	wait
	cat "$work/p.pcap" >"$work/pipe" &
	assert_eq 10 "$(plan .frames "$work/deny.yaml" "$work/pipe")"
	wait
}

is_waiting() { # PID
	grep -q pipe "/proc/$1/wchan"
}

# A part of a plan may mislead: nothing is printed but how far it came, also if it waits for a frame.
test_interrupted() {
	local signal pid
	policy deny <<-END
		deny: [192.0.2.0/24]
	END
	run 0 pktgen write syn-flood "$work/p.pcap" --count 10 --sources 10
	mkfifo "$work/slow"
	exec 3<>"$work/slow"
	for signal in INT TERM; do
		cat "$work/p.pcap" >&3
		env --default-signal=INT xdpctl plan "$work/deny.yaml" "$work/slow" >"$work/out" 2>"$work/err" 3>&- &
		pid=$!
		wait_until is_waiting $pid
		kill -s $signal $pid
		wait $pid
		assert_eq 1 $? "exit status after SIG$signal"
		assert_eq "xdpctl: interrupted after 10 frames" "$(cat "$work/out" "$work/err")" "SIG$signal"
	done
	exec 3>&-
}

test_nothing_changes() {
	policy empty </dev/null
	run 0 pktgen write mix "$work/t.pcap" --count 20000
	assert_eq '[20000,0,0,0,20000]' \
		"$(plan '[.frames, .not_replayable, .newly_dropped.frames, .newly_passed.frames,
			.policy.reasons.pass_default]' "$work/empty.yaml" "$work/t.pcap")"
	everything
	assert_eq '[0,0]' "$(plan '[.newly_dropped.frames, .newly_passed.frames]' "$work/all.yaml" \
		"$work/t.pcap" --against "$work/all.yaml")"
}

test_by_rule_and_source() {
	policy deny <<-END
		allow: [198.18.0.0/24]
		deny: [0.0.0.0/0]
	END
	everything
	run 0 pktgen write syn-flood "$work/t.pcap" --count 5000 --sources 100
	assert_eq '[5000,5000,100,["deny",5000,5000]]' \
		"$(plan '[.newly_dropped | .frames, .connections, .source_count, (.rules[0] | [.[]])]' \
			"$work/deny.yaml" "$work/t.pcap")"
	# The other way round, the same frames pass.
	policy empty </dev/null
	assert_eq '[0,5000,["deny",5000,5000]]' \
		"$(plan '[.newly_dropped.frames, .newly_passed.frames, (.newly_passed.rules[0] | [.[]])]' \
			"$work/empty.yaml" "$work/t.pcap" --against "$work/deny.yaml")"
	assert_eq 5000 "$(plan '[.newly_dropped.sources[].frames] | add' "$work/deny.yaml" "$work/t.pcap")"
	assert_eq 3 "$(plan '.newly_dropped.sources | length' "$work/deny.yaml" "$work/t.pcap" -n 3)"
}

# A retransmitted SYN is the same connection.
test_retransmissions() {
	everything
	run 0 pktgen write syn-flood "$work/t.pcap" --count 500 --sources 100
	assert_eq '[1000,500]' "$(plan '[.newly_dropped | .frames, .connections]' "$work/all.yaml" \
		"$work/t.pcap" "$work/t.pcap")"
}

# Time is that of the frames: at half the limit's rate all pass, at twice the rate half are
# challenged: in a capture, no source is verified.
test_limit_by_time() {
	policy limit <<-END
		limit: {rate: 100/s, burst: 10, mode: enforce}
	END
	run 0 pktgen write syn-flood "$work/slow.pcap" --count 1000 --sources 1 --rate 50
	assert_eq 0 "$(plan .newly_challenged.frames "$work/limit.yaml" "$work/slow.pcap")"
	run 0 pktgen write syn-flood "$work/fast.pcap" --count 1000 --sources 1 --rate 200
	# 5 s: the burst and one, and one each 10 ms, within a jiffy.
	challenged=$(plan .newly_challenged.frames "$work/limit.yaml" "$work/fast.pcap")
	((challenged >= 1000 - 512 && challenged <= 1000 - 509)) ||
		assert_eq "about 490" "$challenged" "challenged"
}

# Challenged: each frame of a source that fails, the first one of a source that passes. Then its rule's
# limit is for it.
test_challenge() {
	local engine
	policy protect <<-END
		protect:
		  - {name: web, victims: [198.18.0.0/15], armed: always, mode: enforce, trust: 10m}
	END
	sed 's/trust: 10m/trust: 10m, limit: {rate: 1\/s, burst: 5}/' "$work/protect.yaml" >"$work/limited.yaml"
	run 0 pktgen write syn-flood "$work/t.pcap" --count 1000 --sources 10 --rate 1000
	for engine in host syscall; do
		[ $engine = host ] || need_root
		assert_eq '["captured",1000]' "$(plan '[.challenge, .newly_challenged.frames]' "$work/protect.yaml" \
			"$work/t.pcap" --engine $engine)" "default, $engine"
		assert_eq 1000 "$(plan .newly_challenged.frames "$work/protect.yaml" "$work/t.pcap" \
			--challenge=fails --engine $engine)" "fails, $engine"
		# 20/s with a burst of 60 from each: 1 s has 100 of each, 1 is challenged, 61 and 19 pass.
		assert_eq '["passes",10,10,200]' "$(plan '[.challenge, .newly_challenged.frames,
			.newly_challenged.source_count, .newly_dropped.frames]' \
			"$work/protect.yaml" "$work/t.pcap" --challenge=passes --engine $engine |
			jq -c 'if .[3] >= 180 and .[3] <= 210 then .[3] = 200 else . end')" "passes, $engine"
		assert_eq '[10,930]' "$(plan '[.newly_challenged.frames, .newly_dropped.frames]' \
			"$work/limited.yaml" "$work/t.pcap" --challenge=passes --engine $engine)" "limited, $engine"
	done
	run 2 xdpctl plan "$work/protect.yaml" "$work/t.pcap" --challenge=maybe
}

test_attack_by_time() {
	policy protect <<-END
		protect:
		  - name: web
		    victims: [198.18.0.0/15]
		    ports: [80]
		    above: 2000/s
		    below: 500/s
		    hold: 10s
		    mode: enforce
		    action: drop
	END
	sed 's/mode: enforce/mode: shadow/' "$work/protect.yaml" >"$work/shadow.yaml"
	run 0 pktgen write syn-flood "$work/calm.pcap" --count 20000 --rate 1900
	assert_eq 0 "$(plan .newly_dropped.frames "$work/protect.yaml" "$work/calm.pcap")"
	run 0 pktgen write syn-flood "$work/flood.pcap" --count 20000 --rate 10000
	# 2,000 more than 2,000 a second come in a quarter of a second.
	dropped=$(plan .newly_dropped.frames "$work/protect.yaml" "$work/flood.pcap")
	((dropped >= 17400 && dropped <= 17550)) || assert_eq "about 17,500" "$dropped" "dropped"
	assert_eq "[0,$dropped]" "$(plan '[.newly_dropped.frames, .policy.rules[0].would_have]' \
		"$work/shadow.yaml" "$work/flood.pcap")"
}

# The engines agree on every source and rule.
test_engines() {
	local profile
	policy engines <<-END
		management: [{source: "2001:db8::/34", ports: [80]}, 10.0.0.0/10]
		allow: [172.16.0.0/12, 192.168.0.0/17]
		deny: [0.0.0.0/2, 192.168.0.0/16, "2001:db8:8000::/33", "::/1"]
		fragments: {tiny: drop}
		limit: {rate: 10/s, burst: 5, mode: enforce}
		protect:
		  - {name: web, victims: [0.0.0.0/0, "::/0"], above: 5000/s, below: 500/s, hold: 1s,
		     mode: enforce, action: drop}
	END
	need_root
	for profile in mix ipv6 vlan fragments malformed handshakes; do
		run 0 pktgen write "$profile" "$work/t.pcap" --count 3000
		host=$(plan 'del(.engine, .elapsed_ns)' "$work/engines.yaml" "$work/t.pcap")
		kernel=$(plan 'del(.engine, .elapsed_ns)' "$work/engines.yaml" "$work/t.pcap" --engine syscall)
		assert_eq "$host" "$kernel" "$profile"
		[ "$(jq .newly_dropped.frames <<<"$host")" -gt 0 ] || assert_eq "some dropped" "none" "$profile"
	done
}

test_text() {
	everything
	run 0 pktgen write syn-flood "$work/t.pcap" --count 1234 --sources 2
	run 0 xdpctl plan "$work/all.yaml" "$work/t.pcap"
	grep -q "all.yaml against no policy$" <<<"$out" || assert_eq "its name" "$out"
	grep -q "^  1,234 frames in " <<<"$out" || assert_eq "1,234 frames" "$out"
	grep -q "newly dropped  *1,234 frames  *1,234 connections  *2 sources" <<<"$out" ||
		assert_eq "1,234 newly dropped" "$out"
	grep -q "by deny  *1,234 frames" <<<"$out" || assert_eq "by deny" "$out"
	grep -q "newly passed  *0 frames" <<<"$out" || assert_eq "0 newly passed" "$out"
}

# matches_schema ARGUMENT...: the output of that plan.
matches_schema() {
	local status
	run 0 xdpctl plan "$@" -j
	printf '%s\n' "$out" >"$work/plan.json"
	"$root/tests/check_json.py" "plan:$work/plan.json" >"$work/faults"
	status=$?
	[ $status != 3 ] || skip "no python3-jsonschema"
	assert_eq "" "$(head -5 "$work/faults")" "what is not as in the schema"
}

test_json() {
	everything
	policy empty </dev/null
	run 0 pktgen write syn-flood "$work/t.pcap" --count 100
	matches_schema "$work/all.yaml" "$work/t.pcap" --against "$work/empty.yaml"
	matches_schema "$work/all.yaml" "$work/t.pcap"
	assert_eq false "$(jq 'has("against")' "$work/plan.json")"
}

test_refused() {
	everything
	run 0 pktgen write syn-flood "$work/t.pcap" --count 100
	run 2 xdpctl plan "$work/all.yaml"
	run 1 xdpctl plan "$work/none.yaml" "$work/t.pcap"
	assert_says "none.yaml"
	run 1 xdpctl plan "$work/all.yaml" "$work/none.pcap"
	assert_says "none.pcap: cannot open: No such file or directory"
	run 1 xdpctl plan "$work/all.yaml" "$work/t.pcap" "$work/all.yaml"
	assert_says "all.yaml: "
	# A list without an end, or without a line.
	truncate -s 5G "$work/sparse"
	policy sparse <<-END
		deny: {files: [sparse]}
	END
	run 1 xdpctl plan "$work/sparse.yaml" "$work/t.pcap"
	assert_says "sparse:1: a line of more than 65535 bytes: this is no list of prefixes"
	# A damaged capture might mislead.
	head -c 4000 "$work/t.pcap" >"$work/cut.pcap"
	run 1 xdpctl plan "$work/all.yaml" "$work/cut.pcap"
	assert_says "cut.pcap: "
	policy bad <<-END
		limit: {rate: 20, burst: 60}
	END
	run 1 xdpctl plan "$work/bad.yaml" "$work/t.pcap"
	assert_says "bad.yaml:2:"
}

run_tests test_customers test_pipe test_interrupted test_nothing_changes test_by_rule_and_source test_retransmissions test_limit_by_time test_challenge \
	test_attack_by_time test_engines test_text test_json test_refused
