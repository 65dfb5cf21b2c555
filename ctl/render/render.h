// SPDX-License-Identifier: GPL-2.0-only
// render: what was counted and what is attached, as a table for people or as JSON.
#ifndef CTL_RENDER_RENDER_H
#define CTL_RENDER_RENDER_H

#include <jansson.h>
#include <stddef.h>

#include "common/base/errmsg.h"
#include "common/counts/snapshot.h"
#include "ctl/replay/expect.h"

/* Raised when a name or a meaning in the JSON output changes; documented in the README. */
#define JSON_SCHEMA 1

#define ALL_SOURCES ((size_t)-1)

/**
 * print_snapshot() - counts, classes and top sources for people
 * @top: at most so many sources
 * @verbose: classes that are zero, too
 */
void print_snapshot(const struct snapshot *snapshot, size_t top, bool verbose);

/** print_verdicts() - frames, bytes and verdicts alone, where nothing else is known. */
void print_verdicts(const struct snapshot *snapshot);

/** print_unsupported() - a line for each feature that is not offered; see dataplane__unsupported().
 */
void print_unsupported(const char *const *unsupported);

/** print_differences() - one line for each source that is not as expected. */
void print_differences(const struct expect_difference *differences, size_t count);

/** snapshot_to_json() - a new object; NULL without memory. */
json_t *snapshot_to_json(const struct snapshot *snapshot, size_t top);

/** unsupported_to_json() - why features are not offered, by name, as a new object; NULL without
 * memory.
 */
json_t *unsupported_to_json(const char *const *unsupported);

/** verdicts_to_json() - packets, bytes and verdicts alone, as a new object; NULL without memory. */
json_t *verdicts_to_json(const struct snapshot *snapshot);

/** differences_to_json() - a new array; NULL without memory. */
json_t *differences_to_json(const struct expect_difference *differences, size_t count);

/**
 * print_interfaces_json() - print a document of what there is for each interface
 * @interfaces: an array, whose reference is taken over; NULL, where no JSON is wanted, is fine
 *
 * Return: 0, or -ENOMEM with @why set.
 */
int print_interfaces_json(json_t *interfaces, struct errmsg *why);

#endif
