#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_paths: "-" is standard input or output wherever a file is named; output replaces regular files
# only; input that is no capture is named. All nodes are in a directory of the test's own.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

X() { xdpctl "$@" --netns gateway; }

# piped FILE COMMAND...: the file through a pipe, which cannot be read twice.
piped() { "${@:2}" < <(cat "$1"); }

make_capture() { run 0 pktgen write syn-flood "$work/t.pcap" --count 500 --truth "$work/t.tsv"; }

test_read_stdin() {
	make_capture
	run 0 xdpctl replay "$work/t.pcap" -j
	local syns
	syns=$(jq .syns <<<"$out")
	run 0 xdpctl replay - -j <"$work/t.pcap"
	assert_eq "$syns -" "$(jq -r '"\(.syns) \(.file)"' <<<"$out")"
	run 0 piped "$work/t.pcap" xdpctl replay - --expect "$work/t.tsv"
	run 0 piped "$work/t.tsv" xdpctl replay "$work/t.pcap" --expect -
	sed \$d "$work/t.tsv" >"$work/short.tsv"
	run 1 piped "$work/short.tsv" xdpctl replay "$work/t.pcap" --expect -
	run 2 xdpctl replay - --expect - <"$work/t.pcap"
	assert_says "--expect: standard input is already the capture"
	run 0 piped "$work/t.pcap" xdpctl replay - --program "$root/build/bpf/syn.o" -j
	assert_eq 500 "$(jq .packets <<<"$out")" "frames through another program"
	run 0 piped "$root/build/bpf/syn.o" xdpctl verify -
	run 1 xdpctl replay - </dev/null
	assert_says "-: not a capture (pcap or pcapng), but an empty file"
}

test_write_stdout() {
	make_capture
	pktgen write syn-flood - --count 500 >"$work/piped.pcap" 2>"$work/report" || assert_eq 0 $? "pktgen write -"
	cmp "$work/t.pcap" "$work/piped.pcap" || assert_eq "the same bytes" "others"
	assert_eq "-: 500 frames" "$(cut -d, -f1 "$work/report")" "the report on standard error"
	pktgen write syn-flood /dev/stdout --count 500 -j 2>"$work/report" | cmp "$work/t.pcap" - ||
		assert_eq "the same bytes" "others"
	assert_eq 500 "$(jq .packets "$work/report")" "the report as JSON"
	run 0 pktgen write syn-flood "$work/u.pcap" --count 500 --truth -
	assert_eq "$(cat "$work/t.tsv")" "$out"
	run 2 pktgen write syn-flood - --truth -
	assert_says "--truth: - is already the capture"
	run 2 pktgen write syn-flood - --truth /dev/stdout
	assert_says "--truth: standard output is already the capture"
	run 0 pktgen write syn-flood "$work/u.pcap" --count 500 --truth >(sort >"$work/sorted")
	wait_until test -s "$work/sorted"
	assert_eq "$(sort "$work/t.tsv")" "$(cat "$work/sorted")" "through a process substitution"
	script -qec "pktgen write syn-flood -" /dev/null >"$work/out" 2>&1 </dev/null
	assert_eq 2 $? "a capture to a terminal"
	grep -q "a capture is not written to a terminal" "$work/out" || assert_eq refused "$(head -c 200 "$work/out")"
}

test_send_and_play() {
	make_hosts
	make_capture
	run 0 piped "$work/t.pcap" inside client "$root/build/pktgen" play - c0 --rate 10000 --sender packet -j
	assert_eq "500 -" "$(jq -r '"\(.sent) \(.file)"' <<<"$out")"
	run 2 piped "$work/t.pcap" inside client "$root/build/pktgen" play - c0 --loop 2
	assert_says "--loop: standard input can be read only once"
	inside client "$root/build/pktgen" send syn-flood c0 --count 100 --sender packet --truth - \
		>"$work/out" 2>"$work/err" || assert_eq 0 $? "pktgen send --truth -"
	assert_eq "# pktgen" "$(head -n 1 "$work/out" | cut -c 1-8)"
	grep -q "^c0: sent 100 frames" "$work/err" || assert_eq "a report on standard error" "$(cat "$work/err")"
}

test_textfile() {
	make_hosts
	run 0 X attach g0
	mkdir "$work/d"
	run 0 X export --once --textfile -
	assert_eq 'xdpctl_attached{interface="g0"} 1' "$(grep ^xdpctl_attached <<<"$out")"
	run 0 X export --once --textfile /dev/stdout
	assert_eq 'xdpctl_attached{interface="g0"} 1' "$(grep ^xdpctl_attached <<<"$out")"
	mknod "$work/d/nul" c 1 3 && run 0 X export --once --textfile "$work/d/nul"
	assert_eq "character special file" "$(stat -c %F "$work/d/nul")"
	mkfifo "$work/d/pipe"
	cat "$work/d/pipe" >"$work/piped" &
	run 0 X export --once --textfile "$work/d/pipe"
	wait $!
	assert_eq fifo "$(stat -c %F "$work/d/pipe")"
	assert_eq 'xdpctl_attached{interface="g0"} 1' "$(grep ^xdpctl_attached "$work/piped")"
	mknod "$work/d/block" b 7 200 && run 1 X export --once --textfile "$work/d/block"
	assert_says "$work/d/block: not written: it is a block device"
	assert_eq "block special file" "$(stat -c %F "$work/d/block")"
	run 1 X export --once --textfile "$work/d"
	assert_says "$work/d: not written: it is a directory"
	(umask 077 && run 0 X export --once --textfile "$work/d/a.prom") || exit 1
	assert_eq 644 "$(stat -c %a "$work/d/a.prom")" "for node_exporter's user"
	assert_eq "a.prom block nul pipe" "$(cd "$work/d" && find . -mindepth 1 -printf '%P\n' | sort | xargs)" "left"
}

# A directory of another user, who links all names that the process has used to a file of root's.
test_textfile_of_another_user() {
	make_hosts
	run 0 X attach g0
	mkdir "$work/e" && chmod 755 "$work" && chown 65534 "$work/e"
	echo precious >"$work/precious" && chmod 600 "$work/precious"
	strace -f -qq -e trace=openat,renameat,rename,unlinkat -o "$work/calls" \
		"$root/build/xdpctl" export --once --textfile "$work/e/a.prom" --netns gateway
	assert_eq 1 "$(grep -c 'O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW' "$work/calls")" "files created"
	grep -oE '\.[0-9a-f]{16}\.partial' "$work/calls" | sort -u | while read -r name; do
		ln -s "$work/precious" "$work/e/$name"
	done
	ln -sf "$work/precious" "$work/e/a.prom"
	run 0 X export --once --textfile "$work/e/a.prom"
	assert_eq "precious 600" "$(cat "$work/precious") $(stat -c %a "$work/precious")"
	[ ! -L "$work/e/a.prom" ] || assert_eq "a file" "a link"
	# No two runs use the same name.
	run 0 X export --once --textfile "$work/e/a.prom"
}

# Of what is no capture the kind is said, with the way to read it.
test_kinds() {
	make_capture
	gzip -k "$work/t.pcap"
	run 1 xdpctl replay "$work/t.pcap.gz"
	assert_says "$work/t.pcap.gz: not a capture, but gzip data: use 'gunzip -c $work/t.pcap.gz |' with '-' for the file"
	run 1 xdpctl replay - <"$work/t.pcap.gz"
	assert_says "-: not a capture, but gzip data: use 'gunzip -c |' with '-' for the file"
	gunzip -c "$work/t.pcap.gz" >"$work/unpacked"
	run 0 piped "$work/unpacked" xdpctl replay - --expect "$work/t.tsv"
	run 1 xdpctl replay "$root/build/bpf/syn.o"
	assert_says "syn.o: not a capture (pcap or pcapng), but an ELF file"
	run 1 xdpctl replay "$work/t.tsv"
	assert_says "t.tsv: not a capture (pcap or pcapng), but text"
	echo '{}' >"$work/t.json"
	run 1 xdpctl replay "$work/t.json"
	assert_says "t.json: not a capture (pcap or pcapng), but JSON text"
	printf '\r\n\r\n....' >"$work/t.pcapng"
	run 1 xdpctl replay "$work/t.pcapng"
	assert_says "t.pcapng: not a capture (pcap or pcapng), but a pcapng capture damaged by a transfer in text mode"
	head -c 4096 /dev/zero >"$work/zeros"
	run 1 xdpctl replay "$work/zeros"
	assert_says "zeros: not a capture (pcap or pcapng), but zero bytes only"
	run 1 xdpctl replay "$work"
	assert_says "$work: cannot open: Is a directory"
}

run_tests test_read_stdin test_write_stdout test_send_and_play test_textfile \
	test_textfile_of_another_user test_kinds
