// SPDX-License-Identifier: GPL-2.0-only
// tally_row: an endpoint with the bounds of its count.
#ifndef COMMON_COUNTS_TALLY_ROW_H
#define COMMON_COUNTS_TALLY_ROW_H

#include "common/abi/abi.h"

/* at_least <= true count <= at_most */
struct tally_row {
	struct endpoint endpoint;
	__u64 at_least;
	__u64 at_most;
};

#endif
