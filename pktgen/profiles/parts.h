// SPDX-License-Identifier: GPL-2.0-only
// parts: frame parts that several profiles use.
#ifndef PKTGEN_PROFILES_PARTS_H
#define PKTGEN_PROFILES_PARTS_H

#include "pktgen/profiles/profile.h"

#define MAX_OPTION_BYTES 40 /* of IPv4 and TCP: 15 words minus the 5 of the header */

/* Next Header values of the extension headers that the parser skips. */
enum {
	EXTENSION_HOP_BY_HOP = 0,
	EXTENSION_ROUTING = 43,
	EXTENSION_FRAGMENT = 44,
	EXTENSION_AUTHENTICATION = 51,
	EXTENSION_DESTINATION = 60,
};

/** random_port() - a client port: 1024 to 65535. */
__u16 random_port(struct rng *rng);

/** random_segment() - a segment from a random port to one of the victims' ports. */
struct segment random_segment(const struct knobs *knobs, struct rng *rng, __u8 flags);

/** add_extension() - append a well-formed extension header; a fragment header is atomic. */
void add_extension(struct packet *packet, __u8 type);

/** random_extension() - one of the five extension header types. */
__u8 random_extension(struct rng *rng);

/** add_fragment_header() - append an IPv6 fragment header; @offset_bytes is a multiple of 8. */
void add_fragment_header(struct packet *packet, __u32 offset_bytes, bool more, __u32 id);

/** random_ip_options() - well-formed IPv4 options. Return: their length, 0 to 40 bytes. */
__u32 random_ip_options(struct rng *rng, __u8 *ret);

/** random_tcp_options() - well-formed TCP options. Return: their length, 0 to 40 bytes. */
__u32 random_tcp_options(struct rng *rng, __u8 *ret);

/** other_class() - the class of an IP packet of @source that is not TCP. */
enum frame_class other_class(const struct address *source);

/** check_size() - refuse a --size that cannot hold @header_bytes. */
int check_size(const struct knobs *knobs, __u32 header_bytes, struct errmsg *why);

#endif
