// SPDX-License-Identifier: GPL-2.0-only
// row_sort: the order of a tally's rows, in linear time.
#ifndef COMMON_COUNTS_ROW_SORT_H
#define COMMON_COUNTS_ROW_SORT_H

#include <stddef.h>

#include "common/counts/tally_row.h"

/**
 * row_sort() - sort rows by at_least, the largest first; ties by endpoint__compare()
 * @rows: given to row_sort(), which may free them
 *
 * Return: the sorted rows, owned by the caller.
 */
struct tally_row *row_sort(struct tally_row *rows, size_t count);

#endif
