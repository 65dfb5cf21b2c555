// SPDX-License-Identifier: GPL-2.0-only
// journal: append records to bounded files on disk, each one with a sequence that never goes back.
#include "common/events/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/lock_holder.h"
#include "common/events/journal_files.h"
#include "common/events/journal_reader.h"

#define DIRECTORY_MODE 0750
#define FILE_MODE 0640
#define LOCK_FILE "lock"
#define BATCH 32 /* records that are written at once */

struct journal {
	struct journal_state state;
	char *directory; /* for messages */
	int directory_fd;
	int lock_fd;
	int fd;       /* of the newest file; -1: none that can be written to */
	__u64 number; /* of that file, or of the last one */
	__u64 bytes;  /* of that file */
	__u64 file_bytes;
	__u64 retry_at_ns;
	char *waiting[JOURNAL_MAX_WAITING]; /* lines without a sequence; a ring */
	size_t first;                       /* of the ring */
};

static int journal_lock(struct journal *journal, struct errmsg *why)
{
	char holder[LOCK_HOLDER_BYTES];
	int fd;

	fd = openat(journal->directory_fd, LOCK_FILE, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		    S_IRUSR | S_IWUSR);
	/* On a disk that takes no file the directory is locked: nobody else can create one either.
	 */
	if (fd < 0)
		fd = openat(journal->directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errmsg__set(why, -errno, "%s: cannot lock it: %s", journal->directory,
				   strerror(errno));
	journal->lock_fd = fd;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return errmsg__set(why, -errno, "%s: cannot lock it: %s", journal->directory,
				   strerror(errno));
	return errmsg__set(why, -EBUSY, "%s: %s writes this journal: only one process can",
			   journal->directory, lock_holder__describe(fd, holder));
}

static void journal_drop_file(struct journal *journal)
{
	if (journal->fd >= 0)
		close(journal->fd);
	journal->fd = -1;
}

/*
 * The last line before @end that ends with a newline: its start, which is @end if there is none,
 * and
 * @end moved to its end. Return: 0 or -EIO.
 */
static int line_before(int fd, off_t *end, char buf[JOURNAL_LINE_BYTES + 1], off_t *ret_start)
{
	size_t bytes = 0;
	char *newline;

	for (; *end > 0; *end -= newline ? buf + bytes - 1 - newline : (off_t)bytes) {
		bytes = *end < JOURNAL_LINE_BYTES + 1 ? *end : JOURNAL_LINE_BYTES + 1;
		if (pread(fd, buf, bytes, *end - bytes) != (ssize_t)bytes)
			return -EIO;
		newline = memrchr(buf, '\n', bytes);
		if (newline != buf + bytes - 1)
			continue;
		newline = memrchr(buf, '\n', bytes - 1);
		bytes -= newline ? newline + 1 - buf : 0;
		if (newline)
			memmove(buf, newline + 1, bytes);
		break;
	}
	*ret_start = *end - (*end > 0 ? (off_t)bytes : 0);
	return 0;
}

/*
 * Finds the end of the last whole line of a file, and the highest sequence: in a damaged file, that
 * need not be the last. Return: 0 or a negative errno.
 */
static int scan_file(int fd, off_t *ret_end, __u64 *ret_sequence)
{
	char buf[JOURNAL_LINE_BYTES + 1];
	struct journal_record record;
	off_t end = lseek(fd, 0, SEEK_END), start;
	int err = line_before(fd, &end, buf, &start);

	*ret_end = end;
	*ret_sequence = 0;
	while (!err && start < end) {
		if (!journal_record__parse(buf, end - start - 1, &record) &&
		    record.sequence > *ret_sequence)
			*ret_sequence = record.sequence;
		end = start;
		err = line_before(fd, &end, buf, &start);
	}
	return err;
}

static int open_numbered(const struct journal *journal, __u64 number, int flags)
{
	char name[JOURNAL_NAME_BYTES];

	return openat(journal->directory_fd, journal_files__name(number, name),
		      flags | O_NOFOLLOW | O_CLOEXEC);
}

/* The highest sequence of the newest file that has any record. */
static __u64 last_sequence(const struct journal *journal, __u64 oldest, __u64 newest)
{
	__u64 sequence = 0;
	off_t end;
	int fd;

	for (__u64 number = newest; !sequence && number >= oldest && number; number--) {
		fd = open_numbered(journal, number, O_RDONLY);
		if (fd < 0)
			continue;
		scan_file(fd, &end, &sequence);
		close(fd);
	}
	return sequence;
}

/* Go on with the newest file, after its last record; where it cannot be written, with another. */
static void use_newest(struct journal *journal)
{
	__u64 oldest, sequence;
	off_t size, end;

	if (journal_files__range(journal->directory_fd, &oldest, &journal->number) <= 0)
		return;
	sequence = last_sequence(journal, oldest, journal->number);
	if (sequence > journal->state.sequence)
		journal->state.sequence = sequence;
	journal->fd = open_numbered(journal, journal->number, O_RDWR | O_APPEND);
	if (journal->fd < 0)
		return;
	size = lseek(journal->fd, 0, SEEK_END);
	if (scan_file(journal->fd, &end, &sequence) || ftruncate(journal->fd, end)) {
		journal_drop_file(journal);
		return;
	}
	journal->bytes = end;
	journal->state.cut_bytes = size - end;
}

/* The files beyond the newest ones go. */
static void remove_oldest(const struct journal *journal)
{
	char name[JOURNAL_NAME_BYTES];
	__u64 oldest, newest;

	while (journal_files__range(journal->directory_fd, &oldest, &newest) > JOURNAL_FILES)
		if (unlinkat(journal->directory_fd, journal_files__name(oldest, name), 0))
			break;
}

static int begin_file(struct journal *journal)
{
	char name[JOURNAL_NAME_BYTES];
	int fd;

	fd = openat(journal->directory_fd, journal_files__name(journal->number + 1, name),
		    O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return -errno;
	/* The exact permissions: the group of the directory may read. */
	if (fchmod(fd, FILE_MODE) || fsync(journal->directory_fd)) {
		int err = -errno;

		unlinkat(journal->directory_fd, name, 0);
		close(fd);
		return err;
	}
	journal_drop_file(journal);
	journal->fd = fd;
	journal->number++;
	journal->bytes = 0;
	remove_oldest(journal);
	return 0;
}

/* All of it is on the disk afterwards, or nothing that a reader would take for a record. */
static int write_synced(struct journal *journal, const char *text, size_t bytes)
{
	size_t done = 0;
	ssize_t written;
	int err = 0;

	while (!err && done < bytes) {
		written = write(journal->fd, text + done, bytes - done);
		if (written > 0)
			done += written;
		else if (!written || errno != EINTR)
			err = written ? -errno : -EIO;
	}
	if (!err && fdatasync(journal->fd))
		err = -errno;
	if (!err) {
		journal->bytes += bytes;
		return 0;
	}
	/* A part that stays is no record: the next attempt goes to another file. */
	if (ftruncate(journal->fd, journal->bytes))
		journal->bytes = journal->file_bytes;
	return err;
}

static int write_records(struct journal *journal, const char *text, size_t bytes)
{
	int err = 0;

	if (journal->fd < 0 || journal->bytes + bytes > journal->file_bytes)
		err = begin_file(journal);
	return err ?: write_synced(journal, text, bytes);
}

static void journal_set_failing(struct journal *journal, int err, __u64 now_ns)
{
	journal->state.is_failing = true;
	journal->retry_at_ns = now_ns + JOURNAL_RETRY_NS;
	errmsg__set(&journal->state.why, err, "%s: cannot write the journal: %s",
		    journal->directory, strerror(-err));
}

static void drop_first(struct journal *journal)
{
	free(journal->waiting[journal->first]);
	journal->waiting[journal->first] = NULL;
	journal->first = (journal->first + 1) % JOURNAL_MAX_WAITING;
	journal->state.waiting--;
}

static void journal_let_wait(struct journal *journal, const char *line)
{
	struct journal_state *state = &journal->state;
	char *copy = strdup(line);

	if (copy && state->waiting == JOURNAL_MAX_WAITING) {
		drop_first(journal);
		state->lost++;
	}
	if (copy)
		journal->waiting[(journal->first + state->waiting++) % JOURNAL_MAX_WAITING] = copy;
	else
		state->lost++;
}

/*
 * Numbers and writes lines of at most BATCH. Return: 0 with each of them in @ret, if that is not
 * NULL; or -errno.
 */
static int write_batch(struct journal *journal, const char *const *lines, size_t count,
		       struct journal_line *ret)
{
	size_t lengths[BATCH], bytes = 0;
	__u64 sequence = journal->state.sequence;
	char *text = malloc(count * JOURNAL_LINE_BYTES + 1);
	int err;

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		lengths[i] = journal_record__number(lines[i], sequence + 1, text + bytes);
		sequence += lengths[i] > 0;
		bytes += lengths[i];
	}
	err = write_records(journal, text, bytes);
	bytes = 0;
	for (size_t i = 0; !err && ret && i < count; i++) {
		snprintf(ret[i].text, sizeof(ret[i].text), "%.*s", (int)lengths[i], text + bytes);
		bytes += lengths[i];
	}
	free(text);
	if (err)
		return err;
	journal->state.sequence = sequence;
	return 0;
}

static int write_waiting(struct journal *journal)
{
	const char *lines[BATCH];
	size_t count;
	int err = 0;

	while (!err && journal->state.waiting) {
		for (count = 0; count < BATCH && count < journal->state.waiting; count++)
			lines[count] =
				journal->waiting[(journal->first + count) % JOURNAL_MAX_WAITING];
		err = write_batch(journal, lines, count, NULL);
		for (size_t i = 0; !err && i < count; i++)
			drop_first(journal);
	}
	return err;
}

void journal__retry(struct journal *journal, __u64 now_ns)
{
	int err;

	if (!journal->state.is_failing || now_ns < journal->retry_at_ns)
		return;
	err = write_waiting(journal);
	if (err)
		journal_set_failing(journal, err, now_ns);
	else
		journal->state.is_failing = false;
}

void journal__append(struct journal *journal, struct journal_line *lines, size_t count,
		     __u64 now_ns)
{
	const char *pointers[BATCH];
	size_t done = 0;
	int err = 0;

	journal__retry(journal, now_ns);
	while (!err && !journal->state.is_failing && done < count) {
		size_t n = count - done < BATCH ? count - done : BATCH;

		for (size_t i = 0; i < n; i++)
			pointers[i] = lines[done + i].text;
		err = write_batch(journal, pointers, n, lines + done);
		done += err ? 0 : n;
	}
	if (err)
		journal_set_failing(journal, err, now_ns);
	for (; done < count; done++) {
		journal_let_wait(journal, lines[done].text);
		lines[done].text[JOURNAL_LINE_BYTES - 1] = '\0';
		strcat(lines[done].text, "\n");
	}
}

void journal__use_sequence(struct journal *journal, __u64 sequence)
{
	if (sequence > journal->state.sequence)
		journal->state.sequence = sequence;
}

const struct journal_state *journal__state(const struct journal *journal)
{
	return &journal->state;
}

static int journal_start(struct journal *journal, const char *directory, struct errmsg *why)
{
	int err;

	journal->directory = strdup(directory);
	if (!journal->directory)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", directory);
	if (mkdir(directory, DIRECTORY_MODE) && errno == ENOENT)
		return errmsg__set(why, -ENOENT, "%s: cannot create it: %s", directory,
				   strerror(errno));
	journal->directory_fd = journal_files__open(directory, why);
	if (journal->directory_fd < 0)
		return journal->directory_fd;
	err = journal_lock(journal, why);
	if (!err)
		use_newest(journal);
	return err;
}

int journal__open(const char *directory, const struct journal_options *options,
		  struct journal **ret, struct errmsg *why)
{
	struct journal *journal = calloc(1, sizeof(*journal));
	int err;

	if (!journal)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", directory);
	journal->directory_fd = journal->lock_fd = journal->fd = -1;
	journal->file_bytes = options->file_bytes ?: JOURNAL_FILE_BYTES;
	err = journal_start(journal, directory, why);
	if (err)
		journal__close(journal);
	else
		*ret = journal;
	return err;
}

void journal__close(struct journal *journal)
{
	if (!journal)
		return;
	while (journal->state.waiting)
		drop_first(journal);
	journal_drop_file(journal);
	if (journal->lock_fd >= 0)
		close(journal->lock_fd);
	if (journal->directory_fd >= 0)
		close(journal->directory_fd);
	free(journal->directory);
	free(journal);
}
