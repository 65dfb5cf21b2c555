// SPDX-License-Identifier: GPL-2.0-only
// cursor: how far a consumer has come in a journal, in a file next to it.
#include "common/events/cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/number.h"
#include "common/base/output_file.h"

#define CURSOR_MODE 0640

static bool cursor_path(const char *directory, const char *name, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/cursor.%s", directory, name) < PATH_MAX;
}

int cursor__load(const char *directory, const char *name, __u64 *ret)
{
	char path[PATH_MAX], text[32];
	ssize_t bytes;
	int fd;

	if (!cursor_path(directory, name, path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	bytes = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[bytes > 0 ? bytes : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return number__u64("", text, 0, LLONG_MAX, ret, NULL) ? -EBADMSG : 0;
}

static void print_cursor(FILE *out, const void *context)
{
	fprintf(out, "%llu\n", *(const __u64 *)context);
}

int cursor__store(const char *directory, const char *name, __u64 sequence)
{
	char path[PATH_MAX];

	if (!cursor_path(directory, name, path))
		return -ENAMETOOLONG;
	return output_file__write(path, CURSOR_MODE, print_cursor, &sequence, NULL);
}
