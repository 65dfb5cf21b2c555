// SPDX-License-Identifier: GPL-2.0-only
// output_file: a file that gets its name only when it is complete.
//
// It is written under a random name in the target's directory and renamed, so that neither a full
// disk nor a kill leaves a file that looks complete, and a link planted in that directory is not
// followed. Pipes and devices are written directly.
#ifndef COMMON_BASE_OUTPUT_FILE_H
#define COMMON_BASE_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/base/errmsg.h"

struct output_file;

/**
 * output_file__open() - create an empty file that does not have its name yet
 * @path: "-" and /dev/stdout are standard output, /dev/fd/N is an open descriptor; a FIFO or a
 *	  character device is written directly. A symbolic link to a regular file or to nothing is
 *	  replaced, not followed; anything else that is no regular file is refused.
 * @mode: the exact permissions of the new file, or 0: what the umask leaves of 0666
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int output_file__open(const char *path, mode_t mode, struct output_file **ret, struct errmsg *why);

/**
 * output_file__stream() - a stream to write to, closed by the caller before the commit
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int output_file__stream(const struct output_file *output, FILE **ret, struct errmsg *why);

/** output_file__is_stdout() - true if it is standard output. */
bool output_file__is_stdout(const struct output_file *output);

/**
 * output_file__claim_stdout() - if it is standard output, keep it free of other text
 *
 * What the process prints on standard output later on goes to standard error.
 */
void output_file__claim_stdout(const struct output_file *output);

/** output_file__commit() - rename the file into place. Return: as above. */
int output_file__commit(struct output_file *output, struct errmsg *why);

/**
 * output_file__write() - write a whole file: open, print, close the stream and commit
 * @path, @mode: as for output_file__open()
 * @print: gets the stream and @context
 *
 * Readers see the old file or the new one, whole.
 *
 * Return: 0, or a negative errno with @why set.
 */
int output_file__write(const char *path, mode_t mode, void (*print)(FILE *out, const void *context),
		       const void *context, struct errmsg *why);

/**
 * output_file__write_synced() - the same; the content is on the disk before the file has its name
 *
 * The name itself is on the disk when the caller has synchronized the directory.
 */
int output_file__write_synced(const char *path, mode_t mode,
			      void (*print)(FILE *out, const void *context), const void *context,
			      struct errmsg *why);

/** output_file__close() - remove what was not committed, and free; NULL is fine. */
void output_file__close(struct output_file *output);

#endif
