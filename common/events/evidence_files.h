// SPDX-License-Identifier: GPL-2.0-only
// evidence_files: the files of evidence in a directory.
#ifndef COMMON_EVENTS_EVIDENCE_FILES_H
#define COMMON_EVENTS_EVIDENCE_FILES_H

#include <linux/types.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"

#define EVIDENCE_DIRECTORY "/var/lib/xdpctl/evidence"
#define EVIDENCE_SUFFIX ".pcapng"

struct evidence_file {
	char name[NAME_MAX + 1]; /* without EVIDENCE_PART */
	__u64 bytes;
	__u64 modified_ns; /* since 1970 */
	bool is_part;      /* it is being written, or its writer was killed */
};

/**
 * evidence_files__list() - list a directory's files of evidence, the oldest first
 *
 * Return: 0 with *@ret to be freed with free(3), none for a directory that does not exist; or a
 * negative errno with @why set.
 */
int evidence_files__list(const char *directory, struct evidence_file **ret, size_t *ret_count,
			 struct errmsg *why);

#endif
