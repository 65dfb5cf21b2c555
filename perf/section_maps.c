// SPDX-License-Identifier: GPL-2.0-only
// section_maps: the report's tables of memory, reading and reconciliation.
#include <string.h>

#include "perf/lookup.h"
#include "perf/section.h"

#define MIB (1024.0 * 1024.0)

static bool is_source_row(const json_t *traffic)
{
	return !strcmp(lookup__text(traffic, "suite"), "sources");
}

static const json_t *find_outcome(const json_t *document, const char *program, int jobs)
{
	const json_t *outcome;
	size_t i;

	json_array_foreach (json_object_get(document, "reconciliation"), i, outcome)
		if (!strcmp(lookup__text(outcome, "suite"), "sources") &&
		    !strcmp(lookup__text(outcome, "program"), program) &&
		    lookup__number(outcome, "jobs") == jobs)
			return outcome;
	return NULL;
}

static void maps_print_attributed(FILE *out, const json_t *document, const char *program, int jobs)
{
	const json_t *outcome = find_outcome(document, program, jobs);
	double syns = lookup__number(outcome, "syns");

	if (syns > 0)
		fprintf(out, " %.1f %% |", 100 * lookup__number(outcome, "attributed") / syns);
	else
		fputs(" – |", out);
}

static void maps_print_memory(FILE *out, const json_t *document, const char *program)
{
	int all_cpus = lookup__number(document, "all_cpus");
	const json_t *traffic;
	size_t i;

	fprintf(out, "| %s |", lookup__label(document, program));
	json_array_foreach (json_object_get(document, "traffic"), i, traffic) {
		struct row_key key = {"sources", lookup__text(traffic, "name"), program, 1};
		const json_t *row = lookup__row(document, &key);

		if (!is_source_row(traffic))
			continue;
		if (row)
			fprintf(out, " %.1f |", lookup__number(row, "memory_bytes") / MIB);
		else
			fputs(" – |", out);
	}
	maps_print_attributed(out, document, program, 1);
	if (all_cpus > 1)
		maps_print_attributed(out, document, program, all_cpus);
	fputc('\n', out);
}

static void maps_print_memory_table(FILE *out, const json_t *document)
{
	int all_cpus = lookup__number(document, "all_cpus");
	const json_t *item;
	size_t i;

	fputs("\nMiB of all maps by the kernel, after SYNs from the given number of sources; and "
	      "the "
	      "share of SYNs still attributed to a source at the end of a round.\n\n| program |",
	      out);
	json_array_foreach (json_object_get(document, "traffic"), i, item)
		if (is_source_row(item))
			fprintf(out, " %s |", lookup__text(item, "label"));
	fputs(all_cpus > 1 ? " attributed, one CPU | attributed, all |\n|---|"
			   : " attributed "
			     "|\n|---|",
	      out);
	json_array_foreach (json_object_get(document, "traffic"), i, item)
		if (is_source_row(item))
			fputs("--:|", out);
	fputs(all_cpus > 1 ? "--:|--:|\n" : "--:|\n", out);
	json_array_foreach (json_object_get(document, "programs"), i, item)
		if (lookup__number(find_outcome(document, lookup__text(item, "name"), 1), "syns") >
		    0)
			maps_print_memory(out, document, lookup__text(item, "name"));
}

static void maps_print_reading(FILE *out, const json_t *document)
{
	const json_t *reading = json_object_get(document, "reading"), *row;
	char sources[COUNT_TEXT_BYTES], table[COUNT_TEXT_BYTES];
	struct spread ms, heaviest;
	size_t i;

	if (!json_array_size(reading))
		return;
	fputs("\nTime to read from user space: all sources, sorted (`xdpctl stats`), or only the "
	      "heaviest (`xdpctl top`, `xdpctl export`):\n\n"
	      "| sources | table size | sources read | all, ms | heaviest, ms | MiB |\n"
	      "|--:|--:|--:|--:|--:|--:|\n",
	      out);
	json_array_foreach (reading, i, row) {
		ms = spread__from_json(json_object_get(row, "read_ms"));
		heaviest = spread__from_json(json_object_get(row, "heaviest_ms"));
		fprintf(out,
			"| %s | %s | %.0f | %.2f (%.2f to %.2f) | %.2f (%.2f to %.2f) | %.1f |\n",
			lookup__count_text(lookup__number(row, "sources"), sources),
			lookup__count_text(lookup__number(row, "max_sources"), table),
			lookup__number(row, "sources_read"), ms.median, ms.min, ms.max,
			heaviest.median, heaviest.min, heaviest.max,
			lookup__number(row, "memory_bytes") / MIB);
	}
}

static void maps_print_watching(FILE *out, const json_t *document)
{
	const json_t *watching = json_object_get(document, "watching");

	if (!watching)
		return;
	fprintf(out,
		"\nIn a flood of %.0f distinct spoofed sources (tables %s), `xdpctl top` uses %.2f "
		"%% of "
		"one CPU and refreshes the sources %s.\n",
		lookup__number(watching, "distinct_sources"), lookup__text(watching, "regime"),
		100 * lookup__number(watching, "cpu_share"),
		json_is_true(json_object_get(watching, "fresh")) ? "every second" : "less often");
}

void section__memory(FILE *out, const json_t *document)
{
	if (!json_array_size(json_object_get(document, "reconciliation")))
		return;
	fputs("\n## Memory and reading\n", out);
	maps_print_memory_table(out, document);
	maps_print_reading(out, document);
	maps_print_watching(out, document);
}

void section__reconciliation(FILE *out, const json_t *document)
{
	const json_t *outcome;
	int count = 0;
	size_t i;

	if (!json_array_size(json_object_get(document, "reconciliation")))
		return;
	fputs("\n## Reconciliation\n\n", out);
	json_array_foreach (json_object_get(document, "reconciliation"), i, outcome) {
		if (json_is_true(json_object_get(outcome, "reconciled")))
			count++;
		else
			fprintf(out, "- **%s, %s, %.0f CPUs: %s**\n",
				lookup__text(outcome, "suite"), lookup__text(outcome, "program"),
				lookup__number(outcome, "jobs"), lookup__text(outcome, "why"));
	}
	fprintf(out,
		"%d of %zu reconcile: every frame was run, classes are as generated and add up to "
		"the frames, and each SYN is either attributed or rejected by a full map (LRU maps "
		"also evict attributed SYNs).\n",
		count, json_array_size(json_object_get(document, "reconciliation")));
}
