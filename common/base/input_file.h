// SPDX-License-Identifier: GPL-2.0-only
// input_file: a file to read, or standard input; and what a file of an unexpected kind is.
#ifndef COMMON_BASE_INPUT_FILE_H
#define COMMON_BASE_INPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include "common/base/errmsg.h"

#define INPUT_FILE_HEAD_BYTES 264 /* the most that input_file__kind() looks at */
#define INPUT_FILE_LINE_BYTES 65536

/** input_file__fd() - open a file for reading; "-" is standard input. Return: an fd or -errno. */
int input_file__fd(const char *path);

/**
 * input_file__open() - the same as a stream
 *
 * Return: 0 with *@ret to be closed by the caller, or a negative errno with @why set.
 */
int input_file__open(const char *path, FILE **ret, struct errmsg *why);

/** input_file__is_stdin() - true for "-". */
bool input_file__is_stdin(const char *path);

/* Of a regular file, before it is read. */
struct input_state {
	bool is_regular;
	off_t bytes;
	struct timespec modified;
};

/** input_file__note() - what a stream is like; for one that is no regular file, no more than that.
 */
void input_file__note(FILE *stream, struct input_state *ret);

/**
 * input_file__check() - has a regular file been written to since it was noted?
 *
 * A part of what was read may be old and another new. A file that was replaced is the old one.
 *
 * Return: 0, or -EAGAIN with @why set.
 */
int input_file__check(FILE *stream, const struct input_state *before, const char *path,
		      struct errmsg *why);

/* A known kind of file. */
struct file_kind {
	const char *name;   /* with its article where it needs one: "gzip data" or "an ELF file" */
	const char *reader; /* a command that unpacks it to standard output, or NULL */
};

/**
 * input_file__kind() - recognize a file by its first bytes
 * @head: as many of them as there are, up to INPUT_FILE_HEAD_BYTES
 *
 * Return: never NULL; "unknown data" for what nothing else fits.
 */
const struct file_kind *input_file__kind(const void *head, size_t head_bytes);

/**
 * input_file__line() - read a line, in bounded memory
 * @buf: with the newline, if the line has one, and a NUL byte behind it
 *
 * Return: the line's length, 0 at the end of the file or after an error of @stream, or -EMSGSIZE if
 * the line does not fit.
 */
ssize_t input_file__line(FILE *stream, char *buf, size_t buf_bytes);

#endif
