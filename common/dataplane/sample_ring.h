// SPDX-License-Identifier: GPL-2.0-only
// sample_ring: samples of frames that a program has copied, read in place; see common/abi/sample.h.
//
// Every sample that was taken is read once or counted as overrun. There is one reader at a time.
#ifndef COMMON_DATAPLANE_SAMPLE_RING_H
#define COMMON_DATAPLANE_SAMPLE_RING_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/abi/sample.h"
#include "common/base/errmsg.h"

struct dataplane;
struct sample_ring;

/* A copy of a sample. */
struct sample {
	__u32 cpu;
	__u64 lost; /* samples of all CPUs that were overrun since the last one */
	union {
		struct sample_slot slot;
		__u8 slots[2 * sizeof(struct sample_slot)]; /* wide ones take two */
	};
};

/** sample__bytes() - the bytes of the frame, slot.captured of them. */
static inline const __u8 *sample__bytes(const struct sample *sample)
{
	return sample->slots + offsetof(struct sample_slot, bytes);
}

/**
 * sample_ring__open() - map the ring of a program that samples, and begin with the next sample
 * @wide: samples have up to SAMPLE_WIDE_BYTES; to be decided before anything is granted
 *
 * The dataplane may be closed. Return: 0 with *@ret owned by the caller, or a negative errno with
 * @why set: -ENOENT if the program does not sample.
 */
int sample_ring__open(struct dataplane *dataplane, bool wide, struct sample_ring **ret,
		      struct errmsg *why);

/**
 * sample_ring__follow() - go on after the program was replaced by another one
 * @dataplane: the one that runs now
 *
 * Return: 1; 0 if the ring is not that program's; or a negative errno with @why set.
 */
int sample_ring__follow(struct sample_ring *ring, struct dataplane *dataplane, struct errmsg *why);

/** sample_ring__close() - close it; NULL is fine. What is granted stays granted. */
void sample_ring__close(struct sample_ring *ring);

__u32 sample_ring__cpus(const struct sample_ring *ring);

/** sample_ring__by_reason() - true if gates are numbered by reason, false: by class. */
bool sample_ring__by_reason(const struct sample_ring *ring);

/** sample_ring__frames() - the frames that a CPU has counted for a gate; 0 without that gate. */
__u64 sample_ring__frames(const struct sample_ring *ring, __u32 cpu, __u32 gate);

/**
 * sample_ring__grant() - let a gate take samples
 * @samples: from now on; what is left of an earlier grant stays if that is more
 * @every: frames from one sample to the next
 *
 * To be repeated from time to time while samples are wanted: the program and user space both write
 * when the gate opens next, so one call may be lost.
 */
void sample_ring__grant(struct sample_ring *ring, __u32 cpu, __u32 gate, __u64 samples,
			__u32 every);

/**
 * sample_ring__read() - read all samples that are complete
 * @act: called for each one; returns 0, or a negative errno with @why set, which ends the reading
 *
 * Return: 0, or what @act returned.
 */
int sample_ring__read(struct sample_ring *ring,
		      int (*act)(void *opaque, const struct sample *sample, struct errmsg *why),
		      void *opaque, struct errmsg *why);

/** sample_ring__taken() - samples that a gate has taken on all CPUs, since the ring was opened. */
__u64 sample_ring__taken(const struct sample_ring *ring, __u32 gate);

/** sample_ring__overrun() - samples that were overwritten before they could be read. */
__u64 sample_ring__overrun(const struct sample_ring *ring);

#endif
