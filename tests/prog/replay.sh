#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# replay: captures that end early, or whose headers mislead, are counted to the last frame.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

bytes() { # HEX, with blanks
	local hex=${1//[[:space:]]/} escaped="" i
	for ((i = 0; i < ${#hex}; i += 2)); do
		escaped+="\\x${hex:i:2}"
	done
	printf "%b" "$escaped"
}

# An IPv4 SYN from 192.0.2.1, of 54 bytes.
syn="020000000002 020000000001 0800 45000028000100004006 0000 c0000201 cb007109
	04d20050 00000001 00000000 50020400 00000000"
pcap="d4c3b2a1 02000400 00000000 00000000"
record="00000000 00000000 36000000 36000000"

u32() { # NUMBER, little endian, as hex
	printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24))
}

assert_syns() { # COUNT FILE
	run 0 xdpctl replay "$2" -j
	assert_eq "[$1,$1,true,0]" "$(jq -c '[.packets, .syns, .complete, .classes.truncated_l3]' <<<"$out")" "$2"
}

test_small_snaplen() {
	local snaplen
	for snaplen in 0 1 20 53 54 262144; do
		bytes "$pcap $(u32 $snaplen) 01000000 $record $syn $record $syn" >"$work/snaplen.pcap"
		assert_syns 2 "$work/snaplen.pcap"
	done
}

# block TYPE BODY-HEX ZEROS: the body is the hexadecimal bytes and then so many zeros.
block() {
	local body=${2//[[:space:]]/} total
	total=$((${#body} / 2 + $3 + 12))
	bytes "$(u32 "$1") $(u32 $total) $body"
	head -c "$3" /dev/zero
	bytes "$(u32 $total)"
}

test_long_blocks() {
	local section="4d3c2b1a 01000000 ffffffff ffffffff" packet
	packet="00000000 00000000 00000000 $(u32 54) $(u32 54) $syn 0000"
	{
		block 0x0a0d0d0a "$section" 0
		block 1 "01000000 00000000" 0
		block 10 "4b534c54" $((17 << 20))
		block 6 "$packet" 0
		block 0xbad "" $((20 << 20))
		block 6 "$packet" $((18 << 20))
		block 6 "$packet" 0
	} >"$work/long.pcapng"
	assert_syns 3 "$work/long.pcapng"
}

is_waiting() { # PID
	grep -q pipe "/proc/$1/wchan"
}

is_waiting_to_write() { # PID
	[[ $(cat "/proc/$1/syscall" 2>/dev/null) = "1 0x1 "* ]]
}

# assert_interrupted SIGNAL OPTION...: what was counted so far is printed.
assert_interrupted() {
	local signal=$1 pid status
	shift
	bytes "$pcap ffff0000 01000000 $record $syn $record $syn $record" >&3
	xdpctl replay "$work/pipe" -j "$@" >"$work/out" 2>"$work/err" 3>&- &
	pid=$!
	wait_until is_waiting $pid
	kill -s "$signal" $pid
	wait $pid
	status=$?
	assert_eq 1 $status "exit status after SIG$signal"
	assert_eq "$work/pipe: interrupted after 2 frames" "$(jq -r .error "$work/err")" "error"
	assert_eq '[2,2,false]' "$(jq -c '[.packets, ([.verdicts[]] | add), .complete]' "$work/out")" "SIG$signal $*"
}

test_interrupted() {
	local signal
	mkfifo "$work/pipe"
	exec 3<>"$work/pipe"
	for signal in INT TERM; do
		assert_interrupted $signal
		assert_interrupted $signal --engine syscall
		assert_interrupted $signal --engine host
		assert_interrupted $signal --program "$root/build/bpf/syn.o" --engine syscall
	done
	exec 3>&-
}

# What is written after that is whole, also when the reader is a pager that waits.
test_interrupted_before_a_pager() {
	local replay
	run 0 pktgen write syn-flood "$work/t.pcap" --count 20000 --sources 20000
	mkfifo "$work/capture" "$work/pager"
	exec 3<>"$work/capture" 4<>"$work/pager"
	exec 5<"$work/pager"
	xdpctl replay "$work/capture" -j >"$work/pager" 2>"$work/err" 3>&- 4>&- 5<&- &
	replay=$!
	cat "$work/t.pcap" >&3
	wait_until is_waiting $replay
	kill -INT $replay
	wait_until is_waiting_to_write $replay
	kill -ALRM $replay # as a second after a signal
	cat <&5 >"$work/out" 3>&- 4>&- &
	exec 3>&- 4>&- 5<&-
	wait $replay
	assert_eq 1 $? "exit status"
	wait
	assert_eq '[20000,20000,false]' "$(jq -c '[.packets, ([.sources[].at_least] | add), .complete]' "$work/out")"
}

# Repeats end as well, and the text says so.
test_interrupted_repeats() {
	local engine
	bytes "$pcap ffff0000 01000000 $record $syn" >"$work/one.pcap"
	for engine in auto host; do
		run 0 timeout 60 xdpctl replay "$work/one.pcap" --engine $engine --repeat 1000 -j
		assert_eq '[1000,true]' "$(jq -c '[.packets, .complete]' <<<"$out")" "repeats"
	done
	pktgen write mix "$work/mix.pcap" --count 50000 >/dev/null
	for engine in auto host; do
		run 124 timeout -s INT 1 xdpctl replay "$work/mix.pcap" --engine $engine --repeat 1000000
		assert_says "$work/mix.pcap: interrupted after "
		grep -qF "$work/mix.pcap: interrupted, counted so far" "$work/out" ||
			assert_eq "interrupted" "$(head -n 1 "$work/out")" "heading"
	done
}

# A file without an end, or without a line, takes no memory to speak of.
test_endless_expectation() {
	local file
	truncate -s 5G "$work/sparse"
	bytes "$pcap ffff0000 01000000 $record $syn" >"$work/one.pcap"
	for file in /dev/zero "$work/sparse"; do
		(
			ulimit -v 4000000 # KiB
			run 1 xdpctl replay "$work/one.pcap" --engine host --expect "$file"
			assert_says "$file: line 1 is not 'address<TAB>syns'"
		) || exit 1
	done
}

run_tests test_small_snaplen test_long_blocks test_interrupted test_interrupted_before_a_pager \
	test_interrupted_repeats test_endless_expectation
