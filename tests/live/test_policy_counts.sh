#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_policy_counts: what a policy decides is counted, whatever is armed, switched, upgraded or
# reset meanwhile, and is shown in every output.
# long: a hundred switches of policies in a flood
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"

apply() { # NAME [OPTION...]
	run 0 X policy apply "$work/$1.yaml" g0 --no-confirm --no-management "${@:2}"
}

gateway_attached() { # [OPTION...]
	make_silent_hosts
	run 0 X attach "$@" g0
}

# A frame each 100 us, at every step of a hundred switches; as many as possible would occupy a CPU.
start_flood() { # SOURCES
	start_inside client pktgen send syn-flood c0 --sender packet --count 1000000000 --rate 10000 \
		--duration 600 --sources "$1" --truth "$work/truth.tsv" -j >"$work/sent" 2>/dev/null
	sender=$!
	wait_until flows
}
flows() { X stats g0 -j | jq -e '.interfaces[0].syns > 0' >/dev/null; }
end_flood() {
	kill -INT "$sender"
	wait "$sender"
	sent=$(jq .sent "$work/sent")
	[ "${sent:-0}" -gt 1000 ] || assert_eq "a load" "$(cat "$work/sent")"
}

# value JQ: of the interface, from the last output.
value() { jq -c ".interfaces[0] | $1" <<<"$out"; }

# All sums that must hold.
assert_reconciled() { # WHAT
	run 0 X stats g0 -j -n 1000000
	assert_eq '[true,true,true,true,true,true]' "$(value '[.packets == ([.classes[]] | add),
		.packets == ([.verdicts[]] | add),
		.packets == .unjudged + ([.reasons[]] | add),
		.verdicts.drop == ([.reasons | to_entries[] | select(.key | startswith("drop")).value] | add),
		([.policy.rules[]?.matched] | add // 0) == ([.reasons[]] | add) - .reasons.pass_default or
			.policy == null,
		([.dropped_sources[].at_least] | add // 0) <=
			.reasons.drop_deny + .reasons.drop_limit + .reasons.drop_attack_limit]')" "sums $1"
}

# Arming, upgrading and disarming lose no SYN and count none twice.
test_arm_in_a_flood() {
	local i
	gateway_attached
	policy open "management: [203.0.113.0/24]"
	start_flood 1000
	for ((i = 0; i < 10 / slow + 1; i++)); do
		apply open
		run 0 X attach g0
		assert_eq "g0: upgraded, native mode" "$out"
		run 0 X policy off g0
	done
	end_flood
	assert_flood_counted "$sent"
	assert_reconciled "disarmed"
	assert_eq '[true,true,null,0]' "$(value '[.unjudged > 0, .reasons.pass_default > 0, .policy,
		.verdicts.drop]')" "frames with and without a policy"
}

# Each frame of a flood is dropped by one of the two policies that are in force in turn.
test_switches_in_a_flood() {
	local i
	gateway_attached
	policy a "deny: [0.0.0.0/0]"
	policy b "deny: [0.0.0.0/1, 128.0.0.0/1]"
	apply a
	start_flood 1000
	for ((i = 0; i < 50 / slow; i++)); do
		apply b
		apply a
	done
	end_flood
	assert_reconciled "after switches"
	assert_eq "[$sent,$sent,0,0]" "$(value '[.syns, .reasons.drop_deny, .unjudged,
		.reasons.pass_default]')" "drops"
	assert_eq "[1000,$sent,true]" "$(value '[(.dropped_sources | length),
		([.dropped_sources[].at_least] | add),
		all(.dropped_sources[]; .at_least == .at_most)]')" "dropped sources"
	assert_eq "$(sent | cksum)" "$(value '.dropped_sources[] | "\(.address)\t\(.at_least)"' |
		jq -r . | LC_ALL=C sort | cksum)" "drops by source"
}

# More sources than entries: each is within its bounds, and no unlisted one has more than is said.
test_bounds_of_dropped_sources() {
	gateway_attached
	policy all "deny: [0.0.0.0/0]"
	apply all
	inside client pktgen send syn-flood c0 --sender packet --count 200000 --sources 60000 \
		--truth "$work/truth.tsv" -j >"$work/sent" 2>"$work/err" ||
		assert_eq "pktgen's success" "$(<"$work/err")"
	assert_reconciled "with a full table"
	jq -r '.interfaces[0] | (.dropped_unlisted_at_most | "unlisted\t0\t\(.)"),
		(.dropped_sources[] | "\(.address)\t\(.at_least)\t\(.at_most)")' <<<"$out" >"$work/bounds"
	assert_eq "0 wrong" "$(awk 'NR == FNR { least[$1] = $2; most[$1] = $3; next }
		/^#/ { next }
		$1 in most { wrong += $2 < least[$1] || $2 > most[$1]; next }
		{ wrong += $2 > most["unlisted"] }
		END { print wrong + 0, "wrong" }' "$work/bounds" "$work/truth.tsv")" "bounds"
	assert_eq '[true,true]' "$(value '[.dropped_unlisted_at_most > 0,
		(.dropped_sources | length) > 10000]')" "a full table"
}

# A new program, new maps, or both: the policy stays, and only what is asked for starts from zero.
test_policy_stays() {
	gateway_attached --handshakes
	policy some "deny: [0.0.0.0/0]"
	apply some
	send_a_syn
	assert_reconciled "before"
	assert_eq '[1,0]' "$(value '[.reasons.drop_deny, .unjudged]')" "armed"
	run 0 X attach g0
	assert_reconciled "upgraded"
	assert_eq 1 "$(value .reasons.drop_deny)" "upgraded"
	run 0 X reset g0 -j
	assert_eq 1 "$(value .reasons.drop_deny)" "what reset prints"
	assert_reconciled "reset"
	assert_eq 0 "$(value .reasons.drop_deny)" "reset"
	send_a_syn
	run 0 X attach --reset g0
	send_a_syn
	assert_reconciled "attached anew"
	assert_eq '[1,"some",1]' "$(value '[.reasons.drop_deny, "some", .policy.generation]')" "anew"
	run 0 X status g0 -j
	assert_eq '["confirmed",1,false,null]' "$(value '.policy |
		[.in_force, .generation, .reverted, .confirm_before_ns]')" "status"
	run 0 X detach g0
	assert_no_program gateway g0
}
# A real client may repeat a SYN that is dropped before it is stopped.
send_a_syn() {
	run 0 inside client pktgen send syn-flood c0 --sender packet --count 1 --sources 1
}

test_generic() {
	gateway_attached -m generic
	policy some "deny: [0.0.0.0/0]"
	apply some
	send_a_syn
	assert_reconciled "generic"
	assert_eq '["generic",1]' "$(value '[.mode, .reasons.drop_deny]')"
}

# Victims under attack, rules and their names, in every output; the JSON is as its schema says.
test_outputs() {
	local victim='.interfaces[0].attacks[] | select(.port == 80)'
	gateway_attached
	policy web "limit: {rate: 1/s, burst: 2}" "protect:" "  - name: web" \
		"    victims: [198.18.0.0/24]" "    ports: [80]" "    above: 100/s" "    below: 10/s" \
		"    hold: 60s" "    mode: enforce" "    action: drop"
	apply web
	inside client pktgen send syn-flood c0 --sender packet --rate 5000 --count 5000 --sources 10 \
		-j >"$work/sent" 2>"$work/err" || assert_eq "pktgen's success" "$(<"$work/err")"
	assert_reconciled "under attack"
	assert_eq '["198.18.0.1","web",true,5000,true,true]' "$(jq -c "$victim"' | [.victim, .rule,
		.armed, .syns, .stopped > 2000, .since_ns > 1700000000000000000]' <<<"$out")" "attack"
	assert_eq '[true,5000,"enforce",true,"shadow",1]' "$(value '[
		.reasons.drop_attack == .verdicts.drop,
		(.policy.rules[] | select(.name == "web") | .matched, .mode),
		(.policy.rules[] | select(.name == "limit") | .would_have > 20, .mode), .under_attack]')" \
		"reasons and rules"
	cp "$work/out" "$work/stats.json"
	run 0 X status -j
	cp "$work/out" "$work/status.json"
	run 0 X stats g0 --watch=1 --count 1 -j
	cp "$work/out" "$work/watch.json"
	assert_eq '[true,0]' "$(jq -c '.intervals[0].interfaces[0] | [.attacks[0].armed,
		.attacks[0].syns_pps]' <<<"$out")" "watch"
	run 0 X stats g0
	case $out in *"SYN to a victim under attack"*"198.18.0.1:80 "*" web"*) ;; *)
		assert_eq "a table" "$out" ;;
	esac
	run 0 X stats g0 --prom
	for line in 'xdpctl_victims_under_attack{interface="g0"} 1' \
		'xdpctl_rule_matched_total{interface="g0",rule="web"} 5000' \
		'xdpctl_policy_reverted{interface="g0"} 0' \
		'xdpctl_protected_under_attack{interface="g0",victim="198.18.0.1",port="80",rule="web"} 1'; do
		case $out in *"$line"*) ;; *) assert_eq "$line" "$out" "a sample" ;; esac
	done
	python3 "$root/tests/check_json.py" "stats:$work/stats.json" "status:$work/status.json" \
		"watch_list:$work/watch.json" >"$work/faults"
	[ $? != 3 ] || skip "no python3-jsonschema"
	assert_eq "" "$(cat "$work/faults")" "what is not as in the schema"
}

# What watches an interface follows policies, and its intervals miss nothing.
test_watch() {
	gateway_attached
	policy open "management: [203.0.113.0/24]"
	policy all "deny: [0.0.0.0/0]"
	: >"$work/lines"
	xdpctl stats g0 --netns gateway --watch=1 --jsonl >"$work/lines" 2>"$work/watch_err" &
	watcher=$!
	wait_until lines_are 1
	start_flood 100
	apply open
	wait_until lines_are 3
	apply all
	wait_until lines_are 5
	run 0 X policy off g0
	end_flood
	wait_until lines_are $(($(wc -l <"$work/lines") + 2))
	kill -INT "$watcher"
	wait "$watcher"
	assert_eq "[$sent,true,true,null]" "$(jq -sc '[.[].interfaces[0]] | [([.[].interval.syns] | add),
		any(.[]; .totals.policy.in_force == "confirmed" and .interval.reasons.drop_deny > 0),
		any(.[]; .totals.policy.generation == 2), last.totals.policy]' "$work/lines")" "intervals"
	assert_eq true "$(jq -sc '[.[].interfaces[0]] | ([.[].interval.reasons.drop_deny // 0] | add) ==
		([.[].interval.verdicts.drop] | add)' "$work/lines")" "drops in intervals"
}
lines_are() { [ "$(wc -l <"$work/lines")" -ge "$1" ]; }

# A reader of figures sees the policy, and cannot open what would disarm it.
test_reader() {
	need setpriv util-linux
	gateway_attached
	chgrp 12345 /sys/fs/bpf/xdpctl && chmod 2750 /sys/fs/bpf/xdpctl
	policy some "deny: [0.0.0.0/0]"
	apply some
	for name in policies limits verified policy_config; do
		assert_eq 600 "$(stat -c %a /sys/fs/bpf/xdpctl/*-*/$name)" "mode of $name"
	done
	for name in attacks policy_state policy_names verdict_counters; do
		assert_eq 640 "$(stat -c %a /sys/fs/bpf/xdpctl/*-*/$name)" "mode of $name"
	done
	run 0 inside gateway setpriv --reuid 12345 --regid 12345 --clear-groups \
		--inh-caps=-all --bounding-set=-all "$root/build/xdpctl" stats g0 -j
	assert_eq '["confirmed",1]' "$(value '.policy | [.in_force, .generation]')" "what it reads"
}

run_tests test_arm_in_a_flood test_switches_in_a_flood test_bounds_of_dropped_sources \
	test_policy_stays test_generic test_outputs test_watch test_reader
