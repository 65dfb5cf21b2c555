// SPDX-License-Identifier: GPL-2.0-only
// differences: sources whose count is not as expected, as text or as JSON.
#ifndef CTL_REPLAY_DIFFERENCES_H
#define CTL_REPLAY_DIFFERENCES_H

#include <jansson.h>
#include <stddef.h>

#include "ctl/replay/expect.h"

/** print_differences() - print one line per source. */
void print_differences(const struct expect_difference *differences, size_t count);

/** differences_to_json() - a new array; NULL without memory. */
json_t *differences_to_json(const struct expect_difference *differences, size_t count);

#endif
