// SPDX-License-Identifier: GPL-2.0-only
// table_copy: a table's memory as it was at a moment, and the heaviest endpoints in it.
#ifndef COMMON_COUNTS_TABLE_COPY_H
#define COMMON_COUNTS_TABLE_COPY_H

#include "common/counts/tally.h"

struct table_copy;

/* The last two photographs of a table, which must stay mapped; zeros at first. */
struct table_history {
	struct table_copy *latest;
	struct table_copy *before;
};

/**
 * heaviest__list() - photograph a table that may be written to meanwhile, and list the heaviest
 *
 * A fiftieth of what tally__read() costs for a full table, and for the endpoints that are listed
 * the same bounds. Listed are those with most SYNs, and those that gained most since the photograph
 * before. tally.rest_total and tally.rest_gain say what others may have.
 *
 * Return: 0 with *@ret to be freed by tally__free(); its photo is valid until the album has taken
 * another two, or is freed. Or -ENOMEM.
 */
int heaviest__list(struct table_history *history, const struct tally_memory *memory,
		   struct tally *ret);

/** table_history__free() - free its photographs; one of zeros is fine. */
void table_history__free(struct table_history *history);

/** table_copy__row() - any endpoint then, listed or not: the bounds that tally__read() gives. */
struct tally_row table_copy__row(const struct table_copy *copy, const struct endpoint *endpoint);

#endif
