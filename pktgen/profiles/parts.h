// SPDX-License-Identifier: GPL-2.0-only
// parts: pieces of frames that several profiles use.
#ifndef PKTGEN_PROFILES_PARTS_H
#define PKTGEN_PROFILES_PARTS_H

#include "pktgen/profiles/profile.h"

#define MAX_OPTION_BYTES 40 /* of IPv4 and of TCP alike: 15 words less the 5 of the header */

/* The Next Header values that stand for extension headers which are stepped over. */
enum {
	EXTENSION_HOP_BY_HOP = 0,
	EXTENSION_ROUTING = 43,
	EXTENSION_FRAGMENT = 44,
	EXTENSION_AUTHENTICATION = 51,
	EXTENSION_DESTINATION = 60,
};

/** random_port() - one that a client would use. */
__u16 random_port(struct rng *rng);

/** random_segment() - a segment from anywhere to one of the victims' ports. */
struct segment random_segment(const struct knobs *knobs, struct rng *rng, __u8 flags);

/** add_extension() - a well-formed extension header of @type; a fragment header is atomic. */
void add_extension(struct packet *packet, __u8 type);

/** random_extension() - one of the five types. */
__u8 random_extension(struct rng *rng);

/** add_fragment_header() - an IPv6 fragment header; @offset_bytes is a multiple of 8. */
void add_fragment_header(struct packet *packet, __u32 offset_bytes, bool more, __u32 id);

/** random_ip_options() - well-formed IPv4 options; returns their length, 0 to 40. */
__u32 random_ip_options(struct rng *rng, __u8 *ret);

/** random_tcp_options() - well-formed TCP options; returns their length, 0 to 40. */
__u32 random_tcp_options(struct rng *rng, __u8 *ret);

/** other_class() - the class of IP that is not TCP. */
enum frame_class other_class(const struct address *source);

/** check_size() - refuse a --size that cannot hold @header_bytes. */
int check_size(const struct knobs *knobs, __u32 header_bytes, struct errmsg *why);

#endif
