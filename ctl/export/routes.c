// SPDX-License-Identifier: GPL-2.0-only
// routes: the documents that the exporter serves.
#include "ctl/export/routes.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "ctl/export/exporter.h"
#include "ctl/export/page.h"
#include "ctl/render/format.h"
#include "ctl/render/interval_json.h"
#include "ctl/render/openmetrics.h"
#include "ctl/render/overview_json.h"

/* Clients that keep times as doubles, such as JavaScript, send them back rounded. */
#define ROUNDING_NS 1000

static int print_metrics(FILE *out, struct exporter *exporter, enum openmetrics_dialect dialect,
			 struct errmsg *why)
{
	int err = exporter__refresh(exporter, why);

	if (!err)
		openmetrics__print(out, &exporter->watch, exporter->top, dialect);
	return err;
}

static int route_openmetrics(FILE *out, void *context, const struct query *query,
			     struct errmsg *why)
{
	(void)query;
	return print_metrics(out, context, OPENMETRICS_1_0, why);
}

static int route_classic_metrics(FILE *out, void *context, const struct query *query,
				 struct errmsg *why)
{
	(void)query;
	return print_metrics(out, context, OPENMETRICS_CLASSIC, why);
}

static int print_json_document(FILE *out, json_t *object)
{
	if (!object)
		return -ENOMEM;
	json_dumpf(object, out, JSON_COMPACT);
	json_decref(object);
	return 0;
}

/* By its name, or by the one that it has in JSON. */
static const struct watched *find_exported(const struct watch *watch, const char *name)
{
	for (size_t i = 0; i < watch->count; i++) {
		char *escaped = utf8__escape(watch->list[i].interface);
		bool same = !strcmp(watch->list[i].interface, name) ||
			    (escaped && !strcmp(escaped, name));

		free(escaped);
		if (same)
			return &watch->list[i];
	}
	return NULL;
}

/* Set @names to the interfaces that are asked for, NULL-terminated. */
static int find_interfaces(const struct exporter *exporter, const struct query *query,
			   const char *names[QUERY_MAX_INTERFACES + 1], struct errmsg *why)
{
	for (size_t i = 0; i < query->count; i++) {
		const struct watched *watched =
			find_exported(&exporter->watch, query->interfaces[i]);

		if (!watched)
			return errmsg__set(why, -ENODEV,
					   "%s: not exported: /api/v1/overview lists the "
					   "interfaces that are",
					   UTF8_PRINTABLE(query->interfaces[i]));
		names[i] = watched->interface;
	}
	names[query->count] = NULL;
	return 0;
}

/* They are read in the order of the view. */
static void sort_lists(struct exporter *exporter, enum source_order order)
{
	if (exporter->watch.view.order == order)
		return;
	exporter->watch.view.order = order;
	for (size_t i = 0; i < exporter->watch.count; i++)
		for (int table = 0; table < TABLE_COUNT; table++)
			interval__sort(&exporter->watch.list[i].interval.tables[table], order);
}

static int route_stats(FILE *out, void *context, const struct query *query, struct errmsg *why)
{
	const char *names[QUERY_MAX_INTERFACES + 1];
	struct exporter *exporter = context;
	size_t top = exporter->top;
	int err;

	err = exporter__refresh_rates(exporter, why)
		      ?: find_interfaces(exporter, query, names, why);
	if (err)
		return err;
	if (query->top && query->top < top)
		top = query->top;
	sort_lists(exporter, query->order);
	return print_json_document(
		out, interval_to_json(&exporter->watch, names, top, exporter->watch.readings));
}

static int route_overview(FILE *out, void *context, const struct query *query, struct errmsg *why)
{
	const char *names[QUERY_MAX_INTERFACES + 1];
	struct exporter *exporter = context;
	struct overview overview;
	json_t *object;
	int err;

	err = exporter__refresh_rates(exporter, why)
		      ?: find_interfaces(exporter, query, names, why);
	if (!err)
		err = overview__build(&exporter->watch, &exporter->histories, ORDER_BY_RATE,
				      &overview);
	if (err)
		return err;
	overview__keep(&overview, names);
	object = overview_to_json(&overview, &exporter->watch.view, true);
	overview__free(&overview);
	json_object_update_new(object, json_pack("{s:i, s:I}", "schema", JSON_SCHEMA, "time_ns",
						 (json_int_t)clock__wall_ns()));
	return print_json_document(out, object);
}

static json_t *history_to_json(const struct rate_history *history, __u64 since_ns)
{
	json_t *times = json_array(), *syns = json_array(), *packets = json_array();

	for (size_t i = 0; i < history->count; i++) {
		const struct rate_point *point = &history->points[i];

		if (point->time_ns < since_ns || point->time_ns - since_ns <= ROUNDING_NS)
			continue;
		json_array_append_new(times, json_integer(point->time_ns));
		json_array_append_new(syns, json_integer(point->syns_pps + 0.5));
		json_array_append_new(packets, json_integer(point->frames_pps + 0.5));
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "interface", utf8__json(history->interface),
			 "time_ns", times, "syns_pps", syns, "packets_pps", packets);
}

static int route_history(FILE *out, void *context, const struct query *query, struct errmsg *why)
{
	const char *names[QUERY_MAX_INTERFACES + 1];
	const struct exporter *exporter = context;
	json_t *interfaces;
	int err;

	err = find_interfaces(exporter, query, names, why);
	if (err)
		return err;
	interfaces = json_array();
	for (size_t i = 0; i < exporter->histories.count; i++)
		if (names__include(names, exporter->histories.list[i].interface))
			json_array_append_new(
				interfaces,
				history_to_json(&exporter->histories.list[i], query->since_ns));
	return print_json_document(
		out, json_pack("{s:i, s:o}", "schema", JSON_SCHEMA, "interfaces", interfaces));
}

static int route_health(FILE *out, void *context, const struct query *query, struct errmsg *why)
{
	int err = exporter__refresh(context, why);

	(void)query;
	if (!err)
		fputs("ok\n", out);
	return err;
}

static int route_page(FILE *out, void *context, const struct query *query, struct errmsg *why)
{
	(void)context;
	(void)query;
	(void)why;
	fwrite(export_page, export_page_bytes, 1, out);
	return 0;
}

const struct http_route export_routes[] = {
	{"/", "text/html; charset=utf-8", route_page, .is_constant = true},
	/* Clients that do not ask for OpenMetrics by its name get the classic format. */
	{"/metrics", OPENMETRICS_TYPE, route_openmetrics,
	 .accepted_as = {"application/openmetrics-text", "1.0.0", .only_named = true}},
	{"/metrics", OPENMETRICS_CLASSIC_TYPE, route_classic_metrics,
	 .accepted_as = {"text/plain", "0.0.4"}},
	{"/healthz", "text/plain; charset=utf-8", route_health},
	{"/api/v1/stats", "application/json", route_stats,
	 .parameters = QUERY_INTERFACE | QUERY_TOP | QUERY_SORT},
	{"/api/v1/overview", "application/json", route_overview, .parameters = QUERY_INTERFACE},
	{"/api/v1/history", "application/json", route_history,
	 .parameters = QUERY_INTERFACE | QUERY_SINCE},
	{},
};
