// SPDX-License-Identifier: GPL-2.0-only
// too_many_instructions: a loop with too many iterations for the verifier, and a short one.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Many instructions but few states, so that the verifier reaches its limit fast. */
#define ADD_100_TIMES(number) asm volatile(".rept 100\n%0 += 1\n.endr" : "+r"(number))

static __always_inline int count(int iterations)
{
	__u64 sum = 0;

	for (int i = 0; i < iterations; i++) /* refused */
		ADD_100_TIMES(sum);          /* refused */
	return sum & 1 ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int rejected(struct xdp_md *context)
{
	return count(20000);
}

SEC("xdp")
int accepted(struct xdp_md *context)
{
	return count(100);
}

char LICENSE[] SEC("license") = "GPL";
