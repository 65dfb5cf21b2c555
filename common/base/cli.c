// SPDX-License-Identifier: GPL-2.0-only
// cli: a program made of subcommands: one table drives dispatch, options and help.
#include "common/base/cli.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/utf8.h"

#define SCHEMA 1

static int json_wanted;
static int verbose_wanted;
static int help_wanted;

static const struct poptOption common_options[] = {
	{"json", 'j', POPT_ARG_NONE, &json_wanted, 0, "print JSON", NULL},
	{"verbose", 'v', POPT_ARG_NONE, &verbose_wanted, 0, "print more detail", NULL},
	{"help", 'h', POPT_ARG_NONE, &help_wanted, 0, "show this help", NULL},
	CLI_OPTIONS_END,
};

static const struct poptOption no_options[] = {CLI_OPTIONS_END};

/* The two commands that every program has, shown behind its own. */
static const struct command help_command = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "show what there is, or one command's options",
	.max_operands = 1,
};
static const struct command version_command = {
	.name = "version",
	.operands = "",
	.summary = "show the version",
};

int cli__print_json(json_t *document, struct errmsg *why)
{
	if (!document)
		return errmsg__set(why, -ENOMEM, "printing JSON: out of memory");
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(document);
	return 0;
}

static const struct command *find_command(const struct program *program, const char *name)
{
	for (const struct command *c = program->commands; c->name; c++)
		if (!strcmp(c->name, name) || (c->alias && !strcmp(c->alias, name)))
			return c;
	if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h"))
		return &help_command;
	if (!strcmp(name, "version") || !strcmp(name, "--version") || !strcmp(name, "-V"))
		return &version_command;
	return NULL;
}

static int unknown_command(const struct program *program, const char *name, struct errmsg *why)
{
	return errmsg__usage(why, "there is no command '%s': see '%s help'", name, program->name);
}

static poptContext open_options(const struct program *program, const struct command *command,
				int argc, const char **argv, struct poptOption *rows, char *name,
				size_t name_bytes)
{
	const struct poptOption *own = command->options ? command->options : no_options;
	const struct poptOption *shared = program->options ? program->options : no_options;
	char usage[128];
	poptContext context;

	snprintf(name, name_bytes, "%s %s", program->name, command->name);
	rows[0] =
		(struct poptOption){NULL, '\0', POPT_ARG_INCLUDE_TABLE, (void *)own, 0, NULL, NULL};
	rows[1] = rows[0];
	rows[1].arg = (void *)shared;
	rows[2] = rows[0];
	rows[2].arg = (void *)common_options;
	rows[3] = (struct poptOption)CLI_OPTIONS_END;
	context = poptGetContext(name, argc, argv, rows, 0);
	snprintf(usage, sizeof(usage), "[OPTION...] %s", command->operands);
	poptSetOtherOptionHelp(context, usage);
	return context;
}

static void print_command_help(const struct program *program, const struct command *command)
{
	const char *argv[] = {program->name, NULL};
	struct poptOption rows[4];
	char name[64];
	poptContext context = open_options(program, command, 1, argv, rows, name, sizeof(name));

	printf("%s %s: %s\n\n", program->name, command->name, command->summary);
	argv[0] = name;
	poptPrintHelp(context, stdout, 0);
	poptFreeContext(context);
}

static void print_command_row(const struct command *command)
{
	char left[64];

	snprintf(left, sizeof(left), "%s%s%s %s", command->name, command->alias ? "|" : "",
		 command->alias ? command->alias : "", command->operands);
	printf("  %-26s %s\n", left, command->summary);
}

static json_t *option_to_json(const struct poptOption *option)
{
	const char letter[] = {option->shortName, '\0'};

	return json_pack("{s:s, s:s?, s:s?, s:b, s:s}", "name", option->longName, "letter",
			 letter[0] ? letter : NULL, "argument", option->argDescrip,
			 "argument_optional", !!(option->argInfo & POPT_ARGFLAG_OPTIONAL), "help",
			 option->descrip);
}

static void options_to_json(const struct poptOption *rows, json_t *list)
{
	for (const struct poptOption *row = rows; row->longName || row->arg; row++)
		if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE)
			options_to_json(row->arg, list);
		else
			json_array_append_new(list, option_to_json(row));
}

static json_t *command_to_json(const struct command *command)
{
	json_t *options = json_array();

	options_to_json(command->options ? command->options : no_options, options);
	return json_pack("{s:s, s:s?, s:s, s:s, s:o}", "name", command->name, "alias",
			 command->alias, "operands", command->operands, "summary", command->summary,
			 "options", options);
}

static int help_as_json(const struct program *program, struct errmsg *why)
{
	json_t *commands = json_array(), *shared = json_array();

	for (const struct command *c = program->commands; c->name; c++)
		json_array_append_new(commands, command_to_json(c));
	json_array_append_new(commands, command_to_json(&help_command));
	json_array_append_new(commands, command_to_json(&version_command));
	options_to_json(program->options ? program->options : no_options, shared);
	options_to_json(common_options, shared);
	return cli__print_json(json_pack("{s:i, s:s, s:s, s:s, s:o, s:o}", "schema", SCHEMA,
					 "program", program->name, "version", program->version,
					 "summary", program->summary, "commands", commands,
					 "shared_options", shared),
			       why);
}

static int run_help(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct program *program = cli->program;

	if (operands[0]) {
		const struct command *command = find_command(program, operands[0]);

		if (!command)
			return unknown_command(program, operands[0], why);
		print_command_help(program, command);
		return 0;
	}
	if (cli->json)
		return help_as_json(program, why);
	printf("%s: %s\n\nUsage: %s COMMAND [OPTION...] [OPERAND...]\n\nCommands:\n", program->name,
	       program->summary, program->name);
	for (const struct command *c = program->commands; c->name; c++)
		print_command_row(c);
	print_command_row(&help_command);
	print_command_row(&version_command);
	printf("\nEvery command takes -j/--json, -v/--verbose and --help. "
	       "Exit codes: 0 done, 1 failed, 2 usage.\n");
	return 0;
}

static int run_version(const struct cli *cli, struct errmsg *why)
{
	const struct program *program = cli->program;

	if (cli->json)
		return cli__print_json(json_pack("{s:i, s:s, s:s}", "schema", SCHEMA, "program",
						 program->name, "version", program->version),
				       why);
	printf("%s %s\n", program->name, program->version);
	return 0;
}

static int parse_options(poptContext context, const struct program *program,
			 const struct command *command, struct errmsg *why)
{
	int ret = poptGetNextOpt(context);

	if (ret == -1)
		return 0;
	return errmsg__usage(why, "%s: %s: see '%s help %s'",
			     poptBadOption(context, POPT_BADOPTION_NOALIAS), poptStrerror(ret),
			     program->name, command->name);
}

static int check_operands(const struct program *program, const struct command *command,
			  const char **operands, struct errmsg *why)
{
	int n = 0;

	while (operands[n])
		n++;
	if (n < command->min_operands)
		return errmsg__usage(why, "%s wants %s: see '%s help %s'", command->name,
				     command->operands, program->name, command->name);
	if (command->max_operands >= 0 && n > command->max_operands)
		return errmsg__usage(why, "%s: '%s' is one operand too many: see '%s help %s'",
				     command->name, operands[command->max_operands], program->name,
				     command->name);
	return 0;
}

static int dispatch(struct cli *cli, const struct command *command, const char **operands,
		    struct errmsg *why)
{
	int err;

	if (command == &help_command)
		return run_help(cli, operands, why);
	if (command == &version_command)
		return run_version(cli, why);
	err = cli->program->prepare ? cli->program->prepare(cli, why) : 0;
	return err ? err : command->run(cli, operands, why);
}

static int run_command(struct cli *cli, const struct command *command, int argc, const char **argv,
		       struct errmsg *why)
{
	static const char *none[] = {NULL};
	const struct program *program = cli->program;
	struct poptOption rows[4];
	const char **operands;
	poptContext context;
	char name[64];
	int err;

	context = open_options(program, command, argc, argv, rows, name, sizeof(name));
	err = parse_options(context, program, command, why);
	if (err)
		goto out;
	cli->json |= json_wanted;
	cli->verbose = verbose_wanted;
	if (help_wanted && command != &help_command) {
		print_command_help(program, command);
		goto out;
	}
	operands = poptGetArgs(context);
	operands = operands ? operands : none;
	err = check_operands(program, command, operands, why);
	if (!err)
		err = dispatch(cli, command, operands, why);
out:
	poptFreeContext(context);
	return err;
}

/* Known before the options are parsed, because a failure to parse them is reported as JSON too. */
static bool wants_json(int argc, const char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "-j") || !strcmp(argv[i], "--json"))
			return true;
	return false;
}

/* One line on stderr. */
static void tell(const struct cli *cli, const char *kind, const char *text)
{
	json_t *object = cli->json ? json_pack("{s:o}", kind, utf8__json(text)) : NULL;

	if (object) {
		json_dumpf(object, stderr, 0);
		fputc('\n', stderr);
	} else {
		fprintf(stderr, "%s: %s\n", cli->program->name, UTF8_PRINTABLE(text));
	}
	json_decref(object);
}

void cli__note(const struct cli *cli, const char *fmt, ...)
{
	char text[sizeof(((struct errmsg *)0)->text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tell(cli, "note", text);
}

static int report(const struct cli *cli, int err, const struct errmsg *why)
{
	if (!err)
		return EXIT_SUCCESS;
	tell(cli, "error", why->text[0] ? why->text : strerror(-err));
	return why->exit_code ? why->exit_code : EXIT_FAILED;
}

int cli__each(const struct cli *cli, const char **operands,
	      int (*act)(void *opaque, const char *operand, struct errmsg *why), void *opaque,
	      struct errmsg *why)
{
	int failure = 0, err;

	for (; *operands; operands++) {
		struct errmsg one = {};

		err = act(opaque, *operands, &one);
		if (!err)
			continue;
		report(cli, failure, why); /* the last one is the caller's to report */
		failure = err;
		*why = one;
	}
	return failure;
}

int cli__main(const struct program *program, int argc, const char **argv)
{
	struct cli cli = {.program = program, .json = wants_json(argc, argv)};
	const struct command *command;
	struct errmsg why = {};
	int err;

	if (argc < 2) {
		err = errmsg__usage(&why, "no command given: see '%s help'", program->name);
		return report(&cli, err, &why);
	}
	command = find_command(program, argv[1]);
	err = command ? run_command(&cli, command, argc - 1, argv + 1, &why)
		      : unknown_command(program, argv[1], &why);
	if ((fflush(stdout) || ferror(stdout)) && !err)
		err = errmsg__set(&why, -EIO, "standard output: cannot write: %s", strerror(errno));
	return report(&cli, err, &why);
}
