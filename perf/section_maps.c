// SPDX-License-Identifier: GPL-2.0-only
// section_maps: the report's tables of memory, of reading it, and of the books.
#include <string.h>

#include "perf/lookup.h"
#include "perf/section.h"

#define MIB (1024.0 * 1024.0)

static bool is_source_row(const json_t *traffic)
{
	return !strcmp(lookup__text(traffic, "suite"), "sources");
}

static const json_t *find_books(const json_t *document, const char *program, int jobs)
{
	const json_t *books;
	size_t i;

	json_array_foreach (json_object_get(document, "books"), i, books)
		if (!strcmp(lookup__text(books, "suite"), "sources") &&
		    !strcmp(lookup__text(books, "program"), program) &&
		    lookup__number(books, "jobs") == jobs)
			return books;
	return NULL;
}

static void print_attributed(FILE *out, const json_t *document, const char *program, int jobs)
{
	const json_t *books = find_books(document, program, jobs);
	double syns = lookup__number(books, "syns");

	if (syns > 0)
		fprintf(out, " %.1f %% |", 100 * lookup__number(books, "attributed") / syns);
	else
		fputs(" – |", out);
}

static void print_memory(FILE *out, const json_t *document, const char *program)
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
	print_attributed(out, document, program, 1);
	if (all_cpus > 1)
		print_attributed(out, document, program, all_cpus);
	fputc('\n', out);
}

static void print_memory_table(FILE *out, const json_t *document)
{
	int all_cpus = lookup__number(document, "all_cpus");
	const json_t *item;
	size_t i;

	fputs("\nMiB of maps, as the kernel says, after SYNs from so many sources; and, at the end "
	      "of a round, how many SYNs can still be attributed to a source.\n\n| program |",
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
		if (lookup__number(find_books(document, lookup__text(item, "name"), 1), "syns") > 0)
			print_memory(out, document, lookup__text(item, "name"));
}

static void print_reading(FILE *out, const json_t *document)
{
	const json_t *reading = json_object_get(document, "reading"), *row;
	char sources[COUNT_TEXT_BYTES], room[COUNT_TEXT_BYTES];
	struct spread ms, heaviest;
	size_t i;

	if (!json_array_size(reading))
		return;
	fputs("\nReading it from user space: all of it, sorted (`xdpctl stats`), or the heaviest "
	      "alone (`xdpctl top`, `xdpctl export`):\n\n"
	      "| sources | table for | sources read | all, ms | heaviest, ms | MiB |\n"
	      "|--:|--:|--:|--:|--:|--:|\n",
	      out);
	json_array_foreach (reading, i, row) {
		ms = spread__from_json(json_object_get(row, "read_ms"));
		heaviest = spread__from_json(json_object_get(row, "heaviest_ms"));
		fprintf(out,
			"| %s | %s | %.0f | %.2f (%.2f to %.2f) | %.2f (%.2f to %.2f) | %.1f |\n",
			lookup__count_text(lookup__number(row, "sources"), sources),
			lookup__count_text(lookup__number(row, "max_sources"), room),
			lookup__number(row, "sources_read"), ms.median, ms.min, ms.max,
			heaviest.median, heaviest.min, heaviest.max,
			lookup__number(row, "memory_bytes") / MIB);
	}
}

static void print_watching(FILE *out, const json_t *document)
{
	const json_t *watching = json_object_get(document, "watching");

	if (!watching)
		return;
	fprintf(out,
		"\n`xdpctl top`, in a flood of spoofed sources (%.0f distinct ones, tables %s), "
		"takes "
		"%.2f %% of one CPU, with sources refreshed %s.\n",
		lookup__number(watching, "distinct_sources"), lookup__text(watching, "regime"),
		100 * lookup__number(watching, "cpu_share"),
		json_is_true(json_object_get(watching, "fresh")) ? "every second" : "less often");
}

void section__memory(FILE *out, const json_t *document)
{
	if (!json_array_size(json_object_get(document, "books")))
		return;
	fputs("\n## Memory, and reading it\n", out);
	print_memory_table(out, document);
	print_reading(out, document);
	print_watching(out, document);
}

void section__books(FILE *out, const json_t *document)
{
	const json_t *books;
	int count = 0;
	size_t i;

	if (!json_array_size(json_object_get(document, "books")))
		return;
	fputs("\n## The books\n\n", out);
	json_array_foreach (json_object_get(document, "books"), i, books) {
		if (json_is_true(json_object_get(books, "balanced")))
			count++;
		else
			fprintf(out, "- **%s, %s, %.0f CPUs: %s**\n", lookup__text(books, "suite"),
				lookup__text(books, "program"), lookup__number(books, "jobs"),
				lookup__text(books, "why"));
	}
	fprintf(out,
		"%d of %zu balance: every frame was run, classes are as they were made and sum to "
		"the frames, and SYNs are those attributed plus those that found no place (of "
		"LRU maps: or less).\n",
		count, json_array_size(json_object_get(document, "books")));
}
