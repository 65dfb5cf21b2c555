// SPDX-License-Identifier: GPL-2.0-only
// interval: what was counted between two snapshots, in total and for each source and victim.
#include "common/counts/interval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/address/endpoint_index.h"
#include "common/counts/table_copy.h"

_Static_assert(offsetof(struct tally_row, endpoint) == 0, "an endpoint first");
_Static_assert(offsetof(struct interval_row, total) == 0, "an endpoint first");

/* A table in two readings. */
struct step {
	const struct tally *before; /* NULL: there is none */
	struct tally *after;
	bool exact;
	bool aggregates; /* a prefix may include sources that were not listed */
	__u64 total;     /* of the interval */
};

static void add_delta(const struct step *step, const struct tally_row *before,
		      const struct tally_row *after, struct interval_row *row)
{
	__u64 delta = after->at_least - before->at_least;
	__u64 at_least = 0, at_most = step->total;

	if (step->exact) {
		at_least = at_most = delta;
	} else if (!step->aggregates) {
		if (after->at_least > before->at_most)
			at_least = after->at_least - before->at_most;
		if (after->at_most - before->at_least < at_most)
			at_most = after->at_most - before->at_least;
	}
	row->delta += delta;
	row->delta_at_least += at_least;
	row->delta_at_most += at_most > delta ? at_most : delta;
}

/* An endpoint's bounds in a tally; of an unlisted one, only the upper bound. */
static struct tally_row row_in(const struct tally *tally, const struct endpoint_index *index,
			       const struct endpoint *key)
{
	size_t number;

	if (!tally)
		return (struct tally_row){};
	if (tally->copy)
		return table_copy__row(tally->copy, key);
	number = endpoint_index__find(index, key, tally->count);
	if (number < tally->count)
		return tally->rows[number];
	return (struct tally_row){.at_most = tally->unlisted_at_most};
}

static void raise_row(struct tally *tally, struct tally_row *row, __u64 at_least)
{
	if (row->at_least < at_least) {
		tally->attributed += at_least - row->at_least;
		row->at_least = at_least;
	}
	if (row->at_most < row->at_least)
		row->at_most = row->at_least;
}

static void interval_add_rows(const struct step *step, const struct endpoint_index *earlier,
			      const struct endpoint_index *present, struct interval_table *table)
{
	__u64 attributed = step->before ? step->before->attributed : 0;
	__u64 delta = 0;

	for (size_t i = 0; i < step->after->count; i++) {
		struct tally_row *row = &step->after->rows[i];
		struct tally_row before = row_in(step->before, earlier, &row->endpoint);
		size_t number = table->count;

		raise_row(step->after, row, before.at_least);
		if (present->slots)
			number = endpoint_index__find(present, &row->endpoint, table->count);
		table->count += number == table->count;
		table->rows[number].total = *row;
		add_delta(step, &before, row, &table->rows[number]);
		delta += row->at_least - before.at_least;
	}
	table->delta += step->after->copy ? step->after->attributed - attributed : delta;
	table->rest_total = step->after->rest_total;
	table->rest_delta += step->after->rest_delta;
}

/* Grows the table. Its rows are from before the restart, so they start from nothing again. */
static int prepare_table(const struct step *step, struct interval_table *table)
{
	size_t count = table->count + step->after->count;
	struct interval_row *rows = reallocarray(table->rows, count + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	memset(rows + table->count, 0, (count + 1 - table->count) * sizeof(*rows));
	for (size_t i = 0; i < table->count; i++) {
		if (step->after->copy) {
			rows[i].total = table_copy__row(step->after->copy, &rows[i].total.endpoint);
			continue;
		}
		rows[i].total.at_least = 0;
		rows[i].total.at_most = step->after->unlisted_at_most;
	}
	table->rows = rows;
	return 0;
}

static int add_table(const struct step *step, struct interval_table *table)
{
	struct endpoint_index earlier = {}, present = {};
	int err;

	err = prepare_table(step, table);
	if (err)
		return err;
	if (step->before)
		err = endpoint_index__build(&earlier, step->before->rows, sizeof(struct tally_row),
					    step->before->count);
	if (!err && table->count)
		err = endpoint_index__build(&present, table->rows, sizeof(struct interval_row),
					    table->count);
	if (!err)
		interval_add_rows(step, &earlier, &present, table);
	endpoint_index__free(&earlier);
	endpoint_index__free(&present);
	return err;
}

static void add_differences(__u64 *sums, const __u64 *before, const __u64 *after, int count)
{
	for (int i = 0; i < count; i++)
		sums[i] += after[i] - before[i];
}

static bool has_shrunk(const struct snapshot *before, const struct snapshot *after)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		if (after->classes[i] < before->classes[i])
			return true;
	return false;
}

static void add_totals(struct interval *interval, const struct snapshot *before,
		       const struct snapshot *after)
{
	interval->packets += after->packets - before->packets;
	interval->bytes += after->bytes - before->bytes;
	interval->syns += after->syns - before->syns;
	add_differences(interval->classes, before->classes, after->classes, CLASS_COUNT);
	add_differences(interval->verdicts, before->verdicts, after->verdicts, VERDICT_COUNT);
}

static int compare_ids(const void *a, const void *b)
{
	const struct attack_row *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

/* A victim without a row before has got all its SYNs since. */
static int add_attacks(const struct policy_counts *before, struct policy_counts *after)
{
	size_t count = before->attack_count;
	struct attack_row *sorted = calloc(count + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	if (count)
		memcpy(sorted, before->attacks, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_ids);
	for (size_t i = 0; i < after->attack_count; i++) {
		struct attack_row *attack = &after->attacks[i];
		const struct attack_row *row =
			bsearch(attack, sorted, count, sizeof(*sorted), compare_ids);
		__u64 syns = row ? row->syns : 0;

		attack->syns_in_interval = attack->syns > syns ? attack->syns - syns : 0;
	}
	free(sorted);
	return 0;
}

static void add_policy(struct interval *interval, const struct policy_counts *before,
		       const struct policy_counts *after)
{
	add_differences(interval->reasons, before->reasons, after->reasons, REASON_COUNT);
	add_differences(interval->shadow, before->shadow, after->shadow, REASON_COUNT);
	if (before->tx_failed_known && after->tx_failed > before->tx_failed)
		interval->tx_failed += after->tx_failed - before->tx_failed;
	for (int i = 0; i < POLICY_RULES; i++) {
		interval->rules[i].matched += after->rules[i].matched - before->rules[i].matched;
		interval->rules[i].shadow += after->rules[i].shadow - before->rules[i].shadow;
	}
}

int interval__add(struct interval *interval, const struct snapshot *before, struct snapshot *after,
		  const struct source_view *view)
{
	static const struct snapshot zero;
	bool restarted = !before || has_shrunk(before, after);
	int err = 0;

	before = restarted ? &zero : before;
	interval->restarted |= restarted;
	add_totals(interval, before, after);
	add_policy(interval, &before->policy, &after->policy);
	/* A reset does not touch the attacks: without a reading before, nothing is known of them.
	 */
	if (!restarted && after->policy.attack_count)
		err = add_attacks(&before->policy, &after->policy);
	for (int i = 0; !err && i < TABLE_COUNT; i++) {
		struct step step = {
			.before = restarted ? NULL : &before->tallies[i],
			.after = &after->tallies[i],
			.exact = !after->tallies[i].unlisted_at_most,
			.aggregates = view->aggregates && table_kind__has_sources(i),
			.total = after->tallies[i].total - before->tallies[i].total,
		};

		interval->tables[i].total += step.total;
		err = add_table(&step, &interval->tables[i]);
	}
	if (view->cidr.network.family) {
		/* Sources outside of the prefix are not unattributed. */
		interval->unattributed += after->unattributed - before->unattributed;
	} else {
		after->unattributed = after->syns - after->tallies[TABLE_SOURCES].attributed;
		interval->unattributed = interval->syns - interval->tables[TABLE_SOURCES].delta;
	}
	return err;
}

static int compare_deltas(const void *a, const void *b)
{
	const struct interval_row *left = a, *right = b;

	if (left->delta != right->delta)
		return left->delta > right->delta ? -1 : 1;
	if (left->total.at_least != right->total.at_least)
		return left->total.at_least > right->total.at_least ? -1 : 1;
	return endpoint__compare(&left->total.endpoint, &right->total.endpoint);
}

static int compare_totals(const void *a, const void *b)
{
	const struct interval_row *left = a, *right = b;

	if (left->total.at_least != right->total.at_least)
		return left->total.at_least > right->total.at_least ? -1 : 1;
	return endpoint__compare(&left->total.endpoint, &right->total.endpoint);
}

void interval__sort(struct interval_table *table, enum source_order order)
{
	if (table->count)
		qsort(table->rows, table->count, sizeof(*table->rows),
		      order == ORDER_BY_RATE ? compare_deltas : compare_totals);
}

bool interval__is_proven(const struct interval_table *table, const struct interval_row *row,
			 enum source_order order)
{
	return order == ORDER_BY_RATE ? row->delta >= table->rest_delta
				      : row->total.at_least >= table->rest_total;
}

double interval__per_second(const struct interval *interval, __u64 count)
{
	return interval->interval_ns ? count * 1e9 / interval->interval_ns : 0;
}

void interval__free(struct interval *interval)
{
	for (int i = 0; i < TABLE_COUNT; i++)
		free(interval->tables[i].rows);
	*interval = (struct interval){};
}
