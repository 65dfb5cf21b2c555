// SPDX-License-Identifier: GPL-2.0-only
// journal_files: the numbered files of a journal, and the files next to them.
#include "common/events/journal_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *journal_files__name(__u64 number, char buf[JOURNAL_NAME_BYTES])
{
	snprintf(buf, JOURNAL_NAME_BYTES, "journal.%llu.jsonl", number);
	return buf;
}

int journal_files__open(const char *directory, struct errmsg *why)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	return errmsg__set(why, -errno, "%s: cannot open it: %s%s", directory, strerror(errno),
			   errno == ENOENT ? ": 'xdpctl events run' makes it" : "");
}

/* False if the name is not exactly that of a file of the journal. */
static bool file_number(const char *name, __u64 *ret)
{
	char expected[JOURNAL_NAME_BYTES];

	if (sscanf(name, "journal.%llu.jsonl", ret) != 1)
		return false;
	return !strcmp(name, journal_files__name(*ret, expected));
}

/* Calls @visit for every number. */
static int each_number(int directory_fd, void (*visit)(__u64 number, void *context), void *context)
{
	int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), count = 0;
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	__u64 number;

	if (!directory) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return err;
	}
	while ((entry = readdir(directory)))
		if (file_number(entry->d_name, &number)) {
			visit(number, context);
			count++;
		}
	closedir(directory);
	return count;
}

struct number_range {
	bool any;
	__u64 oldest, newest;
};

static void widen_range(__u64 number, void *context)
{
	struct number_range *range = context;

	if (!range->any || number < range->oldest)
		range->oldest = number;
	if (!range->any || number > range->newest)
		range->newest = number;
	range->any = true;
}

int journal_files__range(int directory_fd, __u64 *ret_oldest, __u64 *ret_newest)
{
	struct number_range range = {};
	int count = each_number(directory_fd, widen_range, &range);

	if (count > 0) {
		*ret_oldest = range.oldest;
		*ret_newest = range.newest;
	}
	return count;
}

struct number_after {
	__u64 number, found;
};

static void narrow_after(__u64 number, void *context)
{
	struct number_after *after = context;

	if (number > after->number && (after->found == after->number || number < after->found))
		after->found = number;
}

__u64 journal_files__after(int directory_fd, __u64 number)
{
	struct number_after after = {.number = number, .found = number};

	each_number(directory_fd, narrow_after, &after);
	return after.found;
}
