// SPDX-License-Identifier: GPL-2.0-only
// journal_reader: the records of a journal in order, while it may be written to.
#include "common/events/journal_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/events/journal_files.h"

#define READ_BYTES (16 * JOURNAL_LINE_BYTES)

struct journal_reader {
	int directory_fd;
	int fd;         /* -1: no file yet */
	__u64 number;   /* of the file */
	__u64 sequence; /* of the last record */
	__u64 damaged;
	bool skips_line;   /* the rest of the present line belongs to one that is too long */
	size_t start, end; /* of what is in the buffer and was not read yet */
	char buf[READ_BYTES];
};

static int reader_failed(const struct journal_reader *reader, int err, struct errmsg *why)
{
	char name[JOURNAL_NAME_BYTES];

	return errmsg__set(why, err, "%s: cannot read it: %s",
			   journal_files__name(reader->number, name), strerror(-err));
}

static int reader_use(struct journal_reader *reader, __u64 number)
{
	char name[JOURNAL_NAME_BYTES];
	int fd = openat(reader->directory_fd, journal_files__name(number, name),
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (reader->fd >= 0)
		close(reader->fd);
	reader->fd = fd;
	reader->number = number;
	reader->start = reader->end = 0;
	reader->skips_line = false;
	return 0;
}

/* Return: more than 0 if there is more in the buffer, 0 at the end of the file, or -errno. */
static ssize_t reader_fill(struct journal_reader *reader)
{
	ssize_t bytes;

	memmove(reader->buf, reader->buf + reader->start, reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
	do
		bytes = read(reader->fd, reader->buf + reader->end,
			     sizeof(reader->buf) - reader->end);
	while (bytes < 0 && errno == EINTR);
	if (bytes < 0)
		return -errno;
	reader->end += bytes;
	return bytes;
}

/* Takes a line out of the buffer; false if its newline is not in it. */
static bool take_line(struct journal_reader *reader, const char **ret, size_t *ret_bytes)
{
	const char *line = reader->buf + reader->start;
	const char *newline = memchr(line, '\n', reader->end - reader->start);

	if (!newline) {
		/* It is too long: drop it, piece by piece. */
		if (reader->end - reader->start >= JOURNAL_LINE_BYTES) {
			reader->start = reader->end;
			reader->skips_line = true;
		}
		return false;
	}
	*ret = line;
	*ret_bytes = newline - line;
	reader->start += *ret_bytes + 1;
	return true;
}

/* The next record in the buffer. */
static bool take_record(struct journal_reader *reader, struct journal_record *ret)
{
	const char *line;
	size_t bytes;

	while (take_line(reader, &line, &bytes)) {
		bool is_rest = reader->skips_line;

		reader->skips_line = false;
		if (is_rest || journal_record__parse(line, bytes, ret) || !ret->sequence) {
			reader->damaged++;
			continue;
		}
		if (ret->sequence <= reader->sequence)
			continue;
		reader->sequence = ret->sequence;
		return true;
	}
	return false;
}

/* The next record of the present file. Return: as journal_reader__next(). */
static int reader_next_here(struct journal_reader *reader, struct journal_record *ret,
			    struct errmsg *why)
{
	ssize_t bytes;

	if (reader->fd < 0)
		return 0;
	do {
		if (take_record(reader, ret))
			return 1;
		bytes = reader_fill(reader);
	} while (bytes > 0);
	return bytes ? reader_failed(reader, bytes, why) : 0;
}

static bool reader_has_next(const struct journal_reader *reader)
{
	return reader->fd < 0 ||
	       journal_files__after(reader->directory_fd, reader->number) != reader->number;
}

/* Go to the next file, or the first one. Return: false if there is none. */
static bool reader_advance(struct journal_reader *reader)
{
	__u64 oldest, newest;

	if (reader->fd >= 0)
		oldest = journal_files__after(reader->directory_fd, reader->number);
	else if (journal_files__range(reader->directory_fd, &oldest, &newest) <= 0)
		return false;
	/* It may have been removed meanwhile: the writer keeps the newest ones. */
	return !reader_use(reader, oldest);
}

int journal_reader__next(struct journal_reader *reader, struct journal_record *ret,
			 struct errmsg *why)
{
	int got;

	while (!(got = reader_next_here(reader, ret, why))) {
		if (!reader_has_next(reader))
			return 0;
		/* With a next file this one is complete: what came meanwhile is read first. */
		got = reader_next_here(reader, ret, why);
		if (got)
			return got;
		reader->damaged += reader->start < reader->end;
		if (!reader_advance(reader))
			return 0;
	}
	return got;
}

/* The sequence of a file's first record; 0: none is found at its start. */
static __u64 first_sequence(struct journal_reader *reader, __u64 number)
{
	struct journal_record record;
	__u64 first = 0;

	reader->sequence = 0;
	if (!reader_use(reader, number) && reader_fill(reader) > 0 && take_record(reader, &record))
		first = record.sequence;
	return first;
}

/* Older files than the one with the first record that is asked for are not read. */
static int reader_seek(struct journal_reader *reader, __u64 after)
{
	__u64 oldest, newest, start, first;
	int count = journal_files__range(reader->directory_fd, &oldest, &newest);
	int err = 0;

	if (count > 0) {
		start = oldest;
		for (__u64 i = 0; i < JOURNAL_FILES && newest - i > oldest; i++) {
			first = first_sequence(reader, newest - i);
			if (first && first - 1 <= after) {
				start = newest - i;
				break;
			}
		}
		err = reader_use(reader, start);
	}
	reader->sequence = after;
	reader->damaged = 0;
	return count < 0 ? count : err;
}

int journal_reader__open(const char *directory, __u64 after, struct journal_reader **ret,
			 struct errmsg *why)
{
	struct journal_reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", directory);
	reader->fd = -1;
	reader->directory_fd = err = journal_files__open(directory, why);
	if (err >= 0) {
		err = reader_seek(reader, after);
		if (err)
			reader_failed(reader, err, why);
	}
	if (err)
		journal_reader__close(reader);
	else
		*ret = reader;
	return err;
}

__u64 journal_reader__damaged(const struct journal_reader *reader)
{
	return reader->damaged;
}

__u64 journal_reader__sequence(const struct journal_reader *reader)
{
	return reader->sequence;
}

void journal_reader__close(struct journal_reader *reader)
{
	if (!reader)
		return;
	if (reader->fd >= 0)
		close(reader->fd);
	if (reader->directory_fd >= 0)
		close(reader->directory_fd);
	free(reader);
}
