// SPDX-License-Identifier: GPL-2.0-only
// policy_image: a compiled policy made by hand, so that tests of programs do not depend on the
// compiler of policies.
#include "tests/policy_image.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit_test.h"

void policy_builder__init(struct policy_builder *builder, __u32 hz)
{
	*builder = (struct policy_builder){.decisions = 1, .port_sets = 1};
	builder->image = calloc(1, sizeof(*builder->image));
	assert_non_null(builder->image);
	builder->image->header.hz = hz;
	builder->image->header.epoch_step = policy_epoch_step(hz);
}

void policy_builder__free(struct policy_builder *builder)
{
	free(builder->image);
	free(builder->chunks);
}

static struct policy_decision *add_entry(struct policy_builder *builder, const char *prefix)
{
	struct ranges_item *item = &builder->items[builder->count];
	struct policy_header *header = &builder->image->header;

	assert_in_range(builder->count, 0, POLICY_IMAGE_ENTRIES - 1);
	assert_int_equal(prefix__parse("prefix", prefix, &item->prefix, NULL), 0);
	item->item = builder->count;
	header->parts |=
		item->prefix.network.family == ENDPOINT_IPV4 ? POLICY_HAS_IPV4 : POLICY_HAS_IPV6;
	return &builder->entries[builder->count++];
}

static __u8 add_port(struct policy_builder *builder, __u16 port)
{
	if (!port)
		return 0;
	builder->image->port_sets[builder->port_sets].words[port / 64] |= 1ull << port % 64;
	return builder->port_sets++;
}

void policy_builder__list(struct policy_builder *builder, const char *prefix,
			  enum policy_listing listing, __u8 rule, __u64 until)
{
	struct policy_decision *entry = add_entry(builder, prefix);

	entry->rules[listing] = rule;
	entry->until[listing] = until;
	builder->image->header.parts |= POLICY_HAS_LISTS;
}

void policy_builder__manage(struct policy_builder *builder, const char *prefix, __u16 port,
			    __u8 rule)
{
	struct policy_decision *entry = add_entry(builder, prefix);

	entry->management_rule = rule;
	entry->management_ports = add_port(builder, port);
	builder->image->header.parts |= POLICY_HAS_LISTS;
}

void policy_builder__protect(struct policy_builder *builder, const char *prefix, __u16 port,
			     const struct policy_protect *protect)
{
	struct policy_protect *ours = &builder->image->protects[protect->rule];
	__u64 second = (__u64)builder->image->header.hz << POLICY_TICK_BITS;

	*ours = *protect;
	ours->above = second / protect->above;
	ours->below = second / protect->below;
	ours->hold = protect->hold * builder->image->header.hz;
	ours->trust = protect->trust * builder->image->header.hz;
	ours->ports = add_port(builder, port);
	add_entry(builder, prefix)->protects[0] = protect->rule + 1;
	builder->image->header.parts |= POLICY_HAS_PROTECTS;
	if (protect->action == POLICY_ACTION_RESET)
		builder->image->header.parts |= POLICY_HAS_RESETS;
}

struct policy_limit policy_builder__limit(const struct policy_builder *builder, __u32 rate_pps,
					  __u32 burst, __u8 rule, bool shadow)
{
	__u32 period = builder->image->header.hz * 256 / rate_pps;

	return (struct policy_limit){
		.period = period, .tolerance = burst * period, .rule = rule, .shadow = shadow};
}

static void merge(struct policy_decision *decision, const struct policy_decision *entry)
{
	int protects = 0;

	for (int i = 0; i < LISTING_COUNT; i++) {
		if (!entry->rules[i] || entry->until[i] < decision->until[i])
			continue;
		decision->rules[i] = entry->rules[i];
		decision->until[i] = entry->until[i];
	}
	if (entry->management_rule) {
		decision->management_rule = entry->management_rule;
		decision->management_ports = entry->management_ports;
	}
	while (protects < POLICY_VICTIM_PROTECTS && decision->protects[protects])
		protects++;
	if (entry->protects[0])
		decision->protects[protects] = entry->protects[0];
}

static int combine(void *context, __u32 outer, __u32 item)
{
	struct policy_builder *builder = context;
	struct policy_decision *decisions = builder->image->decisions;

	decisions[builder->decisions] = decisions[outer];
	merge(&decisions[builder->decisions], &builder->entries[item]);
	return builder->decisions++;
}

void policy_builder__finish(struct policy_builder *builder)
{
	struct ranges ranges;

	assert_int_equal(ranges__build(builder->items, builder->count, combine, builder, &ranges),
			 0);
	builder->image->ranges = ranges.header;
	builder->chunks = ranges.chunks;
	builder->chunk_count = ranges.chunk_count;
	memcpy(builder->chunks, builder->image, sizeof(*builder->image));
}
