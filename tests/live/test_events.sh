#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_events: `xdpctl events run` on a gateway that is attacked, killed, moved and out of disk: each
# event is in the journal once.
# waits: for readings, of which there is one a second
# long: attacks and kills that last for seconds
#
# EVENTS_KILLS: kill at the first N of each kind of call (default: 1).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
mount -t tmpfs tmpfs /var/lib
kills=${EVENTS_KILLS:-1}
journal=/var/lib/xdpctl/events

after_each() {
	kill_listed "$work/pids"
	remove_hosts
	umount "$journal" 2>/dev/null
	rm -rf "$work"/{out.jsonl,err.run,notified,ready,hooks}
	rm -rf /var/lib/xdpctl
}

X() { xdpctl "$@" --netns gateway; }

# A gateway whose attacks end after a second of calm.
make_world() { # [LINE...]: of the configuration
	make_hosts
	mkdir -p /var/lib/xdpctl
	printf '%s\n' 'xdpctl-events: 1' 'detect:' '  default: {hold: 1s, unfinished: off}' "$@" >"$work/events.yaml"
	run 0 X attach g0
}

# In the background, its events in $work/out.jsonl; $daemon is its number. It reads when this returns.
start_run() { # OPTION...
	rm -f "$work/ready"
	service_manager &
	echo $! >>"$work/pids"
	wait_until [ -S "$work/ready" ]
	NOTIFY_SOCKET=$work/ready xdpctl events run --netns gateway --config "$work/events.yaml" "$@" \
		>>"$work/out.jsonl" 2>>"$work/err.run" &
	daemon=$!
	echo $daemon >>"$work/pids"
	wait_until is_ready
}
is_ready() {
	kill -0 "$daemon" 2>/dev/null || assert_eq "a daemon" "$(<"$work/err.run")"
	grep -qs READY=1 "$work/notified"
}

# A service manager that listens to a daemon.
service_manager() {
	exec python3 -S -c '
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
with open(sys.argv[2], "wb", buffering=0) as out:
    while True:
        out.write(receiver.recv(4096) + b"\n")
' "$work/ready" "$work/notified"
}

stop_run() { # [SIGNAL]
	kill -"${1:-TERM}" "$daemon"
	wait "$daemon"
	status=$?
}

flood() { # COUNT RATE
	start_inside client pktgen send syn-flood c0 --sender packet --count "$1" --rate "$2" \
		--duration 300 >"$work/flood" 2>&1
	flood=$!
	echo $flood >>"$work/pids"
}

# Records of the journal that are EVENT and PHASE, each with its member .EVENT.MEMBER.
journal_of() { # EVENT PHASE MEMBER
	cat $journal/journal.*.jsonl 2>/dev/null | jq -r "select(.event == \"$1\" and .phase == \"$2\") | .$1.$3"
}
has_record() { # EVENT PHASE TEXT: the journal has it
	grep -qs "\"event\":\"$1\",\"phase\":\"$2\".*$3" $journal/journal.*.jsonl
}

# Sequences are 1, 2, 3, ..., and no phase of an id is there twice, but updates.
assert_journal_in_order() {
	cat $journal/journal.*.jsonl >"$work/records"
	assert_eq true "$(jq -s 'map(.sequence) == [range(1; length + 1)]' "$work/records")" "sequences in order"
	assert_eq '[]' "$(jq -sc 'map(select(.phase != "update") | .id + .phase) | group_by(.) |
		map(select(length > 1))' "$work/records")" "phases that are there twice"
}

test_flood() {
	make_world
	start_run
	flood 15000 5000
	wait_until has_record attack ended 198.18.0.1
	stop_run
	assert_eq 0 $status "status after SIGTERM"
	assert_eq 198.18.0.1:80 "$(journal_of attack began 'victim + ":" + (.attack.port | tostring)')" "attacks"
	assert_eq '["rate",2000,"yes",true,true]' "$(jq -c 'select(.phase == "ended") | .attack |
		[.cause, .threshold_pps, .spoofed, .ended_ns > .began_ns,
		(.syns.at_least <= 15000 and .syns.at_most >= 12000)]' $journal/journal.1.jsonl)" "the attack"
	assert_journal_in_order
	# Standard output has the same lines.
	cmp "$work/records" "$work/out.jsonl" || exit 1
	assert_eq "2" "$(grep -cxE 'WATCHDOG=1|STOPPING=1' <(sort -u "$work/notified"))" "what a service manager heard"
	run 0 xdpctl events --jsonl
	assert_eq "$(<"$work/records")" "$out" "the list"
	run 0 xdpctl events --open
	assert_eq "nothing is open" "$out"
	run 0 xdpctl events g0 --since 1h -j
	assert_eq '[1,"began","ended"]' "$(jq -c '[.schema, (.events[] | select(.event == "attack") | .phase)]' <<<"$out")"
	printf '%s\n' "$out" >"$work/list.json"
	command -v python3 >/dev/null && python3 -c 'import jsonschema' 2>/dev/null &&
		run 0 "$root/tests/check_json.py" "events:$work/list.json" "event:$work/records"
	run 0 xdpctl events lo --jsonl
	assert_eq "" "$out" "events of another interface"
	run 0 timeout 5 head -n 1 < <(xdpctl events follow --after 0 --jsonl)
	assert_eq "$(head -n 1 "$work/records")" "$out" "the first record"
}

# A run is killed at that call within its first seconds.
is_killed_at() { # CALL NUMBER
	local i victim
	: >"$work/trace"
	FAIL_CALL=$1 FAIL_NUMBER=$2 FAIL_WITH=KILL FAIL_TRACE=$work/trace \
		LD_PRELOAD=$root/build/tests/fault/failing_call.so \
		xdpctl events run --netns gateway --config "$work/events.yaml" >/dev/null 2>&1 &
	victim=$!
	for ((i = 0; i < 200 * slow; i++)); do
		[ ! -s "$work/trace" ] || break
		pause
	done
	kill -KILL $victim 2>/dev/null
	wait $victim 2>/dev/null
	[ -s "$work/trace" ]
}

# Killed at the first calls of each kind, in the middle of an attack, again and again; then it goes
# on: one beginning, and one end.
test_kill() {
	local call number killed=0 id
	need_injection
	make_world
	start_run
	flood 1500000 3000
	wait_until has_record attack began 198.18.0.1
	stop_run KILL
	id=$(jq -r 'select(.phase == "began").id' $journal/journal.1.jsonl)
	for call in write fdatasync fsync renameat flock; do
		for ((number = 1; number <= kills; number++)); do
			run 0 X attach g0 # an event, which is written when the run begins
			! is_killed_at "$call" "$number" || killed=$((killed + 1))
		done
	done
	echo "# killed at $killed of $((5 * kills)) calls"
	[ $killed -ge 5 ] || assert_eq "at least 5" $killed "kills"
	start_run
	run 0 xdpctl events --open --jsonl
	assert_eq "$id" "$(jq -r 'select(.event == "attack").id' <<<"$out")" "open attacks"
	kill $flood
	wait_until has_record attack ended "$id"
	stop_run
	assert_eq "$id" "$(jq -r 'select(.event == "attack" and .phase == "began").id' $journal/journal.1.jsonl)" "began"
	assert_eq "$id" "$(jq -r 'select(.event == "attack" and .phase == "ended").id' $journal/journal.1.jsonl)" "ended"
	assert_journal_in_order
}

# The attack ends while nothing reads: its end is what was last seen.
test_restart_after_end() {
	make_world
	start_run
	flood 12000 4000
	wait_until has_record attack began 198.18.0.1
	stop_run KILL
	wait $flood
	start_run
	wait_until has_record attack ended 198.18.0.1
	stop_run
	assert_eq 1 "$(journal_of attack ended victim | wc -l)" "ends"
	assert_eq true "$(jq -s 'map(select(.event == "attack")) | .[1].attack.ended_ns < .[1].time_ns and
		.[0].id == .[1].id' $journal/journal.1.jsonl)" "ended when it was last seen"
	assert_journal_in_order
}

test_attachment() {
	make_world
	start_run
	run 0 X attach g0 # an upgrade
	wait_until has_record attachment point upgraded
	run 0 X reset g0
	wait_until has_record attachment point reset
	run 0 X detach g0
	wait_until has_record attachment point detached
	run 0 X attach g0
	wait_until has_record attachment point attached
	ip -n gateway link set g0 netns client
	wait_until has_record attachment point moved
	ip -n client link set g0 netns gateway
	ip -n gateway link set g0 up
	wait_until attached_again
	ip -n gateway link del g0
	wait_until has_record attachment point gone
	stop_run
	assert_eq "upgraded reset detached attached moved attached gone" \
		"$(journal_of attachment point state | paste -sd' ')" "what happened"
	assert_journal_in_order
}
attached_again() { [ "$(journal_of attachment point state | grep -c attached)" = 2 ]; }

# Nothing can be written: events go out with sequence 0, and are kept once the disk takes them.
test_disk() {
	make_world
	mkdir -p $journal
	mount -t tmpfs tmpfs $journal
	start_run
	mount -o remount,ro $journal
	flood 15000 5000
	wait_until grep -q '"phase":"ended"' "$work/out.jsonl"
	assert_eq '["began","ended",0,0]' "$(jq -sc 'map(select(.event == "attack")) |
		map(.phase) + map(.sequence)' "$work/out.jsonl")" "attacks that went out"
	assert_eq '["journal",true]' "$(jq -c 'select(.event == "loss") |
		[.loss.where, (.loss.what | contains("Read-only file system"))]' "$work/out.jsonl")" "loss"
	mount -o remount,rw $journal
	wait_until has_record loss ended journal
	stop_run
	assert_journal_in_order
	assert_eq "began ended" "$(jq -r 'select(.event == "attack").phase' "$work/records" | paste -sd' ')"
}

test_one_run() {
	make_world
	start_run
	run 1 X events run --config "$work/events.yaml"
	assert_says "$journal: another xdpctl (pid $daemon: events run "
	stop_run
	run 1 xdpctl events --directory /nonexistent
	assert_says "/nonexistent: cannot open it: No such file or directory: 'xdpctl events run' makes it"
	run 2 xdpctl events --since 5
	assert_says "--since"
}

test_output_file() {
	make_world
	start_run --output "$work/file"
	assert_eq 640 "$(stat -c %a "$work/file")" "permissions"
	run 0 X reset g0
	wait_until grep -q reset "$work/file"
	mv "$work/file" "$work/file.1"
	kill -HUP $daemon
	wait_until [ -e "$work/file" ]
	run 0 X detach g0
	wait_until grep -q detached "$work/file"
	stop_run
	assert_eq "reset" "$(jq -r .attachment.state "$work/file.1")"
	assert_eq "detached" "$(jq -r .attachment.state "$work/file")"
	assert_eq "" "$(<"$work/out.jsonl")" "standard output"
}

# Twenty hooks that hang, fork, close their input or die: readings go on, and each well-behaved one gets
# both events.
test_hooks() {
	local i kind hooks=("notify:") readings
	mkdir "$work/hooks"
	# shellcheck disable=SC2016 # expanded by the hooks
	{
		printf '#!/bin/sh\n%s\n' 'echo $$ >>"$1.pids"; trap "" TERM; while :; do sleep 1000; done' >"$work/hang"
		printf '#!/bin/sh\n%s\n' 'sleep 1000 & echo $! >>"$1.pids"' >"$work/fork"
		printf '#!/bin/sh\n%s\n' 'exec <&-; echo "$XDPCTL_PHASE" >>"$1"' >"$work/deaf"
		printf '#!/bin/sh\n%s\n' 'kill -SEGV $$' >"$work/die"
	}
	chmod +x "$work"/{hang,fork,deaf,die}
	for ((i = 0; i < 20; i += 4)); do
		for kind in hang fork deaf die; do
			hooks+=("  - {name: $kind$i, exec: [$work/$kind, $work/hooks/$i], events: [attack], phases: [began, ended]}")
		done
	done
	make_world "${hooks[@]}"
	start_run
	flood 15000 5000
	wait_until has_record attack began 198.18.0.1
	readings=$(readings)
	wait_until has_record attack ended 198.18.0.1
	wait_until readings_at_least $((readings + 5))
	for ((i = 0; i < 20; i += 4)); do wait_until grep -qs ended "$work/hooks/$i"; done
	for ((i = 0; i < 20; i += 4)); do assert_eq $'began\nended' "$(<"$work/hooks/$i")" "what hook $i got"; done
	stop_run
	assert_eq 0 $status "status"
	wait_until none_runs "$work"/hooks/*.pids
	assert_eq 5 "$(grep -c "hook die[0-9]*: ended by signal 11: event attack" <(sort -u "$work/err.run"))" "hooks that died"
	assert_journal_in_order
}
none_runs() { # FILE...: with process numbers
	local pids
	mapfile -t pids < <(cat "$@")
	[ ${#pids[@]} -ge 10 ] && ! kill -0 "${pids[@]}" 2>/dev/null
}
readings() { grep -c WATCHDOG=1 "$work/notified"; }
readings_at_least() { [ "$(readings)" -ge "$1" ]; }

test_metrics() {
	make_world
	run 0 X stats --prom
	[[ $out != *xdpctl_events* ]] || assert_eq "no events" "$(grep xdpctl_events <<<"$out")"
	start_run
	flood 20000 5000
	wait_until has_record attack began 198.18.0.1
	wait_until has_metric 'xdpctl_attack_active{interface="g0",victim="198.18.0.1",port="80"} 1'
	wait_until has_record attack ended 198.18.0.1
	wait_until has_metric 'xdpctl_events_total{event="attack"} 2'
	assert_eq "xdpctl_events_running 1 xdpctl_events_lost_total{where=\"journal\"} 0" "$(grep -E \
		'^xdpctl_(attack_active|events_running|events_lost_total.*journal)' <<<"$out" | paste -sd' ')" "metrics"
	stop_run
}
has_metric() { # LINE
	run 0 X stats --prom
	[[ $'\n'$out = *$'\n'"$1"$'\n'* ]]
}

# The window of distinct sources has one owner: another reader's estimate is unknown, not too low.
test_two_windows() {
	make_world
	start_run
	run 0 X stats g0 --watch=2 -c 3 --jsonl
	assert_eq '[null]' "$(jq -sc '.[1:] | map(.interfaces[0].distinct_in_interval) | unique' <<<"$out")" "beside a run"
	stop_run
	run 0 X stats g0 --watch=1 -c 2 --jsonl
	assert_eq 0 "$(jq -s '.[-1].interfaces[0].distinct_in_interval' <<<"$out")" "alone"
}

run_tests test_flood test_kill test_restart_after_end test_attachment test_disk test_one_run test_output_file test_hooks test_metrics test_two_windows
