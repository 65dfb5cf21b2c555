// SPDX-License-Identifier: GPL-2.0-only
// malformed: the lies that headers tell, as rows; see profiles_malformed.c.
#ifndef PKTGEN_PROFILES_MALFORMED_H
#define PKTGEN_PROFILES_MALFORMED_H

#include "pktgen/profiles/parts.h"

#define MAX_LIES 64

struct malformed {
	const struct knobs *knobs;
	struct rng rng;
	struct population senders;
	struct address from; /* of this frame, IPv4 */
	struct address to;
	struct address from6; /* the same, IPv6 */
	struct address to6;
	__u64 sent;
	__u32 total_cases;
	__u32 cases[MAX_LIES]; /* of each row of all tables */
};

#define WHOLE_FRAME (~0u)

/* One kind of lie, in so many variants. */
struct lie {
	const char *name;
	__u32 cases; /* 0: one for each byte of the frame that WHOLE_FRAME makes */
	void (*make)(struct malformed *state, __u32 which, struct generated_frame *ret);
};

/* Tables; each ends with a row without a name. */
extern const struct lie lies_of_ipv4[], lies_of_ipv6[], lies_of_links[], lies_of_tcp[], cuts[];

/** start_ipv4() - a frame up to a good IPv4 header. */
struct iphdr *start_ipv4(struct malformed *state, struct generated_frame *ret);

/** start_ipv6() - a frame up to a good IPv6 header. */
struct ipv6hdr *start_ipv6(struct malformed *state, struct generated_frame *ret);

/** add_syn() - a TCP header without options. */
struct tcphdr *add_syn(struct malformed *state, struct generated_frame *ret);

/** whole_ipv4() - a good SYN of 54 bytes, finished; what follows may change it. */
struct iphdr *whole_ipv4(struct malformed *state, struct generated_frame *ret);

/** whole_ipv6() - a good SYN of 74 bytes, finished. */
struct ipv6hdr *whole_ipv6(struct malformed *state, struct generated_frame *ret);

#endif
