// SPDX-License-Identifier: GPL-2.0-only
// section_flood: the report's table of connections beside a flood, by what defends the port.
#include "perf/lookup.h"
#include "perf/section.h"

static const struct {
	const char *name;
	const char *label;
	double unit;
	int decimals;
} flood_figures[] = {
	{"completed_percent", "connected, %", 1, 1},
	{"p50_ms", "p50, ms", 1, 2},
	{"p90_ms", "p90, ms", 1, 2},
	{"p99_ms", "p99, ms", 1, 2},
	{"sent_pps", "sent, K/s", 1e3, 0},
	{"digested_pps", "digested, K/s", 1e3, 0},
	{"answered_pps", "answered, K/s", 1e3, 0},
};

#define FLOOD_FIGURES (sizeof(flood_figures) / sizeof(flood_figures[0]))

static void flood_print_row(FILE *out, const json_t *row)
{
	struct spread spread;

	fprintf(out, "| %s | %s |", lookup__text(row, "rate"), lookup__text(row, "label"));
	for (size_t i = 0; i < FLOOD_FIGURES; i++) {
		int decimals = flood_figures[i].decimals;
		double unit = flood_figures[i].unit;

		if (lookup__spread(row, flood_figures[i].name, &spread))
			fprintf(out, " %.*f (%.*f to %.*f) |", decimals, spread.median / unit,
				decimals, spread.min / unit, decimals, spread.max / unit);
		else
			fputs(" – |", out);
	}
	fputc('\n', out);
}

static void flood_print_table(FILE *out, const json_t *rows)
{
	const json_t *row;
	size_t i;

	fputs("\n| SYNs/s | defence |", out);
	for (size_t figure = 0; figure < FLOOD_FIGURES; figure++)
		fprintf(out, " %s |", flood_figures[figure].label);
	fputs("\n|--:|---|", out);
	for (size_t figure = 0; figure < FLOOD_FIGURES; figure++)
		fputs("--:|", out);
	fputc('\n', out);
	json_array_foreach (rows, i, row)
		if (json_object_get(row, "sent_pps"))
			flood_print_row(out, row);
	json_array_foreach (rows, i, row)
		if (json_object_get(row, "skipped"))
			fprintf(out, "\n%s cannot run here: %s\n", lookup__text(row, "label"),
				lookup__text(row, "skipped"));
}

void section__flood(FILE *out, const json_t *document)
{
	const json_t *rows = json_object_get(document, "flood");

	fputs("\n## Flood: new clients beside spoofed SYNs\n", out);
	if (!json_array_size(rows)) {
		fputs("\nNot run.\n", out);
		return;
	}
	fputs("\nConnections to the port that is flooded, each from a new source, given up after 3 "
	      "s. "
	      "Percentiles are of those that were completed. One CPU sends the flood and takes the "
	      "answers, another one receives and answers it, and has the server: what it is too "
	      "slow for is lost in the interface's ring. \"Digested\" are the SYNs received from "
	      "that ring; \"max\" is as fast as the sender can, without clients. \"Answered\" "
	      "are the frames that came back. The flood comes in batches of 16: between them a SYN "
	      "of a client finds room in a ring that overflows. Both ends have the same ring, and "
	      "an XDP program: the kernel's own defences one that passes all, the attacker's end "
	      "one that drops answers to spoofed sources. Median (min to max) of interleaved "
	      "rounds.\n",
	      out);
	flood_print_table(out, rows);
}
