// SPDX-License-Identifier: GPL-2.0-only
// cli: a program made of subcommands: one table drives dispatch, options and help.
#ifndef COMMON_BASE_CLI_H
#define COMMON_BASE_CLI_H

#include <linux/types.h>
#include <jansson.h>
#include <popt.h>
#include <stdbool.h>

#include "common/base/errmsg.h"

/* What every command is told. */
struct cli {
	const struct program *program;
	bool json;    /* -j: machine-readable output and errors */
	bool verbose; /* -v: more detail */
};

/*
 * An option's argument is a placeholder in capitals, or its words: "first|last|mixed". Man pages
 * and completion are made from these rows, by way of `help -j`.
 */
struct command {
	const char *name;
	const char *alias;    /* a second name, or NULL */
	const char *operands; /* as shown in help: "IFACE", "[FILE]", "" */
	const char *summary;  /* one line, lower case, no full stop */
	int min_operands;
	int max_operands;                 /* -1: any number */
	const struct poptOption *options; /* the command's own rows, or NULL */
	/* Does the work; operands end with NULL. Returns 0, or a negative errno with @why set. */
	int (*run)(const struct cli *cli, const char **operands, struct errmsg *why);
};

struct program {
	const char *name;
	const char *summary;
	const char *version;              /* what `version` prints behind the name */
	const struct command *commands;   /* ends with a row without a name */
	const struct poptOption *options; /* rows that every command takes, or NULL */
	/* Runs before every command, with the options parsed; may be NULL. */
	int (*prepare)(const struct cli *cli, struct errmsg *why);
};

/* The end of a table of options (POPT_TABLEEND, without its missing-initializer warnings). */
#define CLI_OPTIONS_END                            \
	{                                          \
		NULL, '\0', 0, NULL, 0, NULL, NULL \
	}

/**
 * cli__main() - run a program of subcommands
 * @program: its table
 *
 * Adds `help [COMMAND]`, `version`, --help, --version, -j/--json and -v/--verbose, reports a
 * failure once on stderr (as {"error": "..."} with -j), and notices output that could not be
 * written.
 *
 * Return: the exit code: 0 done, 1 failed, 2 usage.
 */
int cli__main(const struct program *program, int argc, const char **argv);

/**
 * cli__each() - do the same with every operand
 * @act: does it with one; returns 0, or a negative errno with @why set
 * @opaque: handed to @act
 *
 * A failure does not keep the others from being done; each is reported.
 *
 * Return: 0, or the last failure's negative errno with @why set.
 */
int cli__each(const struct cli *cli, const char **operands,
	      int (*act)(void *opaque, const char *operand, struct errmsg *why), void *opaque,
	      struct errmsg *why);

/**
 * cli__note() - tell something on stderr that is not a failure ({"note": "..."} with -j)
 * @fmt: printf format of one line without the program's name and without a newline
 */
void cli__note(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * cli__print_json() - print a command's result
 * @document: is given away; NULL is out of memory
 *
 * Return: 0, or -ENOMEM with @why set.
 */
int cli__print_json(json_t *document, struct errmsg *why);

#endif
