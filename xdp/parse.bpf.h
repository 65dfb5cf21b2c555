// SPDX-License-Identifier: GPL-2.0-only
// parse: the class of a frame and, for a SYN, its source and victim. Also compiles on the host.
//
// The rule is to count what a Linux receiver could take for a connection request, to tolerate what
// a capture or a fragmenting path cut off, and to read no bytes outside of the headers' packet:
// "captured" is what the frame holds, "claimed" is the end of the packet by its IP header, and a
// byte must be within both. Checksums, lengths beyond the captured bytes and the content of options
// do not move the flags byte and are ignored.
#ifndef XDP_PARSE_BPF_H
#define XDP_PARSE_BPF_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "common/abi/abi.h"
#include "xdp/frame.bpf.h"

#define ETH_P_QINQ_LEGACY 0x9100 /* of switches older than 802.1ad; ETH_P_QINQ1 in if_ether.h */

/* From the IANA registry; the kernel's UAPI lacks names for some of them. */
#define EXTENSION_HOP_BY_HOP 0
#define EXTENSION_ROUTING 43
#define EXTENSION_FRAGMENT 44
#define EXTENSION_AUTHENTICATION 51
#define EXTENSION_DESTINATION 60

#define IPV4_OFFSET_MASK 0x1fff /* RFC 791: the fragment offset's 13 bits */
#define IPV4_MORE_FRAGMENTS 0x2000
#define IPV6_OFFSET_MASK 0xfff8 /* RFC 8200, 4.5: the same, above the M flag */
#define IPV6_MORE_FRAGMENTS 0x1

#define PROTOCOL_ICMPV6 58
/* RFC 4861: the types of neighbour discovery; routers do not forward it, which the limit tells. */
#define NEIGHBOUR_FIRST 133
#define NEIGHBOUR_LAST 137
#define NEIGHBOUR_HOP_LIMIT 255

#define TCP_FLAG_BYTE_FIN 0x01
#define TCP_FLAG_BYTE_SYN 0x02
#define TCP_FLAG_BYTE_RST 0x04
#define TCP_FLAG_BYTE_ACK 0x10
#define TCP_FLAG_BYTES_COUNTED (TCP_FLAG_BYTE_FIN | TCP_FLAG_BYTE_SYN | TCP_FLAG_BYTE_RST)

/* No header ends beyond it: 4 tags and 8 extension headers reach 16,464 bytes. So masking changes
 * no offset, but it gives the verifier a bound. */
#define OFFSET_MASK 0x7fff

/* The claimed end if IP claims none: only the captured bytes decide. */
#define CLAIMS_ALL 0xffffffffu

struct vlan_tag {
	__be16 tci;
	__be16 protocol;
};

struct ipv6_extension {
	__u8 next_header;
	__u8 length; /* in units that depend on the type */
	__be16 fragment_offset;
	__be32 rest;
};

/* The part of a TCP header that has to be present: up to and including the flags. */
struct tcp_start {
	__be16 source_port;
	__be16 destination_port;
	__be32 sequence;
	__be32 acknowledgement;
	__u8 data_offset; /* upper four bits, in words */
	__u8 flags;
} __attribute__((packed));

_Static_assert(sizeof(struct tcp_start) == 14, "RFC 9293: the flags are byte 13");

/* Source and victim of a connection request; of other frames, the sender and the receiver. */
struct request {
	struct endpoint source; /* without a port: it changes with every SYN */
	struct endpoint victim;
	__be16 source_port; /* not of SYNs */
	/* With DETAIL_ALL: */
	__u16 marks; /* enum request_mark */
	__u16 ip_offset;
	__u16 tcp_offset; /* see tcp_offset_bits() */
};

enum request_mark {
	MARK_NEIGHBOUR = 1,  /* IPv6 neighbour discovery */
	MARK_FRAGMENTED = 2, /* the first fragment of several */
};

/* The frames whose endpoints are filled in: SYNs; also the other segments that pair with them; all
 * with an IP header, and the ports of all TCP segments. Always a constant: testing it costs
 * nothing. */
enum detail { DETAIL_SYNS, DETAIL_HANDSHAKES, DETAIL_ALL };

static __always_inline bool has_detail(enum frame_class class, enum detail detail)
{
	return detail == DETAIL_SYNS  ? class == CLASS_SYN
	       : detail == DETAIL_ALL ? class <= CLASS_TCP_OTHER
				      : class <= CLASS_RST;
}

static __always_inline int is_vlan(__be16 protocol)
{
	return protocol == bpf_htons(ETH_P_8021Q) || protocol == bpf_htons(ETH_P_8021AD) ||
	       protocol == bpf_htons(ETH_P_QINQ_LEGACY);
}

/*
 * A TCP segment's class and its ports in network order share a u64: the class in bits 0 to 15, the
 * destination port in bits 16 to 31, the source port in bits 32 to 47, the header's offset in bits
 * 48 to 61, marks in bits 62 and 63. The reason is the global functions below: in 5.10 they return
 * one scalar, and take no pointer through which they could return more. A port and the offset are 0
 * where the detail does not include them.
 */
static __always_inline __u64 tcp_pack(enum frame_class class, __be16 destination_port,
				      __be16 source_port)
{
	return class | (__u64)destination_port << 16 | (__u64)source_port << 32;
}

static __always_inline enum frame_class tcp_class(__u64 tcp)
{
	return (__u16)tcp;
}

static __always_inline __be16 tcp_destination_port(__u64 tcp)
{
	return tcp >> 16;
}

static __always_inline __be16 tcp_source_port(__u64 tcp)
{
	return tcp >> 32;
}

#define MARKS_SHIFT 62
#define TCP_OFFSET_SHIFT 48
#define TCP_OFFSET_MASK 0x3fff

static __always_inline __u64 mark_bits(enum request_mark mark)
{
	return (__u64)mark << MARKS_SHIFT;
}

/* 0: unknown, as it is for headers further than 16,383 bytes behind the start. */
static __always_inline __u64 tcp_offset_bits(__u32 offset)
{
	return offset <= TCP_OFFSET_MASK ? (__u64)offset << TCP_OFFSET_SHIFT : 0;
}

/* A router has decremented the limit: what passed one is no neighbour discovery. */
static __always_inline __u16 tcp_marks(__u64 tcp, __u8 hop_limit)
{
	__u16 marks = tcp >> MARKS_SHIFT;

	return hop_limit == NEIGHBOUR_HOP_LIMIT ? marks : marks & ~MARK_NEIGHBOUR;
}

static __always_inline __u64 classify_tcp(const struct frame *frame, __u32 offset,
					  __u32 claimed_end, enum detail detail)
{
	struct tcp_start copy;
	const struct tcp_start *tcp = frame_at(frame, offset, sizeof(*tcp), &copy);
	__u64 ports = 0;

	if (!tcp || offset + sizeof(*tcp) > claimed_end)
		return CLASS_TRUNCATED_L4;
	if (tcp->data_offset >> 4 < 5)
		return CLASS_BAD_DATA_OFFSET;
	if (detail != DETAIL_SYNS)
		ports = tcp_pack(0, tcp->destination_port, tcp->source_port);
	if (detail == DETAIL_ALL)
		ports |= tcp_offset_bits(offset);
	if (detail == DETAIL_ALL && !(tcp->flags & TCP_FLAG_BYTES_COUNTED))
		return CLASS_TCP_OTHER | ports;
	if (tcp->flags & TCP_FLAG_BYTE_SYN)
		return tcp->flags & TCP_FLAG_BYTE_ACK
			       ? CLASS_SYN_ACK | ports
			       : tcp_pack(CLASS_SYN, tcp->destination_port, 0) | ports;
	if (tcp->flags & TCP_FLAG_BYTE_RST)
		return CLASS_RST | ports;
	if (tcp->flags & TCP_FLAG_BYTE_FIN)
		return CLASS_FIN | ports;
	return CLASS_TCP_OTHER;
}

/* The class of an IPv6 packet without TCP, whose upper-layer header is at @offset. */
static __always_inline __u64 classify_other(const struct frame *frame, __u32 offset, __u32 protocol,
					    enum detail detail)
{
	__u8 copy;
	const __u8 *type;

	if (detail != DETAIL_ALL || protocol != PROTOCOL_ICMPV6)
		return CLASS_IPV6_OTHER;
	type = frame_at(frame, offset & OFFSET_MASK, sizeof(*type), &copy);
	if (!type || *type < NEIGHBOUR_FIRST || *type > NEIGHBOUR_LAST)
		return CLASS_IPV6_OTHER;
	return CLASS_IPV6_OTHER | mark_bits(MARK_NEIGHBOUR);
}

static __always_inline void describe_ipv4(const struct iphdr *ip, struct request *request)
{
	request->source.address[0] = ip->saddr;
	request->victim.address[0] = ip->daddr;
	request->source.family = ENDPOINT_IPV4;
	request->victim.family = ENDPOINT_IPV4;
}

static __always_inline void describe_ipv6(const struct ipv6hdr *ip, struct request *request)
{
	__builtin_memcpy(request->source.address, &ip->saddr, sizeof(ip->saddr));
	__builtin_memcpy(request->victim.address, &ip->daddr, sizeof(ip->daddr));
	request->source.family = ENDPOINT_IPV6;
	request->victim.family = ENDPOINT_IPV6;
}

static __always_inline void describe_ports(__u64 tcp, enum detail detail, struct request *request)
{
	request->victim.port = tcp_destination_port(tcp);
	if (detail != DETAIL_SYNS)
		request->source_port = tcp_source_port(tcp);
	if (detail == DETAIL_ALL)
		request->tcp_offset = tcp >> TCP_OFFSET_SHIFT & TCP_OFFSET_MASK;
}

static __always_inline enum frame_class classify_ipv4(const struct frame *frame, __u32 offset,
						      enum detail detail, struct request *request)
{
	struct iphdr copy;
	const struct iphdr *ip = frame_at(frame, offset, sizeof(*ip), &copy);
	__u32 header_bytes, total_bytes;
	__u64 tcp;

	if (!ip)
		return CLASS_TRUNCATED_L3;
	if (ip->version != 4)
		return CLASS_BAD_VERSION;
	if (detail == DETAIL_ALL) {
		request->ip_offset = offset;
		describe_ipv4(ip, request);
		if (ip->frag_off & bpf_htons(IPV4_MORE_FRAGMENTS))
			request->marks = MARK_FRAGMENTED;
	}
	if (ip->ihl < 5)
		return CLASS_BAD_IHL;
	header_bytes = ip->ihl * 4;
	total_bytes = bpf_ntohs(ip->tot_len);
	if (total_bytes < header_bytes)
		return CLASS_BAD_TOTAL_LENGTH;
	if (ip->frag_off & bpf_htons(IPV4_OFFSET_MASK))
		return CLASS_FRAGMENT;
	if (ip->protocol != IPPROTO_TCP)
		return CLASS_IPV4_OTHER;
	tcp = classify_tcp(frame, offset + header_bytes, offset + total_bytes, detail);
	if (has_detail(tcp_class(tcp), detail)) {
		if (detail != DETAIL_ALL)
			describe_ipv4(ip, request);
		describe_ports(tcp, detail, request);
	}
	return tcp_class(tcp);
}

static __always_inline bool is_extension(__u8 next_header)
{
	return next_header == EXTENSION_HOP_BY_HOP || next_header == EXTENSION_ROUTING ||
	       next_header == EXTENSION_FRAGMENT || next_header == EXTENSION_AUTHENTICATION ||
	       next_header == EXTENSION_DESTINATION;
}

/* RFC 8200, 4; RFC 4302, 2.2 for AH, which differs. */
static __always_inline __u32 extension_bytes(__u8 type, const struct ipv6_extension *extension)
{
	if (type == EXTENSION_FRAGMENT)
		return 8;
	if (type == EXTENSION_AUTHENTICATION)
		return (extension->length + 2) * 4;
	return (extension->length + 1) * 8;
}

static __always_inline __u64 walk_extensions(FRAME_CONTEXT *context, __u32 offset,
					     __u32 next_header, __u32 claimed_end,
					     enum detail detail)
{
	struct frame frame = frame_of(context);
	__u64 marks = 0;

	for (int i = 0; i < MAX_IPV6_EXTENSIONS && is_extension(next_header); i++) {
		struct ipv6_extension copy;
		const struct ipv6_extension *extension;

		offset &= OFFSET_MASK;
		extension = frame_at(&frame, offset, sizeof(*extension), &copy);
		if (!extension || offset + sizeof(*extension) > claimed_end)
			return CLASS_TRUNCATED_L3;
		if (next_header == EXTENSION_FRAGMENT &&
		    extension->fragment_offset & bpf_htons(IPV6_OFFSET_MASK))
			return CLASS_FRAGMENT;
		if (detail == DETAIL_ALL && next_header == EXTENSION_FRAGMENT &&
		    extension->fragment_offset & bpf_htons(IPV6_MORE_FRAGMENTS))
			marks = mark_bits(MARK_FRAGMENTED);
		offset += extension_bytes(next_header, extension);
		next_header = extension->next_header;
	}
	if (is_extension(next_header))
		return CLASS_TOO_MANY_EXTENSIONS;
	if (next_header != IPPROTO_TCP)
		return classify_other(&frame, offset, next_header, detail);
	return classify_tcp(&frame, offset & OFFSET_MASK, claimed_end, detail) | marks;
}

/* Global functions, because the verifier then proves them once for any offset, instead of once for
 * each path that leads here. */
FRAME_FUNCTION int classify_behind_extensions(FRAME_CONTEXT *context, __u32 offset,
					      __u32 next_header, __u32 claimed_end)
{
	return walk_extensions(context, offset, next_header, claimed_end, DETAIL_SYNS);
}

FRAME_FUNCTION __u64 describe_behind_extensions(FRAME_CONTEXT *context, __u32 offset,
						__u32 next_header, __u32 claimed_end)
{
	return walk_extensions(context, offset, next_header, claimed_end, DETAIL_HANDSHAKES);
}

FRAME_FUNCTION __u64 describe_all_behind_extensions(FRAME_CONTEXT *context, __u32 offset,
						    __u32 next_header, __u32 claimed_end)
{
	return walk_extensions(context, offset, next_header, claimed_end, DETAIL_ALL);
}

static __always_inline __u64 classify_behind_ipv6(const struct frame *frame, __u32 offset,
						  const struct ipv6hdr *ip, enum detail detail)
{
	__u32 claimed_end = offset + sizeof(*ip) + bpf_ntohs(ip->payload_len);

	/* A jumbogram (RFC 2675). The kernel does not require the option, so neither do we. */
	if (!ip->payload_len && ip->nexthdr == EXTENSION_HOP_BY_HOP)
		claimed_end = CLAIMS_ALL;
	offset += sizeof(*ip);
	if (ip->nexthdr == IPPROTO_TCP)
		return classify_tcp(frame, offset, claimed_end, detail);
	if (!is_extension(ip->nexthdr))
		return classify_other(frame, offset, ip->nexthdr, detail);
	if (detail == DETAIL_ALL)
		return describe_all_behind_extensions(frame->context, offset, ip->nexthdr,
						      claimed_end);
	if (detail == DETAIL_HANDSHAKES)
		return describe_behind_extensions(frame->context, offset, ip->nexthdr, claimed_end);
	return (__u32)classify_behind_extensions(frame->context, offset, ip->nexthdr, claimed_end);
}

static __always_inline enum frame_class classify_ipv6(const struct frame *frame, __u32 offset,
						      enum detail detail, struct request *request)
{
	struct ipv6hdr copy;
	const struct ipv6hdr *ip = frame_at(frame, offset, sizeof(*ip), &copy);
	__u64 tcp;

	if (!ip)
		return CLASS_TRUNCATED_L3;
	if (ip->version != 6)
		return CLASS_BAD_VERSION;
	if (detail == DETAIL_ALL) {
		request->ip_offset = offset;
		describe_ipv6(ip, request);
	}
	tcp = classify_behind_ipv6(frame, offset, ip, detail);
	if (detail == DETAIL_ALL)
		request->marks = tcp_marks(tcp, ip->hop_limit);
	if (has_detail(tcp_class(tcp), detail)) {
		if (detail != DETAIL_ALL)
			describe_ipv6(ip, request);
		describe_ports(tcp, detail, request);
	}
	return tcp_class(tcp);
}

/* On interfaces without Ethernet headers. The version field says what follows, as the EtherType
 * does elsewhere. */
static __always_inline enum frame_class classify_raw(const struct frame *frame, enum detail detail,
						     struct request *request)
{
	__u8 copy;
	const __u8 *first = frame_at(frame, 0, sizeof(*first), &copy);

	if (!first)
		return CLASS_TRUNCATED_L3;
	if (*first >> 4 == 4)
		return classify_ipv4(frame, 0, detail, request);
	if (*first >> 4 == 6)
		return classify_ipv6(frame, 0, detail, request);
	return CLASS_NON_IP;
}

/**
 * classify_and_describe() - the class of a frame
 * @detail: a constant: the segments to describe
 * @request: zeroed by the caller; filled in for those segments
 */
static __always_inline enum frame_class
classify_and_describe(const struct frame *frame, enum detail detail, struct request *request)
{
	struct ethhdr eth_copy;
	const struct ethhdr *eth = frame_at(frame, 0, sizeof(*eth), &eth_copy);
	__u32 offset = sizeof(*eth);
	__be16 protocol;

	if (raw_ip)
		return classify_raw(frame, detail, request);
	if (!eth)
		return CLASS_RUNT;
	protocol = eth->h_proto;
	for (int i = 0; i < MAX_VLAN_TAGS && is_vlan(protocol); i++) {
		struct vlan_tag copy;
		const struct vlan_tag *tag = frame_at(frame, offset, sizeof(*tag), &copy);

		if (!tag)
			return CLASS_TRUNCATED_L2;
		protocol = tag->protocol;
		offset += sizeof(*tag);
	}
	if (protocol == bpf_htons(ETH_P_IP))
		return classify_ipv4(frame, offset, detail, request);
	if (protocol == bpf_htons(ETH_P_IPV6))
		return classify_ipv6(frame, offset, detail, request);
	return is_vlan(protocol) ? CLASS_TOO_MANY_TAGS : CLASS_NON_IP;
}

/** classify() - the same, describing only SYNs */
static __always_inline enum frame_class classify(const struct frame *frame, struct request *request)
{
	return classify_and_describe(frame, DETAIL_SYNS, request);
}

#endif
