// SPDX-License-Identifier: GPL-2.0-only
// section_policies: the report's table of what a policy's rules cost, and of its switch.
#include "perf/lookup.h"
#include "perf/section.h"

static void policies_print_row(FILE *out, const json_t *row)
{
	const char *floor = lookup__text(row, "floor");

	fprintf(out, "| %s |", lookup__text(row, "label"));
	section__cell(out, row, "ns", 0);
	fprintf(out, " %s |", floor);
	section__cell(out, row, "above_floor_ns", 0);
	section__cell(out, row, "build_ms", 0);
	section__cell(out, row, "switch_ms", 0);
	fputc('\n', out);
}

void section__policies(FILE *out, const json_t *document)
{
	const json_t *row, *rows = json_object_get(document, "policies");
	size_t i;

	fputs("\n## What a policy's rules cost\n", out);
	if (!json_array_size(rows)) {
		fputs("\nNot run.\n", out);
		return;
	}
	fputs("\nNanoseconds of a frame, one CPU, and those above the row that does all but what "
	      "is "
	      "measured. Sources are random, where their number is not given. Rows in capitals "
	      "are kernel maps that do the same. \"Build\" turns the prefixes of a file into "
	      "the tables of the program, \"switch\" puts them in force.\n"
	      "\n| what | ns | above | ns above | build, ms | switch, ms |\n"
	      "|---|--:|---|--:|--:|--:|\n",
	      out);
	json_array_foreach (rows, i, row)
		policies_print_row(out, row);
}
