// SPDX-License-Identifier: GPL-2.0-only
// interval_json: the intervals of watched interfaces as JSON.
#include "ctl/render/interval_json.h"

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "ctl/render/columns.h"
#include "ctl/render/format.h"
#include "ctl/render/overview_json.h"
#include "ctl/render/policy_json.h"
#include "ctl/render/snapshot_json.h"

static void interval_add_columns(json_t *object, const struct columns *columns,
				 const struct interval *interval, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct extra_column *column = &columns->columns[i];
		struct interval_row row = columns__row(column, endpoint);

		json_object_set_new(object, table_kinds[column->table].name,
				    json_pack("{s:f, s:I, s:I, s:I}", "per_second",
					      interval__per_second(interval, row.delta),
					      "in_interval", (json_int_t)row.delta, "at_least",
					      (json_int_t)row.total.at_least, "at_most",
					      (json_int_t)row.total.at_most));
	}
}

static json_t *interval_row_to_json(const struct watch *watch, const struct interval *interval,
				    const struct interval_row *row, enum table which)
{
	json_t *object = endpoint_to_json(&row->total.endpoint, which, &watch->view);

	json_object_update_new(
		object,
		json_pack("{s:f, s:I, s:I, s:I, s:I, s:I, s:b}", "syns_pps",
			  interval__per_second(interval, row->delta), "syns",
			  (json_int_t)row->delta, "syns_at_least", (json_int_t)row->delta_at_least,
			  "syns_at_most", (json_int_t)row->delta_at_most, "at_least",
			  (json_int_t)row->total.at_least, "at_most",
			  (json_int_t)row->total.at_most, "proven",
			  interval__is_proven(&interval->tables[which], row, watch->view.order)));
	return object;
}

static json_t *interval_rows_to_json(const struct watch *watch, struct watched *watched,
				     enum table which, size_t top)
{
	struct interval_table *table = &watched->interval.tables[which];
	size_t shown = columns__limit(table, which, &watch->view, top);
	json_t *list = json_array();
	struct columns columns = {};

	if (columns__open(&watched->snapshot, &watched->interval, which, &columns)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < shown; i++) {
		json_t *row =
			interval_row_to_json(watch, &watched->interval, &table->rows[i], which);

		interval_add_columns(row, &columns, &watched->interval,
				     &table->rows[i].total.endpoint);
		json_array_append_new(list, row);
	}
	columns__close(&columns);
	return list;
}

/* Frames of any kind, so that the rows do not speak of SYNs. */
static json_t *dropped_to_json(const struct watch *watch, struct watched *watched, size_t top)
{
	struct interval_table *table = &watched->interval.tables[TABLE_DROPPED];
	size_t shown = columns__limit(table, TABLE_DROPPED, &watch->view, top);
	json_t *list = json_array();

	for (size_t i = 0; i < shown; i++) {
		const struct interval_row *row = &table->rows[i];
		json_t *object =
			endpoint_to_json(&row->total.endpoint, TABLE_DROPPED, &watch->view);

		json_object_update_new(
			object, json_pack("{s:f, s:I, s:I, s:I}", "per_second",
					  interval__per_second(&watched->interval, row->delta),
					  "in_interval", (json_int_t)row->delta, "at_least",
					  (json_int_t)row->total.at_least, "at_most",
					  (json_int_t)row->total.at_most));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *interval_counts_to_json(const struct watched *watched)
{
	const struct interval *interval = &watched->interval;
	json_t *object;

	object = json_pack(
		"{s:I, s:I, s:o, s:o, s:I, s:I, s:f, s:f, s:f}", "packets",
		(json_int_t)interval->packets, "bytes", (json_int_t)interval->bytes, "verdicts",
		counts_to_json(verdict_names, interval->verdicts, VERDICT_COUNT), "classes",
		counts_to_json(frame_class_names, interval->classes, CLASS_COUNT), "syns",
		(json_int_t)interval->syns, "unattributed", (json_int_t)interval->unattributed,
		"packets_pps", interval__per_second(interval, interval->packets), "bits_per_second",
		8 * interval__per_second(interval, interval->bytes), "syns_pps",
		interval__per_second(interval, interval->syns));
	if (watched->snapshot.tallies[TABLE_COMPLETED].counted)
		json_object_set_new(object, "completed",
				    json_integer(interval->tables[TABLE_COMPLETED].total));
	json_object_update_new(object,
			       policy_interval_to_json(&watched->snapshot.policy, interval));
	return object;
}

/* Totals without lists: each row of the interval's lists has its own totals. */
static json_t *totals_to_json(const struct snapshot *snapshot)
{
	json_t *totals = snapshot_to_json(snapshot, NULL, 0);

	json_object_del(totals, "sources");
	json_object_del(totals, "victims");
	json_object_del(totals, "attacks");
	json_object_del(totals, "dropped_sources");
	return totals;
}

static json_t *watched_to_json(const struct watch *watch, struct watched *watched, size_t top)
{
	const struct snapshot *snapshot = &watched->snapshot;
	json_t *object =
		json_pack("{s:o, s:s?, s:s, s:o, s:b, s:I, s:o, s:o}", "interface",
			  utf8__json(watched->interface), "mode", watched__mode(watched), "state",
			  watched_state_names[watched->state], "reason",
			  utf8__json(watched->err ? watched->why.text : NULL), "restarted",
			  watched->interval.restarted, "interval_ns",
			  (json_int_t)watched->interval.interval_ns, "interval",
			  interval_counts_to_json(watched), "totals", totals_to_json(snapshot));

	if (watch->windows)
		json_object_set_new(object, "distinct_in_interval",
				    snapshot__is_unsupported(snapshot, FEATURE_WINDOWS) ||
						    !snapshot->window_is_known
					    ? json_null()
					    : json_integer(snapshot->distinct_in_window));
	json_object_set_new(object, "sources",
			    interval_rows_to_json(watch, watched, TABLE_SOURCES, top));
	json_object_set_new(object, "victims",
			    snapshot__is_unsupported(snapshot, FEATURE_VICTIMS)
				    ? json_null()
				    : interval_rows_to_json(watch, watched, TABLE_VICTIMS, top));
	if (!snapshot->policy.counted)
		return object;
	json_object_set_new(object, "attacks",
			    attacks_to_json(&snapshot->policy, &watched->interval, top));
	json_object_set_new(object, "dropped_sources", dropped_to_json(watch, watched, top));
	return object;
}

json_t *interval_to_json(const struct watch *watch, const char *const *names, size_t top,
			 __u64 number)
{
	__u64 read_at_ns = clock__wall_ns() - (clock__now_ns() - watch->read_at_ns);
	json_t *interfaces = json_array(), *object;
	struct overview overview;

	for (size_t i = 0; i < watch->count; i++)
		if (names__include(names, watch->list[i].interface))
			json_array_append_new(interfaces,
					      watched_to_json(watch, &watch->list[i], top));
	object = json_pack("{s:i, s:I, s:I, s:o}", "schema", JSON_SCHEMA, "number",
			   (json_int_t)number, "time_ns", (json_int_t)read_at_ns, "interfaces",
			   interfaces);
	if ((!names || !names[0]) && watch->count > 1 &&
	    !overview__build(watch, NULL, ORDER_BY_RATE, &overview)) {
		json_object_set_new(object, "overview",
				    overview_to_json(&overview, &watch->view, false));
		overview__free(&overview);
	}
	return object;
}
