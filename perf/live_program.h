// SPDX-License-Identifier: GPL-2.0-only
// live_program: attach one of the lab's programs to an interface until a signal arrives.
#ifndef PERF_LIVE_PROGRAM_H
#define PERF_LIVE_PROGRAM_H

#include "common/base/errmsg.h"

/**
 * live_program__run() - attach a program in native mode and print its counts after a signal
 * @object: an object of perf/bpf/
 *
 * Prints "ready" once attached, and {"packets": ..., "syns": ...} at the end.
 *
 * Return: 0, or a negative errno with @why set.
 */
int live_program__run(const char *object, const char *interface, struct errmsg *why);

#endif
