// SPDX-License-Identifier: GPL-2.0-only
// stack_too_large: a store beyond the stack's 512 bytes, and one at their end.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* In assembly, because clang itself rejects such a variable. */
#define STORE_AT(offset) asm volatile("r1 = 0\n*(u64 *)(r10 - " #offset ") = r1" ::: "r1", "memory")

SEC("xdp")
int rejected(struct xdp_md *context)
{
	STORE_AT(520); /* refused */
	return XDP_PASS;
}

SEC("xdp")
int accepted(struct xdp_md *context)
{
	STORE_AT(512);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
