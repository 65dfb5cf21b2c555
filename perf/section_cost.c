// SPDX-License-Identifier: GPL-2.0-only
// section_cost: the report's tables of time per packet.
#include <string.h>

#include "perf/lookup.h"
#include "perf/section.h"

static const char *const kind_programs[] = {"parse", "classes", "xdpctl", "xdp_filter", NULL};
static const char *const source_programs[] = {
	"xdpctl",          "hash",       "lru_hash", "lru_own_lists", "percpu_hash",
	"lru_percpu_hash", "xdp_filter", NULL,
};
static const char *const capture_programs[] = {"xdpctl", "xdp_filter", NULL};

void section__cell(FILE *out, const json_t *row, const char *figure, int decimals)
{
	struct spread spread;

	if (lookup__spread(row, figure, &spread))
		fprintf(out, " %.*f (%.*f to %.*f) |", decimals, spread.median, decimals,
			spread.min, decimals, spread.max);
	else
		fputs(" – |", out);
}

static void cost_print_head(FILE *out, const json_t *document, const char *what,
			    const char *const *programs)
{
	fprintf(out, "\n| %s | floor |", what);
	for (int i = 0; programs[i]; i++)
		fprintf(out, " %s |", lookup__label(document, programs[i]));
	fputs(" xdpctl / xdp-filter |\n|---|--:|", out);
	for (int i = 0; programs[i]; i++)
		fputs("--:|", out);
	fputs("--:|\n", out);
}

static void cost_print_row(FILE *out, const json_t *document, struct row_key key,
			   const json_t *traffic, const char *const *programs)
{
	key.traffic = lookup__text(traffic, "name");
	key.program = "null";
	if (!lookup__row(document, &key))
		return;
	fprintf(out, "| %s |", lookup__text(traffic, "label"));
	section__cell(out, lookup__row(document, &key), "ns_per_packet", 0);
	for (int i = 0; programs[i]; i++) {
		key.program = programs[i];
		section__cell(out, lookup__row(document, &key), "above_null_ns", 0);
	}
	key.program = "xdpctl";
	section__cell(out, lookup__row(document, &key), "ratio_to_xdp_filter", 2);
	fputc('\n', out);
}

static bool has_rows(const json_t *document, const char *suite)
{
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(document, "rows"), i, row)
		if (!strcmp(lookup__text(row, "suite"), suite))
			return true;
	return false;
}

static void cost_print_table(FILE *out, const json_t *document, const char *what,
			     const struct row_key *key, const char *const *programs)
{
	const json_t *traffic;
	size_t i;

	cost_print_head(out, document, what, programs);
	json_array_foreach (json_object_get(document, "traffic"), i, traffic)
		if (!strcmp(lookup__text(traffic, "suite"), key->suite))
			cost_print_row(out, document, *key, traffic, programs);
}

static void cost_print_unavailable(FILE *out, const json_t *document)
{
	const json_t *program;
	size_t i;

	json_array_foreach (json_object_get(document, "programs"), i, program)
		if (json_object_get(program, "unavailable"))
			fprintf(out, "\n%s cannot run here: %s\n", lookup__text(program, "label"),
				lookup__text(program, "unavailable"));
	if (json_is_true(json_object_get(document, "quick")))
		fputs("\n**A quick run: its figures are meaningless.**\n", out);
}

/* "TCP data 11 ns against 85 ns" */
static void cost_print_comparison(FILE *out, const json_t *document, const char *traffic,
				  const char *text)
{
	struct row_key key = {"kinds", traffic, "xdpctl", 1};
	struct spread ours, theirs;

	if (!lookup__spread(lookup__row(document, &key), "above_null_ns", &ours))
		return;
	fprintf(out, "%s %.0f ns", text, ours.median);
	key.program = "xdp_filter";
	if (lookup__spread(lookup__row(document, &key), "above_null_ns", &theirs))
		fprintf(out, " (xdp-filter: %.0f)", theirs.median);
}

static int all_cpus(const json_t *document)
{
	return lookup__number(document, "all_cpus");
}

/* For one CPU, and for all of them at once. */
static void cost_print_tables(FILE *out, const json_t *document, const char *what,
			      struct row_key key, const char *const *programs, const char *plot)
{
	key.jobs = 1;
	cost_print_table(out, document, what, &key, programs);
	fputs(plot, out);
	key.jobs = all_cpus(document);
	if (key.jobs == 1)
		return;
	fprintf(out, "\nThe same on all %d CPUs at once, per CPU:\n", key.jobs);
	cost_print_table(out, document, what, &key, programs);
}

void section__headline(FILE *out, const json_t *document)
{
	struct row_key key = {.suite = "kinds", .jobs = 1};

	fputs("# Cost per packet\n", out);
	cost_print_unavailable(out, document);
	if (!has_rows(document, key.suite)) {
		fputs("\nNot run.\n", out);
		return;
	}
	fputs("\nCompared with a program that does nothing, xdpctl adds", out);
	cost_print_comparison(out, document, "udp", " for a UDP packet");
	cost_print_comparison(out, document, "tcp_data", ", for TCP data");
	cost_print_comparison(out, document, "syn", ", for a SYN from one of 4K sources");
	fprintf(out,
		".\n"
		"\nNanoseconds per packet on one CPU, above the floor: the null program fed in the "
		"same way. Median (min to max) of %.0f interleaved rounds; ratios are taken within "
		"a round.\n",
		lookup__number(document, "rounds"));
	cost_print_tables(out, document, "packet", key, kind_programs,
			  "\n![by kind of packet](kinds.svg)\n");
}

void section__sources(FILE *out, const json_t *document)
{
	struct row_key key = {.suite = "sources", .jobs = 1};

	fputs("\n## A SYN, by number of sources\n", out);
	if (!has_rows(document, key.suite)) {
		fputs("\nNot run.\n", out);
		return;
	}
	fputs("\nSources are drawn at random from the given number. xdpctl's tables have their "
	      "default size; the kernel's maps have 1M entries and use the same parser. "
	      "Nanoseconds above the floor, one CPU:\n",
	      out);
	cost_print_tables(out, document, "sources", key, source_programs,
			  "\n![by number of sources](cost.svg)\n");
	section__ratios(out, document);
}

void section__captures(FILE *out, const json_t *document)
{
	const struct row_key key = {.suite = "captures", .jobs = 1};

	fputs("\n## Captures\n", out);
	if (json_object_get(document, "no_captures")) {
		fprintf(out, "\nSkipped: %s.\n", lookup__text(document, "no_captures"));
		return;
	}
	if (!has_rows(document, key.suite)) {
		fputs("\nNot run.\n", out);
		return;
	}
	fputs("\nEach capture is repeated to fill a batch; \"captures\" is all of them together. "
	      "Nanoseconds above the floor, one CPU:\n",
	      out);
	cost_print_table(out, document, "capture", &key, capture_programs);
}
