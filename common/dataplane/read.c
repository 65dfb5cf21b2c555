// SPDX-License-Identifier: GPL-2.0-only
// read: everything that a dataplane has counted, read out of its maps into a snapshot.
#include "common/dataplane/read.h"

#include <stdlib.h>

#include "common/dataplane/backend.h"
#include "common/dataplane/policy_read.h"

static void sum_classes(struct snapshot *snapshot)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		snapshot->packets += snapshot->classes[i];
	snapshot->syns = snapshot->classes[CLASS_SYN];
}

static void sum_reasons(struct snapshot *snapshot)
{
	struct policy_counts *policy = &snapshot->policy;
	__u64 judged = 0;

	for (int i = 0; i < REASON_COUNT; i++)
		judged += policy->reasons[i];
	/* More are judged only if another user has written to the maps. */
	if (policy->counted && judged < snapshot->packets)
		policy->unjudged = snapshot->packets - judged;
}

/* SYNs move from the counters of the CPUs to the attacks, which are therefore copied first: none is
 * seen twice. */
static int read_policy(const struct dataplane *dataplane, struct policy_counts *ret,
		       struct errmsg *why)
{
	struct policy_attacks attacks = {.cpus = dataplane->layout.cpus};
	struct verdict_counters *counters = NULL;
	int err;

	if (!dataplane->policy)
		return 0;
	ret->is_armed = true;
	err = policy_maps__copy_attacks(dataplane->policy, &attacks, why);
	if (err)
		return err;
	counters = calloc(attacks.cpus, sizeof(*counters));
	if (counters && !dataplane->backend->copy_verdicts(dataplane, counters))
		attacks.counters = counters;
	err = policy_maps__read(dataplane->policy, &attacks, ret, why);
	free(counters);
	free(attacks.sets);
	return err;
}

static void set_total(struct snapshot *snapshot, enum table table)
{
	if (table_kinds[table].total_class < CLASS_COUNT)
		snapshot->tallies[table].total = snapshot->classes[table_kinds[table].total_class];
	if (table == TABLE_DROPPED)
		snapshot->tallies[table].total = policy_counts__dropped(&snapshot->policy);
}

/* No endpoint has more than the total. */
static void cap_bounds(struct tally *tally)
{
	for (size_t i = 0; i < tally->count; i++)
		if (tally->rows[i].at_most > tally->total)
			tally->rows[i].at_most = tally->total;
	if (tally->unlisted_at_most > tally->total)
		tally->unlisted_at_most = tally->total;
}

int dataplane__read(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why)
{
	return dataplane__read_heaviest(dataplane, NULL, ret, why);
}

int dataplane__read_heaviest(struct dataplane *dataplane, struct table_history *histories,
			     struct snapshot *ret, struct errmsg *why)
{
	struct snapshot snapshot = {.unsupported = dataplane__unsupported(dataplane)};
	struct tally *sources = &snapshot.tallies[TABLE_SOURCES];
	int err = dataplane->backend->read(dataplane, histories, &snapshot, why);

	if (!err)
		err = read_policy(dataplane, &snapshot.policy, why);
	if (err) {
		snapshot__free(&snapshot);
		return err;
	}
	sum_classes(&snapshot);
	sum_reasons(&snapshot);
	for (int i = 0; i < TABLE_COUNT; i++) {
		set_total(&snapshot, i);
		cap_bounds(&snapshot.tallies[i]);
	}
	/* More are attributed only if another user has written to the maps. */
	if (sources->attributed < snapshot.syns)
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

int dataplane__read_counts(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why)
{
	struct snapshot snapshot = {.unsupported = dataplane__unsupported(dataplane)};
	int err = dataplane->backend->read_counts(dataplane, &snapshot, why);

	if (err)
		return err;
	sum_classes(&snapshot);
	sum_reasons(&snapshot);
	*ret = snapshot;
	return 0;
}
