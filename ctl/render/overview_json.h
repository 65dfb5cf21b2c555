// SPDX-License-Identifier: GPL-2.0-only
// overview_json: the overview of several interfaces as JSON.
#ifndef CTL_RENDER_OVERVIEW_JSON_H
#define CTL_RENDER_OVERVIEW_JSON_H

#include <jansson.h>

#include "ctl/monitor/overview.h"

/**
 * overview_to_json() - the overview as a new object
 * @view: how the sources were aggregated
 * @sparks: add the SYN rates of the last minute, from the histories
 *
 * Return: NULL without memory.
 */
json_t *overview_to_json(const struct overview *overview, const struct source_view *view,
			 bool sparks);

#endif
