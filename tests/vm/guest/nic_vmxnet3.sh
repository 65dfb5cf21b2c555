#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nic_vmxnet3: native mode on vmxnet3, where its driver has XDP.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world
after_each() { remove_guests_hosts; }

need_native() { need_function vmxnet3_xdp "XDP in vmxnet3"; }

test_native() {
	need_native
	make_hosts_on vmxnet3
	obtains native native
}

test_auto() {
	need_native
	make_hosts_on vmxnet3
	obtains auto native
}

run_tests test_native test_auto
