// SPDX-License-Identifier: GPL-2.0-only
// target: a program under test, its input, and whether its own counts agree with it.
#include "perf/target.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/object_prog.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/read.h"
#include "perf/lab.h"
#include "perf/progmap.h"

struct target {
	const struct program_row *row;
	struct dataplane *dataplane; /* or @prog */
	struct object_prog *prog;
	__u64 frames;
	__u64 expected[CLASS_COUNT + 1]; /* the last one: a mixture of classes */
};

/* The lab's objects are in bpf/, next to the running program. */
static int find_object(const struct program_row *row, char *path, size_t path_bytes,
		       struct errmsg *why)
{
	char self[3800];
	ssize_t length;
	glob_t found = {};
	int err = 0;

	if (row->object[0] != '/') {
		length = readlink("/proc/self/exe", self, sizeof(self) - 1);
		if (length < 0)
			return errmsg__set(why, -errno, "/proc/self/exe: %s", strerror(errno));
		self[length] = '\0';
		*strrchr(self, '/') = '\0';
		snprintf(path, path_bytes, "%s/bpf/%s", self, row->object);
		return 0;
	}
	if (glob(row->object, 0, NULL, &found) || !found.gl_pathc)
		err = errmsg__set(why, -ENOENT, "%s: not installed (package %s)", row->object,
				  row->package);
	else
		snprintf(path, path_bytes, "%s", found.gl_pathv[0]);
	globfree(&found);
	return err;
}

int target__open(const struct program_row *row, struct target **ret, struct errmsg *why)
{
	struct target *target = calloc(1, sizeof(*target));
	char path[4096];
	int err;

	if (!target)
		return -ENOMEM;
	target->row = row;
	if (!row->object) {
		err = dataplane__load(NULL, &target->dataplane, why);
	} else {
		err = find_object(row, path, sizeof(path), why);
		if (!err)
			err = object_prog__load(path, -1, &target->prog, why);
	}
	if (err)
		target__close(target);
	else
		*ret = target;
	return err;
}

int target__program_fd(const struct target *target)
{
	return target->dataplane ? dataplane__program_fd(target->dataplane)
				 : object_prog__program_fd(target->prog);
}

void target__note(struct target *target, __u64 frames, int class)
{
	target->frames += frames;
	target->expected[class] += frames;
}

__u64 target__memory_bytes(const struct target *target)
{
	return progmap__memory_bytes(target__program_fd(target));
}

static int target_read_dataplane(const struct target *target, __u64 *classes,
				 struct target_counts *counts, struct errmsg *why)
{
	struct snapshot snapshot;
	int err = dataplane__read(target->dataplane, &snapshot, why);

	if (err)
		return err;
	memcpy(classes, snapshot.classes, sizeof(snapshot.classes));
	counts->syns = snapshot.syns;
	counts->attributed = snapshot.tallies[TABLE_SOURCES].attributed;
	counts->failures = snapshot.unattributed;
	snapshot__free(&snapshot);
	return 0;
}

static int target_read_lab(const struct target *target, __u64 *classes,
			   struct target_counts *counts, struct errmsg *why)
{
	struct lab_counters counters;
	int err, fd = progmap__open(target__program_fd(target), LAB_COUNTERS_MAP);

	if (fd < 0)
		return errmsg__set(why, fd, "%s: no counters: %s", target->row->name,
				   strerror(-fd));
	err = progmap__sum_cpus(fd, sizeof(counters) / sizeof(__u64), (__u64 *)&counters);
	close(fd);
	if (!err && target->row->counts_sources) {
		fd = progmap__open(target__program_fd(target), LAB_SOURCES_MAP);
		err = fd < 0 ? fd : progmap__sum_values(fd, &counts->attributed);
		if (fd >= 0)
			close(fd);
	}
	if (err)
		return errmsg__set(why, err, "%s: reading its maps: %s", target->row->name,
				   strerror(-err));
	memcpy(classes, counters.classes, sizeof(counters.classes));
	counts->syns = counters.classes[CLASS_SYN];
	counts->failures = counters.source_failures;
	return 0;
}

static int target_compare(const struct target *target, const __u64 *classes,
			  const struct target_counts *counts, struct errmsg *why)
{
	const char *name = target->row->name;
	__u64 mixed = target->expected[CLASS_COUNT];
	__u64 found = counts->attributed + counts->failures;

	if (counts->counted != counts->frames)
		return errmsg__set(why, -EBADMSG, "%s: counted %llu of %llu frames", name,
				   counts->counted, counts->frames);
	for (int i = 0; !mixed && i < CLASS_COUNT; i++)
		if (classes[i] != target->expected[i])
			return errmsg__set(why, -EBADMSG, "%s: %llu frames of class %s, not %llu",
					   name, classes[i], frame_class_names[i],
					   target->expected[i]);
	if (!target->row->counts_sources)
		return 0;
	if (target->row->evicts ? found > counts->syns : found != counts->syns)
		return errmsg__set(why, -EBADMSG, "%s: %llu SYNs, but %llu attributed or failed",
				   name, counts->syns, found);
	return 0;
}

int target__reconcile(const struct target *target, struct target_counts *ret, struct errmsg *why)
{
	struct target_counts counts = {.frames = target->frames};
	__u64 classes[CLASS_COUNT] = {};
	int err;

	if (!target->row->counts_classes) {
		*ret = counts;
		return 0;
	}
	err = target->dataplane ? target_read_dataplane(target, classes, &counts, why)
				: target_read_lab(target, classes, &counts, why);
	for (int i = 0; !err && i < CLASS_COUNT; i++)
		counts.counted += classes[i];
	if (!err)
		err = target_compare(target, classes, &counts, why);
	if (!err)
		*ret = counts;
	return err;
}

void target__close(struct target *target)
{
	if (!target)
		return;
	object_prog__close(target->prog);
	dataplane__close(target->dataplane);
	free(target);
}
