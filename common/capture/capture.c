// SPDX-License-Identifier: GPL-2.0-only
// capture: capture files, read and written frame by frame.
//
// libpcap reads classic pcap in all its variants; for pcapng see pcapng_read.h.
#include "common/capture/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/input_file.h"
#include "common/capture/linktype.h"
#include "common/capture/pcapng_block.h"
#include "common/capture/pcapng_read.h"
#include "common/capture/pcapng_write.h"

#define NS_PER_S 1000000000U
#define MAGIC_BYTES 4
#define FRAME_MAX_BYTES 262144U /* libpcap's limit */

/*
 * Most frames have about 60 bytes: with stdio's default of 4 KiB there would be a system call for
 * every fifty. For speed only: a failed allocation is no error.
 */
#define READ_BUFFER_BYTES (256U << 10)
#define WRITE_BUFFER_BYTES (1U << 20)

struct capture {
	FILE *file;            /* closed by libpcap if there is a pcap */
	pcap_t *pcap;          /* either this */
	struct pcapng *pcapng; /* or this, by format */
	char *path;
	__u64 frames; /* returned so far */
	__u64 frame_bytes;
	int linktype; /* -1: each frame's own */
	int failed;   /* negative errno that ended the reading */
	struct errmsg reason;
	char *buffer; /* stdio's for the file, or NULL */
};

struct capture_writer {
	FILE *file;            /* closed by the dumper if there is one */
	pcap_t *pcap;          /* the dumper's parameters; NULL for pcapng */
	pcap_dumper_t *dumper; /* NULL for pcapng */
	char *path;
	int failed;   /* negative errno of the first failed write */
	char *buffer; /* stdio's for the file, or NULL */
};

/* Names what the file is instead of a capture, from its first bytes and those that follow. */
static int refuse_kind(struct capture *capture, const __u8 *bytes, size_t count, struct errmsg *why)
{
	char head[INPUT_FILE_HEAD_BYTES];
	bool is_stdin = input_file__is_stdin(capture->path);
	const struct file_kind *kind;

	memcpy(head, bytes, count);
	count += fread(head + count, 1, sizeof(head) - count, capture->file);
	kind = input_file__kind(head, count);
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
 * libpcap reads the bytes again, and a pipe cannot be rewound: push them back. The C standard
 * guarantees one byte of push-back only; both glibc and musl accept four at any time.
 */
static int peek_magic(struct capture *capture, __u32 *ret, struct errmsg *why)
{
	__u8 bytes[MAGIC_BYTES];
	size_t got = fread(bytes, 1, sizeof(bytes), capture->file);
	int err = -errno;

	if (ferror(capture->file))
		return errmsg__set(why, err, "%s: cannot read: %s", capture->path, strerror(-err));
	if (got < sizeof(bytes))
		return refuse_kind(capture, bytes, got, why);
	for (int i = MAGIC_BYTES - 1; i >= 0; i--)
		if (ungetc(bytes[i], capture->file) == EOF)
			return errmsg__set(why, -EIO, "%s: cannot look ahead", capture->path);
	memcpy(ret, bytes, sizeof(*ret));
	return 0;
}

static int open_pcap(struct capture *capture, __u32 magic, struct errmsg *why)
{
	char words[PCAP_ERRBUF_SIZE] = "";

	capture->pcap = pcap_fopen_offline_with_tstamp_precision(capture->file,
								 PCAP_TSTAMP_PRECISION_NANO, words);
	if (capture->pcap) {
		capture->linktype = linktype__from_dlt(pcap_datalink(capture->pcap));
		return 0;
	}
	/* libpcap's message for other magic numbers, which is all that it has read. */
	if (!strcmp(words, "unknown file format"))
		return refuse_kind(capture, (const __u8 *)&magic, sizeof(magic), why);
	return errmsg__set(why, -EBADMSG, "%s: %s", capture->path, words);
}

static int open_pcapng(struct capture *capture, struct errmsg *why)
{
	int err = pcapng__open(capture->file, &capture->pcapng, &capture->reason);

	capture->linktype = -1;
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
	__u32 magic = 0;
	int err;

	if (!capture) {
		fclose(file);
		return errmsg__set(why, -ENOMEM, "%s: out of memory", path);
	}
	capture->file = file;
	err = set_buffer(capture, path, why);
	if (!err)
		err = peek_magic(capture, &magic, why);
	if (err)
		goto out;
	err = magic == PCAPNG_SECTION_HEADER ? open_pcapng(capture, why)
					     : open_pcap(capture, magic, why);
out:
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
	return capture->linktype;
}

static int next_of_pcap(struct capture *capture, struct capture_frame *ret)
{
	struct pcap_pkthdr *header;
	const u_char *data;

	switch (pcap_next_ex(capture->pcap, &header, &data)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK:
		return 0;
	default:
		return errmsg__set(&capture->reason, ferror(capture->file) ? -EIO : -EBADMSG, "%s",
				   pcap_geterr(capture->pcap));
	}
	*ret = (struct capture_frame){
		.data = data,
		.captured_bytes = header->caplen,
		.wire_bytes = header->len,
		/* Unsigned 32 bits in the file, which libpcap sign-extends. */
		.timestamp_ns = (__u64)(__u32)header->ts.tv_sec * NS_PER_S + header->ts.tv_usec,
		.linktype = capture->linktype,
	};
	return 1;
}

int capture__next(struct capture *capture, struct capture_frame *ret, struct errmsg *why)
{
	if (!capture->failed) {
		int got = capture->pcap ? next_of_pcap(capture, ret)
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
	if (capture->pcap)
		pcap_close(capture->pcap);
	else if (capture->file)
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

static int start_pcap(struct capture_writer *writer, struct errmsg *why)
{
	writer->pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, FRAME_MAX_BYTES,
							    PCAP_TSTAMP_PRECISION_NANO);
	if (!writer->pcap)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", writer->path);
	writer->dumper = pcap_dump_fopen(writer->pcap, writer->file);
	if (writer->dumper)
		return 0;
	/* This fails only in writing the header, and libpcap then closes the file. */
	writer->file = NULL;
	return errmsg__set(why, -EIO, "%s: %s", writer->path, pcap_geterr(writer->pcap));
}

static void free_writer(struct capture_writer *writer)
{
	if (writer->dumper)
		pcap_dump_close(writer->dumper);
	else if (writer->file)
		fclose(writer->file);
	if (writer->pcap)
		pcap_close(writer->pcap);
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
	if (err)
		goto out;
	if (wants_pcapng(path))
		pcapng__write_header(writer->file);
	else
		err = start_pcap(writer, why);
out:
	if (err)
		free_writer(writer);
	else
		*ret = writer;
	return err;
}

int capture_writer__open(const char *path, struct capture_writer **ret, struct errmsg *why)
{
	FILE *file = fopen(path, "we");
	int err = -errno;

	if (!file)
		return errmsg__set(why, err, "%s: cannot create: %s", path, strerror(-err));
	return capture_writer__start(file, path, ret, why);
}

static void dump_frame(struct capture_writer *writer, const struct capture_frame *frame)
{
	const struct pcap_pkthdr header = {
		.ts = {frame->timestamp_ns / NS_PER_S, frame->timestamp_ns % NS_PER_S},
		.caplen = frame->captured_bytes,
		.len = frame->wire_bytes,
	};

	pcap_dump((u_char *)writer->dumper, &header, frame->data);
}

static int check_frame(const struct capture_writer *writer, const struct capture_frame *frame,
		       struct errmsg *why)
{
	__u64 s = frame->timestamp_ns / NS_PER_S;

	if (frame->captured_bytes > FRAME_MAX_BYTES)
		return errmsg__set(why, -EMSGSIZE, "%s: a frame of %u bytes is above %u",
				   writer->path, frame->captured_bytes, FRAME_MAX_BYTES);
	if (writer->dumper && s > UINT32_MAX)
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
	if (writer->dumper)
		dump_frame(writer, &frame);
	else
		pcapng__write_frame(writer->file, &frame);
	return ferror_unlocked(writer->file) ? write_failed(writer, why) : 0;
}

int capture_writer__close(struct capture_writer *writer, struct errmsg *why)
{
	int err = 0;

	if (!writer)
		return 0;
	/* Flush here: libpcap ignores the result of its fclose(). */
	if (writer->failed || fflush(writer->file))
		err = write_failed(writer, why);
	free_writer(writer);
	return err;
}
