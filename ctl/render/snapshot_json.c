// SPDX-License-Identifier: GPL-2.0-only
// snapshot_json: snapshots as JSON.
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "common/address/endpoint.h"
#include "common/base/cli.h"
#include "common/base/utf8.h"
#include "ctl/render/columns.h"
#include "ctl/render/render.h"

static json_t *counts(const char *const *names, const __u64 *values, int count)
{
	json_t *object = json_object();

	for (int i = 0; i < count; i++)
		json_object_set_new(object, names[i], json_integer(values[i]));
	return object;
}

static void add_columns(json_t *object, const struct columns *columns,
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

static json_t *endpoints(const struct snapshot *snapshot, enum table which, size_t top)
{
	const struct tally *tally = &snapshot->tallies[which];
	json_t *list = json_array();
	char text[ENDPOINT_TEXT_BYTES];
	struct columns columns = {};

	if (columns__open(snapshot, NULL, which, &columns))
		return NULL;
	for (size_t i = 0; i < tally->count && i < top; i++) {
		const struct tally_row *row = &tally->rows[i];
		json_t *object =
			json_pack("{s:s}", "address", endpoint__text(&row->endpoint, text));

		if (which == TABLE_VICTIMS)
			json_object_set_new(object, "port",
					    json_integer(ntohs(row->endpoint.port)));
		json_object_set_new(object, "at_least", json_integer(row->at_least));
		json_object_set_new(object, "at_most", json_integer(row->at_most));
		add_columns(object, &columns, &row->endpoint);
		json_array_append_new(list, object);
	}
	columns__close(&columns);
	return list;
}

json_t *verdicts_to_json(const struct snapshot *snapshot)
{
	return json_pack("{s:I, s:I, s:o}", "packets", (json_int_t)snapshot->packets, "bytes",
			 (json_int_t)snapshot->bytes, "verdicts",
			 counts(verdict_names, snapshot->verdicts, VERDICT_COUNT));
}

json_t *unsupported_to_json(const char *const *unsupported)
{
	json_t *object = json_object();

	for (int i = 0; unsupported && i < FEATURE_COUNT; i++)
		if (unsupported[i])
			json_object_set_new(object, feature_names[i], json_string(unsupported[i]));
	return object;
}

static void set_null(json_t *object, const char *name)
{
	json_object_set_new(object, name, json_null());
}

/* What is counted beside SYNs: totals, and what who is not listed can have at most. */
static json_t *handshakes(const struct snapshot *snapshot)
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

json_t *snapshot_to_json(const struct snapshot *snapshot, size_t top)
{
	json_t *object = verdicts_to_json(snapshot);

	json_object_update_new(
		object,
		json_pack("{s:o, s:I, s:I, s:s, s:I, s:b, s:I, s:I, s:o, s:o, s:o}", "classes",
			  counts(frame_class_names, snapshot->classes, CLASS_COUNT), "syns",
			  (json_int_t)snapshot->syns, "unattributed",
			  (json_int_t)snapshot->unattributed, "regime",
			  snapshot->exact ? "exact" : "bounded", "distinct_sources",
			  (json_int_t)snapshot->distinct_sources, "distinct_is_exact",
			  snapshot->distinct_is_exact, "unlisted_at_most",
			  (json_int_t)snapshot->tallies[TABLE_SOURCES].unlisted_at_most,
			  "victims_unlisted_at_most",
			  (json_int_t)snapshot->tallies[TABLE_VICTIMS].unlisted_at_most, "sources",
			  endpoints(snapshot, TABLE_SOURCES, top), "victims",
			  endpoints(snapshot, TABLE_VICTIMS, top), "not_offered",
			  unsupported_to_json(snapshot->unsupported)));
	if (!snapshot->distinct_known)
		set_null(object, "distinct_sources");
	if (snapshot__is_unsupported(snapshot, FEATURE_VICTIMS)) {
		set_null(object, "victims");
		set_null(object, "victims_unlisted_at_most");
	}
	if (snapshot->tallies[TABLE_SYN_ACKS].counted)
		json_object_set_new(object, "handshakes", handshakes(snapshot));
	return object;
}

json_t *differences_to_json(const struct expect_difference *differences, size_t count)
{
	json_t *list = json_array();
	char text[ENDPOINT_TEXT_BYTES];

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:I, s:I, s:I}", "address",
						endpoint__text(&differences[i].source, text),
						"expected", (json_int_t)differences[i].expected,
						"at_least", (json_int_t)differences[i].at_least,
						"at_most", (json_int_t)differences[i].at_most));
	return list;
}

int print_interfaces_json(json_t *interfaces, struct errmsg *why)
{
	if (!interfaces)
		return 0;
	return cli__print_json(
		json_pack("{s:i, s:o}", "schema", JSON_SCHEMA, "interfaces", interfaces), why);
}
