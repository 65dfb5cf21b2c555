// SPDX-License-Identifier: GPL-2.0-only
// snapshot: everything that a dataplane has counted, read into one struct.
#include "snapshot.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
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

/* How many entries a batch asks for: a bucket that does not fit is refused with ENOSPC. */
#define BATCH_ENTRIES 4096

static void add_counters(struct snapshot *snapshot, const struct counters *counters)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		snapshot->classes[i] += counters->classes[i];
	for (int i = 0; i < VERDICT_COUNT; i++)
		snapshot->verdicts[i] += counters->verdicts[i];
	snapshot->bytes += counters->bytes;
	snapshot->source_failures += counters->source_failures;
}

static int read_counters(int fd, struct snapshot *snapshot, struct errmsg *why)
{
	int cpus = libbpf_num_possible_cpus();
	struct counters *per_cpu = cpus > 0 ? calloc(cpus, sizeof(*per_cpu)) : NULL;
	__u32 zero = 0;
	int err = 0;

	if (!per_cpu)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &zero, per_cpu))
		err = errmsg__set(why, -errno, "reading the counters: %s", strerror(errno));
	for (int i = 0; !err && i < cpus; i++)
		add_counters(snapshot, &per_cpu[i]);
	for (int i = 0; i < CLASS_COUNT; i++)
		snapshot->packets += snapshot->classes[i];
	snapshot->syns = snapshot->classes[CLASS_SYN];
	free(per_cpu);
	return err;
}

static int reserve(struct snapshot *snapshot, size_t *capacity, size_t count)
{
	struct snapshot_source *grown;

	if (count <= *capacity)
		return 0;
	*capacity = count > 2 * *capacity ? count : 2 * *capacity;
	grown = reallocarray(snapshot->sources, *capacity, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	snapshot->sources = grown;
	return 0;
}

static int read_sources(int fd, struct snapshot *snapshot, struct errmsg *why)
{
	struct source *keys = calloc(BATCH_ENTRIES, sizeof(*keys));
	__u64 *values = calloc(BATCH_ENTRIES, sizeof(*values));
	__u32 position, count;
	size_t capacity = 0;
	bool first = true;
	int err = keys && values ? 0 : -ENOMEM;
	int got = 0;

	/* The last batch comes with ENOENT, and with the entries that were left. */
	while (!err && !got) {
		count = BATCH_ENTRIES;
		got = bpf_map_lookup_batch(fd, first ? NULL : &position, &position, keys, values,
					   &count, NULL);
		if (got && got != -ENOENT)
			err = errmsg__set(why, got, "reading the sources: %s", strerror(-got));
		else
			err = reserve(snapshot, &capacity, snapshot->source_count + count);
		for (__u32 i = 0; !err && i < count; i++)
			snapshot->sources[snapshot->source_count++] = (struct snapshot_source){
				.source = keys[i],
				.at_least = values[i],
				.at_most = values[i],
			};
		first = false;
	}
	free(values);
	free(keys);
	return err;
}

static int by_syns(const void *a, const void *b)
{
	const struct snapshot_source *left = a, *right = b;

	if (left->at_least != right->at_least)
		return left->at_least > right->at_least ? -1 : 1;
	return source__compare(&left->source, &right->source);
}

int snapshot__read(const struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why)
{
	struct snapshot snapshot = {};
	__u64 attributed = 0;
	int err;

	/* In this order: the program counts a SYN's class before its source. */
	err = read_sources(dataplane__map_fd(dataplane, MAP_SOURCES), &snapshot, why);
	if (!err)
		err = read_counters(dataplane__map_fd(dataplane, MAP_COUNTERS), &snapshot, why);
	if (err) {
		snapshot__free(&snapshot);
		return err;
	}
	if (snapshot.source_count)
		qsort(snapshot.sources, snapshot.source_count, sizeof(*snapshot.sources), by_syns);
	for (size_t i = 0; i < snapshot.source_count; i++)
		attributed += snapshot.sources[i].at_least;
	snapshot.unattributed = snapshot.syns - attributed;
	*ret = snapshot;
	return 0;
}

void snapshot__free(struct snapshot *snapshot)
{
	free(snapshot->sources);
	*snapshot = (struct snapshot){};
}

const char *source__text(const struct source *source, char *buf)
{
	int family = source->family == SOURCE_IPV6 ? AF_INET6 : AF_INET;

	return inet_ntop(family, source->address, buf, SOURCE_TEXT_BYTES);
}

int source__parse(const char *text, struct source *ret)
{
	struct source source = {};

	source.family = strchr(text, ':') ? SOURCE_IPV6 : SOURCE_IPV4;
	if (inet_pton(source.family == SOURCE_IPV6 ? AF_INET6 : AF_INET, text, source.address) != 1)
		return -EINVAL;
	*ret = source;
	return 0;
}

int source__compare(const struct source *a, const struct source *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->address, b->address, sizeof(a->address));
}
