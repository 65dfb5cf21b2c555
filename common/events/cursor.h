// SPDX-License-Identifier: GPL-2.0-only
// cursor: how far a consumer has come in a journal, in a file next to it.
#ifndef COMMON_EVENTS_CURSOR_H
#define COMMON_EVENTS_CURSOR_H

#include <linux/types.h>

/**
 * cursor__load() - the sequence of the last record that a consumer has had
 * @name: the consumer's; letters, digits, dashes and underscores
 *
 * Return: 0 with *@ret set; -ENOENT if it has no cursor yet; or another negative errno.
 */
int cursor__load(const char *directory, const char *name, __u64 *ret);

/**
 * cursor__store() - move it
 *
 * After a crash of the machine it may be an older one: a consumer may get records again.
 *
 * Return: 0 or a negative errno.
 */
int cursor__store(const char *directory, const char *name, __u64 sequence);

#endif
