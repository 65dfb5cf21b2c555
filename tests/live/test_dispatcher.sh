#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_dispatcher: our program behind libxdp's dispatcher, alone and together with xdp-filter, on
# kernels that permit freplace.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world

X() { xdpctl "$@" --netns gateway; }

after_each() {
	remove_hosts
	rm -rf /sys/fs/bpf/xdp /sys/fs/bpf/xdp-filter
}

need_dispatcher() {
	need xdp-filter
	make_hosts
	run 0 X attach g0 -j
	[ "$(jq .interfaces[0].dispatcher <<<"$out")" = true ] ||
		not_offered "$(jq -r .interfaces[0].alone_because <<<"$out")"
	run 0 X detach g0
}

filter() { run 0 inside gateway xdp-filter "$@"; }

# xdp-filter, with priority 10, drops frames to port 80 and passes those to port 81.
load_filter() {
	filter load -m native g0
	filter port 80 -p tcp -m dst
}

filter_hits() { inside gateway xdp-filter status | awk '$1 == 80 && $2 == "dst,tcp" {print $3}'; }

# The programs behind the dispatcher, in order, as we and as libxdp see them.
assert_order() { # NAMES
	run 0 X status -j
	assert_eq "$1" "$(jq -r '.interfaces[0].programs | map(.name) | join(",")' <<<"$out")" "order"
	assert_eq "$1" "$(loaded)" "order, as libxdp sees it"
}

loaded() {
	inside gateway xdp-loader status g0 | sed -nE 's/^ *=> +[0-9]+ +([^ ]+) .*/\1/p' |
		paste -s -d,
}

running() { ip -n gateway -j link show g0 | jq -c '.[0].xdp.prog.id // null'; }

# Besides the lock of the registry, which stays.
pins() {
	(cd /sys/fs/bpf && find xdpctl xdp -mindepth 1 ! -path xdpctl/lock 2>/dev/null) |
		LC_ALL=C sort | paste -s -d' '
}

assert_gone() {
	assert_eq null "$(running)" "program left"
	assert_eq "" "$(pins)" "pins left"
}

# 200 SYNs for port 80, which xdp-filter drops, and 300 for port 81.
send() {
	local port
	for port in 80 81; do
		run 0 inside client pktgen send syn-flood c0 --sender packet --sources 7 \
			--count $((port == 80 ? 200 : 300)) --port $port -j
		assert_eq $((port == 80 ? 200 : 300)) "$(jq .sent <<<"$out")" "sent"
	done
}

assert_syns() { # COUNT
	run 0 X stats g0 -j
	assert_eq "[$1,0,true]" "$(jq -c '.interfaces[0] | [.syns, .unattributed,
		.packets == ([.classes[]] | add) and .packets == .verdicts.pass and
		.syns == ([.sources[].at_least] | add)]' <<<"$out")" "SYNs and totals"
}

assert_hits() { assert_eq "$1" "$(filter_hits)" "dropped by xdp-filter"; }

test_alone() {
	need_dispatcher
	run 0 X attach g0
	assert_eq "g0: attached, native mode" "$(head -n 1 <<<"$out")"
	assert_order xdpctl_syn
	assert_eq '[true,true,"native",null,50,true]' "$(jq -c '.interfaces[0] | [.attached,
		.dispatcher, .mode, .alone_because, .programs[0].priority,
		.programs[0].id == .program.id]' <<<"$out")"
	send
	assert_syns 500
	run 0 X attach g0
	assert_eq "g0: upgraded, native mode" "$out"
	send
	assert_syns 1000
	run 0 X reset g0 -j
	assert_eq 1000 "$(jq .interfaces[0].syns <<<"$out")" "until the reset"
	send
	assert_syns 500
	run 0 X detach g0
	assert_eq "g0: detached" "$out"
	assert_gone
	run 0 X detach g0
	assert_eq "g0: was not attached" "$out"
}

test_behind_filter() {
	need_dispatcher
	load_filter
	run 0 X attach g0
	assert_order xdpfilt_alw_all,xdpctl_syn
	send
	assert_syns 300
	assert_hits 200
	run 0 X detach g0
	assert_eq xdpfilt_alw_all "$(loaded)"
	send
	assert_hits 400
}

test_before_filter() {
	need_dispatcher
	load_filter
	run 0 X attach g0 --priority 5
	assert_order xdpctl_syn,xdpfilt_alw_all
	send
	assert_syns 500
	assert_hits 200
	filter unload g0
	assert_order xdpctl_syn
	send
	assert_syns 1000
	run 0 X detach g0
	assert_gone
}

# xdp-filter comes and goes, the order changes, and both stay attached.
test_filter_comes_and_goes() {
	need_dispatcher
	run 0 X attach g0 -p 5
	load_filter
	assert_order xdpctl_syn,xdpfilt_alw_all
	send
	assert_syns 500
	assert_hits 200
	run 0 X attach g0
	assert_order xdpctl_syn,xdpfilt_alw_all
	run 0 X attach g0 --priority 11
	assert_order xdpfilt_alw_all,xdpctl_syn
	send
	assert_syns 800
	assert_hits 400
	run 0 X reset g0
	assert_order xdpfilt_alw_all,xdpctl_syn
	filter unload g0
	send
	assert_syns 500
	run 0 X detach g0
	assert_gone
}

# What passes xdp-filter, all of it, is what is counted, while programs take turns. A paced sender
# leaves an emulated machine time for them.
test_upgrades_under_load() {
	local sender i sent upgrades=100 rate=
	need_dispatcher
	[ -z "${XDPCTL_EMULATED:-}" ] || upgrades=10 rate=2000
	load_filter
	run 0 X attach g0
	start_inside client pktgen send syn-flood c0 --sender packet --count 1000000000 --duration 500 \
		${rate:+--rate "$rate"} --port 81 --sources 1000 --truth "$work/truth.tsv" -j \
		>"$work/sent" 2>/dev/null
	sender=$!
	for ((i = 0; i < upgrades; i++)); do
		run 0 X attach g0 -p $((i % 20))
		assert_eq "g0: upgraded, native mode" "$(head -n 1 <<<"$out")"
	done
	kill -INT $sender
	wait $sender
	sent=$(jq .sent "$work/sent")
	[ "${sent:-0}" -gt 1000 ] || assert_eq "a load" "$(cat "$work/sent")"
	assert_flood_counted "$sent"
}

# The dispatcher of another has a mode, which all that join it share.
test_modes() {
	need_dispatcher
	filter load -m skb g0
	run 1 X attach g0
	assert_says "use -m generic to run alongside it, or --force to detach it"
	run 0 X attach g0 -m auto -j
	assert_eq '["generic",null,true]' "$(jq -c '.interfaces[0] |
		[.mode, .native_refusal, .dispatcher]' <<<"$out")"
	send
	assert_syns 500
	run 0 X detach g0
	assert_eq xdpfilt_alw_all "$(loaded)"
	run 0 X attach g0 --force -j
	assert_eq '["native","xdpctl_syn"]' "$(jq -c '.interfaces[0] |
		[.mode, .programs[].name]' <<<"$out")"
	run 0 X detach g0
	assert_gone
}

test_detach_by_force() {
	need_dispatcher
	load_filter
	run 1 X detach g0
	assert_says "program 'xdpfilt_alw_all' (id "
	assert_says "is attached; use --force to detach it"
	run 0 X attach g0
	run 0 X detach g0 --force -j
	assert_eq detached "$(jq -r .interfaces[0].result <<<"$out")"
	case $(jq -r .interfaces[0].displaced <<<"$out") in
	"program 'xdpfilt_alw_all' (id "*) ;;
	*) assert_eq "what was displaced" "$out" ;;
	esac
	assert_gone
}

# libxdp's environment variable, and its effect on what is attached.
test_without_dispatcher() {
	need_dispatcher
	export LIBXDP_SKIP_DISPATCHER=1
	run 0 X attach g0 -j
	assert_eq '[false,"LIBXDP_SKIP_DISPATCHER is set"]' \
		"$(jq -c '.interfaces[0] | [.dispatcher, .alone_because]' <<<"$out")"
	unset LIBXDP_SKIP_DISPATCHER
	run 0 X attach g0
	run 0 X status -j
	assert_eq false "$(jq .interfaces[0].dispatcher <<<"$out")" "where it was"
	run 0 X detach g0
	run 0 X attach g0
	export LIBXDP_SKIP_DISPATCHER=1
	run 1 X attach g0
	assert_says "g0: it runs behind a dispatcher, but LIBXDP_SKIP_DISPATCHER is set"
	run 0 X detach g0
	load_filter
	run 1 X attach g0
	assert_says "is attached; use --force to detach it"
}

test_full_dispatcher() {
	local i object
	object=/usr/lib/$(uname -m)-linux-gnu/bpf/xdpfilt_alw_eth.o
	need_dispatcher
	for ((i = 0; i < 10; i++)); do
		run 0 inside gateway xdp-loader load -m native g0 "$object"
	done
	run 1 X attach g0
	assert_says "g0: cannot add a program to its dispatcher: it has 10"
	assert_eq 10 "$(loaded | tr , '\n' | wc -l)" "programs"
	run 0 inside gateway xdp-loader unload g0 --all
	assert_no_pins left
}

# The next command removes our pins of an interface that is gone.
test_interface_gone() {
	need_dispatcher
	run 0 X attach g0
	ip -n gateway link del g0
	run 0 X detach g0
	assert_eq "" "$(pins)" "pins left"
}

# The calls from making the new dispatcher's directory to putting our pins in place: all others are
# the same without a dispatcher.
calls_of_dispatcher() { # COMMAND...
	changes_of "$@" --netns gateway | awk '
		/^mkdir.*dispatch-/ { on = 1 }
		on && ($1 != "bpf" || /BPF_OBJ_PIN/) { print $1, $2 }
		$1 == "rename" { exit }'
}

# Whatever the kill left: xdp-filter still filters, and detach leaves only xdp-filter.
recovers() {
	local dispatcher
	run 0 X status -j
	X detach g0 >"$work/detach" 2>&1
	assert_eq xdpfilt_alw_all "$(loaded)" "programs after $1"
	dispatcher=xdp/dispatch-$(ip -n gateway -j link show g0 | jq .[0].ifindex)-$(running)
	assert_eq "$dispatcher $dispatcher/prog0-link $dispatcher/prog0-prog" "$(pins)" \
		"pins after $1"
}

kill_everywhere() { # ATTACHED-BEFORE COMMAND...
	local before=$1 killed=0 call number
	shift
	need_injection
	need_dispatcher
	load_filter
	[ "$before" = no ] || run 0 X attach g0
	calls_of_dispatcher "$@" >"$work/changes"
	X detach g0 >"$work/detach" 2>&1
	while read -r call number; do
		[ "$before" = no ] || run 0 X attach g0
		killed_at "$call" "$number" "$@" || assert_eq "killed" "alive" "at $call $number"
		recovers "a kill at $call $number of $1"
		killed=$((killed + 1))
	done < <(awk -v stride="$slow" 'NR % stride == 0' "$work/changes")
	echo "# killed at $killed calls of '$*'"
	[ $killed -gt 2 ] || assert_eq "more than 2 calls" $killed
	send
	assert_hits 200
}

test_kill_attach() { kill_everywhere no attach g0; }
test_kill_upgrade() { kill_everywhere yes attach g0; }
test_kill_reset() { kill_everywhere yes reset g0; }
test_kill_detach() { kill_everywhere yes detach g0; }

run_tests test_alone test_behind_filter test_before_filter test_filter_comes_and_goes \
	test_upgrades_under_load test_modes test_detach_by_force test_without_dispatcher \
	test_full_dispatcher test_interface_gone test_kill_attach test_kill_upgrade \
	test_kill_reset test_kill_detach
