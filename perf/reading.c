// SPDX-License-Identifier: GPL-2.0-only
// reading: the time that user space takes to read the counts of the dataplane.
#include "perf/reading.h"

#include <errno.h>
#include <stddef.h>

#include "common/abi/feed.h"
#include "common/base/clock.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/read.h"
#include "perf/crew.h"
#include "perf/median.h"
#include "perf/progmap.h"

#define QUICK_FACTOR 1024
#define MAX_ATTEMPTS 10

static const struct reading_row {
	const char *label;
	__u32 sources_log2;
} reading_rows[] = {
	{"1K", 10},
	{"64K", 16},
	{"128K", 17}, /* the default table, full */
	{"1M", 20},
};

#define ROWS (sizeof(reading_rows) / sizeof(reading_rows[0]))

struct reading {
	struct dataplane *dataplane;
	__u32 sources;
	double read_ms[SAMPLES_MAX];
	double heaviest_ms[SAMPLES_MAX];
	struct table_history histories[TABLE_COUNT];
	__u64 found;
	bool reconciled;
};

/* Sends one SYN from every source. */
static int reading_fill(struct reading *reading, struct errmsg *why)
{
	const struct traffic traffic = {.tcp_flags = 0x02, .sources_log2 = 31};
	struct traffic_batch batch = {.each_once = true};
	struct crew_result ignored;
	struct crew *crew;
	int err;

	err = crew__open(dataplane__program_fd(reading->dataplane), 1, &crew, why);
	if (err)
		return err;
	while (!err && batch.first_turn < reading->sources) {
		batch.frames = reading->sources - batch.first_turn;
		if (batch.frames > FEED_MAX_FRAMES)
			batch.frames = FEED_MAX_FRAMES;
		err = crew__run(crew, &traffic, &batch, 1, &ignored, why);
		batch.first_turn += batch.frames;
	}
	crew__close(crew);
	return err;
}

/* Loads a table of the default size, or larger if the sources would not fit. */
static int reading_prepare(struct reading *reading, __u32 sources, struct errmsg *why)
{
	const struct dataplane_config config = {
		.max_sources = sources > DEFAULT_MAX_SOURCES ? sources : 0,
	};
	int err = -EINTR;

	reading->sources = sources;
	/* As in measure.c: a run may be interrupted. */
	for (int i = 0; err == -EINTR && i < MAX_ATTEMPTS; i++) {
		dataplane__close(reading->dataplane);
		reading->dataplane = NULL;
		err = dataplane__load(&config, &reading->dataplane, why);
		if (!err)
			err = reading_fill(reading, why);
	}
	return err;
}

static int reading_read_all(struct reading *reading, __u32 round, struct errmsg *why)
{
	__u64 start_ns = clock__now_ns();
	struct snapshot snapshot;
	int err = dataplane__read(reading->dataplane, &snapshot, why);

	if (err)
		return err;
	reading->read_ms[round] = (clock__now_ns() - start_ns) / 1e6;
	reading->found = snapshot.tallies[TABLE_SOURCES].count;
	reading->reconciled =
		snapshot.syns == reading->sources &&
		snapshot.syns == snapshot.tallies[TABLE_SOURCES].attributed + snapshot.unattributed;
	snapshot__free(&snapshot);
	return 0;
}

/* The first copy only warms up: there is no earlier one to compare it with. */
static int reading_read_heaviest(struct reading *reading, __u32 round, struct errmsg *why)
{
	struct snapshot snapshot = {};
	int err = 0;

	for (int i = 0; !err && i < 3; i++) {
		__u64 start_ns = clock__now_ns();

		snapshot__free(&snapshot);
		err = dataplane__read_heaviest(reading->dataplane, reading->histories, &snapshot,
					       why);
		reading->heaviest_ms[round] = (clock__now_ns() - start_ns) / 1e6;
	}
	reading->reconciled &=
		!err && snapshot.syns == reading->sources &&
		snapshot.syns == snapshot.tallies[TABLE_SOURCES].attributed + snapshot.unattributed;
	if (!err)
		snapshot__free(&snapshot);
	return err;
}

static void close_reading(struct reading *reading)
{
	for (int i = 0; i < TABLE_COUNT; i++)
		table_history__free(&reading->histories[i]);
	dataplane__close(reading->dataplane);
}

static json_t *reading_to_json(const struct reading *reading, const char *label, __u32 rounds)
{
	const struct dataplane *dataplane = reading->dataplane;

	return json_pack("{s:s, s:i, s:i, s:I, s:o, s:o, s:I, s:b}", "label", label, "sources",
			 (int)reading->sources, "max_sources",
			 (int)dataplane__max_sources(dataplane), "sources_read",
			 (json_int_t)reading->found, "read_ms",
			 spread__to_json(reading->read_ms, rounds), "heaviest_ms",
			 spread__to_json(reading->heaviest_ms, rounds), "memory_bytes",
			 (json_int_t)progmap__memory_bytes(dataplane__program_fd(dataplane)),
			 "reconciled", reading->reconciled);
}

int reading__run(__u32 rounds, bool quick, json_t **ret, struct errmsg *why)
{
	struct reading readings[ROWS] = {};
	json_t *rows = json_array();
	int err = rows ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < ROWS; i++)
		err = reading_prepare(
			&readings[i],
			(1u << reading_rows[i].sources_log2) / (quick ? QUICK_FACTOR : 1), why);
	for (__u32 round = 0; round < rounds; round++)
		for (size_t i = 0; !err && i < ROWS; i++)
			err = reading_read_all(&readings[i], round, why)
				      ?: reading_read_heaviest(&readings[i], round, why);
	for (size_t i = 0; i < ROWS; i++) {
		if (!err)
			json_array_append_new(
				rows, reading_to_json(&readings[i], reading_rows[i].label, rounds));
		close_reading(&readings[i]);
	}
	if (err)
		json_decref(rows);
	else
		*ret = rows;
	return err;
}
