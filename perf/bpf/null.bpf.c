// SPDX-License-Identifier: GPL-2.0-only
// null: passes every frame unread: the cost of feeding alone.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp.frags")
int lab_null(struct xdp_md *context)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
