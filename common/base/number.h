// SPDX-License-Identifier: GPL-2.0-only
// number: numbers and words from the command line or a file, accepted whole or refused.
#ifndef COMMON_BASE_NUMBER_H
#define COMMON_BASE_NUMBER_H

#include <linux/types.h>

#include "common/base/errmsg.h"

/**
 * number__u64() - parse a decimal number inside a range
 * @what: the option or operand that it belongs to, for the message
 * @text: the text to parse
 *
 * "12abc", " 12", "+12", "-1" and the empty string are refused.
 *
 * Return: 0 with *@ret set, or -EINVAL with @why set (EXIT_USAGE).
 */
int number__u64(const char *what, const char *text, __u64 min, __u64 max, __u64 *ret,
		struct errmsg *why);

/**
 * number__choice() - look a word up in a list
 * @words: ends with NULL
 *
 * Return: 0 with *@ret set to its index, or -EINVAL with @why listing the words and naming the
 * nearest one (EXIT_USAGE).
 */
int number__choice(const char *what, const char *text, const char *const *words, int *ret,
		   struct errmsg *why);

/**
 * number__version() - parse the version of a file's format
 * @known: the only one that is read
 *
 * Return: 0 with *@ret set to @known, or -EINVAL with @why set (EXIT_USAGE).
 */
int number__version(const char *what, const char *text, int known, int *ret, struct errmsg *why);

#endif
