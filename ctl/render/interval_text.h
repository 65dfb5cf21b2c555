// SPDX-License-Identifier: GPL-2.0-only
// interval_text: intervals of watched interfaces, as a table for people or as JSON.
#ifndef CTL_RENDER_INTERVAL_TEXT_H
#define CTL_RENDER_INTERVAL_TEXT_H

#include <jansson.h>

#include "ctl/monitor/watch.h"

#define NUMBER_BYTES 32

/** number__grouped() - 1234567 as "1,234,567", whatever the locale. */
const char *number__grouped(__u64 value, char buf[NUMBER_BYTES]);

/** endpoint__label() - a victim with its port, as in a URL; @buf has ENDPOINT_LABEL_BYTES. */
const char *endpoint__label(const struct endpoint *endpoint, char *buf);

#define ENDPOINT_LABEL_BYTES 64

/**
 * interval__shown() - how many rows of a sorted table there are to show
 * @top: at most so many
 *
 * Rows below the filter's minimum are left out: they are moved behind the others.
 */
size_t interval__shown(struct interval_table *table, const struct source_view *view, size_t top);

/** print_interval() - one interval of all interfaces. */
void print_interval(const struct watch *watch, size_t top, bool verbose);

/** interval_to_json() - the same, as a new object; NULL without memory. @number: 1 is the first. */
json_t *interval_to_json(const struct watch *watch, size_t top, __u64 number);

#endif
