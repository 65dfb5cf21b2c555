// SPDX-License-Identifier: GPL-2.0-only
// packet: frames built header by header; lengths and checksums are set at the end.
#include "pktgen/frames/packet.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <endian.h>
#include <stddef.h>
#include <string.h>

#define DEFAULT_TTL 64
#define IP_DF 0x4000

struct pseudo_header {
	__be32 length;
	__be32 protocol;
};

static void *packet_reserve(struct packet *packet, __u32 bytes)
{
	void *at = packet__bytes(packet) + packet->length;

	packet->length += bytes;
	return at;
}

static void *packet_at(struct packet *packet, __u32 offset)
{
	return packet__bytes(packet) + offset;
}

static void packet_set_type(struct packet *packet, __u16 type)
{
	__u8 *bytes = packet__bytes(packet) + packet->type_at;

	if (packet->type_is_ethertype)
		*bytes++ = type >> 8;
	*bytes = type;
}

void packet__start(struct packet *packet, const struct macs *macs)
{
	struct ethhdr *eth;

	memset(packet, 0, offsetof(struct packet, room));
	eth = packet_reserve(packet, sizeof(*eth));
	memcpy(eth->h_source, macs->source, ETH_ALEN);
	memcpy(eth->h_dest, macs->destination, ETH_ALEN);
	eth->h_proto = 0;
	packet->type_at = offsetof(struct ethhdr, h_proto);
	packet->type_is_ethertype = true;
	packet->l3_at = packet->l4_at = packet->length;
}

void packet__vlan(struct packet *packet, __u16 tpid, __u16 tci)
{
	__be16 *tag;

	packet_set_type(packet, tpid);
	tag = packet_reserve(packet, 4);
	tag[0] = htobe16(tci);
	tag[1] = 0;
	packet->type_at += 4;
	packet->tags++;
	packet->l3_at = packet->l4_at = packet->length;
}

void packet__ethertype(struct packet *packet, __u16 type)
{
	packet_set_type(packet, type);
}

static void packet_start_ip(struct packet *packet, __u8 version, __u16 ethertype, __u32 type_offset)
{
	packet_set_type(packet, ethertype);
	packet->ip_version = version;
	packet->l3_at = packet->length;
	packet->type_at = packet->length + type_offset;
	packet->type_is_ethertype = false;
}

struct iphdr *packet__ipv4(struct packet *packet, const struct address *source,
			   const struct address *destination, const __u8 *options,
			   __u32 option_bytes)
{
	struct iphdr *ip;

	packet_start_ip(packet, 4, ETH_P_IP, offsetof(struct iphdr, protocol));
	ip = packet_reserve(packet, sizeof(*ip));
	*ip = (struct iphdr){
		.version = 4,
		.ihl = (sizeof(*ip) + option_bytes) / 4,
		.frag_off = htobe16(IP_DF),
		.ttl = DEFAULT_TTL,
		.saddr = source->words[0],
		.daddr = destination->words[0],
	};
	packet__append(packet, options, option_bytes);
	packet->l4_at = packet->length;
	return ip;
}

struct ipv6hdr *packet__ipv6(struct packet *packet, const struct address *source,
			     const struct address *destination)
{
	struct ipv6hdr *ip;

	packet_start_ip(packet, 6, ETH_P_IPV6, offsetof(struct ipv6hdr, nexthdr));
	ip = packet_reserve(packet, sizeof(*ip));
	*ip = (struct ipv6hdr){.version = 6, .hop_limit = DEFAULT_TTL};
	memcpy(&ip->saddr, source->words, sizeof(ip->saddr));
	memcpy(&ip->daddr, destination->words, sizeof(ip->daddr));
	packet->l4_at = packet->length;
	return ip;
}

void packet__ip(struct packet *packet, const struct address *source,
		const struct address *destination)
{
	if (source->is_ipv6)
		packet__ipv6(packet, source, destination);
	else
		packet__ipv4(packet, source, destination, NULL, 0);
}

void packet__extension(struct packet *packet, __u8 type, __u8 length_field, const __u8 *body,
		       __u32 bytes)
{
	__u8 *start;

	packet_set_type(packet, type);
	if (packet->extensions < PACKET_MAX_EXTENSIONS)
		packet->extension_at[packet->extensions++] = packet->length;
	packet->type_at = packet->length;
	start = packet_reserve(packet, 2);
	start[0] = 0;
	start[1] = length_field;
	packet__append(packet, body, bytes - 2);
	packet->l4_at = packet->length;
}

struct tcphdr *packet__tcp(struct packet *packet, const struct segment *segment)
{
	struct tcphdr *tcp;

	packet_set_type(packet, IPPROTO_TCP);
	packet->l4_checksum = IPPROTO_TCP;
	tcp = packet_reserve(packet, sizeof(*tcp));
	*tcp = (struct tcphdr){
		.source = htobe16(segment->source_port),
		.dest = htobe16(segment->destination_port),
		.seq = htobe32(segment->sequence),
		.ack_seq = htobe32(segment->acknowledgement),
		.doff = (sizeof(*tcp) + segment->option_bytes) / 4,
		.window = htobe16(segment->window),
	};
	((__u8 *)tcp)[13] = segment->flags;
	packet__append(packet, segment->options, segment->option_bytes);
	return tcp;
}

void packet__udp(struct packet *packet, __u16 source_port, __u16 destination_port)
{
	struct udphdr *udp;

	packet_set_type(packet, IPPROTO_UDP);
	packet->l4_checksum = IPPROTO_UDP;
	udp = packet_reserve(packet, sizeof(*udp));
	*udp = (struct udphdr){.source = htobe16(source_port), .dest = htobe16(destination_port)};
}

void packet__echo(struct packet *packet, __u16 id, __u16 sequence)
{
	bool is_ipv6 = packet->ip_version == 6;
	struct icmphdr *icmp;

	packet->l4_checksum = is_ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	packet_set_type(packet, packet->l4_checksum);
	icmp = packet_reserve(packet, sizeof(*icmp)); /* ICMPv6 has the same layout */
	*icmp = (struct icmphdr){.type = is_ipv6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO};
	icmp->un.echo.id = htobe16(id);
	icmp->un.echo.sequence = htobe16(sequence);
}

void packet__protocol(struct packet *packet, __u8 protocol)
{
	packet_set_type(packet, protocol);
}

void packet__append(struct packet *packet, const void *data, __u32 bytes)
{
	__u32 free_bytes = PACKET_MAX_BYTES - packet->length;

	if (bytes > free_bytes)
		bytes = free_bytes;
	if (data && bytes)
		memcpy(packet_reserve(packet, bytes), data, bytes);
}

void packet__fill(struct packet *packet, __u32 length)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

	if (length > PACKET_MAX_BYTES)
		length = PACKET_MAX_BYTES;
	while (packet->length < length) {
		__u32 missing = length - packet->length;

		packet__append(packet, letters, missing < 26 ? missing : 26);
	}
}

/* RFC 1071: the sum may be taken in any order and in host byte order. */
static __u64 sum_words(const void *data, __u32 bytes)
{
	const __u8 *next = data;
	__u64 total = 0;
	__u32 word;

	for (; bytes >= 4; bytes -= 4, next += 4) {
		memcpy(&word, next, 4);
		total += word;
	}
	word = 0;
	memcpy(&word, next, bytes);
	return total + word;
}

static __u16 checksum_fold(__u64 total)
{
	total = (total >> 32) + (__u32)total;
	total = (total >> 32) + (__u32)total;
	total = (total >> 16) + (__u16)total;
	total = (total >> 16) + (__u16)total;
	return ~total;
}

void packet__checksum_ipv4(struct packet *packet)
{
	struct iphdr *ip = packet_at(packet, packet->l3_at);

	ip->check = 0;
	ip->check = checksum_fold(sum_words(ip, packet->l4_at - packet->l3_at));
}

static void packet_finish_l4(struct packet *packet, const void *addresses, __u32 address_bytes)
{
	__u32 bytes = packet->length - packet->l4_at;
	struct pseudo_header pseudo = {htobe32(bytes), htobe32(packet->l4_checksum)};
	void *l4 = packet_at(packet, packet->l4_at);
	__u64 total = sum_words(&pseudo, sizeof(pseudo)) + sum_words(addresses, address_bytes);
	__u16 *check;

	switch (packet->l4_checksum) {
	case IPPROTO_TCP:
		check = &((struct tcphdr *)l4)->check;
		break;
	case IPPROTO_UDP:
		((struct udphdr *)l4)->len = htobe16(bytes);
		check = &((struct udphdr *)l4)->check;
		break;
	case IPPROTO_ICMP: /* the only one without a pseudo header */
		total = 0;
		/* fall through */
	default:
		check = &((struct icmphdr *)l4)->checksum;
	}
	*check = checksum_fold(total + sum_words(l4, bytes));
	if (!*check && packet->l4_checksum == IPPROTO_UDP)
		*check = 0xffff; /* RFC 768: zero means no checksum */
}

void packet__finish(struct packet *packet)
{
	struct iphdr *ip = packet_at(packet, packet->l3_at);
	struct ipv6hdr *ip6 = packet_at(packet, packet->l3_at);

	if (packet->ip_version == 4) {
		ip->tot_len = htobe16(packet->length - packet->l3_at);
		packet__checksum_ipv4(packet);
		if (packet->l4_checksum)
			packet_finish_l4(packet, &ip->saddr, 8);
	} else if (packet->ip_version == 6) {
		ip6->payload_len = htobe16(packet->length - packet->l3_at - sizeof(*ip6));
		if (packet->l4_checksum)
			packet_finish_l4(packet, &ip6->saddr, 32);
	}
}
