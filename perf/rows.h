// SPDX-License-Identifier: GPL-2.0-only
// rows: the tables of what is measured: programs, kinds of traffic, and which meet.
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
	const char *object;  /* beside the bench, or with wildcards from the root; NULL: ours */
	const char *package; /* that the object comes with */
	bool counts_classes;
	bool counts_sources;
	bool evicts; /* forgets sources, and their counts with them, without saying so */
};

extern const struct program_row program_rows[PROGRAM_COUNT];

/* Programs that meet traffic, on one CPU or on all. Each run of a suite starts with empty maps. */
struct suite {
	const char *name;
	const char *label;
	__u32 programs; /* bits of enum program_id */
	const struct traffic *traffic;
	size_t traffic_count;
	__u32 loops; /* how often a batch is run to be measured */
};

#define SUITE_COUNT 3
#define CAPTURE_NAME_BYTES 96

/* The tables with all rows, and what the rows of captures hold. */
struct rows {
	struct suite suites[SUITE_COUNT];
	struct traffic *capture_rows;
	struct frame_list *captures;
	char (*capture_names)[CAPTURE_NAME_BYTES];
	size_t capture_count;  /* the first one is all the others together */
	char no_captures[128]; /* why there are none */
};

/**
 * rows__load() - the tables, with a row for each capture in a directory
 * @corpus: may not be there
 *
 * Return: 0 with *@ret to be freed by rows__free(), or a negative errno with @why set.
 */
int rows__load(const char *corpus, struct rows *ret, struct errmsg *why);

/** rows__wanted() - is a row one of those that are called @only, by program or by traffic? */
bool rows__wanted(const struct program_row *program, const struct traffic *traffic,
		  const char *only);

/** rows__free() - free what they hold. */
void rows__free(struct rows *rows);

#endif
