// SPDX-License-Identifier: GPL-2.0-only
// section_live: the report's table of frames counted and lost over a veth pair.
#include "perf/lookup.h"
#include "perf/section.h"

static void live_print_row(FILE *out, const json_t *row)
{
	struct spread sent = {}, counted = {}, loss = {}, undelivered = {};
	char sources[COUNT_TEXT_BYTES];

	lookup__spread(row, "sent_per_second", &sent);
	lookup__spread(row, "counted_per_second", &counted);
	lookup__spread(row, "loss", &loss);
	lookup__spread(row, "undelivered", &undelivered);
	fprintf(out,
		"| %s | %s | %.2f (%.2f to %.2f) | %.2f (%.2f to %.2f) | %.1f %% | %.1f %% (%.1f "
		"to %.1f) |\n",
		lookup__text(row, "label"),
		lookup__count_text(lookup__number(row, "sources"), sources), sent.median / 1e6,
		sent.min / 1e6, sent.max / 1e6, counted.median / 1e6, counted.min / 1e6,
		counted.max / 1e6, undelivered.median * 100, loss.median * 100, loss.min * 100,
		loss.max * 100);
}

static void live_print_skipped(FILE *out, const json_t *live)
{
	const json_t *row;
	size_t i;

	json_array_foreach (live, i, row)
		if (json_object_get(row, "skipped"))
			fprintf(out, "\n%s cannot run here: %s\n", lookup__text(row, "label"),
				lookup__text(row, "skipped"));
}

void section__live(FILE *out, const json_t *document)
{
	const json_t *live = json_object_get(document, "live"), *row;
	size_t i;

	fputs("\n## Live: count and drop\n", out);
	if (!json_array_size(live)) {
		fputs("\nNot run.\n", out);
		return;
	}
	fputs("\nSYNs over a veth pair, as fast as pktgen sends them. \"Sent\" is by pktgen, "
	      "\"counted\" by the row's own counter. Frames that a row does not drop are "
	      "dropped by the kernel right after it. Millions per second, median (min to "
	      "max):\n\n"
	      "| counter | sources | sent | counted | lost before the interface | lost in total "
	      "|\n|---|--:|--:|--:|--:|--:|\n",
	      out);
	json_array_foreach (live, i, row)
		if (!json_object_get(row, "skipped"))
			live_print_row(out, row);
	live_print_skipped(out, live);
	fputs("\n![live](live.svg)\n", out);
}
