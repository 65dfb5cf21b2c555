// SPDX-License-Identifier: GPL-2.0-only
// test_output_file: a file gets its name when it is complete; what is no regular file stays what it
// is. Every node here is in a directory of the test's own.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/output_file.h"
#include "tests/scratch.h"

static int entries(const char *dir)
{
	DIR *directory = opendir(dir);
	struct dirent *entry;
	int count = 0;

	assert_non_null(directory);
	while ((entry = readdir(directory)))
		count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(directory);
	return count;
}

static void read_back(const char *path, char *buf, size_t buf_bytes)
{
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	buf[fread(buf, 1, buf_bytes - 1, file)] = '\0';
	fclose(file);
}

static void put(const struct output_file *output, const char *text)
{
	FILE *file;

	assert_int_equal(output_file__stream(output, &file, NULL), 0);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void write_all(const char *path, mode_t mode, const char *text)
{
	struct output_file *output;

	assert_int_equal(output_file__open(path, mode, &output, NULL), 0);
	put(output, text);
	assert_int_equal(output_file__commit(output, NULL), 0);
	output_file__close(output);
}

static void test_appears_when_complete(void **state)
{
	struct scratch *scratch = *state;
	const char *path = scratch__name(scratch, "a.pcapng");
	struct output_file *output;
	char text[16];

	assert_int_equal(output_file__open(path, 0, &output, NULL), 0);
	put(output, "half");
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(entries(scratch->dir), 1);
	output_file__close(output);
	assert_int_equal(entries(scratch->dir), 0);

	write_all(path, 0, "whole");
	write_all(path, 0, "other");
	read_back(path, text, sizeof(text));
	assert_string_equal(text, "other");
	assert_int_equal(entries(scratch->dir), 1);
}

static void test_relative_path(void **state)
{
	struct scratch *scratch = *state;
	char *before = getcwd(NULL, 0);

	assert_int_equal(chdir(scratch->dir), 0);
	write_all("plain", 0, "text");
	assert_int_equal(access("plain", F_OK), 0);
	assert_int_equal(chdir(before), 0);
	free(before);
}

static void test_permissions(void **state)
{
	const char *path = scratch__name(*state, "file");
	struct stat status;
	mode_t before = umask(027);

	write_all(path, 0, "");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	write_all(path, 0644, "");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	umask(before);
}

/* The link is replaced, and what it pointed to is not touched. */
static void test_link_is_replaced(void **state)
{
	struct scratch *scratch = *state;
	char target[96], text[16];
	struct stat status;
	const char *path;

	snprintf(target, sizeof(target), "%s", scratch__name(scratch, "precious"));
	store(target, "precious", 8);
	path = scratch__name(scratch, "link");
	assert_int_equal(symlink(target, path), 0);
	write_all(path, 0, "new");
	read_back(target, text, sizeof(text));
	assert_string_equal(text, "precious");
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISREG(status.st_mode));

	path = scratch__name(scratch, "dangling");
	assert_int_equal(symlink("nowhere", path), 0);
	write_all(path, 0, "new");
	assert_int_not_equal(access(scratch__name(scratch, "nowhere"), F_OK), 0);
}

static void test_fifo_is_written_to(void **state)
{
	const char *path = scratch__name(*state, "pipe");
	struct stat status;
	char text[16] = "";
	int reader;

	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	write_all(path, 0, "through");
	assert_int_equal(read(reader, text, sizeof(text)), 7);
	assert_string_equal(text, "through");
	close(reader);
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISFIFO(status.st_mode));
}

static void test_device_is_written_to(void **state)
{
	const char *path = scratch__name(*state, "nul");
	struct stat status;

	if (mknod(path, S_IFCHR | 0600, makedev(1, 3)))
		skip();
	write_all(path, 0, "nothing");
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISCHR(status.st_mode));
	assert_int_equal(status.st_rdev, makedev(1, 3));
}

static void assert_refused(const char *path, int err, const char *text)
{
	struct output_file *output = NULL;
	struct errmsg why = {};
	char wanted[256];

	snprintf(wanted, sizeof(wanted), "%s: %s", path, text);
	assert_int_equal(output_file__open(path, 0, &output, &why), err);
	assert_string_equal(why.text, wanted);
	assert_null(output);
}

static void test_refused(void **state)
{
	struct scratch *scratch = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	const char *path;

	path = scratch__name(scratch, "socket");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_refused(path, -EINVAL, "not written: it is a socket");
	close(fd);
	assert_refused(scratch->dir, -EISDIR, "not written: it is a directory");
	assert_refused("/nonexistent/file", -ENOENT, "cannot create it: No such file or directory");
	assert_refused("", -EISDIR, "cannot create it: Is a directory");
	path = scratch__name(scratch, "link");
	assert_int_equal(symlink(scratch->dir, path), 0);
	assert_refused(path, -EINVAL,
		       "not written: it is a symbolic link to a directory: name that");
	path = scratch__name(scratch, "pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	path = scratch__name(scratch, "pipe-link");
	assert_int_equal(symlink("pipe", path), 0);
	assert_refused(path, -EINVAL, "not written: it is a symbolic link to a FIFO: name that");
}

/* Names of open descriptors are never replaced. */
static void test_descriptors(void **state)
{
	static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
	struct output_file *output;
	char name[32], text[64];
	int fds[2], saved;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(fds[1], STDOUT_FILENO);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		write_all(names[i], 0, "text ");
	dup2(saved, STDOUT_FILENO);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[1]);
	write_all(name, 0, "more");
	close(fds[1]);
	text[read(fds[0], text, sizeof(text) - 1)] = '\0';
	assert_string_equal(text, "text text text text more");
	close(fds[0]);
	close(saved);
	assert_int_equal(output_file__open("-", 0, &output, NULL), 0);
	assert_true(output_file__is_stdout(output));
	output_file__close(output);
	assert_refused("/dev/fd/999", -EBADF, "cannot create it: Bad file descriptor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(appears_when_complete),
		SCRATCH_TEST(relative_path),
		SCRATCH_TEST(permissions),
		SCRATCH_TEST(link_is_replaced),
		SCRATCH_TEST(fifo_is_written_to),
		SCRATCH_TEST(device_is_written_to),
		SCRATCH_TEST(refused),
		cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests_name("output_file", tests, NULL, NULL);
}
