// SPDX-License-Identifier: GPL-2.0-only
// plan_counts: frames, connections and sources that two policies treat differently.
#include "common/replay/plan_counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/abi/hash.h"
#include "common/address/endpoint.h"

#define FIRST_CAPACITY 1024 /* a power of two, as all capacities */

static __u64 plan_hash(const struct endpoint *endpoint, __u64 more)
{
	__u64 hash = more;

	for (int i = 0; i < 4; i++)
		hash = hash__mix(hash + endpoint->address[i] * 0x9e3779b97f4a7c15ull);
	return hash__mix(hash + endpoint->family + ((__u64)endpoint->port << 16));
}

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

static size_t connection_slot(const struct plan_connections *connections, __u64 hash)
{
	size_t slot = hash & (connections->capacity - 1);

	while (connections->hashes[slot] && connections->hashes[slot] != hash)
		slot = (slot + 1) & (connections->capacity - 1);
	return slot;
}

static int connections_grow(struct plan_connections *connections)
{
	struct plan_connections grown = {
		.count = connections->count,
		.capacity = connections->capacity ? 2 * connections->capacity : FIRST_CAPACITY,
	};

	if (connections->count < connections->capacity / 2)
		return 0;
	grown.hashes = calloc(grown.capacity, sizeof(*grown.hashes));
	if (!grown.hashes)
		return -ENOMEM;
	for (size_t i = 0; i < connections->capacity; i++)
		if (connections->hashes[i])
			grown.hashes[connection_slot(&grown, connections->hashes[i])] =
				connections->hashes[i];
	free(connections->hashes);
	*connections = grown;
	return 0;
}

/* The ports and the sequence number of a SYN. */
static __u64 connection_id(const struct judged_frame *frame, const __u8 *data, size_t bytes)
{
	__u64 id = 0;

	if (frame->tcp_offset && frame->tcp_offset + sizeof(id) <= bytes)
		memcpy(&id, data + frame->tcp_offset, sizeof(id));
	return id;
}

int plan_connections__add(struct plan_connections *connections, const struct judged_frame *frame,
			  const __u8 *data, __u32 bytes)
{
	int err = connections_grow(connections);
	__u64 hash;
	size_t slot;

	if (err)
		return err;
	hash = plan_hash(&frame->source, connection_id(frame, data, bytes));
	hash = plan_hash(&frame->victim, hash) | 1;
	slot = connection_slot(connections, hash);
	if (connections->hashes[slot])
		return 0;
	connections->hashes[slot] = hash;
	connections->count++;
	return 1;
}

void plan_connections__free(struct plan_connections *connections)
{
	free(connections->hashes);
	*connections = (struct plan_connections){};
}
