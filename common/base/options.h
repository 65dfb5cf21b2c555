// SPDX-License-Identifier: GPL-2.0-only
// options: a command's options as typed rows, parsed into a struct; help and JSON from the rows.
#ifndef COMMON_BASE_OPTIONS_H
#define COMMON_BASE_OPTIONS_H

#include <linux/types.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"

enum option_type {
	OPTION_IS_FLAG = 1, /* bool */
	OPTION_IS_TEXT,     /* const char *, valid while the command runs */
	OPTION_IS_NUMBER,   /* __u64 */
	OPTION_IS_SECONDS,  /* __u64: seconds on the command line, nanoseconds in the struct */
	OPTION_IS_CHOICE,   /* an enum: the index of one of .words */
	OPTION_IS_PARSED,   /* anything that .parse understands */
	OPTION_IS_LIST,     /* struct option_list: every argument that was given */
	OPTION_IS_TABLE,    /* the rows of another table, into a member struct */
};

#define MAX_OPTION_LIST 16

/* The arguments of an option that may be repeated, valid while the command runs. */
struct option_list {
	const char *words[MAX_OPTION_LIST];
	size_t count;
};

/* One option. Members that do not apply stay empty; a table ends with an empty row. */
struct option_row {
	enum option_type type;
	size_t offset; /* of its value in the command's struct */
	const char *name;
	char letter;
	const char *argument;        /* placeholder in capitals; a choice lists its words instead */
	const char *help;            /* one line, lower case, without default and full stop */
	const char *fallback;        /* the default, parsed like an argument; NULL: zeros */
	const char *unset;           /* the default as help shows it, if it is no argument */
	const char *implied;         /* the argument where the option is given without one */
	__u64 min, max;              /* of a number, or of seconds */
	const char *const *words;    /* of a choice; ends with NULL */
	const char *const *synonyms; /* of .words, by the same indices; ends with NULL */
	int (*parse)(const char *what, const char *text, void *value, struct errmsg *why);
	const char *with;    /* the name of an option without which it means nothing */
	const char *without; /* names of options that exclude it, with blanks in between */
	const struct option_row *rows;
};

/* The offset of a member, which must be of that type. */
#define OPTION_MEMBER(struct_type, member, member_type)                                       \
	(offsetof(struct_type, member) +                                                      \
	 0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((struct_type *)0)->member), \
						      member_type)                            \
				 ? 1                                                          \
				 : -1]))

/* How a row begins: {OPTION_NUMBER(struct my_options, top), .name = "top", ...}. */
#define OPTION_FLAG(struct_type, member) \
	.type = OPTION_IS_FLAG, .offset = OPTION_MEMBER(struct_type, member, bool)
#define OPTION_TEXT(struct_type, member) \
	.type = OPTION_IS_TEXT, .offset = OPTION_MEMBER(struct_type, member, const char *)
#define OPTION_NUMBER(struct_type, member) \
	.type = OPTION_IS_NUMBER, .offset = OPTION_MEMBER(struct_type, member, __u64)
#define OPTION_SECONDS(struct_type, member) \
	.type = OPTION_IS_SECONDS, .offset = OPTION_MEMBER(struct_type, member, __u64)
#define OPTION_CHOICE(struct_type, member)        \
	.type = OPTION_IS_CHOICE,                 \
	.offset = offsetof(struct_type, member) + \
		  0 * sizeof(char[sizeof(((struct_type *)0)->member) == sizeof(int) ? 1 : -1])
#define OPTION_PARSED(struct_type, member) \
	.type = OPTION_IS_PARSED, .offset = offsetof(struct_type, member)
#define OPTION_LIST(struct_type, member) \
	.type = OPTION_IS_LIST, .offset = OPTION_MEMBER(struct_type, member, struct option_list)
#define OPTION_TABLE(struct_type, member, table) \
	.type = OPTION_IS_TABLE, .offset = offsetof(struct_type, member), .rows = table

struct options;

/**
 * options__new() - an empty set of options
 *
 * Return: to be freed by options__free(), or NULL without memory.
 */
struct options *options__new(void);

/**
 * options__add() - add rows
 * @rows: must outlive the set; NULL is fine
 * @values: the struct that their offsets are in; may be NULL if nothing is parsed
 */
void options__add(struct options *options, const struct option_row *rows, void *values);

/** options__refuse() - add a known row that means nothing for this command: parsing refuses it. */
void options__refuse(struct options *options, const struct option_row *row);

/**
 * options__parse() - set the defaults, then parse a command line
 * @command: the name of the command, for messages; argv[0] is not looked at
 * @ret_operands: what is no option, ends with NULL, valid as long as @options
 *
 * Return: 0, or a negative errno with @why set (EXIT_USAGE).
 */
int options__parse(struct options *options, const char *command, int argc, const char **argv,
		   const char ***ret_operands, struct errmsg *why);

/** options__given() - true if the option of that name was on the command line. */
bool options__given(const struct options *options, const char *name);

/** options__print() - print a line or more per option on standard output. */
void options__print(const struct options *options);

/** options__to_json() - a list of objects; NULL without memory. */
json_t *options__to_json(const struct options *options);

/** options__free() - free the set, its operands and texts; NULL is fine. */
void options__free(struct options *options);

#endif
