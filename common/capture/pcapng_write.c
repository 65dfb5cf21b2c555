// SPDX-License-Identifier: GPL-2.0-only
// pcapng_write: a pcapng file of Ethernet frames, written block by block.
#include "common/capture/pcapng_write.h"

#include "common/capture/linktype.h"
#include "common/capture/pcapng_block.h"

#define TSRESOL_NS 9 /* timestamps count 10^-9 s */

void pcapng__write_header(FILE *file)
{
	const struct {
		__u32 type, bytes, magic;
		__u16 major, minor;
		__u32 section_bytes[2]; /* all ones: not known */
		__u32 trailer;
	} section = {
		.type = PCAPNG_SECTION_HEADER,
		.bytes = sizeof(section),
		.magic = PCAPNG_BYTE_ORDER_MAGIC,
		.major = PCAPNG_VERSION_MAJOR,
		.section_bytes = {0xffffffff, 0xffffffff},
		.trailer = sizeof(section),
	};
	const struct {
		__u32 type, bytes;
		__u16 linktype, reserved;
		__u32 snaplen; /* 0: no limit */
		__u16 option, option_bytes;
		__u8 tsresol, padding[3];
		__u32 options_end, trailer;
	} interface = {
		.type = PCAPNG_INTERFACE,
		.bytes = sizeof(interface),
		.linktype = LINKTYPE_ETHERNET,
		.option = PCAPNG_OPTION_TSRESOL,
		.option_bytes = sizeof(interface.tsresol),
		.tsresol = TSRESOL_NS,
		.options_end = PCAPNG_OPTION_END,
		.trailer = sizeof(interface),
	};

	fwrite_unlocked(&section, sizeof(section), 1, file);
	fwrite_unlocked(&interface, sizeof(interface), 1, file);
}

void pcapng__write_frame(FILE *file, const struct capture_frame *frame)
{
	static const __u8 zeros[4];
	__u32 padding = pcapng__pad(frame->captured_bytes) - frame->captured_bytes;
	const struct {
		__u32 type, bytes, interface, ticks_high, ticks_low, captured_bytes, wire_bytes;
	} head = {
		.type = PCAPNG_ENHANCED_PACKET,
		.bytes = sizeof(head) + frame->captured_bytes + padding + sizeof(head.bytes),
		.ticks_high = frame->timestamp_ns >> 32,
		.ticks_low = (__u32)frame->timestamp_ns,
		.captured_bytes = frame->captured_bytes,
		.wire_bytes = frame->wire_bytes,
	};

	fwrite_unlocked(&head, sizeof(head), 1, file);
	fwrite_unlocked(frame->data, 1, frame->captured_bytes, file);
	fwrite_unlocked(zeros, 1, padding, file);
	fwrite_unlocked(&head.bytes, sizeof(head.bytes), 1, file);
}
