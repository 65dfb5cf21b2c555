#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_top: the full screen in a terminal of tmux: what it shows, its keys, and what it leaves.
# waits: for a screen each second
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/terminal.sh
. "$root/tests/terminal.sh"
need_private_mounts "$@"
private_world
after_each() {
	close_terminal
	remove_hosts
}

X() { xdpctl "$@" --netns gateway; }
close_terminal() { [ ! -f "$work/socket" ] || tm kill-server 2>/dev/null; }
screen() { tm capture-pane -p; }

open_shell() { # TERM BASH-ARGUMENTS: in 80x24
	need tmux
	mktemp -u "$work/tmux.XXXXXX" >"$work/socket"
	TERM=xterm LC_ALL=C.UTF-8 tm new-session -d -x 80 -y 24 \
		"env PS1='done> ' TERM=$1 LC_ALL=C.UTF-8 bash --norc --noprofile $2"
	tm set -g status off
}

open_terminal() { # TERM OPTION...: an interactive shell, in which top runs
	open_shell "$1" ""
	tm send-keys "xdpctl top --netns gateway ${*:2}" Enter
}

flood() { # OPTION...
	inside client pktgen send syn-flood c0 --sender packet --truth "$work/truth.tsv" "$@" >"$work/pktgen" 2>&1 ||
		assert_eq "pktgen's success" "$(cat "$work/pktgen")"
}

test_screen() {
	make_hosts
	run 0 X attach g0
	open_terminal tmux-256color g0
	wait_screen '^ xdpctl top +g0  native  exact'
	flood --count 30000 --rate 10000 --sources 3 &
	wait_screen '▁|▂|▃|▄|▅|▆|▇|█'
	wait_screen '^ SYN/s +[1-9][0-9,]+ +frames/s +[1-9]'
	wait
	wait_screen '^ SYNs +30,000 '
	wait_screen '^ SYN +30,000 +198\.18\.0\.1:80'
	local source
	source=$(sort -k2nr "$work/truth.tsv" | awk '!/^#/ { print $1; exit }')
	wait_screen "^ $source +[0-9,]+ +[0-9]+,[0-9]{3}"
	# Bars are shares of all SYNs: a third for each of three sources.
	tm send-keys s
	wait_screen "^ $source +0 +[0-9]+,[0-9]{3} +━{5,10} *\$"
	grep -qE '^ source +SYN/s +▼SYNs +at most  share *$' "$work/screen" || assert_eq "headings" "$(cat "$work/screen")"
	wait_screen '^ q quit  h help'
	assert_eq 24 "$(wc -l <"$work/screen")" "lines"
}

test_keys() {
	make_hosts
	run 0 X attach g0
	run 0 X attach lo -m generic
	knock 192.0.2.1 4
	knock 2001:db8::1 2
	open_terminal tmux-256color g0 lo
	wait_screen '^ g0 +idle'
	tm send-keys Enter
	wait_screen '^ 192\.0\.2\.2 +0 +4'
	tm send-keys s
	wait_screen '▼SYNs'
	tm send-keys h
	wait_screen 'sort sources by rate'
	tm send-keys h
	tm send-keys / 2001:db8::/32 Enter
	until wait_screen '^ 2001:db8::2 +0 +2' && ! grep -q '^ 192' "$work/screen"; do
		tm has-session || exit 1
	done
	tm send-keys / 10.0.0.1/8 Enter
	wait_screen 'has host bits set beyond'
	tm send-keys / Enter
	wait_screen '^ 192\.0\.2\.2 '
	tm send-keys a
	wait_screen '^ 192\.0\.2\.0/24 '
	tm send-keys p
	wait_screen 'PAUSED'
	tm send-keys p Tab
	wait_screen '^ xdpctl top +lo  generic'
}

test_sizes() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 3
	open_terminal tmux-256color g0
	wait_screen '^ 192\.0\.2\.2 '
	tm resize-window -x 40 -y 10
	wait_screen '^ SYNs +3'
	tm resize-window -x 60 -y 24
	wait_screen '^ SYNs +3  frames +[0-9]+  sources 1$'
	grep -qE '^ unattributed +0  missed +0  dropped 0$' "$work/screen" ||
		assert_eq "totals in 60 columns" "$(cat "$work/screen")"
	tm resize-window -x 132 -y 50
	wait_screen '^ 192\.0\.2\.2 '
	tm resize-window -x 5 -y 2
	tm resize-window -x 80 -y 24
	wait_screen '^ 192\.0\.2\.2 '
}

# A terminal may become smaller and as large as before while top does something else: it has cut the
# screen then, and top has seen no other size.
# Again, if a refresh came afterwards.
spoils_screen() { # PID
	printf '\e[10;1Hgarbage' >"/proc/$1/fd/1"
	screen | grep -q '^garbage'
}

test_same_size_again() {
	make_hosts
	run 0 X attach g0
	knock 192.0.2.1 3
	# A shell without job control: nothing sees that top is stopped.
	open_shell tmux-256color "-c 'xdpctl top --netns gateway g0; exit'"
	wait_screen '^ 192\.0\.2\.2 '
	local top
	top=$(pgrep -P "$(tm display -p '#{pane_pid}')" xdpctl)
	kill -STOP "$top"
	tm resize-window -x 30 -y 6
	wait_rows "$top" 6
	tm resize-window -x 80 -y 24
	wait_rows "$top" 24
	kill -CONT "$top"
	wait_screen '^ xdpctl top +g0 '
	wait_screen '^ SYNs +3  .* sources 1 *$'
	grep -qE '^ 192\.0\.2\.2 +0 +3' "$work/screen" || assert_eq "a whole screen" "$(<"$work/screen")"
	# Whatever else has written to the terminal is gone after Ctrl-L.
	wait_until spoils_screen "$top"
	tm send-keys C-l
	wait_until is_gone '^garbage'
}

# tmux tells the terminal its size a moment later than it cuts the screen.
wait_rows() { # PID ROWS
	wait_until has_rows "$1" "$2"
}
has_rows() { [[ $(stty -F "/proc/$1/fd/0" size) = "$2 "* ]]; }
is_gone() { ! tm capture-pane -p | grep -q "$1"; }

# One SYN from ADDRESS to VICTIM PORT, of either family, from the client.
send_syns() { # COUNT SOURCE VICTIM PORT
	inside client python3 -S - "$@" <<-'PY'
		import socket, struct, sys
		count, source, victim, port = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
		tcp = struct.pack(">HHIIBBHHH", 1234, port, 0, 0, 0x50, 2, 1024, 0, 0)
		if ":" in victim:
		    pair = [socket.inet_pton(socket.AF_INET6, a) for a in (source, victim)]
		    ip = b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64) + b"".join(pair)
		else:
		    pair = [socket.inet_aton(a) for a in (source, victim)]
		    ip = b"\x08\x00" + struct.pack(">BBHHHBBH", 0x45, 0, 40, 1, 0, 64, 6, 0) + b"".join(pair)
		s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
		s.bind(("c0", 0))
		for _ in range(count):
		    s.send(b"\x02" * 12 + ip + tcp)
	PY
}

# In 80x24: every address with its port, whole; narrower: what is cut ends in an ellipsis.
test_width() {
	make_hosts
	run 0 X attach g0
	local source=2001:db8:1111:2222:3333:4444:5555:6666 victim=2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff
	send_syns 7 198.51.100.77 203.0.113.9 80
	send_syns 6 198.51.100.177 203.0.113.255 65535
	open_terminal tmux-256color g0
	wait_screen ' 203\.0\.113\.9:80 +0 +7$'
	grep -qE ' 203\.0\.113\.255:65535 +0 +6$' "$work/screen" || assert_eq "a port" "$(cat "$work/screen")"
	close_terminal
	send_syns 5 "$source" "$victim" 65535
	open_terminal tmux-256color g0
	wait_screen "^ \\[$victim\\]:65535 +0 +5\$"
	grep -qE "^ $source +0 +5" "$work/screen" || assert_eq "a source" "$(cat "$work/screen")"
	tm resize-window -x 50 -y 24
	wait_screen '^ \[2001:db8:aaaa:[0-9a-f:]+… +0 +5$'
	grep -qE '^ 2001:db8:1111:[0-9a-f:]+… +0 +5 *$' "$work/screen" ||
		assert_eq "a cut source" "$(cat "$work/screen")"
}

test_terminals() {
	make_hosts
	run 0 X attach g0
	local term
	for term in xterm vt100 linux; do
		open_terminal "$term" g0
		wait_screen '^ xdpctl top +g0 '
		close_terminal
	done
}

# However it ends, the shell's screen and echo are restored.
test_leaves_clean() {
	make_hosts
	run 0 X attach g0
	open_terminal tmux-256color g0
	local signal
	for signal in q TERM INT HUP; do
		wait_screen '^ xdpctl top +g0 '
		if [ $signal = q ]; then
			tm send-keys q
		else
			kill -$signal "$(pgrep -P "$(tm display -p '#{pane_pid}')" xdpctl)"
		fi
		wait_screen '^done>$'
		tm send-keys "stty -a | grep -c ' echo '; echo ended \$?" Enter
		wait_screen '^ended 0'
		tm send-keys "clear; xdpctl top --netns gateway g0" Enter
	done
}

test_no_terminal() {
	make_hosts
	run 1 X top </dev/null
	assert_says "needs a terminal"
	run 1 env TERM=dumb script -qec "xdpctl top --netns gateway" /dev/null
	case $out in *"TERM=dumb cannot move the cursor"*) ;; *) assert_eq "a refusal" "$out" ;; esac
	run 1 X top g0 </dev/null
	assert_says "not attached"
}

# A policy has a line of its own, which says what it has dropped.
test_policy() {
	mount -t tmpfs tmpfs /var/lib
	make_hosts
	run 0 X attach g0
	printf '%s\n' 'xdpctl-policy: 1' 'protect:' '  - name: web' \
		'    victims: [198.18.0.0/24]' '    ports: [80]' '    above: 100/s' '    below: 10/s' \
		'    hold: 60s' '    mode: enforce' '    action: drop' >"$work/policy.yaml"
	SSH_CONNECTION='' run 0 X policy apply "$work/policy.yaml" g0 --no-management --no-confirm
	open_terminal tmux-256color g0
	wait_screen '^ policy [0-9a-f]+, generation 1, confirmed   drops [0-9]+ *$'
	flood --count 5000 --rate 5000 --sources 3
	wait_screen '^ policy [0-9a-f]+, generation 1, confirmed   drops [1-9][0-9,]+   under attack: 198'
	umount /var/lib
}

run_tests test_screen test_keys test_sizes test_same_size_again test_width test_terminals \
	test_leaves_clean test_no_terminal test_policy
