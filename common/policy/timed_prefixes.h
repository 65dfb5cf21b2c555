// SPDX-License-Identifier: GPL-2.0-only
// timed_prefixes: prefixes that are denied or allowed by hand, most of them for a time.
#ifndef COMMON_POLICY_TIMED_PREFIXES_H
#define COMMON_POLICY_TIMED_PREFIXES_H

#include <stdio.h>

#include "common/address/prefix.h"

#define TIMED_PREFIXES_MAX 65536
#define TIMED_REASON_BYTES 128

struct timed_prefix {
	struct prefix prefix;
	bool allow;     /* else it is denied */
	__u64 since_ns; /* since 1970, UTC */
	__u64 until_ns; /* likewise; 0: no end */
	char reason[TIMED_REASON_BYTES];
};

struct timed_prefixes {
	struct timed_prefix *prefixes;
	size_t count, capacity;
};

/**
 * timed_prefixes__read() - read what timed_prefixes__print() has written
 * @path: no such file is an empty list
 * @ret: to be freed by timed_prefixes__free()
 *
 * Return: 0, or a negative errno with @why set.
 */
int timed_prefixes__read(const char *path, struct timed_prefixes *ret, struct errmsg *why);

/** timed_prefixes__print() - write as JSON; @prefixes is a struct timed_prefixes. */
void timed_prefixes__print(FILE *out, const void *prefixes);

/**
 * timed_prefixes__set() - add a prefix, or replace what is listed for the same one
 *
 * Return: 0, -ENOMEM, or -E2BIG above TIMED_PREFIXES_MAX.
 */
int timed_prefixes__set(struct timed_prefixes *list, const struct timed_prefix *prefix);

/** timed_prefixes__find() - the entry of exactly this prefix, or NULL. */
const struct timed_prefix *timed_prefixes__find(const struct timed_prefixes *list,
						const struct prefix *prefix);

/** timed_prefixes__remove() - remove the entry of exactly this prefix. Return: true if there was
 * one. */
bool timed_prefixes__remove(struct timed_prefixes *list, const struct prefix *prefix);

/** timed_prefixes__expire() - remove those that have ended at @wall_ns. */
void timed_prefixes__expire(struct timed_prefixes *list, __u64 wall_ns);

/** timed_prefixes__free() - free the list. */
void timed_prefixes__free(struct timed_prefixes *list);

#endif
