// SPDX-License-Identifier: GPL-2.0-only
// snapshot: everything that a dataplane has counted, read into one struct.
#include "common/counts/snapshot.h"

#include "common/dataplane/backend.h"

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

const struct table_kind table_kinds[TABLE_COUNT] = {
	[TABLE_SOURCES] = {"sources", "syns", "SYNs", TABLE_SOURCES},
	[TABLE_VICTIMS] = {"victims", "syns", "SYNs", TABLE_VICTIMS},
	[TABLE_COMPLETED] = {"completed", "completed", "completed", TABLE_SOURCES},
	[TABLE_SYN_ACKS] = {"syn_acks", "syn_acks", "SYN-ACKs", TABLE_VICTIMS},
	[TABLE_FINS] = {"fins", "fins", "FINs", TABLE_VICTIMS},
	[TABLE_RSTS] = {"rsts", "rsts", "RSTs", TABLE_VICTIMS},
};

static void add_up(struct snapshot *snapshot)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		snapshot->packets += snapshot->classes[i];
	snapshot->syns = snapshot->classes[CLASS_SYN];
}

static void set_totals(struct snapshot *snapshot)
{
	struct tally *tallies = snapshot->tallies;

	tallies[TABLE_SOURCES].total = snapshot->classes[CLASS_SYN];
	tallies[TABLE_VICTIMS].total = snapshot->classes[CLASS_SYN];
	tallies[TABLE_SYN_ACKS].total = snapshot->classes[CLASS_SYN_ACK];
	tallies[TABLE_FINS].total = snapshot->classes[CLASS_FIN];
	tallies[TABLE_RSTS].total = snapshot->classes[CLASS_RST];
}

/* No endpoint has had more than there were. */
static void cap(struct tally *tally)
{
	for (size_t i = 0; i < tally->count; i++)
		if (tally->rows[i].at_most > tally->total)
			tally->rows[i].at_most = tally->total;
	if (tally->unlisted_at_most > tally->total)
		tally->unlisted_at_most = tally->total;
}

int snapshot__read(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why)
{
	return snapshot__read_heaviest(dataplane, NULL, ret, why);
}

int snapshot__read_heaviest(struct dataplane *dataplane, struct table_history *histories,
			    struct snapshot *ret, struct errmsg *why)
{
	struct snapshot snapshot = {.unsupported = dataplane__unsupported(dataplane)};
	struct tally *sources = &snapshot.tallies[TABLE_SOURCES];
	int err = dataplane->backend->read(dataplane, histories, &snapshot, why);

	if (err) {
		snapshot__free(&snapshot);
		return err;
	}
	add_up(&snapshot);
	set_totals(&snapshot);
	for (int i = 0; i < TABLE_COUNT; i++)
		cap(&snapshot.tallies[i]);
	snapshot.unattributed = snapshot.syns - sources->attributed;
	snapshot.exact = !sources->unlisted_at_most;
	snapshot.distinct_is_exact = snapshot.exact && !sources->rest_total;
	snapshot.distinct_known = snapshot.distinct_is_exact ||
				  !snapshot__is_unsupported(&snapshot, FEATURE_DISTINCT);
	if (snapshot.distinct_is_exact)
		snapshot.distinct_sources = sources->count;
	*ret = snapshot;
	return 0;
}

int snapshot__read_counts(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why)
{
	struct snapshot snapshot = {.unsupported = dataplane__unsupported(dataplane)};
	int err = dataplane->backend->read_counts(dataplane, &snapshot, why);

	if (err)
		return err;
	add_up(&snapshot);
	*ret = snapshot;
	return 0;
}

const char *snapshot__is_unsupported(const struct snapshot *snapshot, enum feature feature)
{
	return snapshot->unsupported ? snapshot->unsupported[feature] : NULL;
}

void snapshot__free(struct snapshot *snapshot)
{
	for (int i = 0; i < TABLE_COUNT; i++)
		tally__free(&snapshot->tallies[i]);
}
