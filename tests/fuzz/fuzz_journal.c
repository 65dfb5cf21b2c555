// SPDX-License-Identifier: GPL-2.0-only
// fuzz_journal: arbitrary bytes as the newest file of a journal: read, opened for writing, and read
// again with one more record.
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/events/journal.h"
#include "common/events/journal_files.h"
#include "common/events/journal_reader.h"
#include "tests/fuzz/fuzz.h"

#define RECORD                                                                            \
	JOURNAL_UNNUMBERED "\"time_ns\":1,\"event\":\"test\",\"phase\":\"point\",\"id\":" \
			   "\"0123456789abcdef\"}"

static char directory[] = "/dev/shm/fuzz_journal.XXXXXX";

static void remove_directory(void)
{
	char path[128], name[JOURNAL_NAME_BYTES];

	for (__u64 number = 1; number <= 2; number++) {
		snprintf(path, sizeof(path), "%s/%s", directory, journal_files__name(number, name));
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/lock", directory);
	unlink(path);
	rmdir(directory);
}

static void store(const __u8 *data, size_t size)
{
	static bool is_made;
	char path[128], name[JOURNAL_NAME_BYTES];
	int fd;

	if (!is_made) {
		MUST(mkdtemp(directory));
		MUST(!atexit(remove_directory));
		is_made = true;
	}
	snprintf(path, sizeof(path), "%s/%s", directory, journal_files__name(1, name));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

/* Return: how many records there are; their sequences grow. */
static __u64 read_all(__u64 *ret_last)
{
	struct journal_reader *reader;
	struct journal_record record;
	__u64 count = 0, last = 0;
	int got;

	MUST(!journal_reader__open(directory, 0, &reader, NULL));
	while ((got = journal_reader__next(reader, &record, NULL)) == 1) {
		MUST(record.sequence > last && record.bytes < JOURNAL_LINE_BYTES);
		MUST(!memchr(record.line, '\n', record.bytes));
		last = record.sequence;
		count++;
	}
	MUST(!got);
	journal_reader__close(reader);
	*ret_last = last;
	return count;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct journal_line line = {.text = RECORD};
	__u64 before, after, last_before, last_after;
	struct journal *journal;

	store(data, size);
	before = read_all(&last_before);
	MUST(!journal__open(directory, &(struct journal_options){}, &journal, NULL));
	MUST(journal__state(journal)->cut_bytes <= size);
	journal__append(journal, &line, 1, 1);
	MUST(!journal__state(journal)->is_failing && !journal__state(journal)->lost);
	after = read_all(&last_after);
	MUST(after == before + 1 && last_after == journal__state(journal)->sequence);
	MUST(last_after > last_before);
	journal__close(journal);
	return 0;
}
