#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# soak: floods, upgrades, resets, watchers, scrapes, and interfaces and namespaces that come and go,
# all at once for MINUTES. At the end all counts must agree and nothing may be left.
#
#   tests/soak.sh [MINUTES]
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need_private_mounts "$@"
private_world
minutes=${1:-2}
SECONDS=0
deadline=$((minutes * 60))
[ "$deadline" -gt 0 ] 2>/dev/null || {
	echo "soak.sh: '$minutes' is not a positive number of minutes" >&2
	exit 2
}
memory_slack_kib=16384 # growth of a process that fills its buffers

X() { xdpctl "$@" --netns gateway; }
goes_on() { [ $SECONDS -lt $deadline ] && [ ! -f "$work/failed" ]; }

# Everything stops at the first failure.
fail() {
	echo "soak: FAILED: $*" | tee -a "$work/failed" >&2
	exit 1
}

must() { # COMMAND...
	"$@" >"$work/out.$BASHPID" 2>&1 || fail "'$*': $(cat "$work/out.$BASHPID")"
}

count_one() { echo >>"$work/count.$1"; }
counted() { wc -l <"$work/count.$1"; }

finish() {
	[ ! -f "$work/pids" ] || xargs -r kill <"$work/pids" 2>/dev/null
	wait
	ip netns del guest 2>/dev/null
	remove_hosts
	rm -rf "$work"
}

in_background() { # NAME COMMAND...: with its output in a file of that name
	"${@:2}" >"$work/$1" 2>"$work/$1.err" &
	echo $! | tee "$work/$1.pid" >>"$work/pids"
}

pid_of() { cat "$work/$1.pid"; }
resident_kib() { awk '/^VmRSS/ { print $2 }' "/proc/$(pid_of "$1")/status"; }
descriptors() { find "/proc/$(pid_of "$1")/fd" -mindepth 1 | wc -l; }

# Remember the program: it must be gone at the end.
note_program() {
	X status "$1" -j | jq -r '.interfaces[].program.id' >>"$work/programs"
}

# The watcher recognizes a reset by new maps: at most one reset per interval.
change_g0() {
	local seen=0
	while goes_on; do
		must X attach g0
		count_one upgrades
		note_program g0
		[ "$(wc -l <"$work/watch")" -gt "$seen" ] || continue
		X reset g0 -j -n 1000000 >"$work/reset" 2>"$work/reset.err" ||
			fail "reset: $(cat "$work/reset.err")"
		# The next line may be from a reading before this reset; the watcher must read between
		# two resets.
		seen=$(($(wc -l <"$work/watch") + 1))
		add_to_totals "$work/reset"
		count_one resets
	done
}

add_to_totals() { # DOCUMENT
	jq -c '.interfaces[0] | [.syns, .unattributed, .packets, (.classes | add)]' "$1" \
		>>"$work/totals"
	jq -r '.interfaces[0].sources[] | "\(.address)\t\(.at_least)"' "$1" >>"$work/sources"
}

# An interface appears, is attached, and goes in one of four ways.
change_others() {
	local round=0
	while goes_on; do
		round=$((round + 1))
		ip netns add guest
		must ip -n guest link add v0 type veth peer name v1
		must xdpctl attach v0 v1 -m auto --netns guest
		case $((round % 4)) in
		0) must xdpctl detach v0 v1 --netns guest ;;
		1) must ip -n guest link del v0 ;;
		2) must xdpctl detach --all --netns guest ;;
		3) must xdpctl attach v0 --reset --netns guest ;;
		esac
		must ip netns del guest
		count_one interfaces
	done
}

scrape() {
	local url=http://127.0.0.1:9477
	while goes_on; do
		inside gateway curl -sS --max-time 20 -o /dev/null $url/metrics -o /dev/null $url/ \
			2>"$work/curl.err" || fail "scrape: $(cat "$work/curl.err")"
		count_one scrapes
	done
}

check_sender() {
	kill -INT "$(pid_of sender)" && wait "$(pid_of sender)"
	sent=$(jq .sent "$work/sender")
	[ "${sent:-0}" -gt 0 ] || fail "pktgen: $(tail -n 1 "$work/sender.err")"
}

check_totals() {
	local syns watched
	X stats g0 -j -n 1000000 >"$work/final" || fail "stats"
	add_to_totals "$work/final"
	syns=$(jq -s 'map(.[0]) | add' "$work/totals")
	[ "$syns" = "$sent" ] || fail "$sent SYNs sent, $syns counted"
	jq -es 'all(.[1] == 0 and .[2] == .[3])' "$work/totals" >/dev/null ||
		fail "the totals do not agree: $(cat "$work/totals")"
	diff <(grep -v '^#' "$work/truth.tsv" | LC_ALL=C sort) \
		<(awk '{ n[$1] += $2 } END { for (a in n) print a "\t" n[a] }' "$work/sources" |
			LC_ALL=C sort) >"$work/diff" || fail "SYNs per source: $(head -n 4 "$work/diff")"
	wait_until watcher_is_current
	watched=$(jq -s 'map(.interfaces[0].interval.syns) | add' "$work/watch")
	[ "$watched" = "$sent" ] || fail "$sent SYNs sent, the watcher saw $watched"
}

# Its last interval has no SYNs.
watcher_is_current() {
	[ "$(tail -n 1 "$work/watch" | jq '.interfaces[0].interval.syns')" = 0 ]
}

check_growth() { # PROCESS
	local now
	now=$(resident_kib "$1")
	[ "$now" -le $(($(cat "$work/$1.kib") + memory_slack_kib)) ] ||
		fail "$1 grew from $(cat "$work/$1.kib") to $now KiB"
	[ "$(descriptors "$1")" -le "$(cat "$work/$1.fds")" ] ||
		fail "$1 holds $(descriptors "$1") descriptors, at first $(cat "$work/$1.fds")"
	echo "  $1: $(cat "$work/$1.kib") KiB at first, $now in the end; $(descriptors "$1") descriptors"
}

programs_are_gone() {
	local id
	while read -r id; do
		! bpftool prog show id "$id" >/dev/null 2>&1 || return 1
	done < <(sort -u "$work/programs")
}

check_nothing_left() {
	must X detach --all
	kill "$(pid_of watch)" "$(pid_of export)"
	wait "$(pid_of watch)" "$(pid_of export)"
	[ -z "$(ls -I lock /sys/fs/bpf/xdpctl)" ] || fail "pins left: $(ls -I lock /sys/fs/bpf/xdpctl)"
	[ "$(ip -n gateway -j link show g0 | jq '.[0].xdp')" = null ] || fail "a program left"
	[ "$(ip netns | wc -l)" = 2 ] || fail "namespaces left: $(ip netns)"
	wait_until programs_are_gone
}

trap finish EXIT
trap 'exit 130' INT TERM
make_hosts
must X attach g0
in_background watch xdpctl stats g0 --netns gateway --watch=1 --jsonl
in_background export xdpctl export --listen 127.0.0.1:9477 --netns gateway --listen-netns gateway
wait_until test -s "$work/watch"
wait_until test -s "$work/export"
in_background sender nsenter --net=/run/netns/client pktgen send syn-flood c0 --sender packet \
	--duration $((deadline + 600)) --sources 1000 \
	--truth "$work/truth.tsv" -j
change_others &
others=$!
scrape &
scraper=$!
change_g0 &
changer=$!
wait_until test -s "$work/count.scrapes"
for process in watch export; do
	resident_kib $process >"$work/$process.kib"
	descriptors $process >"$work/$process.fds"
done
wait $changer $others $scraper
[ ! -f "$work/failed" ] || exit 1
check_sender
check_totals
echo "soak: $minutes minutes: $sent SYNs sent, all counted, each for its source;" \
	"$(counted upgrades) upgrades, $(counted resets) resets, $(counted scrapes) scrapes," \
	"$(counted interfaces) namespaces came and went"
check_growth watch
check_growth export
check_nothing_left
echo "  no pin, program, namespace or descriptor is left"
