// SPDX-License-Identifier: GPL-2.0-only
// heaviest: the top endpoints of a live table, found without merging all of it.
#ifndef COMMON_COUNTS_HEAVIEST_H
#define COMMON_COUNTS_HEAVIEST_H

#include "common/counts/table_copy.h"
#include "common/counts/tally.h"

/* The last two copies of a table, which must stay mapped; zeros at first. */
struct table_history {
	struct table_copy *latest;
	struct table_copy *before;
};

/**
 * heaviest__list() - copy a live table and list its top endpoints
 *
 * For a full table it takes a tenth of the time of tally__read(), and gives the listed endpoints
 * the same bounds. It lists those with the most SYNs, and those with the largest increase since the
 * copy before. tally.rest_total and tally.rest_delta bound all others.
 *
 * Return: 0 with *@ret to be freed by tally__free(), whose copy is valid until the second call from
 * now, or until the history is freed. Or -ENOMEM.
 */
int heaviest__list(struct table_history *history, const struct tally_memory *memory,
		   struct tally *ret);

/** table_history__drop_before() - free the copy before the latest; what was listed of it ends. */
void table_history__drop_before(struct table_history *history);

/** table_history__free() - free its copies; zeros are fine. */
void table_history__free(struct table_history *history);

#endif
