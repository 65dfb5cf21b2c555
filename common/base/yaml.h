// SPDX-License-Identifier: GPL-2.0-only
// yaml: a file in YAML, whose keys are known or refused with their line and column.
#ifndef COMMON_BASE_YAML_H
#define COMMON_BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"

struct yaml_file;

/* A value in a file, valid as long as the file is open. */
struct yaml_value {
	const struct yaml_file *file;
	const void *node;    /* NULL: the file is empty */
	size_t line, column; /* from 1; a column is a character */
};

/* A key of a mapping; a table ends with an empty row. It has one of two functions. */
struct yaml_key {
	const char *name;
	/* Return: 0, or a negative errno with @why set, best by yaml__error(). */
	int (*take)(struct yaml_value value, void *context, struct errmsg *why);
	/* For a text; @ret is at .offset in the context. Return: 0, or -EINVAL with @why set. */
	int (*parse)(const char *what, const char *text, void *ret, struct errmsg *why);
	size_t offset;
};

/* Gets a pair of a mapping. Return: as above. */
typedef int yaml_visitor(struct yaml_value key, struct yaml_value value, void *context,
			 struct errmsg *why);

/* Gets a value of a list. Return: as above. */
typedef int yaml_item_visitor(struct yaml_value item, void *context, struct errmsg *why);

/**
 * yaml__open() - read a file of one document; "-" is standard input
 * @max_bytes: a larger file is refused with -EFBIG
 *
 * Return: 0 with *@ret to be closed by yaml__close(), or a negative errno with @why set.
 */
int yaml__open(const char *path, size_t max_bytes, struct yaml_file **ret, struct errmsg *why);

/** yaml__root() - the outermost value. */
struct yaml_value yaml__root(const struct yaml_file *file);

/**
 * yaml__take_keys() - hand each pair of a mapping to the row of its key
 *
 * No value at all is an empty mapping. Unknown and repeated keys are refused.
 *
 * Return: 0, what a row returned, or a negative errno with @why set.
 */
int yaml__take_keys(struct yaml_value mapping, const struct yaml_key *keys, void *context,
		    struct errmsg *why);

/** yaml__each() - visit all pairs of a mapping. Return: as above. */
int yaml__each(struct yaml_value mapping, yaml_visitor *visit, void *context, struct errmsg *why);

/** yaml__each_item() - visit all values of a list; no value is an empty list. Return: as above. */
int yaml__each_item(struct yaml_value list, yaml_item_visitor *visit, void *context,
		    struct errmsg *why);

/** yaml__is_mapping() - true for keys with values. */
bool yaml__is_mapping(struct yaml_value value);

/** yaml__has() - true if a mapping has a key; *@ret is its value then. */
bool yaml__has(struct yaml_value mapping, const char *key, struct yaml_value *ret);

/**
 * yaml__text() - the text of a value
 *
 * Return: 0 with *@ret valid as long as the file is open, or a negative errno with @why set.
 */
int yaml__text(struct yaml_value value, const char **ret, struct errmsg *why);

/**
 * yaml__parse() - hand the text of a value to a parser
 * @parse: as in struct yaml_key
 * @what: what the text is, for the message
 *
 * Return: 0, or a negative errno with @why set: the parser's message, after the value's place.
 */
int yaml__parse(struct yaml_value value,
		int (*parse)(const char *what, const char *text, void *ret, struct errmsg *why),
		const char *what, void *ret, struct errmsg *why);

/**
 * yaml__error() - set the reason of a failure, after the file, line and column of a value
 *
 * Return: -EINVAL.
 */
int yaml__error(struct yaml_value value, struct errmsg *why, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** yaml__close() - free; NULL is fine. */
void yaml__close(struct yaml_file *file);

#endif
