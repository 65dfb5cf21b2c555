// SPDX-License-Identifier: GPL-2.0-only
// snapshot: everything that a dataplane has counted, read into one struct.
#include "snapshot.h"

#include "plane.h"

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

static void add_up(struct snapshot *snapshot)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		snapshot->packets += snapshot->classes[i];
	snapshot->syns = snapshot->classes[CLASS_SYN];
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

int snapshot__read(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why)
{
	return snapshot__read_heaviest(dataplane, NULL, ret, why);
}

int snapshot__read_heaviest(struct dataplane *dataplane, struct album *albums, struct snapshot *ret,
			    struct errmsg *why)
{
	struct snapshot snapshot = {.missing = dataplane__missing(dataplane)};
	int err = dataplane->plane->read(dataplane, albums, &snapshot, why);

	if (err) {
		snapshot__free(&snapshot);
		return err;
	}
	add_up(&snapshot);
	cap(&snapshot.sources, snapshot.syns);
	cap(&snapshot.victims, snapshot.syns);
	snapshot.unattributed = snapshot.syns - snapshot.sources.attributed;
	snapshot.exact = !snapshot.sources.unlisted_at_most;
	snapshot.distinct_is_exact = snapshot.exact && !snapshot.sources.rest_total;
	snapshot.distinct_known =
		snapshot.distinct_is_exact || !snapshot__lacks(&snapshot, FEATURE_DISTINCT);
	if (snapshot.distinct_is_exact)
		snapshot.distinct_sources = snapshot.sources.count;
	*ret = snapshot;
	return 0;
}

int snapshot__read_counts(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why)
{
	struct snapshot snapshot = {.missing = dataplane__missing(dataplane)};
	int err = dataplane->plane->read_counts(dataplane, &snapshot, why);

	if (err)
		return err;
	add_up(&snapshot);
	*ret = snapshot;
	return 0;
}

const char *snapshot__lacks(const struct snapshot *snapshot, enum feature feature)
{
	return snapshot->missing ? snapshot->missing[feature] : NULL;
}

void snapshot__free(struct snapshot *snapshot)
{
	tally__free(&snapshot->sources);
	tally__free(&snapshot->victims);
}
