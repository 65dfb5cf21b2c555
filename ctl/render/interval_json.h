// SPDX-License-Identifier: GPL-2.0-only
// interval_json: the intervals of watched interfaces as JSON.
#ifndef CTL_RENDER_INTERVAL_JSON_H
#define CTL_RENDER_INTERVAL_JSON_H

#include <jansson.h>

#include "ctl/monitor/watch.h"

/**
 * interval_to_json() - the latest interval of every watched interface, as a new object
 * @names: only these interfaces, NULL-terminated; NULL or no names: all, and their overview
 * @top: list at most this many sources and victims of each
 * @number: of the interval; the first one is 1
 *
 * Return: NULL without memory.
 */
json_t *interval_to_json(const struct watch *watch, const char *const *names, size_t top,
			 __u64 number);

#endif
