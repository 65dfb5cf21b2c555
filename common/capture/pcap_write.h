// SPDX-License-Identifier: GPL-2.0-only
// pcap_write: a classic pcap file of Ethernet frames, written record by record.
#ifndef COMMON_CAPTURE_PCAP_WRITE_H
#define COMMON_CAPTURE_PCAP_WRITE_H

#include <stdio.h>

#include "common/capture/capture_frame.h"

/**
 * pcap__write_header() - begin a file of Ethernet frames with nanosecond timestamps
 *
 * A failed write shows in ferror(@file), here and below.
 */
void pcap__write_header(FILE *file);

/**
 * pcap__write_frame() - append one frame
 * @frame: its link type is ignored; its time is before 2^32 s
 */
void pcap__write_frame(FILE *file, const struct capture_frame *frame);

#endif
