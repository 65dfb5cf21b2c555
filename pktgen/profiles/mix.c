// SPDX-License-Identifier: GPL-2.0-only
// mix: frames of other profiles, chosen by weight.
#include <errno.h>

#include "pktgen/profiles/profile.h"

struct mix {
	struct rng rng;
	int members;
	__u32 total_weight;
	__u32 weights[MAX_WEIGHTS];
	struct stream *streams[MAX_WEIGHTS];
};

/* A member's defaults, and those of the given knobs that it uses. */
static int member_knobs(const struct profile *profile, const struct knobs *given, int index,
			struct knobs *ret, struct errmsg *why)
{
	__u32 taken = given->given & (profile->knobs | KNOBS_OF_ALL) & ~KNOB_BIT(COUNT);
	int err = profile__defaults(profile, ret, why);

	for (int id = 0; !err && id < KNOBS_TOTAL; id++)
		if (taken & 1u << id)
			err = knobs__set(ret, id, given->texts[id], why);
	ret->seed = mix64(given->seed + index + 1);
	return err;
}

static int open_member(struct mix *mix, const struct knobs *knobs, const struct profile *profile,
		       int index, struct errmsg *why)
{
	struct knobs own;
	int err;

	if (profile == &profile_mix)
		return errmsg__usage(why, "--weights: mix cannot be part of itself");
	err = member_knobs(profile, knobs, index, &own, why);
	if (!err)
		err = stream__open(profile, &own, &mix->streams[index], why);
	return err;
}

static int init_mix(void *state, const struct knobs *knobs, __u64 *count, struct errmsg *why)
{
	const struct weights *weights = &knobs->weights;
	__u32 taken = KNOBS_OF_ALL | KNOB_BIT(WEIGHTS);
	struct mix *mix = state;
	char names[256];
	int err = 0;

	(void)count;
	rng__seed(&mix->rng, knobs->seed, 0);
	mix->members = weights->members;
	for (int i = 0; !err && i < weights->members; i++) {
		const struct profile *profile = profile__find(weights->member[i].profile, why);

		if (!profile)
			return -EINVAL;
		taken |= profile->knobs;
		mix->weights[i] = weights->member[i].weight;
		mix->total_weight += mix->weights[i];
		err = open_member(mix, knobs, profile, i, why);
	}
	if (!err && knobs->given & ~taken)
		err = errmsg__usage(why, "no profile of this mix takes %s",
				    knobs__names(knobs->given & ~taken, names, sizeof(names)));
	return err;
}

static void next_mix(void *state, struct generated_frame *ret)
{
	struct mix *mix = state;
	__u32 ticket = rng__below(&mix->rng, mix->total_weight);
	int i = 0;

	for (; ticket >= mix->weights[i]; i++)
		ticket -= mix->weights[i];
	stream__next(mix->streams[i], ret);
}

static void release_mix(void *state)
{
	struct mix *mix = state;

	for (int i = 0; i < mix->members; i++)
		stream__close(mix->streams[i]);
}

const struct profile profile_mix = {
	.name = "mix",
	.summary = "other profiles by weight; takes their knobs too",
	.knobs = ~0u,
	.default_count = 1000000,
	.state_bytes = sizeof(struct mix),
	.init = init_mix,
	.next = next_mix,
	.release = release_mix,
};
