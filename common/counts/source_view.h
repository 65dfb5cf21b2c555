// SPDX-License-Identifier: GPL-2.0-only
// source_view: which sources of a tally are shown, and folded into which prefixes.
#ifndef COMMON_COUNTS_SOURCE_VIEW_H
#define COMMON_COUNTS_SOURCE_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "common/address/endpoint.h"
#include "common/base/errmsg.h"
#include "common/counts/tally.h"

#define SOURCE_VIEW_TEXT_BYTES (ENDPOINT_TEXT_BYTES + 4) /* with "/128" */

enum source_order { ORDER_BY_TOTAL, ORDER_BY_RATE };

/* All zeros: every source, as it is. */
struct source_view {
	bool aggregates;
	int ipv4_bits; /* of the prefixes that sources are folded into */
	int ipv6_bits;
	struct endpoint network; /* only sources of this prefix; family 0: of any */
	int network_bits;
	__u64 min; /* only sources with so many SYNs, as far as is certain */
	enum source_order order;
};

/**
 * source_view__set_prefixes() - fold sources into prefixes
 * @what: the option it was given for, for the message
 * @text: "24/64": IPv4 into /24 and IPv6 into /64
 *
 * Return: 0, or -EINVAL with @why set (EXIT_USAGE).
 */
int source_view__set_prefixes(struct source_view *view, const char *what, const char *text,
			      struct errmsg *why);

/**
 * source_view__set_network() - only sources of a prefix, or one address
 *
 * Return: 0, or -EINVAL with @why set (EXIT_USAGE).
 */
int source_view__set_network(struct source_view *view, const char *what, const char *text,
			     struct errmsg *why);

/**
 * source_view__apply() - drop and fold rows of a tally of sources, in place
 *
 * A prefix's bounds are the sums of those of its sources that are listed. A minimum drops nothing
 * here: what has few SYNs now may have many in the next reading.
 */
void source_view__apply(const struct source_view *view, struct tally *sources);

/** source_view__text() - a source as it is shown, with its prefix length where it was folded. */
const char *source_view__text(const struct source_view *view, const struct endpoint *source,
			      char buf[SOURCE_VIEW_TEXT_BYTES]);

#endif
