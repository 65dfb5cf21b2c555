// SPDX-License-Identifier: GPL-2.0-only
// tally_rows: rows of a tally from literals.
#ifndef TESTS_TALLY_ROWS_H
#define TESTS_TALLY_ROWS_H

#include "common/address/endpoint.h"
#include "common/counts/tally.h"
#include "tests/unit_test.h"

static inline struct tally_row row_of(const char *address, __u64 at_least, __u64 at_most)
{
	struct tally_row row = {.at_least = at_least, .at_most = at_most};

	assert_int_equal(endpoint__parse(address, &row.endpoint), 0);
	return row;
}

#endif
