// SPDX-License-Identifier: GPL-2.0-only
// packet: frames built header by header, with lengths and checksums filled in at the end.
//
// A cursor that only moves forward: each call appends one header and writes its type into the one
// before. Nothing here reads a frame.
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
#define ETH_P_QINQ_LEGACY 0x9100 /* of switches older than 802.1ad */

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
	__u16 type_at;          /* where the type of the next header goes */
	bool type_is_ethertype; /* two bytes there, not one */
	__u16 tags;
	__u16 l3_at;      /* where IP starts; where the link layer's headers end */
	__u16 l4_at;      /* where the last IP header ends */
	__u8 ip_version;  /* 4, 6, or 0 without IP */
	__u8 l4_checksum; /* the protocol whose checksum is to be filled in, or 0 */
	__u16 extensions;
	__u16 extension_at[PACKET_MAX_EXTENSIONS];
	/* Ethernet headers are 14 bytes: two in front put all that follow on a multiple of four. */
	__u8 room[2 + PACKET_MAX_BYTES] __attribute__((aligned(8)));
};

/* What a TCP header says; the rest is filled in. */
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

/** packet__start() - an Ethernet header; forgets what was there. */
void packet__start(struct packet *packet, const struct macs *macs);

/** packet__vlan() - a tag: @tpid is its EtherType, @tci its priority and number. */
void packet__vlan(struct packet *packet, __u16 tpid, __u16 tci);

/** packet__ethertype() - a payload that is not IP follows. */
void packet__ethertype(struct packet *packet, __u16 type);

/**
 * packet__ipv4() - an IPv4 header without fragmentation, with a time to live of 64
 * @options: @option_bytes of them, a multiple of 4, at most 40
 *
 * Return: the header, to be changed before packet__finish().
 */
struct iphdr *packet__ipv4(struct packet *packet, const struct address *source,
			   const struct address *destination, const __u8 *options,
			   __u32 option_bytes);

/** packet__ipv6() - the same for IPv6, with a hop limit of 64. */
struct ipv6hdr *packet__ipv6(struct packet *packet, const struct address *source,
			     const struct address *destination);

/** packet__ip() - either, as @source is. */
void packet__ip(struct packet *packet, const struct address *source,
		const struct address *destination);

/**
 * packet__extension() - an IPv6 extension header of @type
 * @body: what follows its two first bytes (next header and length): @bytes - 2 of them
 * @length_field: the second byte
 */
void packet__extension(struct packet *packet, __u8 type, __u8 length_field, const __u8 *body,
		       __u32 bytes);

/** packet__tcp() - a TCP header. Return: it, to be changed before packet__finish(). */
struct tcphdr *packet__tcp(struct packet *packet, const struct segment *segment);

/** packet__udp() - a UDP header. */
void packet__udp(struct packet *packet, __u16 source_port, __u16 destination_port);

/** packet__echo() - an ICMP or ICMPv6 echo request, as the IP header before it wants. */
void packet__echo(struct packet *packet, __u16 id, __u16 sequence);

/** packet__protocol() - bytes of an IP protocol that has no builder follow. */
void packet__protocol(struct packet *packet, __u8 protocol);

/** packet__append() - bytes as they are; those that no longer fit are left out. */
void packet__append(struct packet *packet, const void *data, __u32 bytes);

/** packet__fill() - payload up to a frame of @length bytes: the same letters every time. */
void packet__fill(struct packet *packet, __u32 length);

/** packet__finish() - fill in lengths and checksums. */
void packet__finish(struct packet *packet);

/** packet__checksum_ipv4() - fill in the IPv4 header's checksum again, after a change. */
void packet__checksum_ipv4(struct packet *packet);

#endif
