// SPDX-License-Identifier: GPL-2.0-only
// notify_stream: events for a file or standard output, read from the journal at the reader's pace.
#include "common/events/notify_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/events/journal_reader.h"

#define OUTPUT_MODE 0640

_Static_assert(JOURNAL_LINE_BYTES <= PIPE_BUF, "a pipe that is ready takes a line at once");

struct notify_stream {
	struct journal_reader *reader;
	const char *path; /* NULL: standard output */
	int fd;
	__u64 done;
	__u64 lost;
	char waiting[JOURNAL_LINE_BYTES]; /* a line that was read and not written whole */
	size_t start, end;                /* of what is left of it */
	__u64 sequence;                   /* of it */
};

static const char *stream_name(const struct notify_stream *stream)
{
	return stream->path ?: "standard output";
}

int notify_stream__reopen(struct notify_stream *stream, struct errmsg *why)
{
	int fd;

	if (!stream->path)
		return 0;
	/* A FIFO without a reader is refused, instead of waiting for one. */
	fd = open(stream->path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		  OUTPUT_MODE);
	if (fd < 0)
		return errmsg__set(why, -errno, "%s: cannot open it: %s", stream->path,
				   strerror(errno));
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = fd;
	return 0;
}

int notify_stream__open(const char *directory, const char *path, __u64 after,
			struct notify_stream **ret, struct errmsg *why)
{
	struct notify_stream *stream = calloc(1, sizeof(*stream));
	int err;

	if (!stream)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", directory);
	stream->path = path;
	stream->fd = path ? -1 : STDOUT_FILENO;
	stream->done = after;
	err = journal_reader__open(directory, after, &stream->reader, why)
		      ?: notify_stream__reopen(stream, why);
	if (err)
		notify_stream__close(stream);
	else
		*ret = stream;
	return err;
}

/* Standard output may be shared with others, who expect it to wait: ask before each line. */
static bool takes_a_line(const struct notify_stream *stream)
{
	struct pollfd ready = {.fd = stream->fd, .events = POLLOUT};

	return poll(&ready, 1, 0) == 1 && ready.revents & (POLLOUT | POLLERR | POLLNVAL);
}

/* Return: 1 if nothing is left, 0 if some of it has to wait, or a negative errno. */
static int stream_write(struct notify_stream *stream)
{
	ssize_t written;

	while (stream->start < stream->end) {
		if (!takes_a_line(stream))
			return 0;
		written = write(stream->fd, stream->waiting + stream->start,
				stream->end - stream->start);
		if (written < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		stream->start += written;
	}
	if (stream->sequence > stream->done)
		stream->done = stream->sequence;
	return 1;
}

static void stream_take(struct notify_stream *stream, const char *line, size_t bytes,
			__u64 sequence)
{
	memcpy(stream->waiting, line, bytes);
	stream->waiting[bytes] = '\n';
	stream->start = 0;
	stream->end = bytes + 1;
	stream->sequence = sequence;
}

int notify_stream__run(struct notify_stream *stream, struct errmsg *why)
{
	struct journal_record record;
	int got;

	while ((got = stream_write(stream)) == 1) {
		got = journal_reader__next(stream->reader, &record, why);
		if (got != 1)
			return got;
		stream_take(stream, record.line, record.bytes, record.sequence);
	}
	return got ? errmsg__set(why, got, "%s: cannot write events: %s", stream_name(stream),
				 strerror(-got))
		   : 0;
}

void notify_stream__add(struct notify_stream *stream, const char *line, size_t bytes)
{
	if (bytes >= sizeof(stream->waiting) || stream_write(stream) != 1) {
		stream->lost++;
		return;
	}
	stream_take(stream, line, bytes, 0);
	stream_write(stream);
}

__u64 notify_stream__done(const struct notify_stream *stream)
{
	return stream->done;
}

__u64 notify_stream__lost(const struct notify_stream *stream)
{
	return stream->lost;
}

void notify_stream__close(struct notify_stream *stream)
{
	if (!stream)
		return;
	if (stream->path && stream->fd >= 0)
		close(stream->fd);
	journal_reader__close(stream->reader);
	free(stream);
}
