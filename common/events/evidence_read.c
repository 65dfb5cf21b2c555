// SPDX-License-Identifier: GPL-2.0-only
// evidence_read: what a file of evidence.h holds: its packets with what became of them, its losses.
#include "common/events/evidence_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/input_file.h"
#include "common/capture/pcapng_block.h"

#define OPTION_HEAD_BYTES 4u
#define MAX_TEXTS 3

struct reader {
	struct pcapng_blocks blocks;
	const struct evidence_actions *actions;
	void *opaque;
	const char *path;
	__u32 devices;
	__u16 linktypes[EVIDENCE_MAX_DEVICES];
	char texts[MAX_TEXTS][PCAPNG_TEXT_MAX + 1]; /* of the present block */
};

/* An option inside a block. */
struct option_at {
	__u16 code, bytes;
	const __u8 *value;
};

/* Return: false at the end. */
static bool next_option(const struct pcapng_block *block, __u32 *offset, struct option_at *ret)
{
	if (*offset > block->loaded || block->loaded - *offset < OPTION_HEAD_BYTES)
		return false;
	ret->code = block__u16(block, *offset);
	ret->bytes = block__u16(block, *offset + 2);
	*offset += OPTION_HEAD_BYTES;
	if (ret->code == PCAPNG_OPTION_END || ret->bytes > block->loaded - *offset)
		return false;
	ret->value = block->body + *offset;
	*offset += pcapng__pad(ret->bytes);
	return true;
}

static __u64 option_number(const struct option_at *option)
{
	__u64 value = 0;

	memcpy(&value, option->value,
	       option->bytes < sizeof(value) ? option->bytes : sizeof(value));
	return value;
}

static const char *option_text(struct reader *reader, int number, const struct option_at *option)
{
	size_t bytes = option->bytes < PCAPNG_TEXT_MAX ? option->bytes : PCAPNG_TEXT_MAX;

	memcpy(reader->texts[number], option->value, bytes);
	reader->texts[number][bytes] = '\0';
	return reader->texts[number];
}

static int refuse_file(const struct reader *reader, const char *reason, struct errmsg *why)
{
	return errmsg__set(why, -EBADMSG, "%s: %s", reader->path, reason);
}

static int evidence_read_section(struct reader *reader, const struct pcapng_block *block,
				 struct errmsg *why)
{
	struct pcapng_section section = {};
	struct option_at option;
	__u32 offset = 16;

	while (next_option(block, &offset, &option)) {
		if (option.code == PCAPNG_OPTION_COMMENT)
			section.comment = option_text(reader, 0, &option);
		else if (option.code == PCAPNG_SECTION_OS)
			section.os = option_text(reader, 1, &option);
		else if (option.code == PCAPNG_SECTION_APPLICATION)
			section.application = option_text(reader, 2, &option);
	}
	if (block->swapped || !section.application || strncmp(section.application, "xdpctl ", 7))
		return refuse_file(reader,
				   "not evidence: 'xdpctl evidence record' did not write it", why);
	reader->devices = 0;
	return reader->actions->section ? reader->actions->section(reader->opaque, &section, why)
					: 0;
}

static int evidence_read_device(struct reader *reader, const struct pcapng_block *block,
				struct errmsg *why)
{
	struct pcapng_device device = {.linktype = block__u16(block, 0),
				       .snaplen = block__u32(block, 4)};
	struct option_at option;
	__u32 offset = 8;

	while (next_option(block, &offset, &option)) {
		if (option.code == PCAPNG_OPTION_NAME)
			device.name = option_text(reader, 0, &option);
		else if (option.code == PCAPNG_OPTION_DESCRIPTION)
			device.description = option_text(reader, 1, &option);
	}
	if (reader->devices >= EVIDENCE_MAX_DEVICES)
		return refuse_file(reader, "more devices than evidence has", why);
	reader->linktypes[reader->devices++] = device.linktype;
	return reader->actions->device ? reader->actions->device(reader->opaque, &device, why) : 0;
}

static void packet_option(struct reader *reader, const struct option_at *option,
			  struct pcapng_packet *ret)
{
	if (option->code == PCAPNG_OPTION_COMMENT)
		ret->comment = option_text(reader, 0, option);
	else if (option->code == PCAPNG_PACKET_DROPCOUNT)
		ret->dropped = option_number(option);
	else if (option->code == PCAPNG_PACKET_ID)
		ret->id = option_number(option);
	else if (option->code == PCAPNG_PACKET_QUEUE)
		ret->queue = option_number(option);
	else if (option->code == PCAPNG_PACKET_VERDICT && option->bytes > 1 &&
		 option->value[0] == PCAPNG_VERDICT_XDP)
		ret->verdict = option->value[1];
}

static int evidence_read_packet(struct reader *reader, const struct pcapng_block *block,
				struct errmsg *why)
{
	struct pcapng_packet packet = {.device = block__u32(block, 0), .verdict = -1};
	struct capture_frame frame = {
		.timestamp_ns = (__u64)block__u32(block, 4) << 32 | block__u32(block, 8),
		.captured_bytes = block__u32(block, 12),
		.wire_bytes = block__u32(block, 16),
		.data = block->body + 20,
	};
	struct option_at option;
	__u32 offset;

	if (packet.device >= reader->devices || frame.captured_bytes > PCAPNG_PACKET_MAX ||
	    frame.captured_bytes > block->loaded - 20)
		return refuse_file(reader, "a damaged packet", why);
	frame.linktype = reader->linktypes[packet.device];
	offset = 20 + pcapng__pad(frame.captured_bytes);
	while (next_option(block, &offset, &option))
		packet_option(reader, &option, &packet);
	return reader->actions->packet
		       ? reader->actions->packet(reader->opaque, &frame, &packet, why)
		       : 0;
}

static int evidence_read_statistics(struct reader *reader, const struct pcapng_block *block,
				    struct errmsg *why)
{
	struct pcapng_statistics statistics = {
		.device = block__u32(block, 0),
		.time_ns = (__u64)block__u32(block, 4) << 32 | block__u32(block, 8),
	};
	struct option_at option;
	__u32 offset = 12;

	if (statistics.device >= reader->devices)
		return refuse_file(reader, "statistics of a device that is not described", why);
	while (next_option(block, &offset, &option)) {
		if (option.code == PCAPNG_STATISTICS_RECEIVED)
			statistics.received = option_number(&option);
		else if (option.code == PCAPNG_STATISTICS_ACCEPTED)
			statistics.accepted = option_number(&option);
		else if (option.code == PCAPNG_STATISTICS_OS_DROPPED)
			statistics.dropped = option_number(&option);
		else if (option.code == PCAPNG_STATISTICS_DELIVERED)
			statistics.delivered = option_number(&option);
	}
	return reader->actions->statistics
		       ? reader->actions->statistics(reader->opaque, &statistics, why)
		       : 0;
}

static const struct evidence_block {
	__u32 type;
	__u32 fixed_bytes;
	int (*read)(struct reader *reader, const struct pcapng_block *block, struct errmsg *why);
} evidence_blocks[] = {
	{PCAPNG_SECTION_HEADER, 16, evidence_read_section},
	{PCAPNG_INTERFACE, 8, evidence_read_device},
	{PCAPNG_ENHANCED_PACKET, 20, evidence_read_packet},
	{PCAPNG_STATISTICS, 12, evidence_read_statistics},
};

static int evidence_read_block(struct reader *reader, const struct pcapng_block *block,
			       struct errmsg *why)
{
	for (size_t i = 0; i < sizeof(evidence_blocks) / sizeof(evidence_blocks[0]); i++) {
		if (evidence_blocks[i].type != block->type)
			continue;
		if (block->loaded < evidence_blocks[i].fixed_bytes)
			return refuse_file(reader, "a block that is too short", why);
		return evidence_blocks[i].read(reader, block, why);
	}
	return 0;
}

static int evidence_read_blocks(struct reader *reader, struct errmsg *why)
{
	struct pcapng_block block;
	struct errmsg reason = {};
	__u64 count = 0;
	int got, err;

	while ((got = blocks__next(&reader->blocks, &block, &reason)) > 0) {
		if (!count++ && block.type != PCAPNG_SECTION_HEADER)
			return refuse_file(reader, "not evidence: no pcapng file", why);
		err = evidence_read_block(reader, &block, why);
		if (err)
			return err;
	}
	if (!got && !count)
		return refuse_file(reader, "not evidence: an empty file", why);
	return got < 0 ? errmsg__set(why, got, "%s: block %llu: %s", reader->path, count + 1,
				     reason.text)
		       : 0;
}

int evidence__read(const char *path, const struct evidence_actions *actions, void *opaque,
		   struct errmsg *why)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int err = -ENOMEM;

	if (!reader)
		return errmsg__set(why, err, "out of memory");
	reader->actions = actions;
	reader->opaque = opaque;
	reader->path = path;
	err = input_file__open(path, &reader->blocks.file, why);
	if (!err) {
		err = evidence_read_blocks(reader, why);
		blocks__free(&reader->blocks);
		fclose(reader->blocks.file);
	}
	free(reader);
	return err;
}

/* The value of a key in "key=value key=value"; empty if there is none. */
static void comment_value(const char *comment, const char *key, char *buf, size_t bytes)
{
	size_t length = strlen(key), value_bytes;
	const char *at = comment;

	buf[0] = '\0';
	while (at && (strncmp(at, key, length) || at[length] != '='))
		at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL;
	if (!at)
		return;
	at += length + 1;
	value_bytes = strcspn(at, " ");
	snprintf(buf, bytes, "%.*s", (int)value_bytes, at);
}

void evidence__outcome(const char *comment, struct evidence_outcome *ret)
{
	char every[16];

	comment_value(comment, "verdict", ret->verdict, sizeof(ret->verdict));
	comment_value(comment, "reason", ret->reason, sizeof(ret->reason));
	comment_value(comment, "rule", ret->rule, sizeof(ret->rule));
	comment_value(comment, "class", ret->class, sizeof(ret->class));
	comment_value(comment, "every", every, sizeof(every));
	ret->every = strtoul(every, NULL, 10);
}
