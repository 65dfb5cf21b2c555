// SPDX-License-Identifier: GPL-2.0-only
// plan_counts: frames, connections and sources that two policies treat differently.
#include "common/replay/plan_counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"

#define FIRST_CAPACITY 1024 /* a power of two, as all capacities */

/* Return: the number of a source's row, a new one if it has none, or a negative errno. */
static ssize_t find_or_add(struct plan_change *change, const struct endpoint *source)
{
	size_t number = change->source_count, capacity = 2 * change->source_capacity;
	struct plan_source *grown;

	if (change->index.slots)
		number = endpoint_index__find(&change->index, source, number);
	else if (endpoint_index__build(&change->index, NULL, sizeof(*grown), 0))
		return -ENOMEM;
	if (number < change->source_count)
		return number;
	if (number == change->source_capacity) {
		capacity = capacity ?: FIRST_CAPACITY;
		grown = reallocarray(change->sources, capacity, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		change->sources = grown;
		change->source_capacity = capacity;
	}
	change->sources[number] = (struct plan_source){.address = *source};
	if (endpoint_index__add(&change->index, change->sources))
		return -ENOMEM;
	change->source_count++;
	return number;
}

static void plan_count__add(struct plan_count *count, bool is_new)
{
	count->frames++;
	count->connections += is_new;
}

int plan_change__add(struct plan_change *change, const struct endpoint *source, __u8 rule,
		     bool is_new)
{
	ssize_t number = find_or_add(change, source);
	struct plan_source *row;

	if (number < 0)
		return number;
	row = &change->sources[number];
	row->rule = rule;
	plan_count__add(&row->count, is_new);
	plan_count__add(&change->rules[rule], is_new);
	plan_count__add(&change->count, is_new);
	return 0;
}

static int compare_plan_sources(const void *a, const void *b)
{
	const struct plan_source *x = a, *y = b;

	if (x->count.frames != y->count.frames)
		return x->count.frames < y->count.frames ? 1 : -1;
	return endpoint__compare(&x->address, &y->address);
}

void plan_change__sort(struct plan_change *change)
{
	endpoint_index__free(&change->index);
	if (change->source_count)
		qsort(change->sources, change->source_count, sizeof(*change->sources),
		      compare_plan_sources);
}

void plan_change__free(struct plan_change *change)
{
	free(change->sources);
	endpoint_index__free(&change->index);
	*change = (struct plan_change){};
}
