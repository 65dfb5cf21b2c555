// SPDX-License-Identifier: GPL-2.0-only
// journal: append records to bounded files on disk, each one with a sequence that never goes back.
//
// Records that the disk does not take wait in memory, within bounds, until it does.
#ifndef COMMON_EVENTS_JOURNAL_H
#define COMMON_EVENTS_JOURNAL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"
#include "common/events/journal_record.h"

#define JOURNAL_RETRY_NS (10 * 1000000000ull)
#define JOURNAL_MAX_WAITING 1024

struct journal;

struct journal_line {
	char text[JOURNAL_LINE_BYTES + 1];
};

struct journal_state {
	bool is_failing;   /* since it failed, until all that waits is written */
	struct errmsg why; /* valid while it fails */
	__u64 sequence;    /* of the last record on the disk */
	size_t waiting;    /* records that are not on the disk yet */
	__u64 lost;        /* records that were dropped instead of written */
	__u64 cut_bytes;   /* what was cut at the end of the last file when it was opened */
};

struct journal_options {
	__u64 file_bytes; /* of each file; 0: JOURNAL_FILE_BYTES */
};

/**
 * journal__open() - open a journal for writing, or begin one
 * @directory: is created if its parent exists
 *
 * A torn last line is cut. Only one process can have a journal open.
 *
 * Return: 0 with *@ret to be closed by the caller, or a negative errno with @why set: -EBUSY if
 * another process has it, naming that. A disk that cannot be written to is no error.
 */
int journal__open(const char *directory, const struct journal_options *options,
		  struct journal **ret, struct errmsg *why);

/**
 * journal__append() - write records to the disk, and wait until they are there
 * @lines: each begins with JOURNAL_UNNUMBERED and has no newline; becomes what to deliver, with a
 *	   newline: numbered if it is on the disk, with sequence 0 if it waits
 * @now_ns: of the monotonic clock
 *
 * What waits is tried again every JOURNAL_RETRY_NS, before anything newer.
 */
void journal__append(struct journal *journal, struct journal_line *lines, size_t count,
		     __u64 now_ns);

/** journal__retry() - try again to write what waits, if it is time; to be called often. */
void journal__retry(struct journal *journal, __u64 now_ns);

/** journal__use_sequence() - the next record's is higher than that one, known from elsewhere. */
void journal__use_sequence(struct journal *journal, __u64 sequence);

/** journal__state() - how it is; valid until the next call. */
const struct journal_state *journal__state(const struct journal *journal);

/** journal__close() - close and free; NULL is fine. */
void journal__close(struct journal *journal);

#endif
