// SPDX-License-Identifier: GPL-2.0-only
// cli: a program made of subcommands: one table drives dispatch, options and help.
#include "common/base/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/messages.h"
#include "common/base/nearest.h"
#include "common/base/utf8.h"

#define SCHEMA 1

/* Options that are the same for every command that takes them; each ends as a table of its own. */
static const struct {
	unsigned int bit; /* 0: every command takes it */
	struct option_row row[2];
} shared_rows[] = {
	{TAKES_JSON,
	 {{OPTION_FLAG(struct cli, json), .name = "json", .letter = 'j', .help = "print JSON"}}},
	{TAKES_VERBOSE,
	 {{OPTION_FLAG(struct cli, verbose), .name = "verbose", .letter = 'v',
	   .help = "print more detail"}}},
	{TAKES_NETNS,
	 {{OPTION_TEXT(struct cli, netns), .name = "netns", .letter = 'N', .argument = "NETNS",
	   .help = "work in this network namespace: its name or path"}}},
	{0,
	 {{OPTION_FLAG(struct cli, help), .name = "help", .letter = 'h',
	   .help = "show this help"}}},
};

#define SHARED_ROWS (sizeof(shared_rows) / sizeof(shared_rows[0]))

/* The two commands that every program has, listed after its own. */
static const struct command help_command = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "list commands, or show one command's options",
	.max_operands = 2,
	.takes = TAKES_JSON,
};
static const struct command version_command = {
	.name = "version",
	.operands = "",
	.summary = "show the version",
	.takes = TAKES_JSON,
};

static bool takes(const struct command *command, size_t shared)
{
	return (command->takes & shared_rows[shared].bit) == shared_rows[shared].bit;
}

int cli__print_json(json_t *document, struct errmsg *why)
{
	if (!document)
		return errmsg__set(why, -ENOMEM, "printing JSON: out of memory");
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(document);
	return 0;
}

/* Return: how many of the words, which end with NULL, are the command's name, of one word or two;
 * 0: they are not. */
static int words_of_name(const char *name, const char **words)
{
	const char *space = strchr(name, ' ');
	size_t first = space ? (size_t)(space - name) : strlen(name);

	if (!words[0] || strncmp(name, words[0], first) || words[0][first])
		return 0;
	if (!space)
		return 1;
	return words[1] && !strcmp(space + 1, words[1]) ? 2 : 0;
}

/* @ret_words: how many words its name has */
static const struct command *find_command(const struct program *program, const char **words,
					  int *ret_words)
{
	const char *name = words[0];

	for (const struct command *const *c = program->commands; *c; c++) {
		*ret_words = words_of_name((*c)->name, words);
		if (!*ret_words && (*c)->alias)
			*ret_words = words_of_name((*c)->alias, words);
		if (*ret_words)
			return *c;
	}
	*ret_words = 1;
	if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h"))
		return &help_command;
	if (!strcmp(name, "version") || !strcmp(name, "--version") || !strcmp(name, "-V"))
		return &version_command;
	return NULL;
}

/* Return: the second word of a name that begins with this one, or NULL. */
static const char *second_word(const char *name, const char *group)
{
	size_t length = strlen(group);

	return !strncmp(name, group, length) && name[length] == ' ' ? name + length + 1 : NULL;
}

static bool is_group(const struct program *program, const char *word)
{
	for (const struct command *const *c = program->commands; *c; c++)
		if (second_word((*c)->name, word))
			return true;
	return false;
}

/* "policy" alone, or with a second word that none of its commands has. */
static int unknown_in_group(const struct program *program, const char *group, const char *word,
			    struct errmsg *why)
{
	struct nearest nearest = {.text = word ?: ""};
	char choices[256] = "", hint[NEAREST_HINT_BYTES];

	for (const struct command *const *c = program->commands; *c; c++) {
		const char *second = second_word((*c)->name, group);
		size_t used = strlen(choices);

		if (!second)
			continue;
		nearest__offer(&nearest, second);
		snprintf(choices + used, sizeof(choices) - used, "%s%s", used ? ", " : "", second);
	}
	if (!word)
		return errmsg__usage(why, "%s needs one of %s", group, choices);
	return errmsg__usage(why, "%s: '%s' is not one of %s%s", group, word, choices,
			     nearest__hint(&nearest, hint));
}

static int unknown_command(const struct program *program, const char **words, struct errmsg *why)
{
	struct nearest nearest = {.text = words[0]};
	char hint[NEAREST_HINT_BYTES];

	if (is_group(program, words[0]))
		return unknown_in_group(program, words[0], words[1], why);
	for (const struct command *const *c = program->commands; *c; c++) {
		nearest__offer(&nearest, (*c)->name);
		nearest__offer(&nearest, (*c)->alias);
	}
	nearest__offer(&nearest, help_command.name);
	nearest__offer(&nearest, version_command.name);
	if (nearest.word)
		return errmsg__usage(why, "there is no command '%s'%s", words[0],
				     nearest__hint(&nearest, hint));
	return errmsg__usage(why, "there is no command '%s': '%s help' lists them", words[0],
			     program->name);
}

static void print_rows(const struct option_row *own, const struct command *command)
{
	struct options *options = options__new();

	if (!options)
		return;
	options__add(options, own, NULL);
	for (size_t i = 0; command && i < SHARED_ROWS; i++)
		if (takes(command, i))
			options__add(options, shared_rows[i].row, NULL);
	options__print(options);
	options__free(options);
}

static void print_command_help(const struct program *program, const struct command *command)
{
	printf("%s %s: %s\n\nUsage: %s %s [OPTION...]%s%s\n\n", program->name, command->name,
	       command->summary, program->name, command->name, command->operands[0] ? " " : "",
	       command->operands);
	if (command->options) {
		print_rows(command->options, NULL);
		putchar('\n');
	}
	print_rows(NULL, command);
}

static void print_command_row(const struct command *command)
{
	char left[64];

	snprintf(left, sizeof(left), "%s%s%s %s", command->name, command->alias ? "|" : "",
		 command->alias ? command->alias : "", command->operands);
	printf("  %-28s %s\n", left, command->summary);
}

static json_t *rows_to_json(const struct option_row *rows)
{
	struct options *options = options__new();
	json_t *list;

	if (!options)
		return NULL;
	options__add(options, rows, NULL);
	list = options__to_json(options);
	options__free(options);
	return list;
}

static json_t *command_to_json(const struct command *command)
{
	json_t *shared = json_array();

	for (size_t i = 0; i < SHARED_ROWS; i++)
		if (takes(command, i))
			json_array_append_new(shared, json_string(shared_rows[i].row->name));
	return json_pack("{s:s, s:s?, s:s, s:s, s:o, s:o}", "name", command->name, "alias",
			 command->alias, "operands", command->operands, "summary", command->summary,
			 "options", rows_to_json(command->options), "shared_options", shared);
}

/* Those that at least one command takes. */
static json_t *shared_to_json(const struct program *program)
{
	json_t *list = json_array();

	for (size_t i = 0; i < SHARED_ROWS; i++) {
		bool taken = takes(&help_command, i);
		json_t *rows;

		for (const struct command *const *c = program->commands; *c; c++)
			taken |= takes(*c, i);
		if (!taken)
			continue;
		rows = rows_to_json(shared_rows[i].row);
		json_array_extend(list, rows);
		json_decref(rows);
	}
	return list;
}

static int help_as_json(const struct program *program, struct errmsg *why)
{
	json_t *commands = json_array();

	for (const struct command *const *c = program->commands; *c; c++)
		json_array_append_new(commands, command_to_json(*c));
	json_array_append_new(commands, command_to_json(&help_command));
	json_array_append_new(commands, command_to_json(&version_command));
	return cli__print_json(json_pack("{s:i, s:s, s:s, s:s, s:o, s:o}", "schema", SCHEMA,
					 "program", program->name, "version", program->version,
					 "summary", program->summary, "commands", commands,
					 "shared_options", shared_to_json(program)),
			       why);
}

static void print_help(const struct program *program)
{
	printf("%s: %s\n\nUsage: %s COMMAND [OPTION...] [OPERAND...]\n\nCommands:\n", program->name,
	       program->summary, program->name);
	for (const struct command *const *c = program->commands; *c; c++)
		print_command_row(*c);
	print_command_row(&help_command);
	print_command_row(&version_command);
	printf("\n'%s help COMMAND' lists a command's options. "
	       "Exit codes: 0 done, 1 failed, 2 usage.\n",
	       program->name);
}

static void print_group(const struct program *program, const char *group)
{
	for (const struct command *const *c = program->commands; *c; c++)
		if (second_word((*c)->name, group))
			print_command_row(*c);
}

static int run_help(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct program *program = cli->program;
	const struct command *command = NULL;
	int words = 0;

	if (operands[0])
		command = find_command(program, operands, &words);
	if (!command && operands[0] && !operands[1] && is_group(program, operands[0]) &&
	    !cli->json) {
		print_group(program, operands[0]);
		return 0;
	}
	if (operands[0] && !command)
		return unknown_command(program, operands, why);
	if (operands[0] && operands[words])
		return errmsg__usage(why, "help: unexpected operand '%s'", operands[words]);
	if (cli->json)
		return command ? cli__print_json(command_to_json(command), why)
			       : help_as_json(program, why);
	if (command)
		print_command_help(program, command);
	else
		print_help(program);
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

static int check_operands(const struct program *program, const struct command *command,
			  const char **operands, struct errmsg *why)
{
	int n = 0;

	while (operands[n])
		n++;
	if (n < command->min_operands)
		return errmsg__usage(why, "%s needs %s: see '%s help %s'", command->name,
				     command->operands, program->name, command->name);
	if (command->max_operands >= 0 && n > command->max_operands)
		return errmsg__usage(why, "%s: unexpected operand '%s': see '%s help %s'",
				     command->name, operands[command->max_operands], program->name,
				     command->name);
	return 0;
}

static int open_home_netns(struct cli *cli, struct errmsg *why)
{
	cli->home_netns = cli->netns ? open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC) : -1;
	if (cli->netns && cli->home_netns < 0)
		return errmsg__set(why, -errno, "--netns: opening /proc/self/ns/net: %s",
				   strerror(errno));
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
	err = open_home_netns(cli, why);
	if (!err && cli->program->prepare)
		err = cli->program->prepare(cli, command, &operands, why);
	if (!err)
		err = command->run(cli, operands, why);
	if (cli->home_netns >= 0)
		close(cli->home_netns);
	return err;
}

/* The command's struct, and a set of its rows and of the shared ones that point into it and @cli.
 */
static int open_options(struct cli *cli, const struct command *command, struct options **ret,
			struct errmsg *why)
{
	struct options *options = options__new();
	void *values = calloc(1, command->options_bytes + 1);

	if (!options || !values) {
		options__free(options);
		free(values);
		return errmsg__set(why, -ENOMEM, "%s: out of memory", command->name);
	}
	options__add(options, command->options, values);
	for (size_t i = 0; i < SHARED_ROWS; i++)
		if (takes(command, i))
			options__add(options, shared_rows[i].row, cli);
		else
			options__refuse(options, shared_rows[i].row);
	cli->options = values;
	cli->parsed = options;
	*ret = options;
	return 0;
}

static int run_command(struct cli *cli, const struct command *command, int argc, const char **argv,
		       struct errmsg *why)
{
	const struct program *program = cli->program;
	struct options *options = NULL;
	const char **operands;
	int err;

	err = open_options(cli, command, &options, why);
	if (err)
		return err;
	err = options__parse(options, command->name, argc, argv, &operands, why);
	if (err)
		goto out;
	if (cli->help && command != &help_command) {
		print_command_help(program, command);
		goto out;
	}
	err = check_operands(program, command, operands, why);
	if (!err)
		err = dispatch(cli, command, operands, why);
out:
	free((void *)cli->options);
	options__free(options);
	return err;
}

/* Before the options are parsed, because a failure to parse them is reported as JSON too. */
static bool wants_json(int argc, const char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "-j") || !strcmp(argv[i], "--json"))
			return true;
	return false;
}

/* One line on stderr. */
static void print_remark(const struct cli *cli, const char *kind, const char *text)
{
	json_t *object = cli->json ? json_pack("{s:o}", kind, utf8__json(text)) : NULL;
	char *message, *line = object ? json_dumps(object, 0) : NULL;
	int bytes;

	bytes = line ? asprintf(&message, "%s\n", line)
		     : asprintf(&message, "%s: %s\n", cli->program->name, UTF8_PRINTABLE(text));
	if (bytes >= 0) {
		messages__print(message);
		free(message);
	}
	free(line);
	json_decref(object);
}

bool cli__given(const struct cli *cli, const char *name)
{
	return options__given(cli->parsed, name);
}

void cli__note(const struct cli *cli, const char *fmt, ...)
{
	char text[sizeof(((struct errmsg *)0)->text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	print_remark(cli, "note", text);
}

static int report(const struct cli *cli, int err, const struct errmsg *why)
{
	if (!err)
		return EXIT_SUCCESS;
	print_remark(cli, "error", why->text[0] ? why->text : strerror(-err));
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
		report(cli, failure, why); /* the caller reports the last one */
		failure = err;
		*why = one;
	}
	return failure;
}

int cli__main(const struct program *program, int argc, const char **argv)
{
	struct cli cli = {
		.program = program,
		.argv = argv,
		.json = wants_json(argc, argv),
	};
	const struct command *command;
	struct errmsg why = {};
	int err, words;

	if (argc < 2) {
		err = errmsg__usage(&why, "no command given: see '%s help'", program->name);
		return report(&cli, err, &why);
	}
	command = find_command(program, argv + 1, &words);
	err = command ? run_command(&cli, command, argc - words, argv + words, &why)
		      : unknown_command(program, argv + 1, &why);
	if ((fflush(stdout) || ferror(stdout)) && !err)
		err = errmsg__set(&why, -EIO, "standard output: cannot write: %s", strerror(errno));
	return report(&cli, err, &why);
}
