// SPDX-License-Identifier: GPL-2.0-only
// drop_backscatter: drops IPv4 packets that are for none of the flood's clients: answers to spoofed
// sources, which leave the machine that is measured.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define CLIENTS 0xc6130000u /* 198.19.0.0/16 */
#define CLIENTS_MASK 0xffff0000u

SEC("xdp.frags")
int lab_drop_backscatter(struct xdp_md *context)
{
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	return (bpf_ntohl(ip->daddr) & CLIENTS_MASK) == CLIENTS ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
