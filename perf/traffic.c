// SPDX-License-Identifier: GPL-2.0-only
// traffic: frames by kind, built in memory and added to a feeder batch by batch.
#include "perf/traffic.h"

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <arpa/inet.h>
#include <string.h>

#include "common/abi/feed.h"

#define VICTIM_IPV4 0xc6120001u /* 198.18.0.1, of RFC 2544's network for benchmarks */
#define VICTIM_PORT 443
#define TCP_FLAGS_BYTE 13 /* RFC 9293, 3.1 */

/* The same for all frames: the lookup of ports by xdp-filter hits the cache. */
#define SENDER_PORT 40000

static const __u8 victim_ipv6[16] = {0x20, 0x01, 0x00, 0x02, [15] = 1};   /* RFC 5180 */
static const __u8 senders_ipv6[8] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0}; /* RFC 3849 */

/* A frame, and the offset of the address that differs between frames. */
struct template
{
	__u8 bytes[TRAFFIC_MAX_BYTES];
	__u32 length;
	__u32 address; /* offset of the source address */
	bool ipv6;
};

/* A bijection on 32 bits (Prospecting for Hash Functions, C. Wellons, 2018): spreads neighbours, as
 * spoofed sources are. */
static __u32 scatter(__u32 number)
{
	number ^= number >> 16;
	number *= 0x7feb352du;
	number ^= number >> 15;
	number *= 0x846ca68bu;
	return number ^ number >> 16;
}

/* splitmix64 (Steele, Lea, Flood, 2014). */
static __u64 draw(__u64 *state)
{
	__u64 value = *state += 0x9e3779b97f4a7c15ull;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

static void *template_append(struct template *template, const void *header, __u32 bytes)
{
	__u8 *start = template->bytes + template->length;

	memcpy(start, header, bytes);
	template->length += bytes;
	return start;
}

static void template_append_ethernet(struct template *template, const struct traffic *traffic)
{
	struct ethhdr eth = {
		.h_dest = {0x02, 0, 0, 0, 0, 2},
		.h_source = {0x02, 0, 0, 0, 0, 1},
	};
	__be16 type = htons(traffic->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	const __be16 tag[] = {htons(100), type};

	eth.h_proto = traffic->vlan ? htons(ETH_P_8021Q) : type;
	template_append(template, &eth, sizeof(eth));
	if (traffic->vlan)
		template_append(template, tag, sizeof(tag));
}

static void template_append_ip(struct template *template, const struct traffic *traffic,
			       __u32 payload_bytes)
{
	struct ipv6hdr ipv6 = {
		.version = 6,
		.payload_len = htons(payload_bytes),
		.nexthdr = traffic->udp ? IPPROTO_UDP : IPPROTO_TCP,
		.hop_limit = 64,
	};
	struct iphdr ipv4 = {
		.version = 4,
		.ihl = 5,
		.tot_len = htons(sizeof(ipv4) + payload_bytes),
		.frag_off = htons(0x4000),
		.ttl = 64,
		.protocol = ipv6.nexthdr,
		.daddr = htonl(VICTIM_IPV4),
	};

	template->ipv6 = traffic->ipv6;
	template->address = template->length + (traffic->ipv6 ? offsetof(struct ipv6hdr, saddr)
							      : offsetof(struct iphdr, saddr));
	if (!traffic->ipv6) {
		template_append(template, &ipv4, sizeof(ipv4));
		return;
	}
	memcpy(&ipv6.saddr, senders_ipv6, sizeof(senders_ipv6));
	memcpy(&ipv6.daddr, victim_ipv6, sizeof(victim_ipv6));
	template_append(template, &ipv6, sizeof(ipv6));
}

/* Without checksums, which no program here checks. */
static void make_template(const struct traffic *traffic, struct template *template)
{
	struct tcphdr tcp = {
		.source = htons(SENDER_PORT),
		.dest = htons(VICTIM_PORT),
		.doff = 5,
		.window = htons(64240),
	};
	struct udphdr udp = {
		.source = htons(SENDER_PORT),
		.dest = htons(VICTIM_PORT),
		.len = htons(sizeof(udp)),
	};

	memset(template, 0, sizeof(*template));
	template_append_ethernet(template, traffic);
	template_append_ip(template, traffic, traffic->udp ? sizeof(udp) : sizeof(tcp));
	if (traffic->udp) {
		template_append(template, &udp, sizeof(udp));
	} else {
		((__u8 *)&tcp)[TCP_FLAGS_BYTE] = traffic->tcp_flags;
		template_append(template, &tcp, sizeof(tcp));
	}
	if (template->length < ETH_ZLEN)
		template->length = ETH_ZLEN;
}

static void set_sender(struct template *template, __u32 number)
{
	const __u32 scattered = scatter(number + 1); /* it maps 0 to 0 */

	if (template->ipv6)
		memcpy(template->bytes + template->address + 8, (__u32[]){number, scattered}, 8);
	else
		memcpy(template->bytes + template->address, &scattered, sizeof(scattered));
}

static void fill_from_capture(const struct frame_list *capture, __u32 frames, struct feeder *feeder)
{
	for (__u32 i = 0; i < frames; i++) {
		const struct frame_list_entry *frame = &capture->frames[i % capture->count];

		if (!feeder__add(feeder, capture->bytes + frame->offset, frame->bytes))
			return;
	}
}

void traffic__fill(const struct traffic *traffic, const struct traffic_batch *batch,
		   struct feeder *feeder)
{
	const __u32 mask = (1u << traffic->sources_log2) - 1;
	struct template template;
	__u64 state = batch->seed;

	feeder__clear(feeder);
	if (traffic->capture) {
		fill_from_capture(traffic->capture, batch->frames, feeder);
		return;
	}
	make_template(traffic, &template);
	for (__u32 i = 0; i < batch->frames; i++) {
		const __u32 number = batch->each_once ? batch->first_turn + i : draw(&state);

		set_sender(&template, number & mask);
		if (!feeder__add(feeder, template.bytes, template.length))
			return;
	}
}
