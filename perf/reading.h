// SPDX-License-Identifier: GPL-2.0-only
// reading: the time that user space takes to read the counts of the dataplane.
#ifndef PERF_READING_H
#define PERF_READING_H

#include <linux/types.h>
#include <jansson.h>
#include <stdbool.h>

#include "common/base/errmsg.h"

/**
 * reading__run() - fill tables with 1K to 1M sources and read them, in interleaved rounds
 * @quick: with a thousandth of the sources
 *
 * Return: 0 with *@ret, an array of rows, owned by the caller, or a negative errno with @why set.
 */
int reading__run(__u32 rounds, bool quick, json_t **ret, struct errmsg *why);

#endif
