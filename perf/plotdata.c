// SPDX-License-Identifier: GPL-2.0-only
// plotdata: the report's figures as input of gnuplot.
#include "perf/plotdata.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "perf/lookup.h"

#define MISSING "?" /* gnuplot's marker of a missing point */

static const char *const kind_programs[] = {"parse", "classes", "xdpctl", "xdp_filter", NULL};

/* Blocks are separated by two empty lines. */
static void write_curve(FILE *out, const json_t *document, const char *program)
{
	const json_t *traffic;
	struct spread above;
	int points = 0;
	size_t i;

	json_array_foreach (json_object_get(document, "traffic"), i, traffic) {
		const struct row_key key = {"sources", lookup__text(traffic, "name"), program, 1};

		if (!lookup__spread(lookup__row(document, &key), "above_null_ns", &above))
			continue;
		if (!points++)
			fprintf(out, "%s\"%s\"\n", ftell(out) ? "\n\n" : "",
				lookup__label(document, program));
		fprintf(out, "%.0f %.3f %.3f %.3f\n", lookup__number(traffic, "sources"),
			above.median, above.min, above.max);
	}
}

static void write_cost(FILE *out, const json_t *document)
{
	const json_t *program;
	size_t i;

	json_array_foreach (json_object_get(document, "programs"), i, program)
		write_curve(out, document, lookup__text(program, "name"));
}

static bool kind_figure(const json_t *document, const json_t *traffic, const char *program,
			struct spread *ret)
{
	const struct row_key key = {"kinds", lookup__text(traffic, "name"), program, 1};

	return lookup__spread(lookup__row(document, &key), "above_null_ns", ret);
}

/* A run of a few rows may leave out all kinds, or all programs of one. */
static bool is_kind_measured(const json_t *document, const json_t *traffic)
{
	struct spread above;

	if (strcmp(lookup__text(traffic, "suite"), "kinds"))
		return false;
	for (int column = 0; kind_programs[column]; column++)
		if (kind_figure(document, traffic, kind_programs[column], &above))
			return true;
	return false;
}

static void write_kinds(FILE *out, const json_t *document)
{
	const json_t *traffic;
	struct spread above;
	size_t i;

	fputs("packet", out);
	for (int column = 0; kind_programs[column]; column++)
		fprintf(out, " \"%s\"", lookup__label(document, kind_programs[column]));
	fputc('\n', out);
	json_array_foreach (json_object_get(document, "traffic"), i, traffic) {
		if (!is_kind_measured(document, traffic))
			continue;
		fprintf(out, "\"%s\"", lookup__text(traffic, "label"));
		for (int column = 0; kind_programs[column]; column++)
			if (kind_figure(document, traffic, kind_programs[column], &above))
				fprintf(out, " %.3f", above.median);
			else
				fputs(" " MISSING, out);
		fputc('\n', out);
	}
}

/* One bar per row and number of sources. */
static void write_live(FILE *out, const json_t *document)
{
	struct spread counted, loss;
	char text[COUNT_TEXT_BYTES];
	const json_t *row;
	size_t i;

	fputs("# row, counted, lost\n", out);
	json_array_foreach (json_object_get(document, "live"), i, row) {
		if (!lookup__spread(row, "counted_per_second", &counted) ||
		    !lookup__spread(row, "loss", &loss))
			continue;
		fprintf(out, "\"%s: %s\" %.4f %.4f\n", lookup__text(row, "label"),
			lookup__count_text(lookup__number(row, "sources"), text),
			counted.median / 1e6,
			loss.median < 1 ? counted.median / 1e6 * loss.median / (1 - loss.median)
					: 0);
	}
}

int plotdata__write(const char *directory, const json_t *document, struct errmsg *why)
{
	static const struct {
		const char *name;
		void (*write)(FILE *out, const json_t *document);
	} files[] = {
		{"cost.dat", write_cost}, {"kinds.dat", write_kinds}, {"live.dat", write_live}};
	char path[4096];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *out;

		snprintf(path, sizeof(path), "%s/%s", directory, files[i].name);
		out = fopen(path, "we");
		if (!out)
			return errmsg__set(why, -errno, "%s: %s", path, strerror(errno));
		files[i].write(out, document);
		if (fclose(out))
			return errmsg__set(why, -EIO, "%s: cannot write it", path);
	}
	return 0;
}
