// SPDX-License-Identifier: GPL-2.0-only
// interval_reading: what was counted in an interval, as a detector needs it.
#include "common/events/interval_reading.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint_index.h"

/* Three standard errors of HyperLogLog with 2^14 registers: 1.04 / 128 each. */
#define DISTINCT_ERROR 0.025

/* The counts of one table in the interval, by endpoint. */
struct reading_table {
	const struct interval_table *table;
	const struct tally *tally;
	struct endpoint_index index;
};

static int reading_table__open(const struct interval *interval, const struct snapshot *snapshot,
			       enum table which, struct reading_table *ret)
{
	*ret = (struct reading_table){&interval->tables[which], &snapshot->tallies[which], {}};
	return endpoint_index__build(&ret->index, ret->table->rows, sizeof(*ret->table->rows),
				     ret->table->count);
}

/* No endpoint without a row has had more. */
static __u64 unlisted_at_most(const struct reading_table *table)
{
	__u64 at_most = table->table->rest_delta + table->tally->unlisted_at_most;

	return at_most < table->table->total ? at_most : table->table->total;
}

static __u64 count_at_most(const struct reading_table *table, const struct endpoint *endpoint)
{
	size_t number = endpoint_index__find(&table->index, endpoint, table->table->count);

	return number < table->table->count ? table->table->rows[number].delta_at_most
					    : unlisted_at_most(table);
}

static int by_at_most(const void *a, const void *b)
{
	const struct detector_victim *left = a, *right = b;

	if (left->syns.at_most != right->syns.at_most)
		return left->syns.at_most > right->syns.at_most ? -1 : 1;
	return endpoint__compare(&left->endpoint, &right->endpoint);
}

/* Protected victims first: the kernel's judgement is needed whether they had SYNs or not. */
static int by_protection(const void *a, const void *b)
{
	const struct detector_victim *left = a, *right = b;

	if (left->kernel.judges != right->kernel.judges)
		return left->kernel.judges ? -1 : 1;
	return by_at_most(a, b);
}

static void set_kernel(struct detector_victim *victim, const struct policy_counts *policy,
		       const struct attack_row *attack)
{
	struct detector_kernel *kernel = &victim->kernel;

	victim->endpoint = attack->victim;
	kernel->judges = true;
	kernel->is_armed = attack->is_on;
	kernel->challenged = attack->challenged;
	kernel->verified = attack->verified;
	if (attack->stopped > attack->challenged)
		kernel->dropped = attack->stopped - attack->challenged;
	snprintf(kernel->rule, sizeof(kernel->rule), "%s",
		 policy->standing.names.rules[attack->rule]);
}

/* Victims with SYNs and protected ones. Return: -ENOMEM, or 0. */
static int list_victims(const struct reading_table *victims, const struct policy_counts *policy,
			struct interval_reading *reading)
{
	size_t rows = victims->table->count, count = 0;
	bool *is_listed = calloc(rows + 1, sizeof(*is_listed));

	reading->victims = calloc(rows + policy->attack_count + 1, sizeof(*reading->victims));
	if (!is_listed || !reading->victims) {
		free(is_listed);
		return -ENOMEM;
	}
	for (size_t i = 0; i < policy->attack_count; i++) {
		const struct endpoint *victim = &policy->attacks[i].victim;
		size_t row = endpoint_index__find(&victims->index, victim, rows);

		is_listed[row] = true;
		set_kernel(&reading->victims[count], policy, &policy->attacks[i]);
		if (row < rows)
			reading->victims[count].syns =
				(struct event_bounds){victims->table->rows[row].delta_at_least,
						      victims->table->rows[row].delta_at_most};
		count++;
	}
	for (size_t i = 0; i < rows; i++) {
		const struct interval_row *row = &victims->table->rows[i];

		if (is_listed[i] || !row->delta_at_most)
			continue;
		reading->victims[count++] =
			(struct detector_victim){.endpoint = row->total.endpoint,
						 .syns = {row->delta_at_least, row->delta_at_most}};
	}
	free(is_listed);
	reading->interval.victim_count = count;
	return 0;
}

/* The heaviest ones; the others have at most what the heaviest of them has. */
static void limit_victims(struct interval_reading *reading)
{
	struct detector_interval *interval = &reading->interval;
	__u64 at_most;

	if (interval->victim_count <= DETECTOR_MAX_VICTIMS)
		return;
	qsort(reading->victims, interval->victim_count, sizeof(*reading->victims), by_protection);
	at_most = reading->victims[DETECTOR_MAX_VICTIMS].syns.at_most;
	if (at_most > interval->unlisted_at_most)
		interval->unlisted_at_most = at_most;
	interval->victim_count = DETECTOR_MAX_VICTIMS;
}

static int read_closings(const struct interval *interval, const struct snapshot *snapshot,
			 struct interval_reading *reading)
{
	struct reading_table fins, rsts;
	int err;

	if (!snapshot->tallies[TABLE_FINS].counted)
		return 0;
	err = reading_table__open(interval, snapshot, TABLE_FINS, &fins);
	if (err)
		return err;
	err = reading_table__open(interval, snapshot, TABLE_RSTS, &rsts);
	for (size_t i = 0; !err && i < reading->interval.victim_count; i++) {
		struct detector_victim *victim = &reading->victims[i];

		victim->closings_at_most = count_at_most(&fins, &victim->endpoint) +
					   count_at_most(&rsts, &victim->endpoint);
	}
	reading->interval.closings_by_victim = true;
	endpoint_index__free(&rsts.index);
	endpoint_index__free(&fins.index);
	return err;
}

/* By insertion: the rows are few, and most of them are lighter than all that are listed. */
static void list_sources(const struct interval_table *table, struct interval_reading *reading)
{
	struct event_source *sources = reading->sources;
	size_t count = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct interval_row *row = &table->rows[i];
		size_t place = count;

		while (place && sources[place - 1].syns.at_least < row->delta_at_least)
			place--;
		if (place == EVENT_MAX_SOURCES || !row->delta_at_least)
			continue;
		count += count < EVENT_MAX_SOURCES;
		memmove(&sources[place + 1], &sources[place],
			(count - 1 - place) * sizeof(sources[0]));
		sources[place] = (struct event_source){row->total.endpoint,
						       {row->delta_at_least, row->delta_at_most}};
	}
	reading->interval.sources = sources;
	reading->interval.source_count = count;
}

static void set_distinct(const struct snapshot *snapshot, struct detector_interval *interval)
{
	double estimate = snapshot->distinct_in_window;
	__u64 at_most = estimate * (1 + DISTINCT_ERROR) + 1;

	interval->distinct_known = true;
	interval->distinct.at_least = estimate * (1 - DISTINCT_ERROR);
	interval->distinct.at_most = at_most < interval->syns ? at_most : interval->syns;
	if (interval->distinct.at_least > interval->distinct.at_most)
		interval->distinct.at_least = interval->distinct.at_most;
}

static void set_totals(const struct interval *interval, const struct snapshot *snapshot,
		       bool window_is_ours, struct detector_interval *ret)
{
	ret->interval_ns = interval->interval_ns;
	ret->restarted = interval->restarted;
	ret->syns = interval->syns;
	ret->closings = interval->classes[CLASS_FIN] + interval->classes[CLASS_RST];
	ret->completed_known = snapshot->tallies[TABLE_COMPLETED].counted;
	ret->completed = interval->tables[TABLE_COMPLETED].total;
	if (window_is_ours && snapshot->window_is_known &&
	    !snapshot__is_unsupported(snapshot, FEATURE_WINDOWS))
		set_distinct(snapshot, ret);
}

int interval_reading__make(const struct interval *interval, const struct snapshot *snapshot,
			   __u64 time_ns, bool window_is_ours, struct interval_reading *ret)
{
	struct interval_reading reading = {.interval.time_ns = time_ns};
	struct reading_table victims;
	int err = reading_table__open(interval, snapshot, TABLE_VICTIMS, &victims);

	if (err)
		return err;
	set_totals(interval, snapshot, window_is_ours, &reading.interval);
	reading.interval.unlisted_at_most = unlisted_at_most(&victims);
	err = list_victims(&victims, &snapshot->policy, &reading);
	endpoint_index__free(&victims.index);
	if (!err) {
		limit_victims(&reading);
		err = read_closings(interval, snapshot, &reading);
	}
	if (err) {
		free(reading.victims);
		return err;
	}
	*ret = reading;
	list_sources(&interval->tables[TABLE_SOURCES], ret);
	ret->interval.victims = ret->victims;
	return 0;
}

void interval_reading__free(struct interval_reading *reading)
{
	free(reading->victims);
}
