// SPDX-License-Identifier: GPL-2.0-only
// packet: frames built header by header; lengths and checksums are set at the end.
//
// A cursor that only moves forward: each call appends a header and writes its type into the header
// before it. Nothing here parses a frame.
#ifndef PKTGEN_FRAMES_PACKET_H
#define PKTGEN_FRAMES_PACKET_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <stdbool.h>

#include "pktgen/frames/population.h"

#define PACKET_MAX_BYTES 9216
#define PACKET_MAX_EXTENSIONS 10
#define ETH_P_QINQ_LEGACY 0x9100 /* used by switches before 802.1ad */

/* The flags byte of a TCP header, RFC 9293, 3.1. */
enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

struct packet {
	__u32 length;
	__u16 type_at;          /* offset of the next header's type */
	bool type_is_ethertype; /* two bytes, else one */
	__u16 tags;
	__u16 l3_at;      /* end of the link layer, start of IP */
	__u16 l4_at;      /* end of the last IP header */
	__u8 ip_version;  /* 4, 6, or 0: not IP */
	__u8 l4_checksum; /* for packet__finish() to set; 0: none */
	__u16 extensions;
	__u16 extension_at[PACKET_MAX_EXTENSIONS];
	/* Two bytes before the 14 of Ethernet align all later headers to four. */
	__u8 room[2 + PACKET_MAX_BYTES] __attribute__((aligned(8)));
};

/* Fields of a TCP header; packet__tcp() sets the others. */
struct segment {
	__u16 source_port;
	__u16 destination_port;
	__u32 sequence;
	__u32 acknowledgement;
	__u16 window;
	__u8 flags;
	const __u8 *options; /* a multiple of 4 bytes, at most 40 */
	__u8 option_bytes;
};

static inline __u8 *packet__bytes(struct packet *packet)
{
	return packet->room + 2;
}

/** packet__start() - start a new frame with an Ethernet header. */
void packet__start(struct packet *packet, const struct macs *macs);

/** packet__vlan() - append a VLAN tag: @tpid is its EtherType, @tci its priority and VLAN ID. */
void packet__vlan(struct packet *packet, __u16 tpid, __u16 tci);

/** packet__ethertype() - set the EtherType of a payload that is not IP. */
void packet__ethertype(struct packet *packet, __u16 type);

/**
 * packet__ipv4() - append an unfragmented IPv4 header with a TTL of 64
 * @options: @option_bytes of them, a multiple of 4, at most 40
 *
 * Return: the header, to be changed before packet__finish().
 */
struct iphdr *packet__ipv4(struct packet *packet, const struct address *source,
			   const struct address *destination, const __u8 *options,
			   __u32 option_bytes);

/** packet__ipv6() - append an IPv6 header with a hop limit of 64. Return: it, as packet__ipv4(). */
struct ipv6hdr *packet__ipv6(struct packet *packet, const struct address *source,
			     const struct address *destination);

/** packet__ip() - append an IP header of the family of @source. */
void packet__ip(struct packet *packet, const struct address *source,
		const struct address *destination);

/**
 * packet__extension() - append an IPv6 extension header of @type
 * @length_field: its second byte
 * @body: @bytes - 2 bytes, after the next header and length fields
 */
void packet__extension(struct packet *packet, __u8 type, __u8 length_field, const __u8 *body,
		       __u32 bytes);

/** packet__tcp() - append a TCP header. Return: it, to be changed before packet__finish(). */
struct tcphdr *packet__tcp(struct packet *packet, const struct segment *segment);

/** packet__udp() - append a UDP header. */
void packet__udp(struct packet *packet, __u16 source_port, __u16 destination_port);

/** packet__echo() - append an ICMP or ICMPv6 echo request, depending on the IP header. */
void packet__echo(struct packet *packet, __u16 id, __u16 sequence);

/** packet__protocol() - set the IP protocol of a payload that has no builder here. */
void packet__protocol(struct packet *packet, __u8 protocol);

/** packet__append() - append raw bytes; those that do not fit are dropped. */
void packet__append(struct packet *packet, const void *data, __u32 bytes);

/** packet__fill() - append payload up to a frame length of @length: always the same letters. */
void packet__fill(struct packet *packet, __u32 length);

/** packet__finish() - set lengths and checksums. */
void packet__finish(struct packet *packet);

/** packet__checksum_ipv4() - set the IPv4 header's checksum again, after a change. */
void packet__checksum_ipv4(struct packet *packet);

#endif
