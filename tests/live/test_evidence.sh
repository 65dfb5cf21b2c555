#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_evidence: `evidence record`: what it writes agrees with the counters and with other tools, and
# neither its own end nor other commands cost a count or leave the sampling program in place.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"

SYNS=300

# The recorder of each test, ended if the test has not.
after_each() {
	kill_listed "$work/recorders"
	remove_hosts
	rm -rf /var/lib/xdpctl "$work"/*.pcapng*
}

program() { X status g0 -j | jq -r '.interfaces[0].program.name'; }
is_sampling() { [[ $(program) = *_smp ]]; }

# Record in the background: $recorder.
start_recorder() { # ARGUMENT...
	start_inside gateway xdpctl evidence record "$@" >"$work/recorded" 2>"$work/recorder.err"
	recorder=$!
	echo $recorder >>"$work/recorders"
	wait_until is_sampling
	# Its first grants are made when it has opened its file.
	wait_until [ -e "$work/out.pcapng.part" ]
}

end_recorder() {
	kill -INT "$recorder"
	wait "$recorder"
	assert_eq 0 $? "status of the recorder: $(cat "$work/recorder.err")"
	rm -f "$work/recorders"
}

send_syns() { # [COUNT]
	run 0 inside client pktgen send syn-flood c0 --sender packet --count "${1:-$SYNS}" --rate 2000 \
		--sources 100
}

silent_attached() { # [OPTION...]
	make_silent_hosts
	run 0 X attach g0 "$@"
}

assert_no_locks() {
	[ ! -e /sys/fs/bpf/xdpctl/samplers ] || assert_eq "no locks" "$(ls /sys/fs/bpf/xdpctl/samplers)"
}

shown() { # JQ
	run 0 xdpctl evidence show "$work/out.pcapng" -j
	jq -c "$1" <<<"$out"
}

# Frames, verdicts and comments agree with the counters, and other tools read the same.
test_agrees_with_others() {
	silent_attached --handshakes
	policy deny "deny: [0.0.0.0/2, 64.0.0.0/3]" "management: [203.0.113.0/24]"
	run 0 X policy apply "$work/deny.yaml" g0 --no-confirm
	start_recorder g0 -w "$work/out.pcapng" --every 1
	assert_eq xdpctl_armp_smp "$(program)" "judges, counts pairs and samples"
	send_syns
	end_recorder
	assert_eq xdpctl_armpairs "$(program)" "the program of before"
	run 0 X stats g0 -j
	local counted dropped
	counted=$(jq .interfaces[0].classes.syn <<<"$out")
	dropped=$(jq .interfaces[0].reasons.drop_deny <<<"$out")
	assert_eq $SYNS "$counted" "SYNs that were counted"
	[[ $dropped -gt 0 && $dropped -lt $SYNS ]] || assert_eq "some of them" "$dropped" "dropped ones"
	assert_eq "[$SYNS,$SYNS,0]" "$(shown '[.packets, .classes.syn, .lost]')" "packets in the file"
	assert_eq "$dropped" "$(shown .reasons.drop_deny)" "dropped ones"
	assert_eq "[{\"interface\":\"g0\",\"frames\":$SYNS,\"taken\":$SYNS,\"overrun\":0,\"written\":$SYNS}]" \
		"$(shown .interfaces)" "what was counted"
	run 0 xdpctl replay "$work/out.pcapng" -j
	assert_eq $SYNS "$(jq .classes.syn <<<"$out")" "SYNs by replay"
	need tshark
	run 0 tshark -r "$work/out.pcapng" -Y 'frame.verdict.ebpf_xdp == 1' -T fields -e frame.comment
	assert_eq "$dropped" "$(grep -c '^verdict=drop reason=drop_deny rule=deny class=syn every=1$' <<<"$out")" \
		"dropped ones by tshark"
	run 0 tshark -r "$work/out.pcapng" -T fields -e frame.interface_queue -e frame.drop_count -e _ws.malformed
	assert_eq "$SYNS"$'\t'"0" "$(sort <<<"$out" | uniq -c | sed 's/^ *//; s/[[:blank:]]*$//; s/ 0/\t0/' | cut -f1,3)" \
		"queue and losses by tshark"
	run 0 capinfos -c -M "$work/out.pcapng"
	assert_eq $SYNS "$(sed -n 's/^Number of packets: *//p' <<<"$out")" "packets by capinfos"
}

test_read_by_tcpdump() {
	need tcpdump
	silent_attached
	start_recorder g0 -w "$work/out.pcapng" --every 1
	send_syns
	end_recorder
	run 0 tcpdump -nr "$work/out.pcapng"
	assert_eq $SYNS "$(grep -c 'Flags \[S\]' <<<"$out")" "SYNs by tcpdump"
}

# Wireshark 4.0 damages verdicts when it writes; without them, its tools copy the file as it is.
test_plain_survives_wireshark() {
	need tshark
	silent_attached
	start_recorder g0 -w "$work/out.pcapng" --every 1
	send_syns
	end_recorder
	run 0 xdpctl evidence export "$work/out.pcapng" "$work/plain.pcapng" --plain
	run 0 editcap "$work/plain.pcapng" "$work/edited.pcapng"
	run 0 mergecap -w "$work/merged.pcapng" "$work/edited.pcapng" "$work/plain.pcapng"
	run 0 tshark -r "$work/merged.pcapng" -T fields -e frame.comment
	assert_eq "$((2 * SYNS)) verdict=pass class=syn every=1" "$(sort <<<"$out" | uniq -c | sed 's/^ *//')" \
		"comments after editcap and mergecap"
	run 0 xdpctl evidence export "$work/out.pcapng" "$work/same.pcapng"
	run 0 cmp "$work/out.pcapng" "$work/same.pcapng"
}

test_to_a_pipe() {
	silent_attached
	start_inside gateway xdpctl evidence record g0 --every 1 >"$work/out.pcapng" 2>"$work/recorder.err"
	recorder=$!
	echo $recorder >>"$work/recorders"
	wait_until is_sampling
	wait_until [ -s "$work/out.pcapng" ]
	send_syns
	end_recorder
	assert_eq $SYNS "$(shown .packets)" "packets on standard output"
	assert_eq "g0: $SYNS samples of $SYNS packets, 0 overrun
$SYNS written" "$(cat "$work/recorder.err")" "what is said on standard error"
}

# The reader of the pipe ends: so does the recording, and the sampling.
test_pipe_breaks() {
	silent_attached
	mkfifo "$work/pipe"
	head -c 16 <"$work/pipe" >/dev/null &
	start_inside gateway xdpctl evidence record g0 --every 1 >"$work/pipe" 2>"$work/recorder.err"
	recorder=$!
	echo $recorder >>"$work/recorders"
	wait_until is_sampling
	start_inside client pktgen send syn-flood c0 --sender packet --count 1000000 --rate 1000 --duration 60 >/dev/null 2>&1
	echo $! >>"$work/recorders"
	wait "$recorder"
	assert_eq 0 $? "status: $(cat "$work/recorder.err")"
	assert_eq xdpctl_syn "$(program)" "the program of before"
}

test_only_some() {
	silent_attached
	start_recorder g0 -w "$work/out.pcapng" --every 1 --reason syn_ack --reason rst
	send_syns
	end_recorder
	assert_eq '[0,{}]' "$(shown '[.packets, .verdicts]')" "no SYN"
	start_recorder g0 -w "$work/out.pcapng" --every 1 --victim 198.18.0.1:81
	send_syns
	end_recorder
	assert_eq "[0,$SYNS]" "$(shown '[.packets, .interfaces[0].taken]')" "none to that port"
	assert_eq "0 written, $SYNS to other victims" "$(tail -n 1 "$work/recorded")" "what is said"
	start_recorder g0 -w "$work/out.pcapng" --every 1 --victim 198.18.0.1:80 --snap 224
	send_syns
	end_recorder
	assert_eq "[$SYNS,{\"198.18.0.1:80\":$SYNS}]" "$(shown '[.packets, .victims]')" "all to that one"
}

# One of 100 packets: exactly, since one CPU or several begin with the first one of theirs.
test_every_hundredth() {
	silent_attached
	start_recorder g0 -w "$work/out.pcapng" --every 100
	send_syns 1000
	end_recorder
	local cpus samples
	cpus=$(nproc --all)
	samples=$(shown .packets)
	[[ $samples -ge 10 && $samples -le $((10 + cpus)) ]] || assert_eq "10 to $((10 + cpus))" "$samples" "samples"
	assert_eq 1000 "$(shown '.interfaces[0].frames')" "packets that were counted"
}

# The default: no more samples than the rate, however many seconds it takes.
test_rate() {
	silent_attached
	start_recorder g0 -w "$work/out.pcapng" --rate 20/s
	SECONDS=0
	start_inside client pktgen send syn-flood c0 --sender packet --count 1000000 --rate 2000 --duration 60 >/dev/null 2>&1
	sender=$!
	wait_until enough_written
	kill -INT "$sender"
	wait "$sender"
	end_recorder
	local packets
	packets=$(shown .packets)
	[ "$packets" -le $((20 * (SECONDS + 2))) ] || assert_eq "at most 20 a second in $SECONDS s" "$packets" "samples"
	[ "$(shown '.interfaces[0].frames / .packets > 10')" = true ] || assert_eq "few samples of many" "$out" "frames"
}
enough_written() { [ "$(stat -c %s "$work/out.pcapng.part")" -gt 8000 ]; }

test_files_in_a_ring() {
	silent_attached
	start_inside gateway xdpctl evidence record g0 -w "$work/out.pcapng" --every 1 -C 1 -W 2 >/dev/null 2>"$work/recorder.err"
	recorder=$!
	echo $recorder >>"$work/recorders"
	wait_until is_sampling
	start_inside client pktgen send syn-flood c0 --sender packet --count 100000000 --rate 20000 --duration 120 >/dev/null 2>&1
	sender=$!
	wait_until [ -s "$work/out.pcapng1" ]
	kill -INT "$sender"
	wait "$sender"
	end_recorder
	local names
	names=$(cd "$work" && echo out.pcapng*)
	assert_eq "out.pcapng0 out.pcapng1" "$names" "files"
	run 0 xdpctl evidence show "$work/out.pcapng0" -j
	[ "$(stat -c %s "$work/out.pcapng0")" -le $((1200 << 10)) ] || assert_eq "at most 1 MiB and a little" "$(stat -c %s "$work/out.pcapng0")"
	run 0 xdpctl evidence list "$work" -j
	assert_eq '["out.pcapng0","out.pcapng1",true]' "$(jq -c '[([.files[].name] | sort[]), all(.files[]; .complete)]' <<<"$out")" \
		"what is listed"
}

# There is one at a time, which the second one names.
test_one_owner() {
	silent_attached
	start_recorder g0 -w "$work/out.pcapng" --every 1
	run 1 X evidence record g0 -w "$work/other.pcapng"
	assert_says "g0: its packets are sampled by another xdpctl (pid $recorder: evidence record g0"
	run 1 X evidence record -w "$work/other.pcapng"
	assert_says "g0: its packets are sampled by another xdpctl (pid $recorder: evidence record g0"
	end_recorder
	assert_eq xdpctl_syn "$(program)" "the program of before"
}

# Killed, it leaves whole blocks, and a program that the next command takes away.
test_killed() {
	silent_attached
	start_recorder g0 -w "$work/out.pcapng" --every 1
	send_syns
	wait_until all_written
	kill -KILL "$recorder"
	wait "$recorder" 2>/dev/null
	rm "$work/recorders"
	truncate -s -7 "$work/out.pcapng.part"
	is_sampling || assert_eq "a sampling program" "$(program)"
	run 0 X attach g0
	assert_eq xdpctl_syn "$(program)" "after an upgrade"
	run 0 X stats g0 -j
	assert_eq $SYNS "$(jq .interfaces[0].classes.syn <<<"$out")" "counts"
	start_recorder g0 -w "$work/out.pcapng"
	end_recorder
	assert_eq "xdpctl: $work/out.pcapng: of a recording that did not end: it is now $work/out.pcapng.recovered" \
		"$(head -n 1 "$work/recorder.err")" "what is said"
	run 0 xdpctl evidence show "$work/out.pcapng.recovered" -j
	assert_eq $((SYNS - 1)) "$(jq .packets <<<"$out")" "whole packets"
	run 0 X detach g0
	assert_no_locks
}
all_written() { [ "$(tail -c +1 "$work/out.pcapng.part" | grep -ac 'verdict=pass')" -ge 1 ] &&
	[ "$(grep -ao 'verdict=pass class=syn' "$work/out.pcapng.part" | wc -l)" = $SYNS ]; }

# Upgraded, armed and reset meanwhile, it goes on; detached, it ends.
test_changes_meanwhile() {
	silent_attached
	policy open "management: [203.0.113.0/24]"
	start_recorder g0 -w "$work/out.pcapng" --every 1
	run 0 X attach g0
	assert_eq xdpctl_syn_smp "$(program)" "an upgrade keeps the samples"
	send_syns
	run 0 X policy apply "$work/open.yaml" g0 --no-confirm
	assert_eq xdpctl_arm_smp "$(program)" "arming keeps them"
	send_syns
	run 0 X policy off g0
	run 0 X attach --reset g0
	wait_until is_sampling
	wait_until restarted
	send_syns
	run 0 X detach g0
	wait "$recorder"
	assert_eq 0 $? "status: $(cat "$work/recorder.err")"
	rm "$work/recorders"
	grep -q 'g0: its recording has ended: ' "$work/recorder.err" || assert_eq "that it has ended" "$(cat "$work/recorder.err")"
	[ "$(shown .classes.syn)" -ge $((2 * SYNS)) ] || assert_eq "most SYNs" "$out"
	assert_eq true "$(shown '.interfaces[0] | .taken == .written + .overrun')" "samples"
	assert_no_locks
}
# Nobody but the recorder makes the sampling program of the maps that are new.
restarted() { is_sampling; }

# Others may read counters, but no packets.
test_modes() {
	silent_attached
	start_recorder g0 -w "$work/out.pcapng" --every 1
	assert_eq "600 600 640" "$(stat -c %a /sys/fs/bpf/xdpctl/*/sample_{slots,control} "$work/out.pcapng.part" | xargs)" \
		"ring, control and file"
	assert_eq 700 "$(stat -c %a /sys/fs/bpf/xdpctl/samplers)" "locks"
	end_recorder
	assert_eq 640 "$(stat -c %a "$work/out.pcapng")" "the whole file"
	assert_eq "" "$(compgen -G '/sys/fs/bpf/xdpctl/*/sample_*')" "rings that are left"
}

test_bad_input() {
	silent_attached
	run 2 X evidence record g0 -w "$work/out.pcapng" --reason drop_nothing
	assert_says "--reason: 'drop_nothing' is neither a reason such as drop_limit nor a class such as syn"
	run 2 X evidence record g0 -w "$work/out.pcapng" --victim nowhere:80
	assert_says "--victim: 'nowhere:80' is neither an address nor ADDRESS:PORT"
	run 2 X evidence record g0 -w "$work/out.pcapng" --rate 5
	assert_says "a rate needs a unit"
	run 2 X evidence record g0 -w "$work/out.pcapng" --every 0
	run 2 X evidence record g0 -w "$work/out.pcapng" -W 3
	run 1 X evidence record g0 -w "$work/none/out.pcapng"
	assert_says "$work/none/out.pcapng.part: cannot open it: No such file or directory"
	run 1 X evidence record lo -w "$work/out.pcapng"
	assert_says "lo: not attached: run 'xdpctl attach lo' first"
	assert_eq xdpctl_syn "$(program)" "the program of before"
	run 1 xdpctl evidence show "$0"
	assert_says "$0: block 1: a block of "
	run 0 inside client pktgen write mix "$work/mix.pcapng" --count 3
	run 1 xdpctl evidence show "$work/mix.pcapng"
	assert_says "mix.pcapng: not evidence: 'xdpctl evidence record' did not write it"
	run 0 xdpctl evidence list "$work/none"
	assert_eq "no evidence in $work/none" "$out"
}

run_tests test_agrees_with_others test_read_by_tcpdump test_plain_survives_wireshark test_to_a_pipe test_pipe_breaks \
	test_only_some test_every_hundredth test_rate test_files_in_a_ring test_one_owner test_killed \
	test_changes_meanwhile test_modes test_bad_input
