// SPDX-License-Identifier: GPL-2.0-only
// textfile: write metrics to a file for node_exporter.
#ifndef CTL_EXPORT_TEXTFILE_H
#define CTL_EXPORT_TEXTFILE_H

#include "common/base/errmsg.h"
#include "ctl/export/export_options.h"
#include "ctl/export/exporter.h"

/**
 * textfile__run() - write it once, or every interval until SIGINT or SIGTERM
 *
 * Return: 0, or a negative errno with @why set.
 */
int textfile__run(struct exporter *exporter, const struct export_options *options,
		  struct errmsg *why);

#endif
