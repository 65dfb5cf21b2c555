// SPDX-License-Identifier: GPL-2.0-only
// overview: a row for each of several watched interfaces, the busiest first, and one for all.
#include "ctl/monitor/overview.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"

#define KEPT_ROWS 32 /* of each table, to find the heaviest endpoint of all interfaces */

/* The heaviest rows of one table of one interface. */
struct kept_rows {
	struct endpoint_count rows[KEPT_ROWS];
	size_t count;
	__u64 unlisted_at_most; /* of an endpoint that is not kept */
};

static void kept_leave_out(struct kept_rows *kept, const struct endpoint_count *row)
{
	if (row->at_most > kept->unlisted_at_most)
		kept->unlisted_at_most = row->at_most;
}

static void kept_add(struct kept_rows *kept, const struct endpoint_count *row,
		     enum source_order order)
{
	size_t at = kept->count;

	while (at && endpoint_count__compare(row, &kept->rows[at - 1], order) < 0)
		at--;
	if (at == KEPT_ROWS) {
		kept_leave_out(kept, row);
		return;
	}
	if (kept->count == KEPT_ROWS)
		kept_leave_out(kept, &kept->rows[--kept->count]);
	memmove(&kept->rows[at + 1], &kept->rows[at], (kept->count - at) * sizeof(*row));
	kept->rows[at] = *row;
	kept->count++;
}

/* Without rates the rows of the interval are not computed: those of the snapshot are taken. */
static struct kept_rows keep_rows(const struct watch *watch, const struct watched *watched,
				  enum table table, enum source_order order)
{
	const struct interval_table *interval = &watched->interval.tables[table];
	const struct tally *tally = &watched->snapshot.tallies[table];
	__u64 min = table == TABLE_SOURCES ? watch->view.min : 0;
	struct kept_rows kept = {
		.unlisted_at_most = tally->counted ? tally->rest_total + tally->unlisted_at_most
						   : watched->snapshot.syns,
	};

	for (size_t i = 0; i < (watch->rates ? interval->count : tally->count); i++) {
		const struct tally_row *total =
			watch->rates ? &interval->rows[i].total : &tally->rows[i];
		struct endpoint_count row = {
			.endpoint = total->endpoint,
			.at_least = total->at_least,
			.at_most = total->at_most,
		};

		if (watch->rate_readings > 1)
			row.syns_pps =
				interval__per_second(&watched->interval, interval->rows[i].delta);
		if (total->at_least >= min)
			kept_add(&kept, &row, order);
		else
			kept_leave_out(&kept, &row);
	}
	return kept;
}

static void row_set_rates(const struct watched *watched, struct overview_row *row)
{
	const struct interval *interval = &watched->interval;
	struct rate_point latest;

	if (row->history) {
		latest = rate_history__latest(row->history);
		row->has_rates = row->history->count;
		row->syns_pps = latest.syns_pps;
		row->frames_pps = latest.frames_pps;
		return;
	}
	row->has_rates = interval->interval_ns;
	row->syns_pps = interval__per_second(interval, interval->syns);
	row->frames_pps = interval__per_second(interval, interval->packets);
}

/* The counters of a history are the latest ones: it is read more often than tables are. */
static void row_set_counts(const struct watched *watched, struct overview_row *row)
{
	row->has_counts = true;
	row->syns = row->history ? row->history->classes[CLASS_SYN] : watched->snapshot.syns;
	row->frames = row->history ? row->history->frames : watched->snapshot.packets;
	row->has_policy = watched->snapshot.policy.counted;
	row->dropped = row->has_policy ? watched->snapshot.verdicts[XDP_DROP] : 0;
	row->is_armed = watched->snapshot.policy.is_armed;
	row->under_attack = policy_counts__under_attack(&watched->snapshot.policy);
	row_set_rates(watched, row);
}

static void row_open(const struct watched *watched, const struct rate_histories *histories,
		     struct overview_row *row)
{
	*row = (struct overview_row){
		.state = watched->state,
		.mode = watched__mode(watched),
		.reason = watched->err ? watched->why.text : NULL,
	};
	snprintf(row->interface, sizeof(row->interface), "%s", watched->interface);
	if (histories)
		row->history = rate_histories__find(histories, watched->interface);
	if (watched->dataplane)
		row_set_counts(watched, row);
}

static void overview_add_up(struct overview *overview, const struct overview_row *row)
{
	struct overview_row *all = &overview->all;

	overview->states[row->state]++;
	overview->idle += overview_row__is_idle(row);
	all->has_counts |= row->has_counts;
	all->has_rates |= row->has_rates;
	all->syns_pps += row->syns_pps;
	all->frames_pps += row->frames_pps;
	all->syns += row->syns;
	all->frames += row->frames;
	all->has_policy |= row->has_policy;
	all->dropped += row->dropped;
	all->is_armed |= row->is_armed;
}

static int compare_victims(const void *a, const void *b)
{
	return endpoint__compare(a, b);
}

/* A policy lists its victims on each of its interfaces. Return: 0 or -ENOMEM. */
static int count_under_attack(const struct watch *watch, struct overview *overview)
{
	struct endpoint *victims;
	size_t count = 0, filled = 0;

	for (size_t i = 0; i < overview->count; i++)
		count += overview->rows[i].under_attack;
	victims = calloc(count + 1, sizeof(*victims));
	if (!victims)
		return -ENOMEM;
	for (size_t i = 0; i < watch->count; i++) {
		const struct policy_counts *policy = &watch->list[i].snapshot.policy;

		for (size_t j = 0; overview->rows[i].under_attack && j < policy->attack_count; j++)
			if (policy->attacks[j].is_on)
				victims[filled++] = policy->attacks[j].victim;
	}
	qsort(victims, filled, sizeof(*victims), compare_victims);
	for (size_t i = 0; i < filled; i++)
		overview->all.under_attack += !i || compare_victims(&victims[i], &victims[i - 1]);
	free(victims);
	return 0;
}

static int add_heaviest(const struct watch *watch, const struct watched *watched, enum table table,
			enum source_order order, struct merge *merge, struct endpoint_count *ret)
{
	struct kept_rows kept = keep_rows(watch, watched, table, order);

	if (kept.count)
		*ret = kept.rows[0];
	return merge__add(merge, kept.rows, kept.count, kept.unlisted_at_most);
}

static int fill_rows(const struct watch *watch, const struct rate_histories *histories,
		     struct overview *overview)
{
	enum source_order order = overview->order;
	struct merge victims = {}, sources = {};
	int err = 0;

	for (size_t i = 0; !err && i < watch->count; i++) {
		const struct watched *watched = &watch->list[i];
		struct overview_row *row = &overview->rows[i];

		row_open(watched, histories, row);
		overview_add_up(overview, row);
		if (!row->has_counts)
			continue;
		err = add_heaviest(watch, watched, TABLE_VICTIMS, order, &victims, &row->victim)
			      ?: add_heaviest(watch, watched, TABLE_SOURCES, order, &sources,
					      &row->source);
	}
	overview->all.victim = merge__heaviest(&victims, order);
	overview->all.source = merge__heaviest(&sources, order);
	merge__free(&victims);
	merge__free(&sources);
	return err;
}

/* Among rows without traffic: unknown ones need attention, idle ones do not. */
static int row_rank(const struct overview_row *row)
{
	return row->state == WATCHED_FAILED ? 0 : row->has_counts ? 1 : 2;
}

static int compare_names(const struct overview_row *a, const struct overview_row *b)
{
	return row_rank(a) != row_rank(b) ? row_rank(a) - row_rank(b)
					  : strverscmp(a->interface, b->interface);
}

/* The larger one first. */
static int compare_numbers(__u64 a, __u64 b)
{
	return (a < b) - (a > b);
}

/* As they are shown: noise below one per second does not move rows. */
static int compare_pps(double a, double b)
{
	a = round(a);
	b = round(b);
	return (a < b) - (a > b);
}

static int compare_rates(const void *a, const void *b)
{
	const struct overview_row *left = a, *right = b;

	return compare_pps(left->syns_pps, right->syns_pps) ?:
	       compare_pps(left->frames_pps, right->frames_pps) ?:
	       compare_names(left, right);
}

static int compare_counts(const void *a, const void *b)
{
	const struct overview_row *left = a, *right = b;

	return compare_numbers(left->syns, right->syns) ?:
	       compare_numbers(left->frames, right->frames) ?: compare_names(left, right);
}

int overview__build(const struct watch *watch, const struct rate_histories *histories,
		    enum source_order order, struct overview *ret)
{
	struct overview overview = {.count = watch->count,
				    .order = order,
				    .has_endpoint_rates = watch->rate_readings > 1};
	int err;

	overview.rows = calloc(watch->count + 1, sizeof(*overview.rows));
	if (!overview.rows)
		return -ENOMEM;
	err = fill_rows(watch, histories, &overview) ?: count_under_attack(watch, &overview);
	if (err) {
		overview__free(&overview);
		return err;
	}
	qsort(overview.rows, overview.count, sizeof(*overview.rows),
	      order == ORDER_BY_RATE ? compare_rates : compare_counts);
	*ret = overview;
	return 0;
}

bool overview_row__is_idle(const struct overview_row *row)
{
	return row->state == WATCHED_COUNTING && row->has_rates && row->frames_pps == 0;
}

double overview_row__syn_share(const struct overview_row *row)
{
	return row->has_rates && row->frames_pps > 0 ? row->syns_pps / row->frames_pps : -1;
}

const struct overview_row *overview__find(const struct overview *overview, const char *interface)
{
	for (size_t i = 0; i < overview->count; i++)
		if (!strcmp(overview->rows[i].interface, interface))
			return &overview->rows[i];
	return NULL;
}

void overview__keep(struct overview *overview, const char *const *names)
{
	size_t kept = 0;

	for (size_t i = 0; i < overview->count; i++)
		if (names__include(names, overview->rows[i].interface))
			overview->rows[kept++] = overview->rows[i];
	overview->count = kept;
}

void overview__free(struct overview *overview)
{
	free(overview->rows);
	*overview = (struct overview){};
}
