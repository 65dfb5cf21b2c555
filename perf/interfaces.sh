# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# interfaces: the time of each command by number of attached interfaces, and of links next to them.
#
# A scene is a network namespace with links. In each round each binary attaches to all interfaces of
# a scene, runs every step once, and detaches. A step that fails or exceeds its bound ends the
# measurements of its binary in scenes of as many interfaces or more.

# Set by the including script, with live.sh.
: "${work:?}" "${build:?}"
: "${scale_interfaces:?}" "${scale_links:?}" "${scale_rounds:?}" "${step_bound_s:?}"

few_interfaces=4  # in the scenes with few and with many links
scrapes=5
scrape_pause_s=0.6 # the exporter reuses readings of the last 0.5 s
exporter=
declare -A scale_limit # by binary: the number of interfaces where a step failed

# name|path of each binary to measure
scale_binaries() {
	echo "xdpctl|$build/xdpctl"
	[ -z "${BEFORE:-}" ] || echo "before|$BEFORE"
}

# Links are veth pairs, of which INTERFACES have an end to attach to. Nothing is sent.
make_scene() { # NETNS INTERFACES LINKS
	ip netns add "$1" &&
		inside "$1" sysctl -qw net.ipv6.conf.{all,default}.disable_ipv6=1 &&
		ip -n "$1" link set lo up &&
		awk -v interfaces="$2" -v links="$3" 'BEGIN {
			for (i = 1; i <= interfaces; i++)
				printf "link add v%d type veth peer name p%d\nlink set p%d up\nlink set v%d up\n", i, i, i, i
			for (i = 2 * interfaces; i < links; i += 2)
				printf "link add a%d type veth peer name b%d\n", i, i
		}' | ip -n "$1" -batch -
}

scale_line() { # JQ-ARGUMENT...: adds a line about $binary_name in $scene
	jq -cn --arg binary "$binary_name" --argjson interfaces "$interfaces" --argjson links "$links" \
		'{$binary, $interfaces, $links} + $ARGS.named' "$@"
}

# The CPU time of a command, unlike its elapsed time, hardly depends on what else runs.
timed_step() { # NAME COMMAND...
	local step=$1 status why elapsed user system TIMEFORMAT='%3R %3U %3S'
	shift
	{ time inside "$scene" timeout --foreground "$step_bound_s" "$@" >"$work/step" 2>&1; } 2>"$work/time"
	status=$?
	if [ $status = 0 ]; then
		read -r elapsed user system <"$work/time"
		scale_line --arg step "$step" --argjson ms "$(jq -n "$elapsed * 1000")" \
			--argjson cpu_ms "$(jq -n "($user + $system) * 1000")"
		return
	fi
	why=$(tail -n 1 "$work/step")
	[ $status != 124 ] || why="more than $step_bound_s s"
	scale_line --arg step "$step" --arg failed "${why:-exit status $status}"
	return 1
}

# The seconds of one scrape, on stdout.
scrape() {
	inside "$scene" curl -sf --max-time "$step_bound_s" -o /dev/null -w '%{time_total}' \
		http://127.0.0.1:9477/metrics
}

stop_exporter() {
	[ -z "$exporter" ] || { kill "$exporter" && wait "$exporter"; } 2>/dev/null
	exporter=
}

# The first scrape that is answered, or a failure after the bound.
first_scrape() {
	local deadline=$((SECONDS + step_bound_s))
	until scrape >/dev/null; do
		[ $SECONDS -lt $deadline ] && kill -0 "$exporter" 2>/dev/null || return
		sleep 0.1
	done
}

# The slowest scrape, which had to read the tables. Anonymous memory is the exporter's own; mapped
# tables are the kernel's.
measure_exporter() {
	local seconds='' i
	nsenter --net="/run/netns/$scene" "$binary" export -l 127.0.0.1:9477 >/dev/null 2>&1 &
	exporter=$!
	first_scrape && for ((i = 0; i < scrapes; i++)); do
		sleep $scrape_pause_s
		seconds=$(printf '%s\n' "$seconds" "$(scrape)" | sort -n | tail -n 1)
	done
	if [ -z "$seconds" ]; then
		scale_line --arg step scrape --arg failed "no answer within $step_bound_s s"
		return 1
	fi
	scale_line --arg step scrape --argjson ms "$(jq -n "$seconds * 1000")"
	scale_line --arg step memory --argjson mib \
		"$(awk '/^RssAnon/ {printf "%.2f", $2 / 1024}' "/proc/$exporter/status")"
}

run_steps() {
	local attached failed=0
	mapfile -t attached < <(seq -f 'v%.0f' "$interfaces")
	timed_step attach "$binary" attach "${attached[@]}" &&
		timed_step status "$binary" status &&
		timed_step stats_json "$binary" stats -j &&
		timed_step stats_prom "$binary" stats --prom &&
		measure_exporter || failed=1
	stop_exporter
	timed_step detach "$binary" detach --all || failed=1
	return $failed
}

# Leaves nothing attached, whatever has failed.
clear_scene() {
	local i
	[ ! -e /sys/fs/bpf/xdpctl ] || rm -rf /sys/fs/bpf/xdpctl
	for i in $(ip -n "$scene" -o link | sed -n 's/^[0-9]*: \(v[0-9]*\)@.*xdp.*/\1/p'); do
		ip -n "$scene" link set "$i" xdp off
	done
}

# Scenes that are to be compared exist together: each is "NETNS INTERFACES LINKS".
measure_scenes() { # SCENE...
	local round scene interfaces links binary_name binary
	for scene; do
		# shellcheck disable=SC2086 # three words
		make_scene $scene || return
	done
	for ((round = 1; round <= scale_rounds; round++)); do
		while read -r scene interfaces links; do
			while IFS='|' read -r binary_name binary; do
				[ "$interfaces" -lt "${scale_limit[$binary_name]:-1000000}" ] || continue
				echo "interfaces: round $round of $scale_rounds, $interfaces of $links links: $binary_name" >&2
				run_steps || scale_limit[$binary_name]=$interfaces
				clear_scene
			done < <(scale_binaries)
		done < <(printf '%s\n' "$@")
	done
	for scene; do
		ip netns del "${scene%% *}"
	done
}

# A line of JSON per step on stdout.
measure_interfaces() {
	local count
	measure_scenes "lab_few $few_interfaces $((2 * few_interfaces))" \
		"lab_many $few_interfaces $scale_links"
	for count in $scale_interfaces; do
		[ "$count" = $few_interfaces ] || measure_scenes "lab_scale $count $((2 * count))"
	done
}
