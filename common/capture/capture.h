// SPDX-License-Identifier: GPL-2.0-only
// capture: capture files, read and written frame by frame.
#ifndef COMMON_CAPTURE_CAPTURE_H
#define COMMON_CAPTURE_CAPTURE_H

#include <linux/types.h>
#include <stdio.h>

#include "common/base/errmsg.h"
#include "common/capture/capture_frame.h"

struct capture;

/**
 * capture__open() - open a capture for reading
 * @path: pcap (micro- or nanosecond, either byte order) or pcapng, distinguished by content, never
 *	  by name; may be a pipe
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture__open(const char *path, struct capture **ret, struct errmsg *why);

/**
 * capture__open_file() - open the file only, without reading its content
 *
 * For callers that then drop privileges: the content is not to be trusted.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture__open_file(const char *path, FILE **ret, struct errmsg *why);

/**
 * capture__start() - read an open file, as capture__open() does
 * @file: from capture__open_file(); owned by the capture, closed on failure too
 * @path: for messages
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture__start(FILE *file, const char *path, struct capture **ret, struct errmsg *why);

/**
 * capture__linktype() - the link type of the file
 *
 * Return: LINKTYPE_*, or -1 if each frame has its own (pcapng).
 */
int capture__linktype(const struct capture *capture);

/**
 * capture__next() - the next frame
 *
 * Return: 1 with *@ret set, 0 at the end, or a negative errno with @why set if the file is
 * truncated or damaged (the message names the frame; all frames before it have been returned).
 */
int capture__next(struct capture *capture, struct capture_frame *ret, struct errmsg *why);

/** capture__position_bytes() - the position of the reader in the file, for progress. */
__u64 capture__position_bytes(const struct capture *capture);

/** capture__close() - close and free; NULL is fine. */
void capture__close(struct capture *capture);

struct capture_writer;

/**
 * capture_writer__open() - create a capture of Ethernet frames
 * @path: truncated if it exists; pcapng if the name ends in ".pcapng", else nanosecond pcap
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int capture_writer__open(const char *path, struct capture_writer **ret, struct errmsg *why);

/**
 * capture_writer__start() - the same on an open file
 * @file: owned by the writer, closed on failure too
 * @path: its name, for the format and for messages
 */
int capture_writer__start(FILE *file, const char *path, struct capture_writer **ret,
			  struct errmsg *why);

/**
 * capture_writer__frame() - append one frame
 *
 * Writes are buffered: an error may be returned by a later call, at the latest by
 * capture_writer__close().
 *
 * Return: 0, or a negative errno with @why set: -EMSGSIZE above 262144 bytes captured, -EOVERFLOW
 * for a time that a pcap cannot hold (its seconds are unsigned 32-bit).
 */
int capture_writer__frame(struct capture_writer *writer, const void *data, __u32 captured_bytes,
			  __u32 wire_bytes, __u64 timestamp_ns, struct errmsg *why);

/**
 * capture_writer__close() - flush, close and free; NULL is fine
 *
 * Return: 0, or a negative errno with @why set if not everything was written.
 */
int capture_writer__close(struct capture_writer *writer, struct errmsg *why);

#endif
