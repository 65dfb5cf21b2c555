// SPDX-License-Identifier: GPL-2.0-only
// recorded: an interface whose packets are sampled, and the ring of the program that runs there.
#include "ctl/events/recorded.h"

#include <errno.h>
#include <stdlib.h>

#include "common/attach/recover.h"
#include "common/attach/sampler.h"
#include "common/dataplane/policy_maps.h"
#include "common/netdev/netdev.h"

bool recorded__wants(const struct recorded *recorded, __u32 gate)
{
	const struct recorded_choice *choice = &recorded->choice;

	if (!choice->reasons && !choice->classes)
		return true;
	return (sample_ring__by_reason(recorded->ring) ? choice->reasons : choice->classes) &
	       1u << gate;
}

/* What was counted before does not matter. */
static void start_counting(struct recorded *recorded)
{
	for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++)
		for (__u32 gate = 0; gate < SAMPLE_GATES; gate++) {
			size_t number = (size_t)cpu * SAMPLE_GATES + gate;

			recorded->frames[number] = recorded->first_frames[number] =
				sample_ring__frames(recorded->ring, cpu, gate);
		}
}

void recorded__update_counts(struct recorded *recorded)
{
	struct evidence_counts counts = recorded->before;

	for (__u32 gate = 0; gate < SAMPLE_GATES; gate++) {
		counts.taken += sample_ring__taken(recorded->ring, gate);
		if (!recorded__wants(recorded, gate))
			continue;
		for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++)
			counts.frames += sample_ring__frames(recorded->ring, cpu, gate) -
					 recorded->first_frames[cpu * SAMPLE_GATES + gate];
	}
	counts.overrun += sample_ring__overrun(recorded->ring);
	recorded->counts = counts;
}

static int recorded_read_names(struct recorded *recorded, const struct dataplane *dataplane,
			       struct errmsg *why)
{
	const struct policy_maps *policy = dataplane__policy(dataplane);

	recorded->names = (struct policy_names){};
	return policy ? policy_maps__names(policy, &recorded->names, why) : 0;
}

/* What runs now. Return: 0 with *@ret to be closed, or a negative errno with @why set. */
static int open_program(struct recorded *recorded, struct dataplane **ret, struct errmsg *why)
{
	struct dataplane *dataplane;
	int err = attachment__open(recorded->registry, recorded->attachment.interface, &dataplane,
				   &recorded->attachment, why);

	if (err)
		return err;
	err = recorded_read_names(recorded, dataplane, why);
	if (err)
		dataplane__close(dataplane);
	else
		*ret = dataplane;
	return err;
}

static int open_ring(struct recorded *recorded, struct dataplane *dataplane, struct errmsg *why)
{
	int err = sample_ring__open(dataplane, recorded->choice.wide, &recorded->ring, why);
	size_t gates;

	if (err)
		return err;
	gates = (size_t)sample_ring__cpus(recorded->ring) * SAMPLE_GATES;
	free(recorded->frames);
	recorded->frames = calloc(gates, 3 * sizeof(*recorded->frames));
	if (!recorded->frames)
		return errmsg__set(why, -ENOMEM, "out of memory");
	recorded->first_frames = recorded->frames + gates;
	recorded->new_frames = recorded->first_frames + gates;
	start_counting(recorded);
	return 0;
}

/* Of the program that has just been put in place. */
static int open_new_ring(struct recorded *recorded, struct errmsg *why)
{
	struct dataplane *dataplane;
	int err = open_program(recorded, &dataplane, why);

	if (err)
		return err;
	err = open_ring(recorded, dataplane, why);
	dataplane__close(dataplane);
	return err;
}

static void end_ring(struct recorded *recorded)
{
	recorded->before = recorded->counts;
	sample_ring__close(recorded->ring);
	recorded->ring = NULL;
}

/* What runs now is found while no other command changes it. */
static int recorded_find(const struct recorded *recorded, const char *interface,
			 struct attachment *ret, struct errmsg *why)
{
	int err = attachment__recover_interface(recorded->registry, interface, why);

	if (err)
		return err;
	err = attachment__find(recorded->registry, interface, ret, why);
	if (err < 0)
		return err;
	if (!err || ret->mode == ATTACH_NONE)
		return errmsg__set(why, -ENOENT, "%s: not attached: run 'xdpctl attach %s' first",
				   interface, interface);
	return 0;
}

static int start_locked(struct recorded *recorded, const char *interface, struct errmsg *why)
{
	int err = registry__lock(recorded->registry, why);

	if (!err)
		err = recorded_find(recorded, interface, &recorded->attachment, why);
	if (!err)
		err = sampler__start(&recorded->attachment, &recorded->lock, why);
	registry__unlock(recorded->registry);
	return err;
}

int recorded__start(struct recorded *ret, struct registry *registry, const char *name,
		    const struct recorded_choice *choice, struct errmsg *why)
{
	char interface[IFNAMSIZ];
	int err;

	*ret = (struct recorded){.registry = registry, .choice = *choice};
	if (netdev__find(name, interface, why) < 0)
		return attachment__explain_missing(registry, name, why);
	err = start_locked(ret, interface, why);
	if (err)
		return err;
	err = open_new_ring(ret, why);
	if (err)
		recorded__stop(ret, NULL);
	return err;
}

static int restart_ring(struct recorded *recorded, struct errmsg *why)
{
	struct attachment attachment;
	int err = registry__lock(recorded->registry, why);

	if (!err)
		err = recorded_find(recorded, recorded->attachment.interface, &attachment, why);
	if (!err)
		err = sampler__restart(&attachment, why);
	registry__unlock(recorded->registry);
	return err ? err : open_new_ring(recorded, why);
}

/* Another program runs: on the same rings, or on new maps. */
static int follow_program(struct recorded *recorded, struct errmsg *why)
{
	struct dataplane *dataplane;
	int err = open_program(recorded, &dataplane, why);

	if (err)
		return err;
	recorded->before.frames = recorded->counts.frames;
	err = sample_ring__follow(recorded->ring, dataplane, why);
	dataplane__close(dataplane);
	if (err > 0)
		start_counting(recorded);
	if (err)
		return err > 0 ? 0 : err;
	end_ring(recorded);
	return restart_ring(recorded, why);
}

int recorded__follow(struct recorded *recorded, struct errmsg *why)
{
	struct attachment attachment;
	int err = attachment__find(recorded->registry, recorded->attachment.interface, &attachment,
				   why);

	if (err > 0 && attachment.program.id == recorded->attachment.program.id)
		return 0;
	if (err >= 0)
		err = follow_program(recorded, why);
	if (err && recorded->ring)
		end_ring(recorded);
	return err;
}

/* Whatever runs there now, it is to take no samples any more. */
static int stop_sampler(struct recorded *recorded, struct errmsg *why)
{
	struct attachment attachment;
	int err = registry__lock(recorded->registry, why);
	bool found =
		!err && !recorded_find(recorded, recorded->attachment.interface, &attachment, NULL);
	int stopped = sampler__stop(&recorded->attachment.entry, found ? &attachment : NULL,
				    recorded->lock, err ? NULL : why);

	registry__unlock(recorded->registry);
	return err ? err : stopped;
}

int recorded__stop(struct recorded *recorded, struct errmsg *why)
{
	int err = stop_sampler(recorded, why);

	sample_ring__close(recorded->ring);
	free(recorded->frames);
	return err;
}
