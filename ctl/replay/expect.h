// SPDX-License-Identifier: GPL-2.0-only
// expect: compares a snapshot's sources with the expected counts in a file.
#ifndef CTL_REPLAY_EXPECT_H
#define CTL_REPLAY_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/base/errmsg.h"
#include "common/counts/snapshot.h"

/* A source whose count is not as expected; zeros where only one side lists it. */
struct expect_difference {
	struct endpoint source;
	__u64 expected;
	__u64 at_least;
	__u64 at_most;
};

/**
 * expect__compare() - compare a snapshot's sources with a file
 * @file: lines of `address<TAB>syns` in any order; empty lines and lines starting with # are
 *	  skipped
 * @path: its name, for messages
 * @within: the expected count must be within the bounds, and that of an unlisted source at most
 *	    the snapshot's unlisted_at_most; otherwise both bounds must equal the expected count
 *
 * Return: 0 with *@ret (to be freed with free(3)) and *@ret_count set, or a negative errno with
 * @why set.
 */
int expect__compare(FILE *file, const char *path, const struct snapshot *snapshot, bool within,
		    struct expect_difference **ret, size_t *ret_count, struct errmsg *why);

#endif
