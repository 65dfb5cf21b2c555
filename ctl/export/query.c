// SPDX-License-Identifier: GPL-2.0-only
// query: which part of a document a request asks for.
#include "ctl/export/query.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/nearest.h"
#include "common/base/number.h"
#include "ctl/export/request.h"

#define VALUE_BYTES 256

static int take_interface(struct query *query, const char *value, struct errmsg *why)
{
	if (!value[0] || strlen(value) >= QUERY_NAME_BYTES)
		return errmsg__set(why, -EINVAL, "interface: '%s' is no name of an interface",
				   value);
	if (query->count == QUERY_MAX_INTERFACES)
		return errmsg__set(why, -EINVAL,
				   "more than %d interfaces: leave them out to get all",
				   QUERY_MAX_INTERFACES);
	snprintf(query->interfaces[query->count++], QUERY_NAME_BYTES, "%s", value);
	return 0;
}

static int take_since(struct query *query, const char *value, struct errmsg *why)
{
	return number__u64("since_ns", value, 0, ~0ull, &query->since_ns, why);
}

static int take_top(struct query *query, const char *value, struct errmsg *why)
{
	return number__u64("top", value, 1, QUERY_MAX_TOP, &query->top, why);
}

static int take_order(struct query *query, const char *value, struct errmsg *why)
{
	static const char *const words[] = {"total", "rate", NULL}; /* by enum source_order */
	int order = 0, err = number__choice("sort", value, words, &order, why);

	query->order = order;
	return err;
}

static const struct {
	const char *name;
	enum query_parameter parameter;
	int (*take)(struct query *query, const char *value, struct errmsg *why);
} rows[] = {
	{"interface", QUERY_INTERFACE, take_interface},
	{"since_ns", QUERY_SINCE, take_since},
	{"top", QUERY_TOP, take_top},
	{"sort", QUERY_SORT, take_order},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int unknown_parameter(unsigned int parameters, const char *name, struct errmsg *why)
{
	struct nearest nearest = {.text = name};
	char hint[NEAREST_HINT_BYTES];

	for (size_t i = 0; i < ROWS; i++)
		if (parameters & rows[i].parameter)
			nearest__offer(&nearest, rows[i].name);
	return errmsg__set(why, -EINVAL, "unknown parameter '%s'%s", name,
			   nearest__hint(&nearest, hint));
}

int query__add(struct query *query, unsigned int parameters, const char *name, const char *value,
	       struct errmsg *why)
{
	char decoded_name[VALUE_BYTES], decoded[VALUE_BYTES];

	if (!request__decode(name, decoded_name, sizeof(decoded_name)) ||
	    !request__decode(value ?: "", decoded, sizeof(decoded)))
		return errmsg__set(why, -EINVAL, "the query is malformed");
	for (size_t i = 0; i < ROWS; i++)
		if (parameters & rows[i].parameter && !strcmp(decoded_name, rows[i].name))
			return rows[i].take(query, decoded, why);
	return unknown_parameter(parameters, decoded_name, why);
}

int query__check(const struct query *query, struct errmsg *why)
{
	if ((query->since_ns || query->top || query->order) && !query->count)
		return errmsg__set(why, -EINVAL,
				   "name at least one interface, too: interface=NAME");
	return 0;
}

bool query__equal(const struct query *a, const struct query *b)
{
	bool equal = a->count == b->count && a->since_ns == b->since_ns && a->top == b->top &&
		     a->order == b->order;

	for (size_t i = 0; equal && i < a->count; i++)
		equal = !strcmp(a->interfaces[i], b->interfaces[i]);
	return equal;
}
