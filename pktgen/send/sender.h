// SPDX-License-Identifier: GPL-2.0-only
// sender: ways to send frames on an interface, as rows of a table.
#ifndef PKTGEN_SEND_SENDER_H
#define PKTGEN_SEND_SENDER_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "pktgen/send/iface.h"

#define SENDER_MAX_BATCH 256
#define SENDER_MAX_IN_FLIGHT 131072 /* frames pushed and not yet done; a power of 2 */
#define SENDER_MIN_BYTES 14         /* an Ethernet header */
#define CPU_ANY (-1)

struct sender_config {
	const struct iface *iface;
	__u32 batch; /* frames handed to the kernel at a time */
	int cpu;     /* for the kernel side, if the sender can choose; or CPU_ANY */
	/* Called for each frame in order, from within push() and flush(). */
	void (*done)(void *opaque, bool sent);
	void *opaque;
};

struct sender {
	const char *name;
	const char *summary;
	__u32 max_bytes;
	/* The kernel drops frames silently: check the counters after the first ones. */
	bool needs_proof;
	/*
	 * @first: a frame like those that will be pushed, as a hint. Returns 0 with *@ret owned by
	 * the caller, or a negative errno with @why set.
	 */
	int (*open)(const struct sender_config *config, const void *first, __u32 first_bytes,
		    void **ret, struct errmsg *why);
	/* Copies a frame of SENDER_MIN_BYTES to max_bytes; false if full: flush and retry. */
	bool (*push)(void *self, const void *frame, __u32 bytes);
	/* Submits the pushed frames and reports those done; does not wait. */
	int (*flush)(void *self, struct errmsg *why);
	void (*close)(void *self); /* frames in flight are lost; NULL is fine */
};

extern const struct sender sender_live, sender_xsk, sender_packet;

/* From the fastest to the slowest; ends with NULL. */
extern const struct sender *const senders[];

/* The names of senders[], and "auto" for the NULL at its end. */
extern const char *const sender_words[];

/** sender__pin() - pin the calling thread to @cpu; CPU_ANY: no change. */
int sender__pin(int cpu, struct errmsg *why);

/**
 * live__bare() - measure the kernel alone, as the upper limit for any sender
 *
 * Redirects one frame @count times by live frames, on the calling thread.
 *
 * Return: 0 with *@ret_ns set, or a negative errno with @why set.
 */
int live__bare(const struct iface *iface, const void *frame, __u32 bytes, __u32 count, __u32 batch,
	       __u64 *ret_ns, struct errmsg *why);

#endif
