// SPDX-License-Identifier: GPL-2.0-only
// capture: capture files, read and written frame by frame.
#include "common/capture/capture.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/input_file.h"
#include "common/capture/pcap_read.h"
#include "common/capture/pcap_write.h"
#include "common/capture/pcapng_block.h"
#include "common/capture/pcapng_read.h"
#include "common/capture/pcapng_write.h"

#define NS_PER_S 1000000000U
#define MAGIC_BYTES 4

/*
 * Most frames have about 60 bytes: with stdio's default of 4 KiB there would be a system call for
 * every fifty. For speed only: a failed allocation is no error.
 */
#define READ_BUFFER_BYTES (256U << 10)
#define WRITE_BUFFER_BYTES (1U << 20)

struct capture {
	FILE *file;
	struct pcap_file *pcap; /* either this */
	struct pcapng *pcapng;  /* or this, by format */
	char *path;
	__u64 frames; /* returned so far */
	__u64 frame_bytes;
	int failed; /* negative errno that ended the reading */
	struct errmsg reason;
	char *buffer; /* stdio's for the file, or NULL */
};

struct capture_writer {
	FILE *file;
	bool is_pcapng;
	char *path;
	int failed;   /* negative errno of the first failed write */
	char *buffer; /* stdio's for the file, or NULL */
};

/* Names what the file is instead of a capture, from its first bytes. */
static int refuse_kind(struct capture *capture, struct errmsg *why)
{
	char head[INPUT_FILE_HEAD_BYTES];
	size_t count = fread(head, 1, sizeof(head), capture->file);
	bool is_stdin = input_file__is_stdin(capture->path);
	const struct file_kind *kind = input_file__kind(head, count);

	if (kind->reader)
		return errmsg__set(
			why, -EBADMSG,
			"%s: not a capture, but %s: use '%s%s%s |' with '-' for the file",
			capture->path, kind->name, kind->reader, is_stdin ? "" : " ",
			is_stdin ? "" : capture->path);
	return errmsg__set(why, -EBADMSG, "%s: not a capture (pcap or pcapng), but %s",
			   capture->path, kind->name);
}

/*
 * The readers begin with these bytes, and a pipe cannot be rewound: push them back. The C standard
 * guarantees one byte of push-back only; both glibc and musl accept four at any time.
 */
static int peek_magic(struct capture *capture, __u32 *ret, struct errmsg *why)
{
	__u8 bytes[MAGIC_BYTES] = {};
	size_t got = fread(bytes, 1, sizeof(bytes), capture->file);
	int err = -errno;

	if (ferror(capture->file))
		return errmsg__set(why, err, "%s: cannot read: %s", capture->path, strerror(-err));
	while (got)
		if (ungetc(bytes[--got], capture->file) == EOF)
			return errmsg__set(why, -EIO, "%s: cannot look ahead", capture->path);
	/* Zeros, if the file is shorter. */
	memcpy(ret, bytes, sizeof(*ret));
	return 0;
}

static int open_by_format(struct capture *capture, struct errmsg *why)
{
	__u32 magic = 0;
	int err;

	err = peek_magic(capture, &magic, why);
	if (err)
		return err;
	if (magic == PCAPNG_SECTION_HEADER)
		err = pcapng__open(capture->file, &capture->pcapng, &capture->reason);
	else if (pcap_file__has_magic(magic))
		err = pcap_file__open(capture->file, &capture->pcap, &capture->reason);
	else
		return refuse_kind(capture, why);
	return err ? errmsg__set(why, err, "%s: %s", capture->path, capture->reason.text) : 0;
}

int capture__open_file(const char *path, FILE **ret, struct errmsg *why)
{
	return input_file__open(path, ret, why);
}

static int set_buffer(struct capture *capture, const char *path, struct errmsg *why)
{
	capture->path = strdup(path);
	capture->buffer = malloc(READ_BUFFER_BYTES);
	if (!capture->path || !capture->buffer)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", path);
	setvbuf(capture->file, capture->buffer, _IOFBF, READ_BUFFER_BYTES);
	return 0;
}

int capture__start(FILE *file, const char *path, struct capture **ret, struct errmsg *why)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	int err;

	if (!capture) {
		fclose(file);
		return errmsg__set(why, -ENOMEM, "%s: out of memory", path);
	}
	capture->file = file;
	err = set_buffer(capture, path, why);
	if (!err)
		err = open_by_format(capture, why);
	if (err)
		capture__close(capture);
	else
		*ret = capture;
	return err;
}

int capture__open(const char *path, struct capture **ret, struct errmsg *why)
{
	FILE *file = NULL;
	int err = capture__open_file(path, &file, why);

	return err ?: capture__start(file, path, ret, why);
}

int capture__linktype(const struct capture *capture)
{
	return capture->pcap ? pcap_file__linktype(capture->pcap) : -1;
}

int capture__next(struct capture *capture, struct capture_frame *ret, struct errmsg *why)
{
	if (!capture->failed) {
		int got = capture->pcap ? pcap_file__next(capture->pcap, ret, &capture->reason)
					: pcapng__next(capture->pcapng, ret, &capture->reason);
		if (got > 0) {
			capture->frames++;
			capture->frame_bytes += ret->captured_bytes;
		}
		if (got >= 0)
			return got;
		/* After damage, what follows is not aligned to a frame. */
		capture->failed = got;
	}
	return errmsg__set(why, capture->failed, "%s: frame %llu: %s", capture->path,
			   capture->frames + 1, capture->reason.text);
}

__u64 capture__position_bytes(const struct capture *capture)
{
	off_t position = ftello(capture->file);

	/* A pipe has no position: the sum of its frames is an estimate. */
	return position >= 0 ? (__u64)position : capture->frame_bytes;
}

void capture__close(struct capture *capture)
{
	if (!capture)
		return;
	pcapng__close(capture->pcapng);
	pcap_file__close(capture->pcap);
	fclose(capture->file);
	free(capture->buffer);
	free(capture->path);
	free(capture);
}

static bool wants_pcapng(const char *path)
{
	static const char suffix[] = ".pcapng";
	size_t bytes = strlen(path);

	return bytes >= sizeof(suffix) - 1 && !strcmp(path + bytes - (sizeof(suffix) - 1), suffix);
}

static int write_failed(struct capture_writer *writer, struct errmsg *why)
{
	if (!writer->failed)
		writer->failed = errno ? -errno : -EIO;
	return errmsg__set(why, writer->failed, "%s: cannot write: %s", writer->path,
			   strerror(-writer->failed));
}

static int set_write_buffer(struct capture_writer *writer, const char *path, struct errmsg *why)
{
	writer->path = strdup(path);
	if (!writer->path)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", path);
	writer->buffer = malloc(WRITE_BUFFER_BYTES);
	if (writer->buffer)
		setvbuf(writer->file, writer->buffer, _IOFBF, WRITE_BUFFER_BYTES);
	return 0;
}

static void free_writer(struct capture_writer *writer)
{
	if (writer->file)
		fclose(writer->file);
	free(writer->buffer);
	free(writer->path);
	free(writer);
}

int capture_writer__start(FILE *file, const char *path, struct capture_writer **ret,
			  struct errmsg *why)
{
	struct capture_writer *writer = calloc(1, sizeof(*writer));
	int err;

	if (!writer) {
		fclose(file);
		return errmsg__set(why, -ENOMEM, "%s: out of memory", path);
	}
	writer->file = file;
	err = set_write_buffer(writer, path, why);
	if (err) {
		free_writer(writer);
		return err;
	}
	writer->is_pcapng = wants_pcapng(path);
	if (writer->is_pcapng)
		pcapng__write_header(writer->file);
	else
		pcap__write_header(writer->file);
	*ret = writer;
	return 0;
}

int capture_writer__open(const char *path, struct capture_writer **ret, struct errmsg *why)
{
	FILE *file = fopen(path, "we");
	int err = -errno;

	if (!file)
		return errmsg__set(why, err, "%s: cannot create: %s", path, strerror(-err));
	return capture_writer__start(file, path, ret, why);
}

static int check_frame(const struct capture_writer *writer, const struct capture_frame *frame,
		       struct errmsg *why)
{
	__u64 s = frame->timestamp_ns / NS_PER_S;

	if (frame->captured_bytes > CAPTURE_FRAME_MAX_BYTES)
		return errmsg__set(why, -EMSGSIZE, "%s: a frame of %u bytes is above %u",
				   writer->path, frame->captured_bytes, CAPTURE_FRAME_MAX_BYTES);
	if (!writer->is_pcapng && s > UINT32_MAX)
		return errmsg__set(why, -EOVERFLOW,
				   "%s: pcap cannot hold a time of %llu s: "
				   "write a .pcapng",
				   writer->path, s);
	return 0;
}

int capture_writer__frame(struct capture_writer *writer, const void *data, __u32 captured_bytes,
			  __u32 wire_bytes, __u64 timestamp_ns, struct errmsg *why)
{
	const struct capture_frame frame = {
		.data = data,
		.captured_bytes = captured_bytes,
		.wire_bytes = wire_bytes,
		.timestamp_ns = timestamp_ns,
	};
	int err;

	if (writer->failed)
		return write_failed(writer, why);
	err = check_frame(writer, &frame, why);
	if (err)
		return err;
	if (writer->is_pcapng)
		pcapng__write_frame(writer->file, &frame);
	else
		pcap__write_frame(writer->file, &frame);
	return ferror_unlocked(writer->file) ? write_failed(writer, why) : 0;
}

int capture_writer__close(struct capture_writer *writer, struct errmsg *why)
{
	int err = 0;

	if (!writer)
		return 0;
	if (writer->failed || fflush(writer->file))
		err = write_failed(writer, why);
	free_writer(writer);
	return err;
}
