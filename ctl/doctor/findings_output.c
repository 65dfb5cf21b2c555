// SPDX-License-Identifier: GPL-2.0-only
// findings_output: findings as text, coloured on a terminal, or as JSON.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/utf8.h"
#include "ctl/doctor/findings.h"
#include "ctl/render/terminal.h"

#define COLOUR_END "\033[0m"

/* ECMA-48: green, yellow, red, none. */
static const struct {
	const char *name;
	const char *colour;
} states[] = {
	[CHECK_OK] = {"ok", "\033[32m"},
	[CHECK_WARNING] = {"warning", "\033[33m"},
	[CHECK_PROBLEM] = {"problem", "\033[31m"},
	[CHECK_UNKNOWN] = {"unknown", ""},
};

static bool is_coloured(void)
{
	return isatty(STDOUT_FILENO) && terminal__wants_colours();
}

void print_findings(const struct findings *findings)
{
	bool coloured = is_coloured();

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->rows[i];
		const char *colour = coloured ? states[finding->state].colour : "";

		printf("%s%-8s%s %s %s", colour, states[finding->state].name,
		       colour[0] ? COLOUR_END : "", UTF8_PADDED(UTF8_PRINTABLE(finding->name), 18),
		       UTF8_PRINTABLE(finding->text));
		if (finding->duration_ns)
			printf(" (%.1f ms)", finding->duration_ns / 1e6);
		printf("\n");
		if (finding->remedy[0])
			printf("%-8s %-18s -> %s\n", "", "", UTF8_PRINTABLE(finding->remedy));
	}
}

json_t *findings_to_json(const struct findings *findings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->rows[i];
		json_t *object = json_pack("{s:s, s:s, s:o, s:o}", "name", finding->name, "state",
					   states[finding->state].name, "finding",
					   utf8__json(finding->text), "remedy",
					   utf8__json(finding->remedy[0] ? finding->remedy : NULL));

		if (finding->duration_ns)
			json_object_set_new(object, "duration_ns",
					    json_integer(finding->duration_ns));
		json_array_append_new(list, object);
	}
	return list;
}
