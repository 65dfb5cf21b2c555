// SPDX-License-Identifier: GPL-2.0-only
// snapshot_text: a snapshot as tables for people.
#ifndef CTL_RENDER_SNAPSHOT_TEXT_H
#define CTL_RENDER_SNAPSHOT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

/**
 * print_snapshot() - print counts, classes, and the top sources and victims
 * @view: how the sources were aggregated; NULL: they were not
 * @top: show at most this many of each
 * @verbose: also show classes without frames
 */
void print_snapshot(const struct snapshot *snapshot, const struct source_view *view, size_t top,
		    bool verbose);

/** print_verdicts() - print frames, bytes and verdicts only. */
void print_verdicts(const struct snapshot *snapshot);

#endif
