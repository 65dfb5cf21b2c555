// SPDX-License-Identifier: GPL-2.0-only
// query: which part of a document a request asks for.
#ifndef CTL_EXPORT_QUERY_H
#define CTL_EXPORT_QUERY_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"
#include "common/counts/source_view.h"

/* Such a document is not shared by all clients, so its cost is bounded. */
#define QUERY_MAX_INTERFACES 16
#define QUERY_MAX_TOP 1000              /* each is two time series per interface */
#define QUERY_NAME_BYTES (4 * IFNAMSIZ) /* as in JSON, where a byte may be written as \xHH */

/* What a document has parameters for. */
enum query_parameter {
	QUERY_INTERFACE = 1 << 0,
	QUERY_SINCE = 1 << 1, /* besides interfaces */
	QUERY_TOP = 1 << 2,
	QUERY_SORT = 1 << 3,
};

/* All zeros: the whole document. */
struct query {
	char interfaces[QUERY_MAX_INTERFACES][QUERY_NAME_BYTES];
	size_t count;
	__u64 since_ns; /* only what is later, by more than a microsecond; since 1970 */
	__u64 top;      /* 0: as many as the exporter lists */
	enum source_order order;
};

/**
 * query__add() - add a parameter
 * @parameters: those that the document has, of enum query_parameter
 * @name, @value: percent-encoded; a value may be NULL
 *
 * Return: 0, or -EINVAL with @why set.
 */
int query__add(struct query *query, unsigned int parameters, const char *name, const char *value,
	       struct errmsg *why);

/** query__check() - check what parameters have in common. Return: 0, or -EINVAL with @why set. */
int query__check(const struct query *query, struct errmsg *why);

/** query__equal() - true if both ask for the same. */
bool query__equal(const struct query *a, const struct query *b);

#endif
