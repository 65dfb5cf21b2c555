#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# dispatcher: our program beside others on one interface, which takes a kernel with freplace.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world
after_each() { remove_hosts; }

landed=no # yes: xdpctl attaches through libxdp's dispatcher and has --priority

other=/usr/lib/$(uname -m)-linux-gnu/bpf/xdpfilt_alw_all.o

need_dispatcher() {
	[ $landed = yes ] || skip "xdpctl has no --priority yet"
	need_loader
}

need_loader() {
	[ -r "$other" ] && command -v xdp-loader >/dev/null && return
	skip "xdp-loader and its programs are not installed"
}

# The names of the programs behind the dispatcher, in the order in which they run.
programs_on() { # INTERFACE
	inside gateway xdp-loader status "$1" | sed -nE 's/^ *=> +[0-9]+ +([^ ]+) .*/\1/p' | paste -s -d,
}

# What the tests below rely on: this kernel runs two programs behind a dispatcher.
test_kernel_dispatches() {
	need_loader
	make_hosts
	run 0 inside gateway xdp-loader load -m native g0 "$other"
	run 0 inside gateway xdp-loader load -m native g0 "$other"
	assert_eq "xdpfilt_alw_all,xdpfilt_alw_all" "$(programs_on g0)"
	wait_for_cable
	run 0 inside gateway xdp-loader unload g0 --all
}

test_alone() {
	need_dispatcher
	make_hosts
	run 0 X attach g0
	run 0 X status -j
	assert_eq true "$(jq .interfaces[0].dispatcher <<<"$out")"
	assert_eq xdpctl_syn "$(programs_on g0)"
	assert_counts_exactly
	run 0 X detach g0
	assert_eq null "$(ip -n gateway -j link show g0 | jq .[0].xdp)" "program left"
}

# Who comes later joins, in the order of the priorities, and goes without taking the other along.
joins() { # PRIORITY ORDER
	need_dispatcher
	make_hosts
	run 0 inside gateway xdp-loader load -m native g0 "$other"
	run 0 X attach g0 --priority "$1"
	assert_eq "$2" "$(programs_on g0)"
	assert_counts_exactly
	run 0 X detach g0
	assert_eq xdpfilt_alw_all "$(programs_on g0)" "after our detach"
}

test_behind_another() { joins 90 xdpfilt_alw_all,xdpctl_syn; }
test_before_another() { joins 5 xdpctl_syn,xdpfilt_alw_all; }

test_another_comes_and_goes() {
	need_dispatcher
	make_hosts
	run 0 X attach g0
	run 0 inside gateway xdp-loader load -m native g0 "$other"
	assert_counts_exactly
	run 0 X attach g0
	assert_eq xdpctl_syn,xdpfilt_alw_all "$(programs_on g0 | tr , '\n' | sort | paste -s -d,)" \
		"after an upgrade"
	assert_counts_exactly
	run 0 inside gateway xdp-loader unload g0 --all
	run 0 X status -j
	assert_eq false "$(jq .interfaces[0].attached <<<"$out")"
	run 0 X detach g0
}

# The other one is built to drop what we then do not see.
test_dropped_before_us() {
	need_dispatcher
	make_hosts
	run 0 inside gateway xdp-filter load -p allow -f tcp -m native g0
	run 0 X attach g0 --priority 90
	run 0 inside gateway xdp-filter port -m dst -p tcp 9
	knock_briefly
	run 0 X stats g0 -j
	assert_eq '[]' "$(syns_of 192.0.2.2)" "SYNs dropped before us"
}

knock_briefly() { inside client timeout 1 bash -c 'exec 3<>/dev/tcp/192.0.2.1/9' 2>/dev/null; }

run_tests test_kernel_dispatches test_alone test_behind_another test_before_another \
	test_another_comes_and_goes test_dropped_before_us
