// SPDX-License-Identifier: GPL-2.0-only
// cli: a program made of subcommands: one table drives dispatch, options and help.
#ifndef COMMON_BASE_CLI_H
#define COMMON_BASE_CLI_H

#include <linux/types.h>
#include <jansson.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/base/options.h"

/* What a command gets from the command line besides its operands. */
struct cli {
	const struct program *program;
	const char **argv;   /* of the program */
	const void *options; /* the command's struct, filled by its rows */
	const struct options *parsed;
	bool json;         /* -j: machine-readable output and errors */
	bool verbose;      /* -v: more detail */
	const char *netns; /* -N: the network namespace to work in, or NULL */
	int home_netns;    /* the one that the program was started in, if -N is given; else -1 */
	bool help;
};

/* The shared options that mean something for a command; the others are refused. */
enum {
	TAKES_JSON = 1 << 0,
	TAKES_VERBOSE = 1 << 1,
	TAKES_NETNS = 1 << 2,
};

/*
 * Help, man pages and completion are made from these rows, by way of `help -j`. An operand is a
 * placeholder in capitals: "IFACE...", "[FILE]", "[IFACE|ID]".
 */
struct command {
	const char *name;     /* one word, or two: "policy check" */
	const char *alias;    /* a second name, or NULL */
	const char *operands; /* "" if it takes none */
	const char *summary;  /* one line, lower case, no full stop */
	int min_operands;
	int max_operands; /* -1: any number */
	unsigned int takes;
	const struct option_row *options; /* the command's own rows, or NULL */
	size_t options_bytes;             /* of the struct that the rows fill */
	/* The executable that @prepare starts instead of calling @run, or NULL. */
	const char *helper;
	/* Does the work; operands end with NULL. Returns 0, or a negative errno with @why set. */
	int (*run)(const struct cli *cli, const char **operands, struct errmsg *why);
};

struct program {
	const char *name;
	const char *summary;
	const char *version;                   /* what `version` prints behind the name */
	const struct command *const *commands; /* ends with NULL */
	/* Runs before every command, with the options parsed; may replace operands; may be NULL. */
	int (*prepare)(const struct cli *cli, const struct command *command, const char ***operands,
		       struct errmsg *why);
};

/**
 * cli__main() - run a program of subcommands
 * @program: its table
 *
 * Adds `help [COMMAND]`, `version`, --help, --version and the shared options, reports a failure
 * once on stderr (as {"error": "..."} with -j), and fails if standard output cannot be written.
 *
 * Return: the exit code: 0 done, 1 failed, 2 usage.
 */
int cli__main(const struct program *program, int argc, const char **argv);

/** cli__given() - true if the option of that name was on the command line. */
bool cli__given(const struct cli *cli, const char *name);

/**
 * cli__each() - call a function for each operand
 * @act: returns 0, or a negative errno with @why set
 * @opaque: handed to @act
 *
 * A failure does not stop the loop; each one is reported.
 *
 * Return: 0, or the last failure's negative errno with @why set.
 */
int cli__each(const struct cli *cli, const char **operands,
	      int (*act)(void *opaque, const char *operand, struct errmsg *why), void *opaque,
	      struct errmsg *why);

/**
 * cli__note() - print a remark that is no failure on stderr ({"note": "..."} with -j)
 * @fmt: printf format of one line without the program's name and without a newline
 */
void cli__note(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * cli__print_json() - print a command's result
 * @document: the reference is taken over; NULL means out of memory
 *
 * Return: 0, or -ENOMEM with @why set.
 */
int cli__print_json(json_t *document, struct errmsg *why);

#endif
