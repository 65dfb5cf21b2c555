// SPDX-License-Identifier: GPL-2.0-only
// run: the daemon: read all interfaces once a second, and record what happens.
#ifndef CTL_EVENTS_RUN_H
#define CTL_EVENTS_RUN_H

#include "common/events/events_config.h"

struct run_options {
	const char *const *interfaces; /* NULL-terminated; empty: all that are attached */
	const char *directory;         /* of the journal */
	const char *output;            /* a file that gets all events; NULL: standard output */
};

/**
 * run__events() - until SIGTERM or SIGINT
 *
 * SIGHUP opens the output file again.
 *
 * Return: 0, or a negative errno with @why set.
 */
int run__events(const struct run_options *options, const struct events_config *config,
		struct errmsg *why);

#endif
