// SPDX-License-Identifier: GPL-2.0-only
// live_program: one of the lab's programs on an interface, until it is told to stop.
#ifndef PERF_LIVE_PROGRAM_H
#define PERF_LIVE_PROGRAM_H

#include "common/base/errmsg.h"

/**
 * live_program__run() - load, attach in native mode, say "ready", wait for a signal, say the counts
 * @object: an object of perf/bpf/
 *
 * What is printed at the end is {"packets": ..., "syns": ...}.
 *
 * Return: 0, or a negative errno with @why set.
 */
int live_program__run(const char *object, const char *interface, struct errmsg *why);

#endif
