// SPDX-License-Identifier: GPL-2.0-only
// recorded: an interface whose packets are sampled, and the ring of the program that runs there.
#ifndef CTL_EVENTS_RECORDED_H
#define CTL_EVENTS_RECORDED_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/abi/policy_names.h"
#include "common/attach/attachment.h"
#include "common/dataplane/sample_ring.h"
#include "common/events/evidence.h"

/* What is sampled of it. */
struct recorded_choice {
	bool wide;     /* SAMPLE_WIDE_BYTES instead of SAMPLE_BYTES */
	__u32 reasons; /* a bit for each enum policy_reason; with @classes, 0: all */
	__u32 classes; /* a bit for each enum frame_class */
};

struct recorded {
	struct registry *registry;
	struct recorded_choice choice;
	struct attachment attachment; /* as it was when its ring was opened */
	int lock;                     /* of its sampler */
	struct sample_ring *ring;     /* NULL: it has ended */
	struct policy_names names;
	/* By CPU and gate: at the last tick, when the present program was found, and between the
	 * last two ticks of the gates that are sampled. */
	__u64 *frames, *first_frames, *new_frames;
	struct evidence_counts counts, before; /* in all; of rings before this one */
};

/**
 * recorded__start() - become the sampler of an interface, see common/attach/sampler.h
 * @ret: to be ended by recorded__stop()
 * @registry: must outlive @ret
 *
 * Return: 0, or a negative errno with @why set and nothing changed.
 */
int recorded__start(struct recorded *ret, struct registry *registry, const char *name,
		    const struct recorded_choice *choice, struct errmsg *why);

/** recorded__wants() - true if the frames of a gate of its ring are sampled. */
bool recorded__wants(const struct recorded *recorded, __u32 gate);

/** recorded__update_counts() - bring @recorded->counts up to date. */
void recorded__update_counts(struct recorded *recorded);

/**
 * recorded__follow() - go on with the program that runs now, after an upgrade or a reset
 *
 * Return: 0, or a negative errno with @why set and the ring closed, as after a detach.
 */
int recorded__follow(struct recorded *recorded, struct errmsg *why);

/** recorded__stop() - put the program of before back in place. Return: 0, or a negative errno with
 * @why set. */
int recorded__stop(struct recorded *recorded, struct errmsg *why);

#endif
