// SPDX-License-Identifier: GPL-2.0-only
// flood: SYN floods from a pool of senders, from spoofed senders, and with a few heavy senders.
#include <errno.h>

#include "pktgen/profiles/parts.h"

#define SYN_BYTES_IPV4 54
#define SYN_BYTES_IPV6 74

struct flood {
	const struct knobs *knobs;
	struct rng rng;
	struct population senders;
	__u64 sent;
};

struct bots {
	struct flood flood;
	__u64 spoofed_syns; /* at least one per spoofed sender */
	struct permutation shuffle;
};

static void emit_syn(struct flood *flood, __u32 sender, struct generated_frame *ret)
{
	const struct knobs *knobs = flood->knobs;
	struct segment segment = random_segment(knobs, &flood->rng, TCP_SYN);
	struct address from, to;

	population__at(&flood->senders, sender, &from);
	victims__pick(&knobs->victims, &from, &flood->rng, &to);
	emit_start(ret, &knobs->macs);
	packet__ip(&ret->packet, &from, &to);
	packet__tcp(&ret->packet, &segment);
	packet__fill(&ret->packet, knobs->size_bytes);
	emit_finish(ret, CLASS_SYN, &from);
}

static int init_flood(struct flood *flood, const struct knobs *knobs, struct errmsg *why)
{
	flood->knobs = knobs;
	rng__seed(&flood->rng, knobs->seed, 0);
	population__init(&flood->senders, knobs->family, knobs->seed);
	return check_size(knobs, knobs->family == FAMILY_IPV4 ? SYN_BYTES_IPV4 : SYN_BYTES_IPV6,
			  why);
}

static int init_syn_flood(void *state, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	bool spoofed = knobs->distribution == DISTRIBUTION_SPOOFED;

	if (spoofed && knobs->given & KNOB_BIT(SOURCES))
		return errmsg__usage(why, "--sources means nothing with --distribution spoofed: "
					  "each frame has a new sender");
	if (spoofed && *count > POPULATION_MAX)
		return errmsg__usage(why,
				     "--count: %llu is above the maximum of %u spoofed senders",
				     *count, POPULATION_MAX);
	return init_flood(state, knobs, why);
}

static void next_syn_flood(void *state, struct generated_frame *ret)
{
	struct flood *flood = state;
	const struct knobs *knobs = flood->knobs;
	__u32 sender = 0;

	switch (knobs->distribution) {
	case DISTRIBUTION_UNIFORM:
		sender = rng__below(&flood->rng, knobs->sources);
		break;
	case DISTRIBUTION_ZIPF:
		sender = rng__zipf(&flood->rng, knobs->sources) - 1;
		break;
	case DISTRIBUTION_SPOOFED:
		sender = flood->sent++ % POPULATION_MAX;
		break;
	}
	emit_syn(flood, sender, ret);
}

static __u64 heavy_senders(const struct heavy *heavy)
{
	__u64 senders = 0;

	for (int i = 0; i < heavy->groups; i++)
		senders += heavy->group[i].sources;
	return senders;
}

static __u64 heavy_syns(const struct heavy *heavy)
{
	__u64 syns = 0;

	for (int i = 0; i < heavy->groups; i++)
		syns += (__u64)heavy->group[i].sources * heavy->group[i].syns;
	return syns;
}

/* A count above the plan repeats the spoofed senders from the first; one below would leave some of
 * the requested senders out. */
static int init_bots(void *state, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	struct bots *bots = state;
	__u64 heavy = heavy_syns(&knobs->heavy);
	__u64 plan = knobs->spoofed + heavy;

	if (*count && *count < plan)
		return errmsg__usage(why,
				     "--count: %llu is less than the %llu SYNs that --spoofed "
				     "and --heavy ask for",
				     *count, plan);
	if (*count > plan && !knobs->spoofed)
		return errmsg__usage(why,
				     "--count: %llu is more than the %llu SYNs of --heavy, "
				     "and --spoofed is 0",
				     *count, plan);
	if (knobs->spoofed + heavy_senders(&knobs->heavy) > POPULATION_MAX)
		return errmsg__usage(why, "--spoofed: more than %u senders in all", POPULATION_MAX);
	if (plan > MAX_COUNT)
		return errmsg__usage(why, "--heavy: more than %llu SYNs in all", MAX_COUNT);
	if (!*count)
		*count = plan;
	bots->spoofed_syns = *count - heavy;
	permutation__init(&bots->shuffle, *count, knobs->seed + 1);
	return init_flood(&bots->flood, knobs, why);
}

/* Heavy senders of a group take turns. */
static __u32 heavy_sender(const struct heavy *heavy, __u64 number)
{
	const struct heavy_group *group = heavy->group;
	__u32 first = 0;

	while (number >= (__u64)group->sources * group->syns) {
		number -= (__u64)group->sources * group->syns;
		first += group->sources;
		group++;
	}
	return first + number % group->sources;
}

/* The index of the next SYN in the plan: first all spoofed SYNs, then all heavy ones. */
static __u64 plan_index(const struct bots *bots, __u64 total)
{
	__u64 index = bots->flood.sent % total;

	switch (bots->flood.knobs->order) {
	case ORDER_FIRST:
		return (index + bots->spoofed_syns) % total;
	case ORDER_MIXED:
		return permutation__at(&bots->shuffle, index);
	case ORDER_LAST:
		break;
	}
	return index;
}

static void next_bots(void *state, struct generated_frame *ret)
{
	struct bots *bots = state;
	const struct knobs *knobs = bots->flood.knobs;
	__u64 index = plan_index(bots, bots->shuffle.size);
	__u32 sender;

	if (index < bots->spoofed_syns)
		sender = index % knobs->spoofed;
	else
		sender = knobs->spoofed + heavy_sender(&knobs->heavy, index - bots->spoofed_syns);
	bots->flood.sent++;
	emit_syn(&bots->flood, sender, ret);
}

const struct profile profile_syn_flood = {
	.name = "syn-flood",
	.summary = "SYNs from a pool of senders, or each from a new one",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SOURCES) | KNOB_BIT(DISTRIBUTION) | KNOB_BIT(FAMILY) |
		 KNOB_BIT(SIZE),
	.default_count = 1000000,
	.state_bytes = sizeof(struct flood),
	.init = init_syn_flood,
	.next = next_syn_flood,
};

const struct profile profile_bots = {
	.name = "bots",
	.summary = "SYNs from many spoofed senders, with a few heavy ones among them",
	.knobs = KNOBS_OF_VICTIMS | KNOB_BIT(SPOOFED) | KNOB_BIT(HEAVY) | KNOB_BIT(ORDER) |
		 KNOB_BIT(FAMILY) | KNOB_BIT(SIZE),
	.state_bytes = sizeof(struct bots),
	.init = init_bots,
	.next = next_bots,
};
