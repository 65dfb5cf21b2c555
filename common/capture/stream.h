// SPDX-License-Identifier: GPL-2.0-only
// stream: exact reads from a capture file, which may be a pipe.
//
// Errors here name neither the file nor the frame: capture adds both.
#ifndef COMMON_CAPTURE_STREAM_H
#define COMMON_CAPTURE_STREAM_H

#include <linux/types.h>
#include <stdio.h>

#include "common/base/errmsg.h"

/**
 * stream__begin() - read the start of a record, which may be the end of the file
 *
 * Return: 1, 0 at the end of the file, or a negative errno with @why set, as stream__read().
 */
int stream__begin(FILE *file, void *buf, size_t bytes, struct errmsg *why);

/** stream__read() - read more of a record. Return: 0, or a negative errno: -EBADMSG if truncated.
 */
int stream__read(FILE *file, void *buf, size_t bytes, struct errmsg *why);

/** stream__skip() - read and forget, without memory for it. Return: as stream__read(). */
int stream__skip(FILE *file, __u64 bytes, struct errmsg *why);

#endif
