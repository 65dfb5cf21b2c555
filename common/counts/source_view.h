// SPDX-License-Identifier: GPL-2.0-only
// source_view: which sources of a tally are shown, and aggregated into which prefixes.
#ifndef COMMON_COUNTS_SOURCE_VIEW_H
#define COMMON_COUNTS_SOURCE_VIEW_H

#include <stdbool.h>

#include "common/address/prefix.h"
#include "common/base/errmsg.h"
#include "common/counts/tally.h"

#define SOURCE_VIEW_TEXT_BYTES PREFIX_TEXT_BYTES

enum source_order { ORDER_BY_TOTAL, ORDER_BY_RATE };

/* All zeros: every source, by its address. */
struct source_view {
	bool aggregates;
	struct prefix_lengths lengths; /* of the prefixes that sources are aggregated into */
	struct prefix cidr;            /* only sources of this prefix; family 0: all sources */
	__u64 min;                     /* only sources with at_least N SYNs */
	enum source_order order;
};

/**
 * source_view__set_prefixes() - aggregate sources into prefixes
 * @what: the option that it belongs to, for the message
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

/** source_view__is_complete() - true if the view neither aggregates sources nor leaves any out. */
bool source_view__is_complete(const struct source_view *view);

/**
 * source_view__apply() - drop and aggregate rows of a tally of sources, in place
 *
 * The bounds of a prefix are the sums over its listed sources. The minimum drops nothing here: a
 * source below it now may be above it in the next reading.
 */
void source_view__apply(const struct source_view *view, struct tally *sources);

/** source_view__text() - a source as it is shown: with its prefix length if it is aggregated. */
const char *source_view__text(const struct source_view *view, const struct endpoint *source,
			      char buf[SOURCE_VIEW_TEXT_BYTES]);

#endif
