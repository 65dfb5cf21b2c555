// SPDX-License-Identifier: GPL-2.0-only
// expect: what a capture should hold, from a file, compared with what was counted.
#ifndef CTL_REPLAY_EXPECT_H
#define CTL_REPLAY_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/base/errmsg.h"
#include "common/counts/snapshot.h"

/* A source whose count is not as expected; one that is missing on a side has zeros there. */
struct expect_difference {
	struct endpoint source;
	__u64 expected;
	__u64 at_least;
	__u64 at_most;
};

/**
 * expect__compare() - compare a snapshot's sources with a file
 * @file: lines of `address<TAB>syns` in any order; empty lines and lines that start with # are
 *	  skipped
 * @path: its name, for messages
 * @within: the true count must lie between the bounds; a source that is not listed must have had no
 *	    more than the snapshot's unlisted_at_most. Otherwise both bounds must be the true count.
 *
 * Return: 0 with *@ret (to be freed with free(3)) and *@ret_count set, or a negative errno with
 * @why set: the file cannot be read, or line N of it is not of that form.
 */
int expect__compare(FILE *file, const char *path, const struct snapshot *snapshot, bool within,
		    struct expect_difference **ret, size_t *ret_count, struct errmsg *why);

#endif
