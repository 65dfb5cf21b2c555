// SPDX-License-Identifier: GPL-2.0-only
// serve: listen, and answer HTTP requests until a signal.
#ifndef CTL_EXPORT_SERVE_H
#define CTL_EXPORT_SERVE_H

#include "common/base/cli.h"
#include "ctl/export/exporter.h"

/**
 * serve__run() - serve the exporter's readings
 * @cli: its options are struct export_options
 *
 * Return: 0 after SIGINT or SIGTERM, or a negative errno with @why set.
 */
int serve__run(struct exporter *exporter, const struct cli *cli, struct errmsg *why);

#endif
