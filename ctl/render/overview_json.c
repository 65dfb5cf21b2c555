// SPDX-License-Identifier: GPL-2.0-only
// overview_json: the overview of several interfaces as JSON.
#include "ctl/render/overview_json.h"

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "ctl/render/format.h"

#define SPARK_NS (60 * NS_PER_S)

static json_t *rate_to_json(const struct overview_row *row, double rate)
{
	return row->has_counts && row->has_rates ? json_real(rate) : json_null();
}

static json_t *count_to_json(const struct overview_row *row, __u64 count)
{
	return row->has_counts ? json_integer(count) : json_null();
}

static json_t *heaviest_to_json(const struct overview *overview, const struct endpoint_count *count,
				enum table list, const struct source_view *view)
{
	json_t *object;

	if (!count->endpoint.family)
		return json_null();
	object = endpoint_to_json(&count->endpoint, list, view);
	json_object_update_new(
		object,
		json_pack("{s:o, s:I, s:I}", "syns_pps",
			  overview->has_endpoint_rates ? json_real(count->syns_pps) : json_null(),
			  "at_least", (json_int_t)count->at_least, "at_most",
			  (json_int_t)count->at_most));
	return object;
}

/* The members that the row for all has, too. */
static json_t *row_to_json(const struct overview *overview, const struct overview_row *row,
			   const struct source_view *view)
{
	double share = overview_row__syn_share(row);

	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "syns_pps",
		rate_to_json(row, row->syns_pps), "packets_pps", rate_to_json(row, row->frames_pps),
		"syn_share", share < 0 ? json_null() : json_real(share), "syns",
		count_to_json(row, row->syns), "packets", count_to_json(row, row->frames),
		"dropped", row->has_policy ? json_integer(row->dropped) : json_null(),
		"under_attack", row->is_armed ? json_integer(row->under_attack) : json_null(),
		"victim", heaviest_to_json(overview, &row->victim, TABLE_VICTIMS, NULL), "source",
		heaviest_to_json(overview, &row->source, TABLE_SOURCES, view));
}

static json_t *spark_to_json(const struct rate_history *history)
{
	__u64 since_ns = clock__wall_ns() - SPARK_NS;
	json_t *list = json_array();

	for (size_t i = 0; history && i < history->count; i++)
		if (history->points[i].time_ns > since_ns)
			json_array_append_new(list,
					      json_integer(history->points[i].syns_pps + 0.5));
	return list;
}

static json_t *interface_to_json(const struct overview *overview, const struct overview_row *row,
				 const struct source_view *view, bool sparks)
{
	json_t *object = json_pack("{s:o, s:s, s:s?, s:o}", "interface", utf8__json(row->interface),
				   "state", watched_state_names[row->state], "mode", row->mode,
				   "reason", utf8__json(row->reason));

	json_object_update_new(object, row_to_json(overview, row, view));
	if (sparks)
		json_object_set_new(object, "last_minute_syns_pps", spark_to_json(row->history));
	return object;
}

json_t *overview_to_json(const struct overview *overview, const struct source_view *view,
			 bool sparks)
{
	json_t *all = row_to_json(overview, &overview->all, view), *interfaces = json_array();

	json_object_set_new(all, "states",
			    counts_to_json(watched_state_names, overview->states, WATCHED_STATES));
	for (size_t i = 0; i < overview->count; i++)
		json_array_append_new(
			interfaces, interface_to_json(overview, &overview->rows[i], view, sparks));
	return json_pack("{s:o, s:o}", "all", all, "interfaces", interfaces);
}
