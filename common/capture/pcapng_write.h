// SPDX-License-Identifier: GPL-2.0-only
// pcapng_write: a pcapng file of Ethernet frames, written block by block.
#ifndef COMMON_CAPTURE_PCAPNG_WRITE_H
#define COMMON_CAPTURE_PCAPNG_WRITE_H

#include <stdio.h>

#include "common/capture/capture_frame.h"

/**
 * pcapng__write_header() - begin a file of Ethernet frames with nanosecond timestamps
 *
 * A failed write shows in ferror(@file), here and below.
 */
void pcapng__write_header(FILE *file);

/**
 * pcapng__write_frame() - append one frame
 * @frame: its link type is ignored; at most 1 MiB of captured bytes
 */
void pcapng__write_frame(FILE *file, const struct capture_frame *frame);

#endif
