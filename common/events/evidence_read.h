// SPDX-License-Identifier: GPL-2.0-only
// evidence_read: what a file of evidence.h holds: its packets with what became of them, its losses.
#ifndef COMMON_EVENTS_EVIDENCE_READ_H
#define COMMON_EVENTS_EVIDENCE_READ_H

#include "common/capture/capture_frame.h"
#include "common/capture/pcapng_write.h"
#include "common/events/evidence.h"

/* The values of a comment by evidence__comment(); empty: it has none. */
struct evidence_outcome {
	char verdict[16];
	char reason[32];
	char rule[POLICY_NAME_BYTES];
	char class[32];
	__u32 every;
};

/* Called in the order of the file; texts and frames are valid during the call. Each returns 0, or
 * a negative errno with @why set, which ends the reading. NULL: not called. */
struct evidence_actions {
	int (*section)(void *opaque, const struct pcapng_section *section, struct errmsg *why);
	int (*device)(void *opaque, const struct pcapng_device *device, struct errmsg *why);
	int (*packet)(void *opaque, const struct capture_frame *frame,
		      const struct pcapng_packet *packet, struct errmsg *why);
	int (*statistics)(void *opaque, const struct pcapng_statistics *statistics,
			  struct errmsg *why);
};

/**
 * evidence__read() - read a file
 * @path: "-" is standard input
 *
 * Return: 0, or a negative errno with @why set: -EBADMSG for what evidence.h has not written, and
 * for a damaged file.
 */
int evidence__read(const char *path, const struct evidence_actions *actions, void *opaque,
		   struct errmsg *why);

/** evidence__outcome() - take a comment apart; NULL is fine. */
void evidence__outcome(const char *comment, struct evidence_outcome *ret);

#endif
