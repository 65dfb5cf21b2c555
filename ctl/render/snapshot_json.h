// SPDX-License-Identifier: GPL-2.0-only
// snapshot_json: a snapshot as JSON.
#ifndef CTL_RENDER_SNAPSHOT_JSON_H
#define CTL_RENDER_SNAPSHOT_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

/**
 * snapshot_to_json() - everything in a snapshot, as a new object
 * @view: how the sources were aggregated; NULL: they were not
 * @top: list at most this many sources and victims
 *
 * Return: NULL without memory.
 */
json_t *snapshot_to_json(const struct snapshot *snapshot, const struct source_view *view,
			 size_t top);

/** verdicts_to_json() - packets, bytes and verdicts only, as a new object; NULL without memory. */
json_t *verdicts_to_json(const struct snapshot *snapshot);

#endif
