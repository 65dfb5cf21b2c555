#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_json: what every command prints with -j is what the JSON Schema says, member by member, and the
# tables of json.md are those of the schema.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() {
	kill_listed "$work/pid"
	remove_hosts
}

pairs=() unfit=()
X() { xdpctl "$@" --netns gateway; }

# Objects that are to match a definition of the schema; assert_matches has all of a case checked.
matches() { # DEFINITION OBJECTS
	local file=$work/$BASHPID-${#pairs[@]}
	printf '%s\n' "$2" >"$file"
	pairs+=("$1:$file")
}

check() { # [--differ] DEFINITION:FILE...
	said=$("$root/tests/check_json.py" "$@" 2>&1)
	status=$?
	[ $status != 3 ] || skip "no python3-jsonschema"
}

# The checker takes long to start: one run of it looks at all cases, unless ONLY selects some.
assert_matches() {
	printf '%s\n' "${pairs[@]}" >>"$work/pairs"
	[ -z "${ONLY:-}" ] || test_all_match
}

test_all_match() {
	mapfile -t pairs <"$work/pairs"
	check "${pairs[@]}"
	assert_eq "" "$said" "what is not as in the schema"
	assert_eq 0 $status
}

# An object that is not to match; assert_all_differ looks at all of them.
differs() { # DEFINITION OBJECT
	local file=$work/unfit-${#unfit[@]}
	printf '%s\n' "$2" >"$file"
	unfit+=("$1:$file")
}

assert_all_differ() {
	check --differ "${unfit[@]}"
	assert_eq "" "$said" "what is as in the schema"
	assert_eq 0 $status
}

# A command that ends with this status prints a definition's objects.
prints() { # DEFINITION STATUS COMMAND...
	run "${@:2}"
	matches "$1" "$out"
}

fails() { # COMMAND...: with a failure as JSON
	run "$@"
	matches error "$err"
}

test_the_check_itself() {
	local wrong
	for wrong in '{"schema": 1, "program": "x"}' '{"schema": 1, "program": "x", "version": 1}' \
		'{"schema": 1, "program": "x", "version": "1", "more": 1}' ''; do
		differs version "$wrong"
	done
	make_hosts
	run 0 X attach g0
	run 0 X stats g0 -j
	# Also where members come from two definitions.
	differs stats "$(jq '.interfaces[0].more = 1' <<<"$out")"
	differs stats "$(jq '.interfaces[0].classes.more = 1' <<<"$out")"
	differs stats "$(jq 'del(.interfaces[0].syns)' <<<"$out")"
	assert_eq 7 ${#unfit[@]} "unfit objects"
	assert_all_differ
	matches stats "$out"
	assert_matches
}

test_attach_to_detach() {
	make_hosts
	ip -n gateway link add g2 type veth peer name g3
	prints status 0 X status -j
	prints attach 0 X attach g0 -j
	prints attach 0 X attach g0 -j
	prints attach 0 X attach g0 g2 -j -m auto --reset --handshakes
	prints status 0 X status -j
	prints status 0 X status g0 -j
	knock 192.0.2.1 3
	prints stats 0 X stats -j
	prints stats 0 X stats g0 -j -n 1 -a 24/64
	prints stats 0 X stats g0 g2 -j -n 1 -a 24/64
	prints status 0 X status g2 lo -j
	prints stats 0 X reset g0 -j
	prints detach 0 X detach g0 -j --force
	ip -n gateway link del g2
	prints status 0 X status -j
	prints detach 0 X detach --all -j
	prints status 0 X status -j
	assert_matches
}

# A program of somebody else is displaced, and what is left of an interface is a note.
test_displaced_and_notes() {
	make_hosts
	need_built prog/leaves_traces.o
	ip -n gateway link set g0 xdp object "$object" section xdp 2>/dev/null ||
		skip "ip cannot load an object"
	prints attach 0 X attach g0 --force -j
	assert_eq true "$(jq '.interfaces[0].displaced != null' <<<"$out")"
	ip -n gateway link del g0
	ip -n gateway link add g4 type veth peer name g5
	prints attach 0 X attach g4 -j
	matches note "$err"
	assert_matches
}

test_policy() {
	mount -t tmpfs tmpfs /var/lib
	make_hosts
	run 0 X attach g0
	printf '%s\n' "xdpctl-policy: 1" "management: [192.0.2.0/24]" "deny: [203.0.113.0/24]" >"$work/policy.yaml"
	prints policy_check 0 xdpctl policy check "$work/policy.yaml" -j
	prints policy_apply 0 X policy apply "$work/policy.yaml" g0 -j
	prints policy_state 0 X policy revert g0 -j
	prints policy_apply 0 X policy apply "$work/policy.yaml" g0 --no-confirm -j
	prints policy_listing 0 X policy deny g0 198.51.100.1 -j
	prints policy_why 0 X policy why g0 198.51.100.1 192.0.2.1:80 -j
	prints policy_trust 0 X policy trust g0 2001:db8::1 1h -j
	prints policy_why 0 X policy why g0 2001:db8::1 '[2001:db8:1::1]:80' -j
	assert_eq true "$(jq '.trusted_until_ns != null' <<<"$out")" "trusted"
	prints policy_listing 0 X policy undo g0 198.51.100.1 -j
	prints policy_state 0 X policy off g0 -j
	assert_matches
}

# A policy, the examples too, is as its own schema says; a key that is not known is refused by it.
test_policy_schema() {
	local file
	for file in "$root"/dist/policy/*.yaml; do
		run 0 xdpctl policy check "$file" -j
		jq .policy <<<"$out" >"$work/${file##*/}.json"
	done
	jq '.unknown = 1' "$work/web-gateway.yaml.json" >"$work/unknown.json"
	make_hosts
	run 0 X attach g0
	run 0 X policy apply "$root/dist/policy/isp-edge.yaml" g0 --no-management
	run 0 X policy deny g0 192.0.2.7 --for 1h
	X policy show g0 -j >"$work/shown.json"
	said=$(python3 - "$root/dist/doc/policy.schema.json" "$work"/*.json 2>&1 <<-'END'
		import json, sys
		try:
		    import jsonschema
		except ImportError:
		    sys.exit(3)
		schema, *files = [json.load(open(name)) for name in sys.argv[1:]]
		validator = jsonschema.Draft202012Validator(schema)
		validator.check_schema(schema)
		print(*[validator.is_valid(file) for file in files])
	END
	)
	[ $? != 3 ] || skip "no python3-jsonschema"
	assert_eq "True True False True" "$said" "isp-edge, shown, unknown, web-gateway"
}

test_evidence() {
	make_hosts
	run 0 X attach g0
	prints evidence_record 0 X evidence record g0 -w "$work/evidence.pcapng" --every 1 --for 1s -j
	prints evidence_list 0 xdpctl evidence list "$work" -j
	prints evidence_show 0 xdpctl evidence show "$work/evidence.pcapng" -j
	assert_matches
}

test_intervals() {
	make_hosts
	run 0 X attach g0 --handshakes
	run 0 X attach lo -m generic
	knock 192.0.2.1 3
	prints watch_list 0 X stats --watch=1 -c 2 -j
	prints watch 0 X stats --watch=1 -c 2 --jsonl
	assert_eq 2 "$(wc -l <<<"$out")"
	prints watch 0 X stats g0 --watch=1 -c 1 --jsonl -a 24/64
	run 0 X detach g0
	prints watch 0 X stats --watch=1 -c 1 --jsonl
	assert_matches
}

test_exporter() {
	local url path
	make_hosts
	run 0 X attach g0 --handshakes
	knock 192.0.2.1 3
	xdpctl export --listen 127.0.0.1:0 --netns gateway >"$work/exporter" 2>&1 &
	echo $! >"$work/pid"
	wait_until grep -q listening "$work/exporter"
	url=$(<"$work/exporter") url=${url##*listening on }
	for path in stats:watch overview:overview history:history; do
		prints "${path#*:}" 0 curl -sS --max-time 10 "${url}api/v1/${path%:*}"
		prints "${path#*:}" 0 curl -sS --max-time 10 "${url}api/v1/${path%:*}?interface=g0"
	done
	assert_matches
}

test_replay() {
	need_built prog/leaves_traces.o
	run 0 pktgen write bots "$work/t.pcap" --truth "$work/t.tsv" --spoofed 500 --heavy 2:250 --count 1000
	prints replay 0 xdpctl replay "$work/t.pcap" -j
	prints replay 0 xdpctl replay "$work/t.pcap" -j --handshakes --engine syscall
	prints replay 0 xdpctl replay "$work/t.pcap" -j --engine host
	prints replay 0 xdpctl replay "$work/t.pcap" -j --expect "$work/t.tsv"
	echo $'192.0.2.99\t7' >>"$work/t.tsv"
	prints replay 1 xdpctl replay "$work/t.pcap" -j --expect "$work/t.tsv"
	matches error "$err"
	truncate -s -10 "$work/t.pcap"
	prints replay 1 xdpctl replay "$work/t.pcap" -j
	prints replay_program 1 xdpctl replay "$work/t.pcap" -j --program "$object"
	assert_matches
}

test_programs() {
	local source object verbose
	need_built prog/rejected/unchecked_access.o
	make_hosts
	run 0 X attach g0
	prints inspect 0 X inspect -j
	prints inspect 0 X inspect g0 -j --stats=1
	prints inspect 0 X inspect "$root/build/bpf/syn.o" -j
	prints verify 0 xdpctl verify "$root/build/bpf/syn.o" -j
	for source in "$root"/tests/prog/rejected/*.bpf.c; do
		source=${source##*/}
		need_built "prog/rejected/${source%.bpf.c}.o"
		verbose=-v
		# Its log has 17 MB.
		[ "$source" != too_many_instructions.bpf.c ] || verbose=
		prints verify 1 xdpctl verify "$object" -j $verbose
	done
	prints inspect 0 xdpctl inspect "$object" -j
	assert_matches
}

test_doctor() {
	make_hosts
	run 0 X doctor g0 -j
	matches doctor "$out"
	xdpctl doctor --self-test -j >"$work/self_test"
	matches self_test "$(<"$work/self_test")"
	assert_matches
}

test_tables_of_commands() {
	local program
	for program in xdpctl pktgen; do
		prints help 0 $program help -j
		prints version 0 $program version -j
	done
	assert_matches
}

test_pktgen() {
	make_hosts
	prints pktgen_list 0 pktgen list -j
	prints pktgen_write 0 pktgen write mix "$work/m.pcapng" --count 100 -j
	prints pktgen_write 0 pktgen write mix "$work/m.pcapng" --count 100 -j --truth "$work/m.tsv"
	# Which sender works on a veth is found out in half a second, by a CPU that only does that.
	prints pktgen_send 0 inside client pktgen send syn-flood c0 --count 10 -j
	prints pktgen_send 0 inside client pktgen send syn-flood c0 --count 10 -j --truth "$work/s.tsv" \
		--sender packet
	prints pktgen_play 0 inside client pktgen play "$work/m.pcapng" c0 --speed 100 --count 10 -j
	prints pktgen_bench 0 inside client pktgen bench c0 --count 1000 -j
	prints pktgen_connect 0 inside client pktgen connect 192.0.2.1:9 --count 2 -j
	assert_matches
}

test_failures() {
	make_hosts
	fails 1 X attach nosuch -j
	fails 1 X stats g0 -j
	fails 1 X detach nosuch -j
	fails 1 xdpctl replay /nosuch -j
	fails 1 xdpctl verify /etc/passwd -j
	fails 1 xdpctl inspect nosuch -j
	fails 1 pktgen write mix /nosuch/x.pcap -j
	fails 2 X stats -j --nosuch
	fails 2 xdpctl attach -j
	assert_matches
}

# json.md shows what the schema says.
test_tables_of_the_page() {
	mkdir "$work/doc" && cp "$root"/dist/doc/{json.md,xdpctl.schema.json} "$work/doc/" || exit 1
	run 0 "$root/dist/schema.py" "$work/doc/json.md"
	assert_eq "" "$(diff "$root/dist/doc/json.md" "$work/doc/json.md" | head)" \
		"dist/schema.py dist/doc/json.md changes"
}

run_tests test_the_check_itself test_attach_to_detach test_displaced_and_notes test_policy \
	test_policy_schema test_evidence test_intervals \
	test_exporter test_replay test_programs test_doctor test_tables_of_commands test_pktgen \
	test_failures test_tables_of_the_page test_all_match
