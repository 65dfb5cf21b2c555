#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run: the whole performance lab: live rows, rows in the kernel, report and plots.
#
#   perf/run.sh [--quick] [--only ROW]
#
# --quick   tiny counts: a functional test of every row
# --only    one live row, "interfaces", "policies", "flood", "reading", or the rows of one program or
#           kind of traffic (build/perf/bench list)
#
# Environment: BUILD (build directory), OUT (directory of the report), CORPUS (captures), ROUNDS,
# LIVE_SECONDS (of one live run), LIVE_SOURCES (list of numbers of sources), WATCHING_SECONDS,
# SCALE_INTERFACES (list of numbers of interfaces), SCALE_LINKS (links next to four of them),
# SCALE_ROUNDS, SCALE_BOUND (seconds of a step), FLOOD_RATES (list of SYNs per second, or "max"),
# FLOOD_ROUNDS, POLICY_ROUNDS, BEFORE (another xdpctl to measure in these rounds).
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD:-$root/build}
out=${OUT:-$build/perf}
corpus=${CORPUS:-${XDPCTL_CORPUS:-$root/../shared/corpus}}
rounds=${ROUNDS:-5}
live_seconds=${LIVE_SECONDS:-1}
live_sources=${LIVE_SOURCES:-1 65536}
watching_seconds=${WATCHING_SECONDS:-15}
watching_sources=200000 # more than the table holds
live_count=20000000 # an upper bound, besides the duration
scale_interfaces=${SCALE_INTERFACES:-4 16 30 64 300}
scale_links=${SCALE_LINKS:-4000}
scale_rounds=${SCALE_ROUNDS:-3}
step_bound_s=${SCALE_BOUND:-60}
flood_rates=${FLOOD_RATES:-200000 400000 600000 max}
flood_rounds=${FLOOD_ROUNDS:-3}
policy_rounds=${POLICY_ROUNDS:-3}
flood_clients=200 # of a run
bench_options=()
only=

usage() {
	sed -n '4,15s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--quick)
		rounds=1 live_sources=64 live_count=2000 watching_seconds=1 watching_sources=64
		scale_interfaces='2 4' scale_links=16 scale_rounds=1
		flood_rates=1000 flood_rounds=1 flood_clients=10 policy_rounds=1
		bench_options+=(--quick)
		;;
	--only)
		[ $# -gt 1 ] || usage
		only=$2
		shift
		;;
	*) usage ;;
	esac
	shift
done
arguments=(${bench_options[0]:+--quick} ${only:+--only "$only"})

for tool in jq ip nsenter ethtool curl; do
	command -v $tool >/dev/null || {
		echo "run.sh: no $tool here: make deps deps-perf" >&2
		exit 1
	}
done

# In a private mount namespace: pins and mounts are removed with it.
if [ "${PERF_PRIVATE:-}" != 1 ]; then
	[ "$(id -u)" = 0 ] || {
		echo "run.sh: loading BPF programs: run as root" >&2
		exit 1
	}
	PERF_PRIVATE=1 exec unshare --mount --propagation private "$0" "${arguments[@]}"
fi

# The lab's own namespaces, pins and policies: existing ones cannot be touched.
mkdir -p "$out" /run/netns /sys/fs/bpf &&
	mount -t tmpfs tmpfs /run/netns && mount -t tmpfs tmpfs /var/lib && mount -t bpf bpf /sys/fs/bpf || exit 1

work=$(mktemp -d)
# shellcheck source=perf/live.sh
. "$root/perf/live.sh"
# shellcheck source=perf/watching.sh
. "$root/perf/watching.sh"
# shellcheck source=perf/interfaces.sh
. "$root/perf/interfaces.sh"
# shellcheck source=perf/flood.sh
. "$root/perf/flood.sh"

trap 'stop_watching; stop_exporter; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

is_live_row() { [[ $live_rows == *$'\n'"$1|"* ]]; }

run_live() {
	if [ -n "$only" ] && ! is_live_row "$only"; then return; fi
	live_all "$only" >"$out/live.jsonl"
}

run_watching() {
	[ -n "$only" ] || watch_flood >"$out/watching.json" || echo "run.sh: watching: not measured" >&2
}

run_interfaces() {
	[ "${only:-interfaces}" != interfaces ] || measure_interfaces >"$out/interfaces.jsonl"
}

run_flood() {
	[ "${only:-flood}" != flood ] || flood_all >"$out/flood.jsonl"
}

run_policies() {
	[ "${only:-policies}" != policies ] ||
		"$build/perf/policy_bench" "$policy_rounds" "${bench_options[@]}" >"$out/policies.jsonl"
}

run_bench() {
	if [[ $only =~ ^(interfaces|policies|flood)$ ]] || { [ -n "$only" ] && is_live_row "$only"; }; then return; fi
	"$build/perf/bench" run --output "$out/bench.json" --corpus "$corpus" --rounds "$rounds" \
		"${bench_options[@]}" ${only:+--only "$only"}
}

plot() {
	command -v gnuplot >/dev/null || {
		echo "run.sh: no gnuplot (package gnuplot-nox): no plots" >&2
		return
	}
	(cd "$out" && gnuplot "$root/perf/plots.gp")
}

rm -f "$out"/{bench.json,{live,interfaces,policies,flood}.jsonl,watching.json,report.{md,json}} "$out"/{cost,kinds,live}.{dat,svg,png}
status=0
run_live
run_watching
run_interfaces
run_policies || status=$?
run_flood
run_bench || status=$?
[ $status != 2 ] || exit 2
"$build/perf/bench" report "$out" && plot || status=1
[ $status = 0 ] && echo "$out/report.md"
exit $status
