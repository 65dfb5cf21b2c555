// SPDX-License-Identifier: GPL-2.0-only
// pcapng_write: a pcapng file of Ethernet frames, written block by block.
#include "common/capture/pcapng_write.h"

#include <string.h>

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

/* A block that is put together: written at once, so that a file is only cut between blocks. */
struct block_buffer {
	__u8 bytes[2048];
	__u32 used;
};

_Static_assert(sizeof(((struct block_buffer *)0)->bytes) > PCAPNG_PACKET_MAX + 4 * PCAPNG_TEXT_MAX,
	       "room for any block, with its options");

static void append_add(struct block_buffer *block, const void *data, __u32 bytes)
{
	__u32 padded = pcapng__pad(bytes);

	if (bytes)
		memcpy(block->bytes + block->used, data, bytes);
	memset(block->bytes + block->used + bytes, 0, padded - bytes);
	block->used += padded;
}

static void append_u32(struct block_buffer *block, __u32 value)
{
	append_add(block, &value, sizeof(value));
}

/* The length follows when it is known. */
static void append_begin(struct block_buffer *block, __u32 type)
{
	block->used = 0;
	append_u32(block, type);
	append_u32(block, 0);
}

static void append_option(struct block_buffer *block, __u16 code, const void *value, __u16 bytes)
{
	const __u16 head[] = {code, bytes};

	append_add(block, head, sizeof(head));
	append_add(block, value, bytes);
}

static void append_text(struct block_buffer *block, __u16 code, const char *text)
{
	size_t bytes = text ? strlen(text) : 0;

	if (bytes > PCAPNG_TEXT_MAX)
		bytes = PCAPNG_TEXT_MAX;
	if (bytes)
		append_option(block, code, text, bytes);
}

static void append_u64_option(struct block_buffer *block, __u16 code, __u64 value)
{
	append_option(block, code, &value, sizeof(value));
}

static void append_time(struct block_buffer *block, __u64 time_ns)
{
	append_u32(block, time_ns >> 32);
	append_u32(block, (__u32)time_ns);
}

static void append_write(struct block_buffer *block, FILE *file)
{
	__u32 bytes;

	append_option(block, PCAPNG_OPTION_END, NULL, 0);
	bytes = block->used + sizeof(bytes);
	memcpy(block->bytes + sizeof(__u32), &bytes, sizeof(bytes));
	append_u32(block, bytes);
	fwrite_unlocked(block->bytes, block->used, 1, file);
}

void pcapng__write_section(FILE *file, const struct pcapng_section *section)
{
	static const __u16 version[] = {PCAPNG_VERSION_MAJOR, 0};
	static const __u32 unknown_bytes[] = {0xffffffff, 0xffffffff};
	struct block_buffer block;

	append_begin(&block, PCAPNG_SECTION_HEADER);
	append_u32(&block, PCAPNG_BYTE_ORDER_MAGIC);
	append_add(&block, version, sizeof(version));
	append_add(&block, unknown_bytes, sizeof(unknown_bytes));
	append_text(&block, PCAPNG_OPTION_COMMENT, section->comment);
	append_text(&block, PCAPNG_SECTION_OS, section->os);
	append_text(&block, PCAPNG_SECTION_APPLICATION, section->application);
	append_write(&block, file);
}

void pcapng__write_device(FILE *file, const struct pcapng_device *device)
{
	static const __u8 tsresol = TSRESOL_NS;
	struct block_buffer block;

	append_begin(&block, PCAPNG_INTERFACE);
	append_u32(&block, device->linktype);
	append_u32(&block, device->snaplen);
	append_text(&block, PCAPNG_OPTION_NAME, device->name);
	append_text(&block, PCAPNG_OPTION_DESCRIPTION, device->description);
	append_option(&block, PCAPNG_OPTION_TSRESOL, &tsresol, sizeof(tsresol));
	append_write(&block, file);
}

static void append_verdict(struct block_buffer *block, int verdict)
{
	__u8 value[1 + sizeof(__u64)] = {PCAPNG_VERDICT_XDP, verdict};

	append_option(block, PCAPNG_PACKET_VERDICT, value, sizeof(value));
}

__u32 pcapng__write_packet(FILE *file, const struct capture_frame *frame,
			   const struct pcapng_packet *packet)
{
	static const __u32 flags = PCAPNG_FLAG_INBOUND;
	struct block_buffer block;

	append_begin(&block, PCAPNG_ENHANCED_PACKET);
	append_u32(&block, packet->device);
	append_time(&block, frame->timestamp_ns);
	append_u32(&block, frame->captured_bytes);
	append_u32(&block, frame->wire_bytes);
	append_add(&block, frame->data, frame->captured_bytes);
	append_text(&block, PCAPNG_OPTION_COMMENT, packet->comment);
	append_option(&block, PCAPNG_PACKET_FLAGS, &flags, sizeof(flags));
	append_u64_option(&block, PCAPNG_PACKET_DROPCOUNT, packet->dropped);
	append_u64_option(&block, PCAPNG_PACKET_ID, packet->id);
	append_option(&block, PCAPNG_PACKET_QUEUE, &packet->queue, sizeof(packet->queue));
	if (packet->verdict >= 0)
		append_verdict(&block, packet->verdict);
	append_write(&block, file);
	return block.used;
}

void pcapng__write_statistics(FILE *file, const struct pcapng_statistics *statistics)
{
	struct block_buffer block;

	append_begin(&block, PCAPNG_STATISTICS);
	append_u32(&block, statistics->device);
	append_time(&block, statistics->time_ns);
	append_u64_option(&block, PCAPNG_STATISTICS_RECEIVED, statistics->received);
	append_u64_option(&block, PCAPNG_STATISTICS_ACCEPTED, statistics->accepted);
	append_u64_option(&block, PCAPNG_STATISTICS_OS_DROPPED, statistics->dropped);
	append_u64_option(&block, PCAPNG_STATISTICS_DELIVERED, statistics->delivered);
	append_write(&block, file);
}
