// SPDX-License-Identifier: GPL-2.0-only
// textfile: write metrics to a file for node_exporter.
#include "ctl/export/textfile.h"

#include <stdio.h>

#include "common/base/output_file.h"
#include "ctl/monitor/ticker.h"
#include "ctl/render/openmetrics.h"

static void textfile_print(FILE *out, const void *context)
{
	const struct exporter *exporter = context;

	openmetrics__print(out, &exporter->watch, exporter->top, OPENMETRICS_CLASSIC);
}

static int textfile_replace(struct exporter *exporter, const char *path, struct errmsg *why)
{
	int err = watch__read(&exporter->watch, why);

	/* For the user that node_exporter runs as. */
	return err ?: output_file__write(path, 0644, textfile_print, exporter, why);
}

int textfile__run(struct exporter *exporter, const struct export_options *options,
		  struct errmsg *why)
{
	struct ticker ticker;
	int err;

	err = ticker__open(options->interval_ns, &ticker, why);
	if (err)
		return err;
	ticker.outlives_reader = true;
	do
		err = textfile_replace(exporter, options->textfile, why);
	while (!err && !options->once && ticker__wait(&ticker, -1) != TICKER_END);
	ticker__close(&ticker);
	return err;
}
