// SPDX-License-Identifier: GPL-2.0-only
// test_journal: records on disk: numbered, bounded, and whole after a kill at any moment.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/events/journal.h"
#include "common/events/journal_files.h"
#include "common/events/journal_reader.h"
#include "tests/scratch.h"

#define ID "0123456789abcdef"
#define FILE_BYTES (256 * 1024)

static const struct journal_options small = {.file_bytes = FILE_BYTES};

static void make_line(struct journal_line *ret, __u64 time_ns, size_t padding)
{
	snprintf(ret->text, sizeof(ret->text),
		 JOURNAL_UNNUMBERED "\"time_ns\":%llu,\"event\":\"test\",\"phase\":\"point\","
				    "\"id\":\"" ID "\",\"interface\":\"eth0\",\"summary\":\"%*s\"}",
		 time_ns, (int)padding, "");
}

static struct journal *open_journal(struct scratch *scratch)
{
	struct journal *journal = NULL;
	struct errmsg why = {};

	if (journal__open(scratch->dir, &small, &journal, &why))
		fail_msg("%s", why.text);
	return journal;
}

/* Return: the sequence that the line got; 0: it waits. */
static __u64 append(struct journal *journal, __u64 time_ns, size_t padding, __u64 now_ns)
{
	struct journal_record record;
	struct journal_line line;
	size_t length;

	make_line(&line, time_ns, padding);
	journal__append(journal, &line, 1, now_ns);
	length = strlen(line.text);
	assert_int_equal(line.text[length - 1], '\n');
	assert_int_equal(journal_record__parse(line.text, length - 1, &record), 0);
	assert_int_equal(record.time_ns, time_ns);
	return record.sequence;
}

/* Reads all after a sequence: each is one higher than the one before. Return: how many. */
static __u64 read_all(struct scratch *scratch, __u64 after, __u64 *ret_damaged)
{
	struct journal_reader *reader;
	struct journal_record record;
	struct errmsg why = {};
	__u64 count = 0, last = after;

	assert_int_equal(journal_reader__open(scratch->dir, after, &reader, &why), 0);
	while (journal_reader__next(reader, &record, &why) == 1) {
		if (count)
			assert_int_equal(record.sequence, last + 1);
		last = record.sequence;
		count++;
	}
	assert_string_equal(why.text, "");
	if (ret_damaged)
		*ret_damaged = journal_reader__damaged(reader);
	journal_reader__close(reader);
	return count;
}

static void file_name(struct scratch *scratch, __u64 number, char path[128])
{
	char name[JOURNAL_NAME_BYTES];

	snprintf(path, 128, "%s/%s", scratch->dir, journal_files__name(number, name));
}

static void append_bytes(const char *path, const void *data, size_t bytes)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0640);

	assert_true(fd >= 0 && write(fd, data, bytes) == (ssize_t)bytes);
	close(fd);
}

static void test_sequence_goes_on(void **state)
{
	struct journal *journal;
	struct stat status;
	char path[128];

	for (__u64 run = 0; run < 3; run++) {
		journal = open_journal(*state);
		for (__u64 i = 1; i <= 5; i++)
			assert_int_equal(append(journal, i, 0, 1), 5 * run + i);
		assert_int_equal(journal__state(journal)->sequence, 5 * run + 5);
		journal__close(journal);
	}
	assert_int_equal(read_all(*state, 0, NULL), 15);
	assert_int_equal(read_all(*state, 11, NULL), 4);
	assert_int_equal(read_all(*state, 15, NULL), 0);
	file_name(*state, 1, path);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
}

/* A sequence that is known from elsewhere is not used again, even with all files gone. */
static void test_sequence_never_goes_back(void **state)
{
	struct scratch *scratch = *state;
	struct journal *journal;

	journal = open_journal(scratch);
	journal__use_sequence(journal, 41);
	assert_int_equal(append(journal, 1, 0, 1), 42);
	journal__close(journal);
	journal = open_journal(scratch);
	journal__use_sequence(journal, 7);
	assert_int_equal(append(journal, 1, 0, 1), 43);
	journal__close(journal);
}

static void test_batch(void **state)
{
	struct journal *journal = open_journal(*state);
	struct journal_line *lines = calloc(100, sizeof(*lines));
	char want[64];

	assert_non_null(lines);
	for (int i = 0; i < 100; i++)
		make_line(&lines[i], i, 0);
	journal__append(journal, lines, 100, 1);
	for (int i = 0; i < 100; i++) {
		snprintf(want, sizeof(want), "{\"schema\":1,\"sequence\":%d,\"time_ns\":%d,", i + 1,
			 i);
		assert_memory_equal(lines[i].text, want, strlen(want));
	}
	free(lines);
	journal__close(journal);
	assert_int_equal(read_all(*state, 0, NULL), 100);
}

/* Cut at every byte, as by a kill during the write: what was whole is kept, the rest is cut. */
static void test_torn_end(void **state)
{
	struct journal *journal = open_journal(*state);
	char path[128], text[1024];
	__u64 damaged;
	size_t bytes, first;
	FILE *file;

	append(journal, 1, 0, 1);
	append(journal, 2, 100, 1);
	journal__close(journal);
	file_name(*state, 1, path);
	file = fopen(path, "r");
	bytes = fread(text, 1, sizeof(text), file);
	fclose(file);
	first = (char *)memchr(text, '\n', bytes) + 1 - text;
	for (size_t cut = first; cut < bytes; cut++) {
		assert_int_equal(truncate(path, 0), 0);
		append_bytes(path, text, cut);
		assert_int_equal(read_all(*state, 0, NULL), 1);
		journal = open_journal(*state);
		assert_int_equal(journal__state(journal)->cut_bytes, cut - first);
		assert_int_equal(append(journal, 3, 0, 1), 2);
		journal__close(journal);
		assert_int_equal(read_all(*state, 0, &damaged), 2);
		assert_int_equal(damaged, 0);
	}
}

/* What a crash of the machine may leave: zeros, or parts of other files. */
static void test_garbage_at_end(void **state)
{
	static const char zeros[3 * JOURNAL_LINE_BYTES];
	struct journal *journal = open_journal(*state);
	char path[128];
	__u64 damaged;

	append(journal, 1, 0, 1);
	append(journal, 2, JOURNAL_LINE_BYTES - 200, 1);
	journal__close(journal);
	file_name(*state, 1, path);
	append_bytes(path, "not json\n{}\n", 12);
	append_bytes(path, zeros, sizeof(zeros));
	append_bytes(path, "\nmore", 5);
	journal = open_journal(*state);
	assert_int_equal(journal__state(journal)->cut_bytes, 4);
	assert_int_equal(append(journal, 3, 0, 1), 3);
	journal__close(journal);
	assert_int_equal(read_all(*state, 0, &damaged), 3);
	assert_int_equal(damaged, 3);
}

/* A damaged line in between is skipped and counted. */
static void test_damage_in_between(void **state)
{
	struct journal *journal = open_journal(*state);
	char path[128], *long_line = calloc(1, 3 * JOURNAL_LINE_BYTES);
	__u64 damaged;

	append(journal, 1, 0, 1);
	file_name(*state, 1, path);
	memset(long_line, 'x', 3 * JOURNAL_LINE_BYTES);
	long_line[3 * JOURNAL_LINE_BYTES - 1] = '\n';
	append_bytes(path, long_line, 3 * JOURNAL_LINE_BYTES);
	append_bytes(path, "[]\n\n", 4);
	assert_int_equal(append(journal, 2, 0, 1), 2);
	journal__close(journal);
	assert_int_equal(read_all(*state, 0, &damaged), 2);
	assert_int_equal(damaged, 3);
	free(long_line);
}

static void test_files_are_bounded(void **state)
{
	const size_t padding = JOURNAL_LINE_BYTES - 200;
	struct journal *journal = open_journal(*state);
	struct journal_line *lines = calloc(32, sizeof(*lines));
	__u64 oldest, newest, kept, total = 0;
	struct scratch *scratch = *state;
	struct stat status;
	char path[128];
	int fd = open(scratch->dir, O_RDONLY);

	while (total < 12 * FILE_BYTES / JOURNAL_LINE_BYTES) {
		for (int i = 0; i < 32; i++)
			make_line(&lines[i], total + i, padding);
		journal__append(journal, lines, 32, 1);
		total += 32;
	}
	assert_int_equal(journal_files__range(fd, &oldest, &newest), JOURNAL_FILES);
	assert_int_equal(newest - oldest + 1, JOURNAL_FILES);
	for (__u64 number = oldest; number <= newest; number++) {
		file_name(scratch, number, path);
		assert_int_equal(stat(path, &status), 0);
		assert_in_range(status.st_size, 1, FILE_BYTES);
	}
	kept = read_all(scratch, 0, NULL);
	assert_in_range(kept, 7 * FILE_BYTES / JOURNAL_LINE_BYTES, total - 1);
	assert_int_equal(read_all(scratch, total - 3, NULL), 3);
	assert_int_equal(read_all(scratch, total - kept, NULL), kept);
	journal__close(journal);
	journal = open_journal(scratch);
	assert_int_equal(append(journal, 1, 0, 1), total + 1);
	journal__close(journal);
	free(lines);
	close(fd);
}

/* One that reads while the other writes sees every record once, over the change of files. */
static void test_reader_follows(void **state)
{
	struct scratch *scratch = *state;
	struct journal_reader *reader;
	struct journal_record record;
	struct journal *journal;
	__u64 read = 0, written = 0;

	assert_int_equal(journal_reader__open(scratch->dir, 0, &reader, NULL), 0);
	assert_int_equal(journal_reader__next(reader, &record, NULL), 0);
	journal = open_journal(scratch);
	while (written < 2 * FILE_BYTES / JOURNAL_LINE_BYTES) {
		for (int i = 0; i < 16; i++)
			assert_int_equal(append(journal, 1, JOURNAL_LINE_BYTES - 200, 1),
					 ++written);
		while (journal_reader__next(reader, &record, NULL) == 1)
			assert_int_equal(record.sequence, ++read);
		assert_int_equal(read, written);
	}
	assert_int_equal(journal_reader__damaged(reader), 0);
	journal_reader__close(reader);
	journal__close(journal);
}

/* The disk takes nothing for a while: records go out with sequence 0, and are kept afterwards. */
static void test_disk_fails(void **state)
{
	struct journal *journal = open_journal(*state);
	const struct journal_state *now = journal__state(journal);
	char path[128];
	__u64 last;

	assert_int_equal(append(journal, 1, 0, 1), 1);
	file_name(*state, 2, path);
	/* A directory is in the way of the next file. */
	assert_int_equal(mkdir(path, 0700), 0);
	for (__u64 i = 2; append(journal, i, JOURNAL_LINE_BYTES - 200, 1); i++)
		;
	assert_true(now->is_failing);
	assert_non_null(strstr(now->why.text, "cannot write the journal: File exists"));
	assert_int_equal(now->waiting, 1);
	assert_int_equal(append(journal, 5, 0, 2), 0);
	assert_int_equal(rmdir(path), 0);
	/* Not yet tried again. */
	assert_int_equal(append(journal, 6, 0, JOURNAL_RETRY_NS), 0);
	assert_int_equal(now->waiting, 3);
	journal__retry(journal, JOURNAL_RETRY_NS + 1);
	assert_false(now->is_failing);
	assert_int_equal(now->waiting, 0);
	assert_int_equal(now->lost, 0);
	last = now->sequence;
	assert_int_equal(append(journal, 7, 0, JOURNAL_RETRY_NS + 2), last + 1);
	assert_int_equal(read_all(*state, 0, NULL), last + 1);
	journal__close(journal);
}

static void test_waiting_is_bounded(void **state)
{
	struct journal *journal = open_journal(*state);
	const struct journal_state *now = journal__state(journal);
	char path[128];

	file_name(*state, 1, path);
	assert_int_equal(mkdir(path, 0700), 0);
	for (int i = 0; i < JOURNAL_MAX_WAITING + 10; i++)
		assert_int_equal(append(journal, i, 0, 1), 0);
	assert_int_equal(now->waiting, JOURNAL_MAX_WAITING);
	assert_int_equal(now->lost, 10);
	assert_int_equal(rmdir(path), 0);
	journal__retry(journal, JOURNAL_RETRY_NS + 1);
	assert_int_equal(now->sequence, JOURNAL_MAX_WAITING);
	assert_int_equal(read_all(*state, 0, NULL), JOURNAL_MAX_WAITING);
	journal__close(journal);
}

static void test_one_writer(void **state)
{
	struct scratch *scratch = *state;
	struct journal *journal = open_journal(scratch), *second = NULL;
	struct errmsg why = {};
	char want[160];

	assert_int_equal(journal__open(scratch->dir, &small, &second, &why), -EBUSY);
	snprintf(want, sizeof(want), "(pid %d", getpid());
	assert_non_null(strstr(why.text, want));
	assert_non_null(strstr(why.text, "writes this journal: only one process can"));
	journal__close(journal);
	assert_int_equal(journal__open(scratch->dir, &small, &second, &why), 0);
	journal__close(second);
	assert_int_equal(journal__open("/nonexistent/events", &small, &second, &why), -ENOENT);
	assert_string_equal(why.text,
			    "/nonexistent/events: cannot create it: No such file or directory");
}

static void test_records(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"null",
		"{\"schema\":2,\"sequence\":1,\"time_ns\":1,\"event\":\"test\",\"phase\":\"point\","
		"\"id\":\"" ID "\"}",
		"{\"schema\":1,\"sequence\":-1,\"time_ns\":1,\"event\":\"test\",\"phase\":"
		"\"point\","
		"\"id\":\"" ID "\"}",
		"{\"schema\":1,\"sequence\":1,\"time_ns\":1,\"event\":\"Te\\u001b\",\"phase\":"
		"\"point\",\"id\":\"" ID "\"}",
		"{\"schema\":1,\"sequence\":1,\"time_ns\":1,\"event\":\"test\",\"phase\":\"start\","
		"\"id\":\"" ID "\"}",
		"{\"schema\":1,\"sequence\":1,\"time_ns\":1,\"event\":\"test\",\"phase\":\"point\","
		"\"id\":\"0123\"}",
		"{\"schema\":1,\"sequence\":1,\"time_ns\":1,\"event\":\"test\",\"phase\":\"point\","
		"\"id\":\"" ID "\",\"interface\":\"sixteen_and_more\"}",
	};
	const char *good =
		"{\"schema\":1,\"sequence\":18,\"time_ns\":5,\"event\":\"attack\",\"phase\":"
		"\"began\",\"id\":\"" ID "\",\"interface\":\"eth0\"}";
	struct journal_record record;
	char numbered[JOURNAL_LINE_BYTES + 1];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(journal_record__parse(bad[i], strlen(bad[i]), &record), -EBADMSG);
	assert_int_equal(journal_record__parse(good, strlen(good), &record), 0);
	assert_int_equal(record.sequence, 18);
	assert_int_equal(record.time_ns, 5);
	assert_int_equal(record.phase, PHASE_BEGAN);
	assert_string_equal(record.event, "attack");
	assert_string_equal(record.id, ID);
	assert_string_equal(record.interface, "eth0");
	assert_int_equal(journal_record__number(good, 1, numbered), 0);
	assert_int_equal(journal_record__number(JOURNAL_UNNUMBERED "\"a\":0}", 77, numbered), 33);
	assert_string_equal(numbered, "{\"schema\":1,\"sequence\":77,\"a\":0}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		SCRATCH_TEST(sequence_goes_on),
		SCRATCH_TEST(sequence_never_goes_back),
		SCRATCH_TEST(batch),
		SCRATCH_TEST(torn_end),
		SCRATCH_TEST(garbage_at_end),
		SCRATCH_TEST(damage_in_between),
		SCRATCH_TEST(files_are_bounded),
		SCRATCH_TEST(reader_follows),
		SCRATCH_TEST(disk_fails),
		SCRATCH_TEST(waiting_is_bounded),
		SCRATCH_TEST(one_writer),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
