// SPDX-License-Identifier: GPL-2.0-only
// jiffies: reads the kernel's jiffies and its monotonic clock together, for user space.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

__u64 clock_jiffies;
__u64 clock_ktime_ns;

SEC("xdp")
int xdpctl_jiffies(struct xdp_md *context)
{
	(void)context;
	clock_jiffies = bpf_jiffies64();
	clock_ktime_ns = bpf_ktime_get_ns();
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
