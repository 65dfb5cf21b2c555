# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# watching: the CPU time of xdpctl top, with full tables and in a flood.

# Set by the including script, and by live.sh.
: "${work:?}" "${build:?}" "${elsewhere:?}"
: "${watching_sources:?}" "${watching_seconds:?}"

screen_pid=

# CPU time of a process, in ns.
spent() { cut -d ' ' -f 1 "/proc/$1/schedstat"; }

fill_tables() {
	inside lab_tx "$build/pktgen" send syn-flood s0 --sources "$watching_sources" \
		--count $((watching_sources * 8)) --dst-mac "$elsewhere" >/dev/null 2>&1
}

start_watched_flood() {
	start_flood --rate 50000 --duration $((watching_seconds + 30)) --dst-mac "$elsewhere"
}

# On its own terminal, whose transcript shows when the first screen is complete.
start_screen() {
	TERM=xterm LINES=40 COLUMNS=120 nsenter --net=/run/netns/lab_rx \
		script -qfc "exec $build/xdpctl top r0" "$work/screen" </dev/null >/dev/null 2>&1 &
	screen_pid=$!
	local i
	for ((i = 0; i < 100; i++)); do
		! grep -q 'quit' "$work/screen" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

stop_watching() {
	[ -z "$screen_pid" ] || { pkill -P "$screen_pid" && wait "$screen_pid"; }
	stop_flood
	screen_pid=
	remove_wire
} 2>/dev/null

# Prints an object: the share of one CPU, and the state of the tables.
watch_flood() {
	local top before started
	echo "watching: xdpctl top in a flood, $watching_seconds s" >&2
	if ! { make_wire && start_xdpctl native && fill_tables && start_watched_flood && start_screen; }; then
		stop_watching
		return 1
	fi
	top=$(pgrep -P "$screen_pid")
	sleep 2 # two refreshes
	before=$(spent "$top") started=$(date +%s%N)
	sleep "$watching_seconds"
	jq -cn --argjson cpu_ns $(($(spent "$top") - before)) \
		--argjson elapsed_ns $(($(date +%s%N) - started)) \
		--argjson stats "$(inside lab_rx "$build/xdpctl" stats r0 -n 0 -j)" \
		--argjson stale "$(grep -ac 'sources of' "$work/screen")" \
		'{cpu_share: ($cpu_ns / $elapsed_ns), fresh: ($stale == 0), seconds: ($elapsed_ns / 1e9),
			regime: $stats.interfaces[0].regime, syns: $stats.interfaces[0].syns,
			distinct_sources: $stats.interfaces[0].distinct_sources}'
	stop_watching
}
