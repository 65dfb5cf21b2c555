// SPDX-License-Identifier: GPL-2.0-only
// source_view: which sources of a tally are shown, and aggregated into which prefixes.
#include "common/counts/source_view.h"

#include <stdlib.h>

int source_view__set_prefixes(struct source_view *view, const char *what, const char *text,
			      struct errmsg *why)
{
	int err = prefix__parse_lengths(what, text, &view->lengths, why);

	view->aggregates |= !err;
	return err;
}

int source_view__set_network(struct source_view *view, const char *what, const char *text,
			     struct errmsg *why)
{
	return prefix__parse(what, text, &view->cidr, why);
}

bool source_view__is_complete(const struct source_view *view)
{
	return !view->aggregates && !view->cidr.network.family;
}

static void select_rows(const struct source_view *view, struct tally *sources)
{
	size_t kept = 0;

	sources->attributed = 0;
	for (size_t i = 0; i < sources->count; i++) {
		const struct tally_row *row = &sources->rows[i];

		if (!prefix__contains(&view->cidr, &row->endpoint))
			continue;
		sources->attributed += row->at_least;
		sources->rows[kept++] = *row;
	}
	sources->count = kept;
}

static int compare_sources(const void *a, const void *b)
{
	const struct tally_row *left = a, *right = b;

	return endpoint__compare(&left->endpoint, &right->endpoint);
}

static struct prefix prefix_of(const struct source_view *view, const struct endpoint *source)
{
	return prefix__of(source, source->family == ENDPOINT_IPV6 ? view->lengths.ipv6_bits
								  : view->lengths.ipv4_bits);
}

static void aggregate_rows(const struct source_view *view, struct tally *sources)
{
	struct tally_row *rows = sources->rows;
	size_t kept = 0;

	for (size_t i = 0; i < sources->count; i++)
		rows[i].endpoint = prefix_of(view, &rows[i].endpoint).network;
	qsort(rows, sources->count, sizeof(*rows), compare_sources);
	for (size_t i = 0; i < sources->count; i++) {
		if (kept && !compare_sources(&rows[kept - 1], &rows[i])) {
			rows[kept - 1].at_least += rows[i].at_least;
			rows[kept - 1].at_most += rows[i].at_most;
		} else {
			rows[kept++] = rows[i];
		}
	}
	sources->count = kept;
	tally__sort(sources);
}

void source_view__apply(const struct source_view *view, struct tally *sources)
{
	if (!sources->count)
		return;
	if (view->cidr.network.family)
		select_rows(view, sources);
	if (view->aggregates && sources->count)
		aggregate_rows(view, sources);
}

const char *source_view__text(const struct source_view *view, const struct endpoint *source,
			      char buf[SOURCE_VIEW_TEXT_BYTES])
{
	struct prefix prefix;

	if (!view->aggregates)
		return endpoint__text(source, buf);
	prefix = prefix_of(view, source);
	return prefix__text(&prefix, buf);
}
