// SPDX-License-Identifier: GPL-2.0-only
// test_input_file: "-" is standard input, and what a file is is known by its first bytes.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/base/input_file.h"
#include "tests/scratch.h"

static void test_kinds(void **state)
{
	static const struct {
		const char *head;
		size_t length;
		const char *name, *reader;
	} rows[] = {
#define ROW(head, name, reader) {head, sizeof(head) - 1, name, reader}
		ROW("\x1f\x8b\x08", "gzip data", "gunzip -c"),
		ROW("\x28\xb5\x2f\xfd....", "zstd data", "zstdcat"),
		ROW("\xfd"
		    "7zXZ\0",
		    "xz data", "xzcat"),
		ROW("BZh91AY", "bzip2 data", "bzcat"),
		ROW("\x04\x22\x4d\x18", "lz4 data", "lz4cat"),
		ROW("PK\x03\x04", "a zip archive", "unzip -p"),
		ROW("\x7f"
		    "ELF\x02\x01",
		    "an ELF file", NULL),
		ROW("snoop\0\0\0\0\0\0\2", "a snoop capture", "tshark -F pcap -w - -r"),
		ROW("\xd4\xc3\xb2\xa1\x02", "a pcap capture", NULL),
		ROW("\x0a\x0d\x0d\x0a", "a pcapng capture", NULL),
		ROW("\x0d\x0a\x0d\x0a", "a pcapng capture damaged by a transfer in text mode",
		    NULL),
		ROW("{\"a\": 1}", "JSON text", NULL),
		ROW("[1]", "JSON text", NULL),
		ROW("0000  00 01 02", "a hex dump", "text2pcap - - <"),
		ROW("192.0.2.1\t5\n", "text", NULL),
		ROW("caf\xc3\xa9\n", "text", NULL),
		ROW("\0\0\0\0", "zero bytes only", NULL),
		ROW("\x01\x02\x03\x04", "unknown data", NULL),
		ROW("", "an empty file", NULL),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct file_kind *kind = input_file__kind(rows[i].head, rows[i].length);

		assert_string_equal(kind->name, rows[i].name);
		if (rows[i].reader)
			assert_string_equal(kind->reader, rows[i].reader);
		else
			assert_null(kind->reader);
	}
}

static void test_tar(void **state)
{
	char head[INPUT_FILE_HEAD_BYTES] = "name";

	(void)state;
	memcpy(head + 257, "ustar", 5);
	assert_string_equal(input_file__kind(head, sizeof(head))->name, "a tar archive");
	assert_string_equal(input_file__kind(head, 200)->name, "unknown data");
}

static void test_open(void **state)
{
	struct scratch *scratch = *state;
	struct errmsg why = {};
	char text[8] = "";
	FILE *file;

	store(scratch__name(scratch, "file"), "text", 4);
	assert_int_equal(input_file__open(scratch->path, &file, &why), 0);
	assert_int_equal(fread(text, 1, sizeof(text), file), 4);
	assert_string_equal(text, "text");
	fclose(file);
	assert_int_equal(input_file__open(scratch->dir, &file, &why), -EISDIR);
	assert_non_null(strstr(why.text, ": cannot open: Is a directory"));
	assert_int_equal(input_file__open("/nonexistent", &file, &why), -ENOENT);
	assert_string_equal(why.text, "/nonexistent: cannot open: No such file or directory");
}

static void test_standard_input(void **state)
{
	int fds[2], saved = dup(STDIN_FILENO);
	char text[8] = "";
	FILE *file;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	dup2(fds[0], STDIN_FILENO);
	assert_int_equal(write(fds[1], "piped", 5), 5);
	close(fds[1]);
	assert_int_equal(input_file__open("-", &file, NULL), 0);
	assert_int_equal(fread(text, 1, sizeof(text), file), 5);
	assert_string_equal(text, "piped");
	fclose(file);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(fds[0]);
	assert_true(input_file__is_stdin("-"));
	assert_false(input_file__is_stdin("./-"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_tar),
		SCRATCH_TEST(open),
		cmocka_unit_test(test_standard_input),
	};

	return cmocka_run_group_tests_name("input_file", tests, NULL, NULL);
}
