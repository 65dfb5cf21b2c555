// SPDX-License-Identifier: GPL-2.0-only
// policy_read: how a policy stands, and the victims that it protects, read out of its maps.
#include "common/dataplane/policy_read.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/counts/tally.h"

/* A time in jiffies as nanoseconds since 1970. */
static __u64 wall_ns(const struct policy_clock *clock, __u64 jiffies)
{
	return clock__wall_ns() - clock__now_ns() + policy_clock__ns(clock, jiffies);
}

static void describe_standing(const struct policy_state *state, struct policy_standing *ret)
{
	const struct policy_slot_state *candidate = &state->slots[POLICY_CANDIDATE], *ruling;

	ret->ruling = policy_state__ruling(state, policy_clock__now(&state->clock));
	ret->was_reverted = candidate->is_set && ret->ruling != POLICY_CANDIDATE;
	if (ret->ruling >= POLICY_SLOTS)
		return;
	ruling = &state->slots[ret->ruling];
	ret->generation = ruling->generation;
	ret->has_answers = ruling->has_answers;
	memcpy(ret->digest, ruling->digest, sizeof(ret->digest));
	memcpy(ret->modes, ruling->modes, sizeof(ret->modes));
	if (ret->ruling == POLICY_CANDIDATE && ruling->deadline)
		ret->confirm_before_ns = wall_ns(&state->clock, ruling->deadline);
}

/* Return: 0, or a negative errno. */
static int read_sets(int fd, struct attack_set *ret, __u32 count)
{
	__u32 *keys = calloc(count, sizeof(*keys)), batch, read = 0;
	int err = keys ? 0 : -ENOMEM;

	while (!err && read < count) {
		__u32 step = count - read;

		err = bpf_map_lookup_batch(fd, read ? &batch : NULL, &batch, keys, ret + read,
					   &step, NULL);
		read += step;
		if (err == -ENOENT)
			break;
	}
	free(keys);
	return err == -ENOENT ? 0 : err;
}

static void add_pending(struct policy_attacks *attacks)
{
	for (__u32 i = 0; attacks->counters && i < attacks->cpus * ATTACK_SLOTS; i++) {
		const struct attack_pending *pending =
			&attacks->counters[i / ATTACK_SLOTS].attacks[i % ATTACK_SLOTS];
		struct attack *attack;

		if (!pending->id || pending->set >= attacks->count || pending->way >= ATTACK_WAYS)
			continue;
		attack = &attacks->sets[pending->set].ways[pending->way];
		if (attack->id != pending->id)
			continue;
		attack->syns += pending->syns;
		attack->stopped += pending->stopped;
		attack->challenged += pending->challenged;
	}
}

static struct attack_row attack_to_row(const struct attack *attack,
				       const struct policy_clock *clock)
{
	return (struct attack_row){
		.id = attack->id,
		.victim = attack->victim,
		.rule = attack->rule,
		.is_on = attack->calm_at > policy_clock__now(clock),
		.since_ns = attack->since ? wall_ns(clock, attack->since) : 0,
		.syns = attack->syns,
		.stopped = attack->stopped,
		.challenged = attack->challenged,
		.verified = attack->verified,
	};
}

static int list_attacks(const struct attack_set *sets, __u32 count,
			const struct policy_clock *clock, struct policy_counts *ret)
{
	struct attack_row *rows = calloc((size_t)count * ATTACK_WAYS + 1, sizeof(*rows));
	size_t used = 0;

	if (!rows)
		return -ENOMEM;
	for (__u32 i = 0; i < count * ATTACK_WAYS; i++) {
		const struct attack *attack = &sets[i / ATTACK_WAYS].ways[i % ATTACK_WAYS];

		if (attack->id && tally__is_valid(&attack->victim))
			rows[used++] = attack_to_row(attack, clock);
	}
	ret->attacks = rows;
	ret->attack_count = used;
	policy_counts__sort_attacks(ret);
	return 0;
}

static int read_standing(const struct policy_maps *maps, struct policy_standing *ret,
			 struct policy_clock *ret_clock, struct errmsg *why)
{
	struct policy_standing standing = {};
	struct policy_state state;
	int err;

	err = policy_maps__state(maps, &state, why);
	if (!err)
		err = policy_maps__names(maps, &standing.names, why);
	if (err)
		return err;
	describe_standing(&state, &standing);
	*ret = standing;
	*ret_clock = state.clock;
	return 0;
}

int policy_maps__standing(const struct policy_maps *maps, struct policy_standing *ret,
			  struct errmsg *why)
{
	struct policy_clock clock;

	return read_standing(maps, ret, &clock, why);
}

int policy_maps__copy_attacks(const struct policy_maps *maps, struct policy_attacks *ret,
			      struct errmsg *why)
{
	__u32 count = POLICY_DEFAULT_ATTACK_SETS;
	struct attack_set *sets = calloc(count, sizeof(*sets));
	int err = sets ? read_sets(policy_maps__fd(maps, "attacks"), sets, count) : -ENOMEM;

	if (err) {
		free(sets);
		return errmsg__set(why, err, "reading the attacks: %s", strerror(-err));
	}
	ret->sets = sets;
	ret->count = count;
	return 0;
}

int policy_maps__read(const struct policy_maps *maps, struct policy_attacks *attacks,
		      struct policy_counts *ret, struct errmsg *why)
{
	struct policy_clock clock;
	int err = read_standing(maps, &ret->standing, &clock, why);

	if (err)
		return err;
	add_pending(attacks);
	return list_attacks(attacks->sets, attacks->count, &clock, ret);
}
