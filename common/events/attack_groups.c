// SPDX-License-Identifier: GPL-2.0-only
// attack_groups: many attacks in one prefix, as one attack on the prefix.
#include "common/events/attack_groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The attacks in one prefix in an interval. */
struct attack_run {
	struct prefix prefix;
	const struct victim_track *first;
	__u32 victims;
	__u64 syns_pps, above_pps; /* of all; the highest threshold */
	struct event_bounds syns, unfinished;
	bool is_hot;
};

static struct prefix group_prefix(const struct endpoint *victim)
{
	return prefix__of(victim,
			  victim->family == ENDPOINT_IPV4 ? GROUP_IPV4_BITS : GROUP_IPV6_BITS);
}

static void run__add(struct attack_run *run, const struct victim_track *track)
{
	const struct event_attack *attack = &track->attack->event.attack;

	run->first = run->first ?: track;
	run->victims++;
	run->syns_pps += attack->syns_pps;
	if (track->thresholds->above_pps > run->above_pps)
		run->above_pps = track->thresholds->above_pps;
	run->syns.at_least += track->syns.at_least;
	run->syns.at_most += track->syns.at_most;
	run->unfinished.at_least += attack->unfinished.at_least;
	run->unfinished.at_most += attack->unfinished.at_most;
	run->is_hot |= track->state.is_hot;
}

/* The tracks are in the order of their addresses. Return: where the next prefix begins. */
static size_t find_run(const struct victim_tracks *tracks, size_t from, struct attack_run *ret)
{
	struct attack_run run = {.prefix = group_prefix(&tracks->tracks[from]->endpoint)};
	size_t i = from;

	for (; i < tracks->count; i++) {
		const struct victim_track *track = tracks->tracks[i];

		if (!prefix__contains(&run.prefix, &track->endpoint))
			break;
		if (track->attack && !track->has_ended)
			run__add(&run, track);
	}
	*ret = run;
	return i;
}

static bool is_attack_group(const struct attack_run *run)
{
	return run->victims >= GROUP_MIN_VICTIMS ||
	       (run->victims > 1 && run->syns_pps > GROUP_ABOVE * run->above_pps);
}

static struct attack_group *find_group(const struct attack_groups *groups,
				       const struct prefix *prefix)
{
	for (size_t i = 0; i < groups->count; i++)
		if (!endpoint__compare(&groups->groups[i].prefix.network, &prefix->network))
			return &groups->groups[i];
	return NULL;
}

int attack_groups__add(struct attack_groups *groups, const struct prefix *prefix,
		       struct open_attack *attack)
{
	struct attack_group *grown =
		reallocarray(groups->groups, groups->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	groups->groups = grown;
	grown[groups->count++] = (struct attack_group){.prefix = *prefix, .attack = attack};
	return 0;
}

static int open_group(struct attack_groups *groups, const struct attack_run *run,
		      const struct attack_origin *origin, __u64 time_ns)
{
	struct open_attack *attack = open_attack__new(origin, time_ns);
	const struct open_attack *first = run->first->attack;
	struct event_attack *fields;
	int err;

	if (!attack)
		return -ENOMEM;
	fields = &attack->event.attack;
	fields->victim = run->prefix.network;
	fields->prefix_bits = run->prefix.bits;
	fields->cause = first->event.attack.cause;
	fields->unfinished_by = first->event.attack.unfinished_by;
	fields->threshold_pps = run->victims >= GROUP_MIN_VICTIMS
					? first->event.attack.threshold_pps
					: GROUP_ABOVE * run->above_pps;
	memcpy(attack->event.rule, first->event.rule, sizeof(attack->event.rule));
	event__identify(&attack->event, origin->attached_at_ns, time_ns);
	err = attack_groups__add(groups, &run->prefix, attack);
	if (err)
		open_attack__free(attack, origin->cap);
	return err;
}

static void group__add(struct attack_group *group, const struct attack_run *run,
		       const struct detector_interval *interval)
{
	struct event_attack *fields = &group->attack->event.attack;

	group->has_victims = true;
	if (run->victims > fields->victims)
		fields->victims = run->victims;
	fields->unfinished = run->unfinished;
	open_attack__add(group->attack, interval, &run->syns, run->is_hot);
}

int attack_groups__update(struct attack_groups *groups, const struct victim_tracks *tracks,
			  const struct attack_origin *origin,
			  const struct detector_interval *interval)
{
	struct attack_run run;
	int err = 0;

	for (size_t i = 0; i < groups->count; i++)
		groups->groups[i].has_victims = false;
	for (size_t i = 0; !err && i < tracks->count;) {
		struct attack_group *group;

		i = find_run(tracks, i, &run);
		group = run.victims ? find_group(groups, &run.prefix) : NULL;
		if (!group && is_attack_group(&run)) {
			err = open_group(groups, &run, origin, interval->time_ns);
			group = err ? NULL : &groups->groups[groups->count - 1];
		}
		if (group)
			group__add(group, &run, interval);
	}
	return err;
}

bool attack_groups__has(const struct attack_groups *groups, const struct endpoint *victim)
{
	for (size_t i = 0; i < groups->count; i++)
		if (prefix__contains(&groups->groups[i].prefix, victim))
			return true;
	return false;
}

void attack_groups__end(struct attack_groups *groups, const struct attack_origin *origin,
			__u64 time_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < groups->count; i++) {
		if (groups->groups[i].has_victims)
			groups->groups[kept++] = groups->groups[i];
		else
			open_attack__end(groups->groups[i].attack, origin, time_ns);
	}
	groups->count = kept;
}

void attack_groups__free(struct attack_groups *groups, struct event_cap *cap)
{
	for (size_t i = 0; i < groups->count; i++)
		open_attack__free(groups->groups[i].attack, cap);
	free(groups->groups);
	*groups = (struct attack_groups){};
}
