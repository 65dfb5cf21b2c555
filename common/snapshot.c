// SPDX-License-Identifier: GPL-2.0-only
// snapshot: everything that a dataplane has counted, read into one struct.
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "dataplane.h"

#define CLASS_NAME(constant, name, label, remark) [constant] = (name),
#define CLASS_LABEL(constant, name, label, remark) [constant] = (label),
#define CLASS_REMARK(constant, name, label, remark) [constant] = (remark),

const char *const frame_class_names[CLASS_COUNT] = {FRAME_CLASSES(CLASS_NAME)};
const char *const frame_class_labels[CLASS_COUNT] = {FRAME_CLASSES(CLASS_LABEL)};
const char *const frame_class_remarks[CLASS_COUNT] = {FRAME_CLASSES(CLASS_REMARK)};
const char *const verdict_names[VERDICT_COUNT] = {
	[XDP_ABORTED] = "aborted", [XDP_DROP] = "drop",         [XDP_PASS] = "pass",
	[XDP_TX] = "tx",           [XDP_REDIRECT] = "redirect",
};

static void add_counters(struct snapshot *snapshot, const struct cpu_counters *counters)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		snapshot->classes[i] += counters->classes[i];
	for (int i = 0; i < VERDICT_COUNT; i++)
		snapshot->verdicts[i] += counters->verdicts[i];
	snapshot->bytes += counters->bytes;
}

static void read_counters(const struct dataplane_memory *memory, struct snapshot *snapshot)
{
	for (__u32 cpu = 0; cpu < memory->cpus; cpu++)
		add_counters(snapshot, &memory->counters[cpu]);
	for (int i = 0; i < CLASS_COUNT; i++)
		snapshot->packets += snapshot->classes[i];
	snapshot->syns = snapshot->classes[CLASS_SYN];
}

/* What one CPU's registers have seen, all CPUs' together have: the largest of each. */
static __u64 estimate(const struct dataplane_memory *memory, size_t registers_offset)
{
	static __u8 registers[HLL_REGISTERS];

	memset(registers, 0, sizeof(registers));
	for (__u32 cpu = 0; cpu < memory->cpus; cpu++) {
		const __u8 *own = (const __u8 *)&memory->counters[cpu] + registers_offset;

		for (int i = 0; i < HLL_REGISTERS; i++)
			if (own[i] > registers[i])
				registers[i] = own[i];
	}
	return hll__estimate(registers) + 0.5;
}

/* No endpoint has had more SYNs than there were. */
static void cap(struct tally *tally, __u64 syns)
{
	for (size_t i = 0; i < tally->count; i++)
		if (tally->rows[i].at_most > syns)
			tally->rows[i].at_most = syns;
	if (tally->unlisted_at_most > syns)
		tally->unlisted_at_most = syns;
}

static int read_table(const struct dataplane_memory *memory, struct album *albums, enum table table,
		      struct tally *ret)
{
	return albums ? album__tally(&albums[table], &memory->tables[table], ret)
		      : tally__read(&memory->tables[table], ret);
}

int snapshot__read(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why)
{
	return snapshot__read_heaviest(dataplane, NULL, ret, why);
}

int snapshot__read_heaviest(struct dataplane *dataplane, struct album *albums, struct snapshot *ret,
			    struct errmsg *why)
{
	const struct dataplane_memory *memory;
	struct snapshot snapshot = {};
	int err;

	err = dataplane__memory(dataplane, &memory, why);
	/* In this order: the program counts a SYN's class before its source. */
	if (!err)
		err = read_table(memory, albums, TABLE_SOURCES, &snapshot.sources);
	if (!err)
		err = read_table(memory, albums, TABLE_VICTIMS, &snapshot.victims);
	if (err) {
		snapshot__free(&snapshot);
		return err;
	}
	read_counters(memory, &snapshot);
	cap(&snapshot.sources, snapshot.syns);
	cap(&snapshot.victims, snapshot.syns);
	snapshot.unattributed = snapshot.syns - snapshot.sources.attributed;
	snapshot.exact = !snapshot.sources.unlisted_at_most;
	snapshot.distinct_is_exact = snapshot.exact && !snapshot.sources.rest_total;
	snapshot.distinct_sources =
		snapshot.distinct_is_exact
			? snapshot.sources.count
			: estimate(memory, offsetof(struct cpu_counters, distinct));
	snapshot.distinct_in_window = estimate(memory, offsetof(struct cpu_counters, window));
	*ret = snapshot;
	return 0;
}

void snapshot__free(struct snapshot *snapshot)
{
	tally__free(&snapshot->sources);
	tally__free(&snapshot->victims);
}
