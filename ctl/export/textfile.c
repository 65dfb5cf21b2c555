// SPDX-License-Identifier: GPL-2.0-only
// textfile: write metrics to a file for node_exporter.
#include "ctl/export/textfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/output_file.h"
#include "ctl/monitor/ticker.h"
#include "ctl/render/openmetrics.h"

/* Readers see the old file or the new one, whole. */
static int textfile_replace(struct exporter *exporter, const char *path, struct errmsg *why)
{
	struct output_file *output;
	FILE *out;
	int err;

	err = watch__read(&exporter->watch, why);
	if (err)
		return err;
	/* For the user that node_exporter runs as. */
	err = output_file__open(path, 0644, &output, why);
	if (err)
		return err;
	err = output_file__stream(output, &out, why);
	if (err)
		goto out;
	openmetrics__print(out, &exporter->watch, exporter->top, OPENMETRICS_CLASSIC);
	if (ferror(out) | fclose(out))
		err = errmsg__set(why, -EIO, "%s: cannot write: %s", path, strerror(errno));
	if (!err)
		err = output_file__commit(output, why);
out:
	output_file__close(output);
	return err;
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
