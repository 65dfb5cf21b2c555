// SPDX-License-Identifier: GPL-2.0-only
// pcapng_read: the frames of a pcapng file, read and written; the inside of trace.
//
// Our own because libpcap refuses a file whose interfaces differ in link type or snapshot length.
// Reasons here name neither the file nor the frame: trace adds both.
#ifndef COMMON_CAPTURE_PCAPNG_READ_H
#define COMMON_CAPTURE_PCAPNG_READ_H

#include <linux/types.h>
#include <stdio.h>

#include "common/base/errmsg.h"
#include "common/capture/capture.h"

/* The type of the block that every pcapng starts with; the same in either byte order. */
#define PCAPNG_SECTION_HEADER 0x0a0d0d0aU

struct pcapng;

/**
 * pcapng__open() - read the first section header
 * @file: at the start of the capture; a pipe will do; stays the caller's
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int pcapng__open(FILE *file, struct pcapng **ret, struct errmsg *why);

/** pcapng__next() - the next frame, as capture__next(). */
int pcapng__next(struct pcapng *reader, struct capture_frame *ret, struct errmsg *why);

/** pcapng__close() - free; NULL is fine. */
void pcapng__close(struct pcapng *reader);

/**
 * pcapng__write_header() - begin a file of Ethernet frames with nanosecond timestamps
 *
 * What could not be written shows in ferror(@file), here and below.
 */
void pcapng__write_header(FILE *file);

/**
 * pcapng__write_frame() - append one frame
 * @frame: its link type is not looked at, and its captured bytes are at most a MiB
 */
void pcapng__write_frame(FILE *file, const struct capture_frame *frame);

#endif
