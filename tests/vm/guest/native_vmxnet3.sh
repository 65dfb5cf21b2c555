#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# native_vmxnet3: native mode on vmxnet3, which has it from Linux 6.6 on.
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/../guest.sh"
need_private_mounts "$@"
private_world
after_each() { remove_guests_hosts; }

need_native() { kernel_from 6.6 || not_offered "vmxnet3 has XDP from Linux 6.6 on"; }

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
