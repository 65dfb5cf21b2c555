// SPDX-License-Identifier: GPL-2.0-only
// capture_frame: one frame of a capture, of whatever format.
#ifndef COMMON_CAPTURE_CAPTURE_FRAME_H
#define COMMON_CAPTURE_CAPTURE_FRAME_H

#include <linux/types.h>

/* The longest frame that can be written, and read from a pcap: libpcap's limit, too. */
#define CAPTURE_FRAME_MAX_BYTES 262144U

/* One frame of a capture. The bytes stay valid until the next call. */
struct capture_frame {
	const __u8 *data;
	__u32 captured_bytes; /* length in the file */
	__u32 wire_bytes;     /* length on the wire */
	__u64 timestamp_ns;   /* since 1970, UTC */
	int linktype;         /* LINKTYPE_* of its interface */
};

#endif
