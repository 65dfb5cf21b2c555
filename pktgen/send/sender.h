// SPDX-License-Identifier: GPL-2.0-only
// sender: ways to put frames onto an interface, as rows of a table.
#ifndef PKTGEN_SEND_SENDER_H
#define PKTGEN_SEND_SENDER_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "pktgen/send/iface.h"

#define SENDER_MAX_BATCH 256
#define SENDER_MAX_IN_FLIGHT                                                             \
	131072              /* frames that were taken and not yet reported; a power of 2 \
			     */
#define SENDER_MIN_BYTES 14 /* nothing below an Ethernet header can be sent */
#define CPU_ANY (-1)

struct sender_config {
	const struct iface *iface;
	__u32 batch; /* frames that are handed to the kernel at a time */
	int cpu;     /* where the kernel side works, where the sender has a choice; or CPU_ANY */
	/* Called in the order of the frames, from within push() and flush(). */
	void (*done)(void *opaque, bool sent);
	void *opaque;
};

struct sender {
	const char *name;
	const char *summary;
	__u32 max_bytes;
	/* The kernel does not say when it throws frames away: the first one has to be seen leaving.
	 */
	bool needs_proof;
	/*
	 * @first: the frame that will be pushed first; only a hint. Returns 0 with *@ret owned by
	 * the caller, or a negative errno with @why set.
	 */
	int (*open)(const struct sender_config *config, const void *first, __u32 first_bytes,
		    void **ret, struct errmsg *why);
	/* Takes a frame of SENDER_MIN_BYTES to max_bytes, or returns false: flush and try again. */
	bool (*push)(void *self, const void *frame, __u32 bytes);
	/* Hands over what was pushed and reports what is done; does not wait. */
	int (*flush)(void *self, struct errmsg *why);
	void (*close)(void *self); /* frames that are not done are lost; NULL is fine */
};

extern const struct sender sender_live, sender_xsk, sender_packet;

/* From the fastest to the slowest; ends with NULL. */
extern const struct sender *const senders[];

/** sender__find() - by name, or NULL for "auto"; a negative errno with @why set for others. */
int sender__find(const char *name, const struct sender **ret, struct errmsg *why);

/** sender__pin() - let the calling thread run on @cpu only; CPU_ANY: no change. */
int sender__pin(int cpu, struct errmsg *why);

/**
 * live__bare() - how fast the kernel is without a generator
 *
 * Redirects the same frame @count times by live frames alone, on the calling thread.
 *
 * Return: 0 with *@ret_ns set, or a negative errno with @why set.
 */
int live__bare(const struct iface *iface, const void *frame, __u32 bytes, __u32 count, __u32 batch,
	       __u64 *ret_ns, struct errmsg *why);

#endif
