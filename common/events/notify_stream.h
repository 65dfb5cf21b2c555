// SPDX-License-Identifier: GPL-2.0-only
// notify_stream: events for a file or standard output, read from the journal at the reader's pace.
#ifndef COMMON_EVENTS_NOTIFY_STREAM_H
#define COMMON_EVENTS_NOTIFY_STREAM_H

#include <linux/types.h>

#include "common/base/errmsg.h"
#include "common/events/journal_record.h"

struct notify_stream;

/**
 * notify_stream__open() - write what follows a record of a journal
 * @directory: of the journal
 * @path: is appended to, and created with mode 0640; NULL is standard output
 * @after: the sequence of the last record that was written
 *
 * Return: 0 with *@ret to be closed by the caller, or a negative errno with @why set.
 */
int notify_stream__open(const char *directory, const char *path, __u64 after,
			struct notify_stream **ret, struct errmsg *why);

/**
 * notify_stream__run() - write all that the journal has and that is taken without waiting
 *
 * Return: 0, or a negative errno with @why set; it can be called again: -EPIPE if the reader is
 * gone.
 */
int notify_stream__run(struct notify_stream *stream, struct errmsg *why);

/** notify_stream__add() - write a line that the journal does not have; one that has to wait is
 * lost.
 */
void notify_stream__add(struct notify_stream *stream, const char *line, size_t bytes);

/** notify_stream__reopen() - open the file by its name again. Return: as notify_stream__open(). */
int notify_stream__reopen(struct notify_stream *stream, struct errmsg *why);

/** notify_stream__done() - the sequence of the last record that was written. */
__u64 notify_stream__done(const struct notify_stream *stream);

/** notify_stream__lost() - lines that were not written, since the start. */
__u64 notify_stream__lost(const struct notify_stream *stream);

/** notify_stream__close() - close and free; NULL is fine. */
void notify_stream__close(struct notify_stream *stream);

#endif
