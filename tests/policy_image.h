// SPDX-License-Identifier: GPL-2.0-only
// policy_image: a compiled policy made by hand, so that tests of programs do not depend on the
// compiler of policies.
#ifndef TESTS_POLICY_IMAGE_H
#define TESTS_POLICY_IMAGE_H

#include "common/abi/policy.h"
#include "common/policy/ranges.h"

#define POLICY_IMAGE_ENTRIES 64

struct policy_builder {
	struct policy_image *image;  /* the caller fills in what is not about prefixes */
	struct policy_chunk *chunks; /* after policy_builder__finish(): the image is the first */
	__u32 chunk_count;
	struct ranges_item items[POLICY_IMAGE_ENTRIES];
	struct policy_decision entries[POLICY_IMAGE_ENTRIES];
	__u32 count;
	__u32 decisions;
	__u32 port_sets;
};

/** policy_builder__init() - an empty policy, in whose time a second has @hz jiffies. */
void policy_builder__init(struct policy_builder *builder, __u32 hz);

/** policy_builder__free() - free it. */
void policy_builder__free(struct policy_builder *builder);

/** policy_builder__list() - list a prefix, until a jiffy or POLICY_FOREVER */
void policy_builder__list(struct policy_builder *builder, const char *prefix,
			  enum policy_listing listing, __u8 rule, __u64 until);

/** policy_builder__manage() - a prefix of management. @port: 0: all */
void policy_builder__manage(struct policy_builder *builder, const char *prefix, __u16 port,
			    __u8 rule);

/**
 * policy_builder__protect() - victims of a rule
 * @port: 0: all
 * @protect: rates in SYNs a second, hold and trust in seconds, which this converts; its number is
 *	     @protect->rule
 */
void policy_builder__protect(struct policy_builder *builder, const char *prefix, __u16 port,
			     const struct policy_protect *protect);

/** policy_builder__limit() - a limit. */
struct policy_limit policy_builder__limit(const struct policy_builder *builder, __u32 rate_pps,
					  __u32 burst, __u8 rule, bool shadow);

/** policy_builder__finish() - compile the prefixes. */
void policy_builder__finish(struct policy_builder *builder);

#endif
