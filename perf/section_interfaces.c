// SPDX-License-Identifier: GPL-2.0-only
// section_interfaces: the report's table of times by number of interfaces.
#include <stdbool.h>
#include <string.h>

#include "perf/lookup.h"
#include "perf/section.h"

static const struct {
	const char *step;
	const char *label;
	bool is_process; /* with a CPU time of its own */
} interface_steps[] = {
	{"attach", "attach", true},         {"status", "status", true},
	{"stats_json", "stats -j", true},   {"stats_prom", "stats --prom", true},
	{"detach", "detach --all", true},   {"scrape", "one scrape", false},
	{"memory", "exporter, MiB", false},
};

#define STEPS (sizeof(interface_steps) / sizeof(interface_steps[0]))

static void print_spread(FILE *out, const struct spread *spread, const char *step)
{
	double unit = strcmp(step, "memory") && spread->median >= 1000 ? 1000 : 1;
	int decimals = unit > 1 ? 2 : strcmp(step, "memory") ? 0 : 1;

	fprintf(out, " %.*f (%.*f to %.*f)%s |", decimals, spread->median / unit, decimals,
		spread->min / unit, decimals, spread->max / unit,
		!strcmp(step, "memory") ? ""
		: unit > 1              ? " s"
					: " ms");
}

/* Times are in milliseconds up to a second, in seconds above. */
static void print_step(FILE *out, const json_t *row, const json_t *figures, const char *step)
{
	const char *failed = lookup__text(json_object_get(row, "failed"), step);
	struct spread spread;

	if (failed[0])
		fprintf(out, " %s |", failed);
	else if (lookup__spread(figures, step, &spread))
		print_spread(out, &spread, step);
	else
		fputs(" – |", out);
}

/* The elapsed times, or the CPU times of processes. */
static void interfaces_print_table(FILE *out, const json_t *rows, bool is_cpu)
{
	const json_t *row;
	size_t steps = 0, i;

	fputs("\n| xdpctl | interfaces | links |", out);
	while (steps < STEPS && (!is_cpu || interface_steps[steps].is_process))
		fprintf(out, " %s |", interface_steps[steps++].label);
	fputs("\n|---|--:|--:|", out);
	for (size_t step = 0; step < steps; step++)
		fputs("--:|", out);
	fputc('\n', out);
	json_array_foreach (rows, i, row) {
		fprintf(out, "| %s | %.0f | %.0f |", lookup__text(row, "binary"),
			lookup__number(row, "interfaces"), lookup__number(row, "links"));
		for (size_t step = 0; step < steps; step++)
			print_step(out, row, is_cpu ? json_object_get(row, "cpu") : row,
				   interface_steps[step].step);
		fputc('\n', out);
	}
}

void section__interfaces(FILE *out, const json_t *document)
{
	const json_t *rows = json_object_get(document, "interfaces");

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
	      "(min to max) of interleaved rounds.\n",
	      out);
	interfaces_print_table(out, rows, false);
	fputs("\nThe CPU time of the same, in user space and in the kernel:\n", out);
	interfaces_print_table(out, rows, true);
}
