// SPDX-License-Identifier: GPL-2.0-only
// syn_frame: a SYN as a frame, to be judged without an interface.
#include "common/dataplane/syn_frame.h"

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>

/* Return: the bytes of an IP header. */
static __u32 syn_ip_header(const struct endpoint *source, const struct endpoint *victim, __u8 *out)
{
	struct iphdr ipv4 = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP};
	struct ipv6hdr ipv6 = {.version = 6, .hop_limit = 64, .nexthdr = IPPROTO_TCP};

	if (source->family == ENDPOINT_IPV4) {
		ipv4.tot_len = htons(sizeof(ipv4) + sizeof(struct tcphdr));
		ipv4.saddr = source->address[0];
		ipv4.daddr = victim->address[0];
		memcpy(out, &ipv4, sizeof(ipv4));
		return sizeof(ipv4);
	}
	ipv6.payload_len = htons(sizeof(struct tcphdr));
	memcpy(&ipv6.saddr, source->address, sizeof(ipv6.saddr));
	memcpy(&ipv6.daddr, victim->address, sizeof(ipv6.daddr));
	memcpy(out, &ipv6, sizeof(ipv6));
	return sizeof(ipv6);
}

__u32 syn_frame__write(const struct endpoint *source, const struct endpoint *victim,
		       __u8 out[SYN_FRAME_BYTES])
{
	struct ethhdr eth = {
		.h_proto = htons(source->family == ENDPOINT_IPV4 ? ETH_P_IP : ETH_P_IPV6)};
	struct tcphdr tcp = {.source = htons(40000), .dest = victim->port, .doff = 5, .syn = 1};
	__u32 bytes = sizeof(eth);

	memcpy(out, &eth, sizeof(eth));
	bytes += syn_ip_header(source, victim, out + bytes);
	memcpy(out + bytes, &tcp, sizeof(tcp));
	return bytes + sizeof(tcp);
}
