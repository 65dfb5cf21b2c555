// SPDX-License-Identifier: GPL-2.0-only
// pcapng_read: the frames of a pcapng file; capture is its only user.
//
// libpcap refuses a file whose interfaces differ in link type or snapshot length. Errors here name
// neither the file nor the frame: capture adds both.
#ifndef COMMON_CAPTURE_PCAPNG_READ_H
#define COMMON_CAPTURE_PCAPNG_READ_H

#include <stdio.h>

#include "common/base/errmsg.h"
#include "common/capture/capture_frame.h"

struct pcapng;

/**
 * pcapng__open() - read the first section header
 * @file: at the start of the capture; may be a pipe; stays open
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int pcapng__open(FILE *file, struct pcapng **ret, struct errmsg *why);

/** pcapng__next() - the next frame, as capture__next(). */
int pcapng__next(struct pcapng *reader, struct capture_frame *ret, struct errmsg *why);

/** pcapng__close() - free; NULL is fine. */
void pcapng__close(struct pcapng *reader);

#endif
