// SPDX-License-Identifier: GPL-2.0-only
// journal_files: the numbered files of a journal, and the files next to them.
#ifndef COMMON_EVENTS_JOURNAL_FILES_H
#define COMMON_EVENTS_JOURNAL_FILES_H

#include <linux/types.h>
#include <stddef.h>

#include "common/base/errmsg.h"

#define JOURNAL_DIRECTORY "/var/lib/xdpctl/events"
#define JOURNAL_FILES 8
#define JOURNAL_FILE_BYTES (4ull << 20)
#define JOURNAL_NAME_BYTES 48

/** journal_files__name() - the name of a file by its number. Return: @buf. */
const char *journal_files__name(__u64 number, char buf[JOURNAL_NAME_BYTES]);

/** journal_files__open() - open the directory of a journal. Return: an fd, or -errno with @why. */
int journal_files__open(const char *directory, struct errmsg *why);

/**
 * journal_files__range() - the numbers of the oldest and the newest file
 *
 * Return: the number of files, with *@ret_oldest and *@ret_newest set if there are any; or a
 * negative errno.
 */
int journal_files__range(int directory_fd, __u64 *ret_oldest, __u64 *ret_newest);

/**
 * journal_files__after() - the number of the oldest file above another
 *
 * Return: it, or @number if there is none.
 */
__u64 journal_files__after(int directory_fd, __u64 number);

#endif
