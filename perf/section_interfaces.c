// SPDX-License-Identifier: GPL-2.0-only
// section_interfaces: the report's table of times by number of interfaces.
#include <string.h>

#include "perf/lookup.h"
#include "perf/section.h"

static const struct {
	const char *step;
	const char *label;
} interface_steps[] = {
	{"attach", "attach"},           {"status", "status"},     {"stats_json", "stats -j"},
	{"stats_prom", "stats --prom"}, {"scrape", "one scrape"}, {"detach", "detach --all"},
	{"memory", "exporter, MiB"},
};

#define STEPS (sizeof(interface_steps) / sizeof(interface_steps[0]))

/* Times are in milliseconds up to a second, in seconds above. */
static void print_step(FILE *out, const json_t *row, const char *step)
{
	const char *failed = lookup__text(json_object_get(row, "failed"), step);
	struct spread spread;
	double unit;

	if (failed[0]) {
		fprintf(out, " %s |", failed);
		return;
	}
	if (!lookup__spread(row, step, &spread)) {
		fputs(" – |", out);
		return;
	}
	if (!strcmp(step, "memory")) {
		fprintf(out, " %.1f (%.1f to %.1f) |", spread.median, spread.min, spread.max);
		return;
	}
	unit = spread.median < 1000 ? 1 : 1000;
	fprintf(out, unit == 1 ? " %.0f (%.0f to %.0f) ms |" : " %.2f (%.2f to %.2f) s |",
		spread.median / unit, spread.min / unit, spread.max / unit);
}

void section__interfaces(FILE *out, const json_t *document)
{
	const json_t *rows = json_object_get(document, "interfaces"), *row;
	size_t i;

	fputs("\n## Number of interfaces\n", out);
	if (!json_array_size(rows)) {
		fputs("\nNot run.\n", out);
		return;
	}
	fputs("\nEach command once for all attached interfaces, each one end of a veth pair, with "
	      "tables of the default size and no traffic. \"Links\" are all links of the network "
	      "namespace. \"One scrape\" is the slowest of five of a running exporter, whose "
	      "memory "
	      "afterwards is its anonymous memory. Times include the start of the process. Median "
	      "(min to max) of interleaved rounds.\n\n| xdpctl | interfaces | links |",
	      out);
	for (size_t step = 0; step < STEPS; step++)
		fprintf(out, " %s |", interface_steps[step].label);
	fputs("\n|---|--:|--:|", out);
	for (size_t step = 0; step < STEPS; step++)
		fputs("--:|", out);
	fputc('\n', out);
	json_array_foreach (rows, i, row) {
		fprintf(out, "| %s | %.0f | %.0f |", lookup__text(row, "binary"),
			lookup__number(row, "interfaces"), lookup__number(row, "links"));
		for (size_t step = 0; step < STEPS; step++)
			print_step(out, row, interface_steps[step].step);
		fputc('\n', out);
	}
}
