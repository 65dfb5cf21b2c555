// SPDX-License-Identifier: GPL-2.0-only
// ranges: prefixes compiled into the table that the XDP program searches (common/abi/ranges.h).
#include "common/policy/ranges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/large_memory.h"

#define NODE_CHILDREN (RANGES_V6_KEYS + 1)
#define MAX_NODES 597871 /* of 7 levels: (9^7 - 1) / 8 */

/* Rows of one kind that grow by chunks, so that they are copied as they are. */
struct rows {
	void *rows;
	size_t row_bytes, count, chunks;
	int err;
};

struct tree_builder {
	struct rows *nodes, *values;
	const struct ranges_low *keys; /* sorted: a key and its value */
	size_t key_count, taken;
	struct ranges_tree tree;
};

struct encoder {
	struct ranges_header header;
	struct rows v4, nodes, values, lows;
	struct rows keys[RANGES_V6_TREES]; /* struct ranges_low, to become nodes */
};

/* calloc() takes zeros that nobody writes to: chunks may stay empty. */
static void rows__grow(struct rows *rows, size_t chunks)
{
	size_t wanted = chunks > 2 * rows->chunks ? chunks : 2 * rows->chunks;
	void *grown = calloc(wanted, RANGES_CHUNK_BYTES);

	if (!grown) {
		rows->err = -ENOMEM;
		return;
	}
	if (rows->rows)
		memcpy(grown, rows->rows, rows->count * rows->row_bytes);
	free(rows->rows);
	rows->rows = grown;
	rows->chunks = wanted;
}

/* Return: @count new rows of zeros, or NULL if there are none; an error is kept. */
static void *rows__add(struct rows *rows, size_t count)
{
	size_t chunks = ((rows->count + count) * rows->row_bytes + RANGES_CHUNK_BYTES - 1) /
			RANGES_CHUNK_BYTES;

	if (!rows->err && chunks > rows->chunks)
		rows__grow(rows, chunks);
	if (rows->err || !rows->rows)
		return NULL;
	rows->count += count;
	return (char *)rows->rows + (rows->count - count) * rows->row_bytes;
}

static size_t rows__chunks(const struct rows *rows)
{
	return (rows->count * rows->row_bytes + RANGES_CHUNK_BYTES - 1) / RANGES_CHUNK_BYTES;
}

/* Return: rows to add before @count rows, so that those lie in one chunk. */
static size_t rows__padding(const struct rows *rows, size_t count)
{
	size_t left = RANGES_CHUNK_BYTES / rows->row_bytes;

	left -= rows->count % left;
	return count > left ? left : 0;
}

static void add_v4(struct encoder *encoder, __u32 entry, size_t times)
{
	__u32 *entries = rows__add(&encoder->v4, times);

	for (size_t i = 0; entries && i < times; i++)
		entries[i] = entry;
}

/* @next: the first range that begins behind the segment's first address. Return: the one after its
 * last one. */
static size_t add_segment(struct encoder *encoder, const struct range_list *list, __u32 segment,
			  size_t next)
{
	range_address end = (range_address)(segment + 1) << 16;
	__u32 *entries = encoder->v4.rows;
	size_t after = next, padding;

	while (after < list->count && list->ranges[after].first < end)
		after++;
	padding = rows__padding(&encoder->v4, 1 + after - next);
	if (padding)
		add_v4(encoder, entries[encoder->v4.count - 1], padding);
	encoder->header.v4_segments[segment] = encoder->v4.count;
	add_v4(encoder, list->ranges[next - 1].decision, 1);
	for (size_t i = next; i < after; i++)
		add_v4(encoder, (__u32)list->ranges[i].first << 16 | list->ranges[i].decision, 1);
	return after;
}

static void encode_v4(struct encoder *encoder, const struct range_list *list)
{
	size_t next = 1;

	for (__u32 segment = 0; segment < RANGES_V4_SEGMENTS; segment++) {
		/* It begins with the segment. */
		if (next < list->count && list->ranges[next].first == (range_address)segment << 16)
			next++;
		next = add_segment(encoder, list, segment, next);
	}
	encoder->header.v4_segments[RANGES_V4_SEGMENTS] = encoder->v4.count;
}

static void add_key(struct encoder *encoder, __u64 high, __u32 value)
{
	struct ranges_low *key = rows__add(&encoder->keys[high >> 63], 1);

	if (key)
		*key = (struct ranges_low){.first = high & ~RANGES_V6_NO_KEY, .decision = value};
}

/* Ranges that begin within one high half, which is not covered by one range. */
static __u32 add_lows(struct encoder *encoder, const struct range *ranges, size_t count,
		      __u32 before)
{
	bool whole = !(__u64)ranges[0].first; /* the first range begins with the high half */
	size_t number, length = count + !whole;
	struct ranges_low *lows;

	if (length > RANGES_LOWS_PER_CHUNK)
		encoder->lows.err = -E2BIG;
	rows__add(&encoder->lows, rows__padding(&encoder->lows, length));
	number = encoder->lows.count;
	lows = rows__add(&encoder->lows, length);
	if (!lows)
		return 0;
	lows[0] = (struct ranges_low){.decision = before, .count = length};
	for (size_t i = 0; i < count; i++) {
		struct ranges_low *low = &lows[i + !whole];

		low->first = (__u64)ranges[i].first;
		low->decision = ranges[i].decision;
	}
	return number | RANGES_V6_LIST;
}

/* Return: the number of ranges that begin in the same high half as the first one. */
static size_t same_high(const struct range *ranges, size_t count)
{
	size_t same = 1;

	while (same < count && ranges[same].first >> 64 == ranges[0].first >> 64)
		same++;
	return same;
}

static void encode_highs(struct encoder *encoder, const struct range_list *list)
{
	size_t same;

	for (size_t i = 0; i < list->count; i += same) {
		const struct range *range = &list->ranges[i];
		const struct range *last;
		__u64 high = range->first >> 64;
		__u32 before = i ? range[-1].decision : 0;

		same = same_high(range, list->count - i);
		last = &range[same - 1];
		if (high >> 63 && !encoder->keys[1].count && high != RANGES_V6_NO_KEY)
			add_key(encoder, RANGES_V6_NO_KEY, before);
		if (same == 1 && !(__u64)range->first) {
			add_key(encoder, high, range->decision);
			continue;
		}
		add_key(encoder, high, add_lows(encoder, range, same, before));
		/* What follows is covered by the last one alone. */
		if (high + 1 && (i + same == list->count || last[1].first >> 64 != high + 1))
			add_key(encoder, high + 1, last->decision);
	}
	if (!encoder->keys[1].count)
		add_key(encoder, RANGES_V6_NO_KEY, list->ranges[list->count - 1].decision);
}

/* In the order of the keys, so that each goes to the place where a search ends. */
static void fill_node(struct tree_builder *builder, struct ranges_node *nodes, __u32 *values,
		      size_t number)
{
	if (number >= builder->tree.node_count)
		return;
	for (int i = 0; i < RANGES_V6_KEYS; i++) {
		size_t place = number * RANGES_V6_KEYS + i;

		fill_node(builder, nodes, values, NODE_CHILDREN * number + 1 + i);
		nodes[number].keys[i] = RANGES_V6_NO_KEY;
		if (builder->taken == builder->key_count)
			continue;
		nodes[number].keys[i] = builder->keys[builder->taken].first;
		values[place] = builder->keys[builder->taken++].decision;
	}
	fill_node(builder, nodes, values, NODE_CHILDREN * number + 1 + RANGES_V6_KEYS);
}

static int encode_tree(struct encoder *encoder, int tree)
{
	struct rows *keys = &encoder->keys[tree];
	struct tree_builder builder = {
		.keys = keys->rows,
		.key_count = keys->count,
		.tree = {.first_node = encoder->nodes.count,
			 .node_count = (keys->count + RANGES_V6_KEYS - 1) / RANGES_V6_KEYS}};
	struct ranges_node *nodes = rows__add(&encoder->nodes, builder.tree.node_count);
	__u32 *values = rows__add(&encoder->values, builder.tree.node_count * RANGES_V6_KEYS);

	if (keys->err || !nodes || !values)
		return -ENOMEM;
	if (builder.tree.node_count > MAX_NODES)
		return -E2BIG;
	fill_node(&builder, nodes, values, 0);
	encoder->header.trees[tree] = builder.tree;
	return 0;
}

/* Return: the number of the first chunk; they follow each other. */
static __u32 place_rows(const struct rows *rows, struct ranges *ranges)
{
	__u32 first = ranges->chunk_count;

	ranges->chunk_count += rows__chunks(rows);
	return first;
}

static void copy_rows(const struct rows *rows, __u32 first_chunk, struct ranges *ranges)
{
	if (rows->count)
		memcpy((char *)ranges->chunks + (size_t)first_chunk * RANGES_CHUNK_BYTES,
		       rows->rows, rows->count * rows->row_bytes);
}

static int assemble(struct encoder *encoder, struct ranges *ret)
{
	struct ranges_header *header = &encoder->header;

	if (encoder->v4.err || encoder->lows.err)
		return encoder->v4.err ?: encoder->lows.err;
	ret->chunk_count = 1;
	header->v4_chunk = place_rows(&encoder->v4, ret);
	header->node_chunk = place_rows(&encoder->nodes, ret);
	header->value_chunk = place_rows(&encoder->values, ret);
	header->low_chunk = place_rows(&encoder->lows, ret);
	ret->chunks = large_memory__new_zeros(ret->chunk_count, RANGES_CHUNK_BYTES);
	if (!ret->chunks)
		return -ENOMEM;
	copy_rows(&encoder->v4, header->v4_chunk, ret);
	copy_rows(&encoder->nodes, header->node_chunk, ret);
	copy_rows(&encoder->values, header->value_chunk, ret);
	copy_rows(&encoder->lows, header->low_chunk, ret);
	ret->header = *header;
	return 0;
}

static int encode(const struct range_list *ipv4, const struct range_list *ipv6, struct ranges *ret)
{
	struct encoder *encoder = calloc(1, sizeof(*encoder));
	int err = -ENOMEM;

	if (!encoder)
		return err;
	encoder->v4.row_bytes = sizeof(__u32);
	encoder->nodes.row_bytes = sizeof(struct ranges_node);
	encoder->values.row_bytes = sizeof(__u32);
	encoder->lows.row_bytes = sizeof(struct ranges_low);
	for (int tree = 0; tree < RANGES_V6_TREES; tree++)
		encoder->keys[tree].row_bytes = sizeof(struct ranges_low);
	encode_v4(encoder, ipv4);
	encode_highs(encoder, ipv6);
	err = encode_tree(encoder, 0);
	if (!err)
		err = encode_tree(encoder, 1);
	if (!err)
		err = assemble(encoder, ret);
	for (int tree = 0; tree < RANGES_V6_TREES; tree++)
		free(encoder->keys[tree].rows);
	free(encoder->v4.rows);
	free(encoder->nodes.rows);
	free(encoder->values.rows);
	free(encoder->lows.rows);
	free(encoder);
	return err;
}

int ranges__build(struct ranges_item *items, size_t count, ranges_combine_fn *combine,
		  void *context, struct ranges *ret)
{
	struct range_list ipv4 = {}, ipv6 = {};
	size_t ipv4_count = 0;
	int err;

	*ret = (struct ranges){};
	qsort(items, count, sizeof(*items), ranges_item__compare);
	while (ipv4_count < count && items[ipv4_count].prefix.network.family == ENDPOINT_IPV4)
		ipv4_count++;
	err = range_list__build(items, ipv4_count, combine, context, &ipv4);
	if (!err)
		err = range_list__build(items + ipv4_count, count - ipv4_count, combine, context,
					&ipv6);
	if (err)
		goto out;
	err = encode(&ipv4, &ipv6, ret);
	ret->ipv4_ranges = ipv4.count;
	ret->ipv6_ranges = ipv6.count;
out:
	free(ipv4.ranges);
	free(ipv6.ranges);
	return err;
}

void ranges__free(struct ranges *ranges)
{
	free(ranges->chunks);
	*ranges = (struct ranges){};
}
