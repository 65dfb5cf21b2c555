// SPDX-License-Identifier: GPL-2.0-only
// malformed: kinds of malformed frames, as rows of tables.
#ifndef PKTGEN_PROFILES_MALFORMED_H
#define PKTGEN_PROFILES_MALFORMED_H

#include "pktgen/profiles/parts.h"

#define MAX_MALFORMED_KINDS 64

struct malformed {
	const struct knobs *knobs;
	struct rng rng;
	struct population senders;
	struct address from; /* the IPv4 endpoints of this frame */
	struct address to;
	struct address from6; /* its IPv6 endpoints */
	struct address to6;
	__u64 sent;
	__u32 total_cases;
	__u32 cases[MAX_MALFORMED_KINDS]; /* of each row of all tables, in order */
};

#define WHOLE_FRAME (~0u)

/* One malformed header field, with @cases values. */
struct malformed_kind {
	const char *name;
	__u32 cases; /* 0: one per byte of the frame that WHOLE_FRAME makes */
	void (*make)(struct malformed *state, __u32 which, struct generated_frame *ret);
};

/* Each ends with a row without a name. */
extern const struct malformed_kind malformed_ipv4[], malformed_ipv6[], malformed_links[],
	malformed_tcp[], malformed_cuts[];

/** start_ipv4() - start a frame with a valid IPv4 header. */
struct iphdr *start_ipv4(struct malformed *state, struct generated_frame *ret);

/** start_ipv6() - start a frame with a valid IPv6 header. */
struct ipv6hdr *start_ipv6(struct malformed *state, struct generated_frame *ret);

/** add_syn() - append the TCP header of a SYN, without options. */
struct tcphdr *add_syn(struct malformed *state, struct generated_frame *ret);

/** whole_ipv4() - make a valid SYN of 54 bytes, which the caller may change. */
struct iphdr *whole_ipv4(struct malformed *state, struct generated_frame *ret);

/** whole_ipv6() - make a valid SYN of 74 bytes, which the caller may change. */
struct ipv6hdr *whole_ipv6(struct malformed *state, struct generated_frame *ret);

#endif
