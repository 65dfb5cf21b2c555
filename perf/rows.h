// SPDX-License-Identifier: GPL-2.0-only
// rows: the tables of programs, kinds of traffic, and their combinations to measure.
#ifndef PERF_ROWS_H
#define PERF_ROWS_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "perf/frame_list.h"
#include "perf/traffic.h"

enum program_id {
	PROGRAM_NULL,
	PROGRAM_PARSE,
	PROGRAM_CLASSES,
	PROGRAM_PART_HASH,
	PROGRAM_PART_LINES,
	PROGRAM_PART_VICTIM,
	PROGRAM_PART_SOURCE,
	PROGRAM_PART_FULL,
	PROGRAM_XDPCTL,
	PROGRAM_HASH,
	PROGRAM_LRU_HASH,
	PROGRAM_LRU_OWN_LISTS,
	PROGRAM_PERCPU_HASH,
	PROGRAM_LRU_PERCPU_HASH,
	PROGRAM_XDP_FILTER,
	PROGRAM_COUNT,
};

struct program_row {
	const char *name;
	const char *label;
	const char *object;  /* in bpf/ next to the bench, or an absolute pattern; NULL: xdpctl */
	const char *package; /* that contains the object */
	bool counts_classes;
	bool counts_sources;
	bool evicts; /* silently drops sources with their counts */
};

extern const struct program_row program_rows[PROGRAM_COUNT];

/* Programs to measure with traffic, on one CPU and on all. Each run starts with empty maps. */
struct suite {
	const char *name;
	const char *label;
	__u32 programs; /* bits of enum program_id */
	const struct traffic *traffic;
	size_t traffic_count;
	__u32 loops; /* repetitions of a measured batch */
};

#define SUITE_COUNT 4
#define CAPTURE_NAME_BYTES 96

/* All tables, and the frames of the capture rows. */
struct rows {
	struct suite suites[SUITE_COUNT];
	struct traffic *capture_rows;
	struct frame_list *captures;
	char (*capture_names)[CAPTURE_NAME_BYTES];
	size_t capture_count;  /* the first one holds all the others */
	char no_captures[128]; /* why there are none */
};

/**
 * rows__load() - the tables, with a row for each capture of a directory
 * @corpus: the directory, which need not exist
 *
 * Return: 0 with *@ret to be freed by rows__free(), or a negative errno with @why set.
 */
int rows__load(const char *corpus, struct rows *ret, struct errmsg *why);

/** rows__wanted() - true if @only is the name of this program or traffic, or NULL. */
bool rows__wanted(const struct program_row *program, const struct traffic *traffic,
		  const char *only);

/** rows__free() - free the frames of the capture rows. */
void rows__free(struct rows *rows);

#endif
