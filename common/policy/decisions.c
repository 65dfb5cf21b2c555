// SPDX-License-Identifier: GPL-2.0-only
// decisions: what holds for an address that several prefixes list, each combination once.
#include "common/policy/decisions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_SLOTS (2 * POLICY_DECISIONS)

struct decisions {
	struct policy_decision decisions[POLICY_DECISIONS];
	__u32 count;
	__u16 slots[HASH_SLOTS]; /* numbers by hash; 0: free */
	struct policy_ports port_sets[POLICY_PORT_SETS];
	__u32 port_set_count;
};

struct decisions *decisions__new(void)
{
	struct decisions *decisions = calloc(1, sizeof(*decisions));

	if (!decisions)
		return NULL;
	decisions->count = 1;
	/* Number 0, all ports, is full so that it contains every other set. */
	memset(&decisions->port_sets[0], 0xff, sizeof(decisions->port_sets[0]));
	decisions->port_set_count = 1;
	return decisions;
}

static int add_port_set(struct decisions *decisions, const struct policy_ports *ports)
{
	for (__u32 i = 0; i < decisions->port_set_count; i++)
		if (!memcmp(&decisions->port_sets[i], ports, sizeof(*ports)))
			return i;
	if (decisions->port_set_count == POLICY_PORT_SETS)
		return -E2BIG;
	decisions->port_sets[decisions->port_set_count] = *ports;
	return decisions->port_set_count++;
}

int decisions__port_set(struct decisions *decisions, const struct port_list *ports)
{
	struct policy_ports set = {};

	if (!ports->count)
		return 0;
	for (int i = 0; i < ports->count; i++)
		set.words[ports->ports[i] / 64] |= 1ull << ports->ports[i] % 64;
	return add_port_set(decisions, &set);
}

static int unite_ports(struct decisions *decisions, int a, int b)
{
	struct policy_ports set = decisions->port_sets[a];

	if (a == b)
		return a;
	for (size_t i = 0; i < sizeof(set.words) / sizeof(set.words[0]); i++)
		set.words[i] |= decisions->port_sets[b].words[i];
	return add_port_set(decisions, &set);
}

static int combine_protect(struct policy_decision *decision, __u8 protect)
{
	int place = 0, last = POLICY_VICTIM_PROTECTS - 1;

	while (place <= last && decision->protects[place] && decision->protects[place] < protect)
		place++;
	if (place <= last && decision->protects[place] == protect)
		return 0;
	if (decision->protects[last])
		return -ENOSPC;
	memmove(&decision->protects[place + 1], &decision->protects[place], last - place);
	decision->protects[place] = protect;
	return 0;
}

static int combine_management(struct decisions *decisions, struct policy_decision *decision,
			      const struct policy_decision *other)
{
	int ports;

	if (!other->management_rule)
		return 0;
	if (!decision->management_rule) {
		decision->management_rule = other->management_rule;
		decision->management_ports = other->management_ports;
		return 0;
	}
	ports = unite_ports(decisions, decision->management_ports, other->management_ports);
	if (ports < 0)
		return ports;
	decision->management_ports = ports;
	return 0;
}

/* Of two that end together, the rule with the lower number. */
static void combine_listings(struct policy_decision *decision, const struct policy_decision *other,
			     enum policy_listing listing)
{
	bool later = other->until[listing] > decision->until[listing];
	bool same = other->until[listing] == decision->until[listing];

	if (!other->rules[listing])
		return;
	if (decision->rules[listing] && !later &&
	    !(same && other->rules[listing] < decision->rules[listing]))
		return;
	decision->until[listing] = other->until[listing];
	decision->rules[listing] = other->rules[listing];
}

static __u32 hash_decision(const struct policy_decision *decision)
{
	const unsigned char *bytes = (const unsigned char *)decision;
	__u32 hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < sizeof(*decision); i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

static int number_of(struct decisions *decisions, const struct policy_decision *decision)
{
	__u32 slot = hash_decision(decision) % HASH_SLOTS;

	if (!memcmp(decision, &decisions->decisions[0], sizeof(*decision)))
		return 0;
	for (; decisions->slots[slot]; slot = (slot + 1) % HASH_SLOTS)
		if (!memcmp(decision, &decisions->decisions[decisions->slots[slot]],
			    sizeof(*decision)))
			return decisions->slots[slot];
	if (decisions->count == POLICY_DECISIONS)
		return -E2BIG;
	decisions->decisions[decisions->count] = *decision;
	decisions->slots[slot] = decisions->count;
	return decisions->count++;
}

int decisions__combine(struct decisions *decisions, __u32 number,
		       const struct policy_decision *other)
{
	struct policy_decision decision = decisions->decisions[number];
	int err = combine_management(decisions, &decision, other);

	for (int i = 0; !err && i < POLICY_VICTIM_PROTECTS && other->protects[i]; i++)
		err = combine_protect(&decision, other->protects[i]);
	if (err)
		return err;
	for (int listing = 0; listing < LISTING_COUNT; listing++)
		combine_listings(&decision, other, listing);
	return number_of(decisions, &decision);
}

__u32 decisions__count(const struct decisions *decisions)
{
	return decisions->count;
}

void decisions__copy(const struct decisions *decisions, struct policy_image *image)
{
	memcpy(image->decisions, decisions->decisions, sizeof(image->decisions));
	memcpy(image->port_sets, decisions->port_sets, sizeof(image->port_sets));
}

void decisions__free(struct decisions *decisions)
{
	free(decisions);
}
