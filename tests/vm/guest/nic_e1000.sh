#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nic_e1000: a driver without XDP: native is refused; auto reports that and uses generic; challenges.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world
after_each() { remove_guests_hosts; }

test_native_is_refused() {
	make_hosts_on e1000
	run 1 X attach g0 -m native
	assert_says "g0: attach native: "
	assert_says "-m generic"
	run 0 X status
	assert_eq "nothing is attached in this network namespace" "$out"
	assert_eq null "$(ip -n gateway -j link show g0 | jq .[0].xdp)" "program left"
}

test_generic() {
	make_hosts_on e1000
	obtains generic generic
}

test_auto_falls_back() {
	make_hosts_on e1000
	run 0 X attach g0 -m auto -j
	assert_eq '["auto","generic"]' "$(jq -c '.interfaces[0] | [.mode_asked, .mode]' <<<"$out")"
	case $(jq -r .interfaces[0].native_refusal <<<"$out") in
	"g0: attach native: "*) ;;
	*) assert_eq "the reason" "$out" ;;
	esac
	run 0 X detach g0
	obtains auto generic
}

test_challenges() {
	make_hosts_on e1000
	completes_challenges generic
}

run_tests test_native_is_refused test_generic test_auto_falls_back test_challenges
