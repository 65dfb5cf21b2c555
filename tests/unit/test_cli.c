// SPDX-License-Identifier: GPL-2.0-only
// test_cli: rows of options are parsed into a struct or refused; unknown names get a suggestion.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/cli.h"
#include "common/base/number.h"

enum color { COLOR_RED, COLOR_GREEN, COLOR_BLUE };

struct inner {
	const char *text;
	__u64 number;
};

struct values {
	bool flag;
	bool lonely;
	enum color color;
	__u64 number;
	__u64 interval_ns;
	__u64 watch_ns;
	int even;
	struct option_list names;
	struct inner inner;
};

static const char *const color_words[] = {"red", "green", "blue", NULL};
static const char *const color_synonyms[] = {"rot", "gruen", "blau", NULL};

static int parse_even(const char *what, const char *text, void *value, struct errmsg *why)
{
	__u64 number;
	int err = number__u64(what, text, 0, 100, &number, why);

	if (!err && number % 2)
		return errmsg__usage(why, "%s: %s is odd", what, text);
	if (!err)
		*(int *)value = number;
	return err;
}

static const struct option_row inner_rows[] = {
	{OPTION_TEXT(struct inner, text), .name = "text", .letter = 't', .argument = "TEXT",
	 .help = "a text", .fallback = "none"},
	{OPTION_NUMBER(struct inner, number), .name = "inner", .argument = "N", .max = 9,
	 .help = "another number", .unset = "nothing"},
	{},
};

static const struct option_row rows[] = {
	{OPTION_FLAG(struct values, flag), .name = "flag", .letter = 'f', .help = "a flag"},
	{OPTION_NUMBER(struct values, number), .name = "number", .letter = 'n', .argument = "N",
	 .min = 5, .max = 10, .fallback = "7", .help = "a number"},
	{OPTION_CHOICE(struct values, color), .name = "color", .letter = 'c', .words = color_words,
	 .synonyms = color_synonyms, .fallback = "green", .help = "a color"},
	{OPTION_SECONDS(struct values, interval_ns), .name = "interval", .letter = 'i',
	 .argument = "SECONDS", .min = 1, .max = 60, .with = "watch", .help = "a time"},
	{OPTION_SECONDS(struct values, watch_ns), .name = "watch", .letter = 'w',
	 .argument = "SECONDS", .min = 1, .max = 60, .implied = "1", .help = "an optional time"},
	{OPTION_PARSED(struct values, even), .name = "even", .letter = 'e', .argument = "N",
	 .parse = parse_even, .help = "an even number"},
	{OPTION_LIST(struct values, names), .name = "name", .argument = "NAME",
	 .fallback = "nobody", .help = "a name; may be repeated"},
	{OPTION_FLAG(struct values, lonely), .name = "lonely", .without = "flag json",
	 .help = "excludes others"},
	{OPTION_TABLE(struct values, inner, inner_rows)},
	{},
};

/* What the last command got, and with which operands. */
static struct values seen;
static char seen_operands[256];
static char seen_names[256];
static bool seen_json, seen_verbose, seen_number;
static char seen_netns[32];
static int runs;

static int run_seen(const struct cli *cli, const char **operands, struct errmsg *why)
{
	(void)why;
	if (cli->options)
		seen = *(const struct values *)cli->options;
	seen.inner.text = seen.inner.text ? strdup(seen.inner.text) : NULL;
	seen_json = cli->json;
	seen_verbose = cli->verbose;
	seen_number = cli__given(cli, "number");
	snprintf(seen_netns, sizeof(seen_netns), "%s", cli->netns ? cli->netns : "");
	seen_names[0] = '\0';
	for (size_t i = 0; i < seen.names.count; i++)
		snprintf(seen_names + strlen(seen_names), sizeof(seen_names) - strlen(seen_names),
			 "%s,", seen.names.words[i]);
	seen_operands[0] = '\0';
	for (; *operands; operands++)
		snprintf(seen_operands + strlen(seen_operands),
			 sizeof(seen_operands) - strlen(seen_operands), "%s,", *operands);
	runs++;
	return 0;
}

static const struct command show_command = {
	.name = "show",
	.alias = "view",
	.operands = "[IFACE...]",
	.summary = "show something",
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = rows,
	.options_bytes = sizeof(struct values),
	.run = run_seen,
};

static int run_plain(const struct cli *cli, const char **operands, struct errmsg *why)
{
	(void)cli, (void)operands, (void)why;
	runs++;
	return 0;
}

static const struct command plain_command = {
	.name = "plain",
	.operands = "FILE",
	.summary = "take no option",
	.min_operands = 1,
	.max_operands = 1,
	.run = run_plain,
};

static const struct command *const commands[] = {&show_command, &plain_command, NULL};

static const struct program program = {
	.name = "tool",
	.summary = "a program",
	.version = "1",
	.commands = commands,
};

#define MAX_WORDS 32

/* Runs a command line of words with blanks in between; what it printed is in these. */
static char out_text[4096], err_text[4096];

static int run_line(const char *line)
{
	char copy[512], *rest = copy, *out_buf = NULL, *err_buf = NULL;
	const char *words[MAX_WORDS] = {"tool"};
	FILE *out = stdout, *err = stderr;
	size_t out_bytes, err_bytes;
	int count = 1, status;

	snprintf(copy, sizeof(copy), "%s", line);
	while (rest && count < MAX_WORDS)
		words[count++] = strsep(&rest, " ");
	stdout = open_memstream(&out_buf, &out_bytes);
	stderr = open_memstream(&err_buf, &err_bytes);
	free((char *)seen.inner.text);
	seen = (struct values){};
	runs = 0;
	status = cli__main(&program, count, words);
	fclose(stdout);
	fclose(stderr);
	stdout = out;
	stderr = err;
	snprintf(out_text, sizeof(out_text), "%s", out_buf);
	snprintf(err_text, sizeof(err_text), "%s", err_buf);
	free(out_buf);
	free(err_buf);
	return status;
}

static void test_defaults(void **state)
{
	(void)state;
	assert_int_equal(run_line("show"), 0);
	assert_false(seen.flag || seen_json || seen_verbose || seen_number);
	assert_int_equal(seen.number, 7);
	assert_int_equal(seen.color, COLOR_GREEN);
	assert_int_equal(seen.interval_ns, 0);
	assert_string_equal(seen.inner.text, "none");
	assert_int_equal(seen.inner.number, 0);
	assert_string_equal(seen_operands, "");
	assert_string_equal(seen_netns, "");
}

static void test_every_type(void **state)
{
	(void)state;
	assert_int_equal(run_line("view a -f -n 5 --color=blue -w 3 --interval 60 b -e8 -t word "
				  "--inner=9 -jv -N ns"),
			 0);
	assert_true(seen.flag && seen_json && seen_verbose && seen_number);
	assert_int_equal(seen.number, 5);
	assert_int_equal(seen.color, COLOR_BLUE);
	assert_int_equal(seen.watch_ns, 3000000000ull);
	assert_int_equal(seen.interval_ns, 60000000000ull);
	assert_int_equal(seen.even, 8);
	assert_string_equal(seen.inner.text, "word");
	assert_int_equal(seen.inner.number, 9);
	assert_string_equal(seen_operands, "a,b,");
	assert_string_equal(seen_netns, "ns");
	assert_int_equal(run_line("show -c rot"), 0);
	assert_int_equal(seen.color, COLOR_RED);
	assert_int_equal(run_line("show -n 5 -n 6"), 0);
	assert_int_equal(seen.number, 6);
	assert_int_equal(run_line("show -- -f --number -"), 0);
	assert_false(seen.flag);
	assert_string_equal(seen_operands, "-f,--number,-,");
	assert_int_equal(run_line("show -"), 0);
	assert_string_equal(seen_operands, "-,");
}

/* What is given replaces the default, and is kept in order up to a limit. */
static void test_list(void **state)
{
	char line[512] = "show";

	(void)state;
	assert_int_equal(run_line("show"), 0);
	assert_string_equal(seen_names, "nobody,");
	assert_int_equal(run_line("show --name=a -n 5 --name b --name a"), 0);
	assert_string_equal(seen_names, "a,b,a,");
	for (int i = 0; i < MAX_OPTION_LIST; i++)
		strcat(line, " --name=x");
	assert_int_equal(run_line(line), 0);
	assert_int_equal(strlen(seen_names), 2 * MAX_OPTION_LIST);
	strcat(line, " --name=x");
	assert_int_equal(run_line(line), EXIT_USAGE);
	assert_string_equal(err_text, "tool: --name: given more than 16 times\n");
}

/* The argument of --watch may be left out, wherever it stands; an operand is not taken for it. */
static void test_implied(void **state)
{
	static const struct {
		const char *line, *operands;
		__u64 seconds;
	} lines[] = {
		{"show --watch", "", 1},
		{"show --watch eth0", "eth0,", 1},
		{"show -w eth0", "eth0,", 1},
		{"show --watch=5 eth0", "eth0,", 5},
		{"show eth0 -w 5", "eth0,", 5},
		{"show -jw", "", 1},
		{"show -fw eth0", "eth0,", 1},
		{"show -w -f", "", 1},
		{"show -- --watch", "--watch,", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(run_line(lines[i].line), 0);
		assert_int_equal(seen.watch_ns, lines[i].seconds * 1000000000ull);
		assert_string_equal(seen_operands, lines[i].operands);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *line, *error;
	} lines[] = {
		{"show -n 4", "--number: 4 is not between 5 and 10"},
		{"show -n 11", "--number: 11 is not between 5 and 10"},
		{"show --number=12abc", "--number: '12abc' is not a whole number"},
		{"show -c gren", "--color: 'gren' is not one of red, green, blue: "
				 "did you mean 'green'?"},
		{"show -w 61", "--watch: 61 is not between 1 and 60"},
		{"show --watch=x", "--watch: 'x' is not a whole number"},
		{"show -e 3", "--even: 3 is odd"},
		{"show --inner 10", "--inner: 10 is not between 0 and 9"},
		{"show -i 5", "--interval goes with --watch"},
		{"show --lonely -f", "--lonely and --flag exclude each other"},
		{"show --numbr 5", "show: --numbr: unknown option: did you mean '--number'?"},
		{"show --colour=red", "show: --colour: unknown option: did you mean '--color'?"},
		{"show --frobnicate", "show: --frobnicate: unknown option"},
		{"show -x", "show: -x: unknown option"},
		{"show -n", "show: -n: missing argument"},
		{"sho", "there is no command 'sho': did you mean 'show'?"},
		{"viwe", "there is no command 'viwe': did you mean 'view'?"},
		{"hlep", "there is no command 'hlep': did you mean 'help'?"},
		{"xyzzy", "there is no command 'xyzzy': 'tool help' lists them"},
		{"help shwo", "there is no command 'shwo': did you mean 'show'?"},
		{"plain", "plain needs FILE: see 'tool help plain'"},
		{"plain a b", "plain: unexpected operand 'b': see 'tool help plain'"},
		{"plain a -v", "plain: --verbose means nothing for this command"},
		{"plain --netns=x a", "plain: --netns means nothing for this command"},
		{"version -N x", "version: --netns means nothing for this command"},
	};
	char wanted[256];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(run_line(lines[i].line), EXIT_USAGE);
		assert_int_equal(runs, 0);
		snprintf(wanted, sizeof(wanted), "tool: %s\n", lines[i].error);
		assert_string_equal(err_text, wanted);
		assert_string_equal(out_text, "");
	}
	assert_int_equal(run_line("plain a -j"), EXIT_USAGE);
	assert_string_equal(err_text,
			    "{\"error\": \"plain: --json means nothing for this command\"}\n");
	assert_int_equal(run_line("show --lonely -j"), EXIT_USAGE);
}

/* Defaults, placeholders and company come from the rows. */
static void test_help(void **state)
{
	(void)state;
	assert_int_equal(run_line("help show"), 0);
	assert_string_equal(
		out_text,
		"tool show: show something\n\n"
		"Usage: tool show [OPTION...] [IFACE...]\n\n"
		"  -f, --flag                  a flag\n"
		"  -n, --number=N              a number (default: 7)\n"
		"  -c, --color=red|green|blue  a color (default: green)\n"
		"  -i, --interval=SECONDS      with --watch: a time\n"
		"  -w, --watch[=SECONDS]       an optional time\n"
		"  -e, --even=N                an even number\n"
		"      --name=NAME             a name; may be repeated (default: nobody)\n"
		"      --lonely                excludes others\n"
		"  -t, --text=TEXT             a text (default: none)\n"
		"      --inner=N               another number (default: nothing)\n\n"
		"  -j, --json                  print JSON\n"
		"  -v, --verbose               print more detail\n"
		"  -N, --netns=NETNS           work in this network namespace: its name or path\n"
		"  -h, --help                  show this help\n");
	assert_int_equal(run_line("plain --help"), 0);
	assert_string_equal(out_text, "tool plain: take no option\n\n"
				      "Usage: tool plain [OPTION...] FILE\n\n"
				      "  -h, --help                  show this help\n");
}

/* A string in the JSON of help: "commands[0].options[1].default" as a path of keys. */
static const char *text_in(const json_t *object, const char *list, size_t index, const char *key)
{
	return json_string_value(
		json_object_get(json_array_get(json_object_get(object, list), index), key));
}

static void test_help_json(void **state)
{
	const json_t *show;
	json_t *document;

	(void)state;
	assert_int_equal(run_line("help -j"), 0);
	document = json_loads(out_text, 0, NULL);
	assert_non_null(document);
	assert_int_equal(json_array_size(json_object_get(document, "shared_options")), 4);
	show = json_array_get(json_object_get(document, "commands"), 0);
	assert_int_equal(json_array_size(json_object_get(show, "options")), 10);
	assert_int_equal(json_array_size(json_object_get(show, "shared_options")), 4);
	assert_string_equal(text_in(show, "options", 1, "default"), "7");
	assert_string_equal(text_in(show, "options", 2, "argument"), "red|green|blue");
	assert_string_equal(text_in(show, "options", 3, "with"), "watch");
	assert_string_equal(text_in(show, "options", 9, "default"), "nothing");
	json_decref(document);
	assert_int_equal(run_line("help plain -j"), 0);
	document = json_loads(out_text, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(document, "shared_options")), 1);
	json_decref(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_implied),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_help),     cmocka_unit_test(test_help_json),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
