// SPDX-License-Identifier: GPL-2.0-only
// pcap_write: a classic pcap file of Ethernet frames, written record by record.
#include "common/capture/pcap_write.h"

#include "common/capture/linktype.h"
#include "common/capture/pcap_read.h"

#define NS_PER_S 1000000000U

void pcap__write_header(FILE *file)
{
	const struct {
		__u32 magic;
		__u16 major, minor;
		__u32 zone, accuracy, snaplen, linktype;
	} header = {
		.magic = PCAP_MAGIC_NS,
		.major = PCAP_VERSION_MAJOR,
		.minor = PCAP_VERSION_MINOR,
		.snaplen = CAPTURE_FRAME_MAX_BYTES,
		.linktype = LINKTYPE_ETHERNET,
	};

	fwrite_unlocked(&header, sizeof(header), 1, file);
}

void pcap__write_frame(FILE *file, const struct capture_frame *frame)
{
	const struct {
		__u32 s, ns, captured_bytes, wire_bytes;
	} header = {
		.s = frame->timestamp_ns / NS_PER_S,
		.ns = frame->timestamp_ns % NS_PER_S,
		.captured_bytes = frame->captured_bytes,
		.wire_bytes = frame->wire_bytes,
	};

	fwrite_unlocked(&header, sizeof(header), 1, file);
	fwrite_unlocked(frame->data, 1, frame->captured_bytes, file);
}
