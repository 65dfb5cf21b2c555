// SPDX-License-Identifier: GPL-2.0-only
// sample: the contract with the programs that copy headers of some frames: slots and control.
//
// Each CPU has a ring of slots, and a gate for each reason (for each class of frames without a
// policy). User space grants a gate a number of samples, which only grows, and says how many frames
// lie between two of them. The program copies while it has taken less than it was granted. It waits
// for no reader: it overwrites the oldest slot.
#ifndef COMMON_ABI_SAMPLE_H
#define COMMON_ABI_SAMPLE_H

#include <linux/types.h>

#include "common/abi/abi.h"
#include "common/abi/compiler.h"
#include "common/abi/policy.h"

#define SAMPLE_SLOTS 8192      /* of a CPU; a power of two */
#define SAMPLE_BYTES 96        /* of a frame in a slot */
#define SAMPLE_WIDE_BYTES 224  /* of a frame in two slots */
#define SAMPLE_GATES 32        /* a power of two */
#define SAMPLE_NEVER (~0ull)   /* a gate's next frame, until user space grants more */
#define SAMPLE_BY_REASON 0x80u /* in sample_slot.verdict: the gate is a reason, not a class */
#define SAMPLE_VERDICT_MASK 0x7fu

/* A sample, written by its CPU. The n-th one of the CPU is whole if its sequence is 2n + 2. */
struct sample_slot {
	__u32 sequence; /* odd while it is written */
	__u32 length;   /* of the frame */
	__u64 time_ns;  /* CLOCK_MONOTONIC */
	__u32 ifindex;
	__u32 every; /* frames of the gate from one sample to the next */
	__u16 queue;
	__u8 captured; /* bytes of the frame that follow */
	__u8 class;    /* enum frame_class */
	__u8 gate;     /* enum policy_reason or enum frame_class */
	__u8 rule;     /* that led to the verdict; 0: none */
	__u8 verdict;  /* enum xdp_action, and SAMPLE_BY_REASON */
	__u8 padding;
	__u8 bytes[SAMPLE_BYTES]; /* wide samples go on in the next slot, which is all bytes */
} __attribute__((aligned(64)));

/* The program writes `next` and `taken`; user space `next`, to 0, and the other two. Either may
 * overwrite the other's `next`: user space looks again. */
struct sample_gate {
	__u64 next; /* the count of frames at which the next sample is taken */
	__u64 taken;
	__u64 grant;
	__u32 every; /* 0 is taken as 1 */
	__u32 padding;
};

/* Of a CPU. */
struct sample_control {
	__u64 written; /* samples; by the program */
	__u32 wide;    /* set by user space: samples take two slots */
	__u32 kept;    /* the frame is copied already, because an answer was to overwrite it */
	__u32 unused[12];
	struct sample_gate gates[SAMPLE_GATES];
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct sample_slot) == 128, "two cache lines");
_Static_assert(SAMPLE_BYTES + sizeof(struct sample_slot) == SAMPLE_WIDE_BYTES, "two slots");
_Static_assert(SAMPLE_WIDE_BYTES < 0x100, "captured fits 8 bits");
_Static_assert(sizeof(struct sample_gate) == 32, "no hidden padding");
_Static_assert((int)CLASS_COUNT <= SAMPLE_GATES && (int)REASON_COUNT <= SAMPLE_GATES,
	       "a gate for each class or reason");

/* The first slot of a CPU's n-th sample. */
static __always_inline __u32 sample_slot_number(__u32 cpu, __u64 n, bool wide)
{
	return cpu * SAMPLE_SLOTS + (__u32)(wide ? 2 * n : n) % SAMPLE_SLOTS;
}

#endif
