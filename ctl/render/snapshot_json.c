// SPDX-License-Identifier: GPL-2.0-only
// snapshot_json: a snapshot as JSON.
#include "ctl/render/snapshot_json.h"

#include "ctl/render/columns.h"
#include "ctl/render/format.h"
#include "ctl/render/policy_json.h"

static void snapshot_add_columns(json_t *object, const struct columns *columns,
				 const struct endpoint *endpoint)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct extra_column *column = &columns->columns[i];
		struct interval_row row = columns__row(column, endpoint);

		json_object_set_new(object, table_kinds[column->table].name,
				    json_pack("{s:I, s:I}", "at_least",
					      (json_int_t)row.total.at_least, "at_most",
					      (json_int_t)row.total.at_most));
	}
}

static json_t *snapshot_rows_to_json(const struct snapshot *snapshot, enum table which,
				     const struct source_view *view, size_t top)
{
	const struct tally *tally = &snapshot->tallies[which];
	json_t *list = json_array();
	struct columns columns = {};

	if (columns__open(snapshot, NULL, which, &columns)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < tally->count && i < top; i++) {
		const struct tally_row *row = &tally->rows[i];
		json_t *object = endpoint_to_json(&row->endpoint, which, view);

		json_object_set_new(object, "at_least", json_integer(row->at_least));
		json_object_set_new(object, "at_most", json_integer(row->at_most));
		snapshot_add_columns(object, &columns, &row->endpoint);
		json_array_append_new(list, object);
	}
	columns__close(&columns);
	return list;
}

json_t *verdicts_to_json(const struct snapshot *snapshot)
{
	return json_pack("{s:I, s:I, s:o}", "packets", (json_int_t)snapshot->packets, "bytes",
			 (json_int_t)snapshot->bytes, "verdicts",
			 counts_to_json(verdict_names, snapshot->verdicts, VERDICT_COUNT));
}

/* Totals of what is counted next to SYNs, and the bound for unlisted endpoints. */
static json_t *handshakes_to_json(const struct snapshot *snapshot)
{
	const struct tally *completed = &snapshot->tallies[TABLE_COMPLETED];
	json_t *unlisted = json_object();
	json_t *object = json_object();

	if (completed->counted)
		json_object_update_new(object, json_pack("{s:I, s:I}", "completed",
							 (json_int_t)completed->total, "missed",
							 (json_int_t)snapshot->completed_missed));
	for (int i = 0; i < TABLE_COUNT; i++)
		if (snapshot->tallies[i].counted && (int)table_kinds[i].list != i)
			json_object_set_new(unlisted, table_kinds[i].name,
					    json_integer(snapshot->tallies[i].unlisted_at_most));
	json_object_set_new(object, "unlisted_at_most", unlisted);
	return object;
}

static void set_null(json_t *object, const char *name)
{
	json_object_set_new(object, name, json_null());
}

json_t *snapshot_to_json(const struct snapshot *snapshot, const struct source_view *view,
			 size_t top)
{
	json_t *object = verdicts_to_json(snapshot);

	json_object_update_new(
		object,
		json_pack("{s:o, s:I, s:I, s:I, s:s, s:I, s:b, s:I, s:I, s:o, s:o, s:o}", "classes",
			  counts_to_json(frame_class_names, snapshot->classes, CLASS_COUNT), "syns",
			  (json_int_t)snapshot->syns, "unattributed",
			  (json_int_t)snapshot->unattributed, "unaccounted",
			  (json_int_t)snapshot->unaccounted, "regime",
			  snapshot->exact ? "exact" : "bounded", "distinct_sources",
			  (json_int_t)snapshot->distinct_sources, "distinct_is_exact",
			  snapshot->distinct_is_exact, "unlisted_at_most",
			  (json_int_t)snapshot->tallies[TABLE_SOURCES].unlisted_at_most,
			  "victims_unlisted_at_most",
			  (json_int_t)snapshot->tallies[TABLE_VICTIMS].unlisted_at_most, "sources",
			  snapshot_rows_to_json(snapshot, TABLE_SOURCES, view, top), "victims",
			  snapshot_rows_to_json(snapshot, TABLE_VICTIMS, view, top), "not_offered",
			  unsupported_to_json(snapshot->unsupported)));
	if (!snapshot->distinct_known)
		set_null(object, "distinct_sources");
	if (snapshot__is_unsupported(snapshot, FEATURE_VICTIMS)) {
		set_null(object, "victims");
		set_null(object, "victims_unlisted_at_most");
	}
	if (snapshot->tallies[TABLE_SYN_ACKS].counted)
		json_object_set_new(object, "handshakes", handshakes_to_json(snapshot));
	json_object_update_new(object, policy_counts_to_json(&snapshot->policy, top));
	if (snapshot->tallies[TABLE_DROPPED].counted)
		json_object_update_new(
			object,
			json_pack("{s:o, s:I}", "dropped_sources",
				  snapshot_rows_to_json(snapshot, TABLE_DROPPED, view, top),
				  "dropped_unlisted_at_most",
				  (json_int_t)snapshot->tallies[TABLE_DROPPED].unlisted_at_most));
	return object;
}
