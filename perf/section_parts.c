// SPDX-License-Identifier: GPL-2.0-only
// section_parts: the report's tables of what the parts of xdpctl cost, and of its ratios to peers.
#include <string.h>

#include "perf/lookup.h"
#include "perf/section.h"

static const char *const part_programs[] = {"parse",       "classes",     "part_hash", "part_lines",
					    "part_victim", "part_source", "part_full", "xdpctl"};

#define PARTS (sizeof(part_programs) / sizeof(part_programs[0]))

static bool is_of_suite(const json_t *traffic, const char *suite)
{
	return !strcmp(lookup__text(traffic, "suite"), suite);
}

static void parts_print_table(FILE *out, const json_t *document)
{
	struct row_key key = {.suite = "parts", .jobs = 1};
	const json_t *traffic;
	size_t i;

	fputs("\n| sources |", out);
	for (size_t part = 0; part < PARTS; part++)
		fprintf(out, " %s |", lookup__label(document, part_programs[part]));
	fputs("\n|---|", out);
	for (size_t part = 0; part < PARTS; part++)
		fputs("--:|", out);
	fputc('\n', out);
	json_array_foreach (json_object_get(document, "traffic"), i, traffic) {
		if (!is_of_suite(traffic, key.suite))
			continue;
		key.traffic = lookup__text(traffic, "name");
		fprintf(out, "| %s |", lookup__text(traffic, "label"));
		for (size_t part = 0; part < PARTS; part++) {
			key.program = part_programs[part];
			section__cell(out, lookup__row(document, &key), "above_null_ns", 0);
		}
		fputc('\n', out);
	}
}

void section__parts(FILE *out, const json_t *document)
{
	struct row_key key = {"parts", "syn_1", "xdpctl", 1};

	if (!lookup__row(document, &key))
		return;
	fputs("\n## What the parts of a SYN cost\n"
	      "\nPrograms with some parts of xdpctl's only, in nanoseconds above the floor, one "
	      "CPU. "
	      "\"+\" adds to \"parse + classes\", not to the column before. Parts overlap on the "
	      "CPU, "
	      "so that they do not add up.\n"
	      "\n- parse less floor: reading the headers.\n"
	      "- classes less parse: the counters, and the helper that gives the frame's length.\n"
	      "- hash: choosing the set.\n"
	      "- line: the cache line of its set, without fetching it ahead.\n"
	      "- victim: a remembered victim, compared and added to.\n"
	      "- source: waiting for the next one, the set, replacement, distinct sources.\n"
	      "- the same with a full back tier: the difference is what evictions into it cost.\n",
	      out);
	parts_print_table(out, document);
}

/* By number of sources: against the peers, against few sources, and all CPUs against one. */
void section__ratios(FILE *out, const json_t *document)
{
	struct row_key key = {.suite = "sources", .program = "xdpctl"};
	int all_cpus = lookup__number(document, "all_cpus");
	const json_t *traffic;
	size_t i;

	fprintf(out,
		"\nxdpctl's part of the cost of its peers, what a SYN costs more than one of 4K "
		"sources, and how many times the packets of one CPU %d CPUs count:\n\n"
		"| sources | / HASH | / LRU_HASH | / xdp-filter | less 4K, ns | %d CPUs / one |\n"
		"|---|--:|--:|--:|--:|--:|\n",
		all_cpus, all_cpus);
	json_array_foreach (json_object_get(document, "traffic"), i, traffic) {
		const json_t *row;

		if (!is_of_suite(traffic, key.suite))
			continue;
		key.traffic = lookup__text(traffic, "name");
		key.jobs = 1;
		row = lookup__row(document, &key);
		fprintf(out, "| %s |", lookup__text(traffic, "label"));
		section__cell(out, row, "ratio_to_hash", 2);
		section__cell(out, row, "ratio_to_lru_hash", 3);
		section__cell(out, row, "ratio_to_xdp_filter", 2);
		section__cell(out, row, "above_4k_ns", 0);
		key.jobs = all_cpus;
		section__cell(out, lookup__row(document, &key), "ratio_to_one_cpu", 2);
		fputc('\n', out);
	}
}
