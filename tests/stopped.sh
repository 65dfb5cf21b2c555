# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# stopped: commands that are stopped, or that nobody reads from, while others run; for tests that
# source lib.sh.
# shellcheck disable=SC2154 # root and work are lib.sh's

# Less than 5 s: a wait for a lock would be longer.
run_at_once() { # STATUS COMMAND...
	local start=$SECONDS
	run "$@"
	[ $((SECONDS - start)) -lt 5 ] || assert_eq "no wait" "$((SECONDS - start)) s" "${*:2}"
}

is_writing() { [ "$(cut -d' ' -f1,2 "/proc/$1/syscall" 2>/dev/null)" = "1 0x1" ]; }

# Nobody reads what is written to descriptor 8: like a pager that shows its first page.
open_full_pipe() {
	mkfifo "$work/pipe"
	exec 8<>"$work/pipe"
	head -c 65536 /dev/zero >&8
}

# xdpctl, in the network namespace `gateway`, waits for its reader; its id is $writer.
blocked() { # COMMAND...
	stdbuf -oL "$root/build/xdpctl" "$@" --netns gateway >"$work/pipe" &
	writer=$!
	wait_until is_writing "$writer"
}

# What is traced is shown as stopped at each of its calls, too: the tracer says when it is for good.
# Its child is asked for: a test that runs beside this one may have the same command line.
is_stopped() {
	grep -q "stopped by SIGSTOP" "$work/trace" 2>/dev/null && pid=$(pgrep -P "$tracer" -x xdpctl)
}

# Stops a command after one of its calls: `xdpctl ARGUMENT... --netns gateway`, whose id is $pid.
stop_after() { # CALL NUMBER ARGUMENT...
	rm -f "$work/trace"
	strace -qq -o "$work/trace" -e trace="$1" -e signal=STOP -e "inject=$1:signal=STOP:when=$2" \
		"$root/build/xdpctl" "${@:3}" --netns gateway >"$work/stopped" 2>&1 &
	tracer=$!
	wait_until is_stopped
}

resume() { # WANTED-STATUS
	kill -CONT "$pid"
	wait "$tracer"
	assert_eq "$1" $? "status of what was stopped"
}
