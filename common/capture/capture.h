// SPDX-License-Identifier: GPL-2.0-only
// capture: capture files, read and written frame by frame.
#ifndef COMMON_CAPTURE_CAPTURE_H
#define COMMON_CAPTURE_CAPTURE_H

#include <linux/types.h>
#include <stdio.h>

#include "common/base/errmsg.h"

/* One frame of a capture, as it was captured. The bytes stay valid until the next call. */
struct capture_frame {
	const __u8 *data;
	__u32 captured_bytes; /* how many of them are in the file */
	__u32 wire_bytes;     /* how long the frame was on the wire */
	__u64 timestamp_ns;   /* since 1970, UTC */
	int linktype;         /* LINKTYPE_* of the interface it was seen on */
};

struct capture;

/**
 * capture__open() - open a capture for reading
 * @path: pcap (micro- or nanosecond, either byte order) or pcapng; told apart by content, never by
 *	  name. A pipe will do.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture__open(const char *path, struct capture **ret, struct errmsg *why);

/**
 * capture__open_file() - open the file alone, without a look at what is in it
 *
 * For who gives privileges up in between: the content may be anybody's.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture__open_file(const char *path, FILE **ret, struct errmsg *why);

/**
 * capture__start() - begin to read an open file, as capture__open() does
 * @file: from capture__open_file(); it is taken over, and closed on failure too
 * @path: for messages
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture__start(FILE *file, const char *path, struct capture **ret, struct errmsg *why);

/**
 * capture__linktype() - the one link type of the whole file
 *
 * Return: LINKTYPE_*, or -1 when every frame has its own (pcapng).
 */
int capture__linktype(const struct capture *capture);

/**
 * capture__next() - the next frame
 *
 * Return: 1 with *@ret set, 0 at the end, or a negative errno with @why set where the file is cut
 * short or damaged (the message names the frame; all frames before it have been returned).
 */
int capture__next(struct capture *capture, struct capture_frame *ret, struct errmsg *why);

/** capture__position_bytes() - how far into the file the reader is, for progress. */
__u64 capture__position_bytes(const struct capture *capture);

/** capture__close() - close and free; NULL is fine. */
void capture__close(struct capture *capture);

struct capture_writer;

/**
 * capture_writer__open() - create a capture of Ethernet frames
 * @path: truncated if it exists; a name that ends in ".pcapng" makes a pcapng, any other a
 *	  nanosecond pcap
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture_writer__open(const char *path, struct capture_writer **ret, struct errmsg *why);

/**
 * capture_writer__frame() - append one frame
 *
 * Errors that the buffering hides come with a later call, at the latest with
 * capture_writer__close().
 *
 * Return: 0, or a negative errno with @why set: -EMSGSIZE above 262144 bytes captured, -EOVERFLOW
 * for a time that a pcap cannot hold (its seconds have 32 bits, without a sign).
 */
int capture_writer__frame(struct capture_writer *writer, const void *data, __u32 captured_bytes,
			  __u32 wire_bytes, __u64 timestamp_ns, struct errmsg *why);

/**
 * capture_writer__close() - write what is buffered, close and free; NULL is fine
 *
 * Return: 0, or a negative errno with @why set when not everything reached the file.
 */
int capture_writer__close(struct capture_writer *writer, struct errmsg *why);

#endif
