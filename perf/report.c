// SPDX-License-Identifier: GPL-2.0-only
// report: the report in Markdown, from the measurements.
#include "perf/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "perf/figure_log.h"
#include "perf/host.h"
#include "perf/interface_log.h"
#include "perf/livelog.h"
#include "perf/plotdata.h"
#include "perf/results.h"
#include "perf/section.h"

/* In the order of the report. */
static void (*const sections[])(FILE *out, const json_t *document) = {
	section__headline, section__sources,    section__parts,          section__live,
	section__policies, section__flood,      section__host,           section__captures,
	section__memory,   section__interfaces, section__reconciliation, section__method,
};

static int load_results(const char *directory, json_t **ret, struct errmsg *why)
{
	json_error_t error;
	char path[4096];

	snprintf(path, sizeof(path), "%s/bench.json", directory);
	*ret = access(path, F_OK)
		       ? json_pack("{s:i, s:o}", "schema", RESULTS_SCHEMA, "host", host__to_json())
		       : json_load_file(path, 0, &error);
	return *ret ? 0 : errmsg__set(why, -EINVAL, "%s: %s", path, error.text);
}

/* Files of the directory, each one an array of the document. */
static const struct {
	const char *name;
	int (*read)(const char *path, json_t **ret, struct errmsg *why);
} report_logs[] = {
	{"live", livelog__read},
	{"interfaces", interface_log__read},
	{"flood", figure_log__read},
	{"policies", figure_log__read},
};

static int add_logs(const char *directory, json_t *document, struct errmsg *why)
{
	char path[4096];
	json_t *rows;
	int err;

	for (size_t i = 0; i < sizeof(report_logs) / sizeof(report_logs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s.jsonl", directory, report_logs[i].name);
		err = report_logs[i].read(path, &rows, why);
		if (err)
			return err;
		json_object_set_new(document, report_logs[i].name, rows);
	}
	return 0;
}

static int report_load(const char *directory, json_t **ret, struct errmsg *why)
{
	json_t *document, *watching;
	char path[4096];
	int err = load_results(directory, &document, why);

	if (err)
		return err;
	err = add_logs(directory, document, why);
	if (err) {
		json_decref(document);
		return err;
	}
	snprintf(path, sizeof(path), "%s/watching.json", directory);
	watching = json_load_file(path, 0, NULL);
	if (watching)
		json_object_set_new(document, "watching", watching);
	*ret = document;
	return 0;
}

static int report_write_markdown(const char *path, const json_t *document, struct errmsg *why)
{
	FILE *out = fopen(path, "we");
	int failed;

	if (!out)
		return errmsg__set(why, -errno, "%s: %s", path, strerror(errno));
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		sections[i](out, document);
	failed = ferror(out);
	failed |= fclose(out);
	return failed ? errmsg__set(why, -EIO, "%s: cannot write it", path) : 0;
}

int report__write(const char *directory, struct errmsg *why)
{
	char path[4096];
	json_t *document = NULL;
	int err = report_load(directory, &document, why);

	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/report.json", directory);
	if (json_dump_file(document, path, JSON_INDENT(1)))
		err = errmsg__set(why, -EIO, "%s: cannot write it", path);
	if (!err)
		err = plotdata__write(directory, document, why);
	snprintf(path, sizeof(path), "%s/report.md", directory);
	if (!err)
		err = report_write_markdown(path, document, why);
	json_decref(document);
	return err;
}
