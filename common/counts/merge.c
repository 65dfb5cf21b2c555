// SPDX-License-Identifier: GPL-2.0-only
// merge: one table of several interfaces taken together: counts add, and so do bounds.
#include "common/counts/merge.h"

#include <errno.h>
#include <stdlib.h>

#include "common/address/endpoint.h"

/* A row, and the bound that its table gives to endpoints without one. */
struct merge_entry {
	struct endpoint_count count;
	__u64 unlisted_at_most;
};

int endpoint_count__compare(const struct endpoint_count *a, const struct endpoint_count *b,
			    enum source_order order)
{
	if (order == ORDER_BY_RATE && a->syns_pps != b->syns_pps)
		return a->syns_pps > b->syns_pps ? -1 : 1;
	if (a->at_least != b->at_least)
		return a->at_least > b->at_least ? -1 : 1;
	return endpoint__compare(&a->endpoint, &b->endpoint);
}

int merge__add(struct merge *merge, const struct endpoint_count *rows, size_t count,
	       __u64 unlisted_at_most)
{
	if (merge->count + count > merge->allocated) {
		size_t wanted = 2 * (merge->count + count);
		struct merge_entry *grown =
			reallocarray(merge->entries, wanted, sizeof(*merge->entries));

		if (!grown)
			return -ENOMEM;
		merge->entries = grown;
		merge->allocated = wanted;
	}
	for (size_t i = 0; i < count; i++)
		merge->entries[merge->count++] = (struct merge_entry){
			.count = rows[i],
			.unlisted_at_most = unlisted_at_most,
		};
	merge->unlisted_at_most += unlisted_at_most;
	return 0;
}

static int merge_compare_endpoints(const void *a, const void *b)
{
	const struct merge_entry *left = a, *right = b;

	return endpoint__compare(&left->count.endpoint, &right->count.endpoint);
}

/* The sum of the adjacent entries of one endpoint, of which *@number is the first. */
static struct endpoint_count merge_sum(const struct merge *merge, size_t *number)
{
	struct endpoint_count sum = {.endpoint = merge->entries[*number].count.endpoint};
	__u64 listed = 0;

	for (; *number < merge->count; ++*number) {
		const struct merge_entry *entry = &merge->entries[*number];

		if (endpoint__compare(&entry->count.endpoint, &sum.endpoint))
			break;
		sum.at_least += entry->count.at_least;
		sum.at_most += entry->count.at_most;
		sum.syns_pps += entry->count.syns_pps;
		listed += entry->unlisted_at_most;
	}
	sum.at_most += merge->unlisted_at_most - listed;
	return sum;
}

struct endpoint_count merge__heaviest(struct merge *merge, enum source_order order)
{
	struct endpoint_count heaviest = {};

	if (merge->count)
		qsort(merge->entries, merge->count, sizeof(*merge->entries),
		      merge_compare_endpoints);
	for (size_t i = 0; i < merge->count;) {
		struct endpoint_count sum = merge_sum(merge, &i);

		if (!heaviest.endpoint.family ||
		    endpoint_count__compare(&sum, &heaviest, order) < 0)
			heaviest = sum;
	}
	return heaviest;
}

void merge__free(struct merge *merge)
{
	free(merge->entries);
	*merge = (struct merge){};
}
