// SPDX-License-Identifier: GPL-2.0-only
// prefix_file: a list of prefixes, one a line, as blocklists are published.
#ifndef COMMON_POLICY_PREFIX_FILE_H
#define COMMON_POLICY_PREFIX_FILE_H

#include "common/policy/policy.h"

/**
 * prefix_file__read() - append the prefixes of a regular file
 * @path: a line is a prefix or an address, a number that is ignored, and a comment after '#' or
 *	  ';'. Each may be missing
 * @file: its number in policy->files, for the origins
 * @ret: keeps the prefixes that were added before an error
 *
 * Return: 0, or a negative errno with @why set, "FILE:LINE:COLUMN: ..." for a fault; -EAGAIN if the
 * file was written to meanwhile.
 */
int prefix_file__read(const char *path, __u32 file, struct policy_list *ret, struct errmsg *why);

#endif
