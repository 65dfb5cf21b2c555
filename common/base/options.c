// SPDX-License-Identifier: GPL-2.0-only
// options: a command's options as typed rows, parsed into a struct; help and JSON from the rows.
#include "common/base/options.h"

#include <errno.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/nearest.h"
#include "common/base/number.h"

#define MAX_OPTIONS 64
#define HELP_COLUMN 30
#define HELP_WIDTH 79
#define ARGUMENT_BYTES 128
#define WHAT_BYTES 64

struct option_slot {
	const struct option_row *row;
	void *value;
	size_t given;                     /* how often */
	char *texts[MAX_OPTION_LIST + 1]; /* its arguments; only the last, if it is no list */
	bool refused;                     /* known, but it means nothing for this command */
};

struct options {
	struct option_slot slots[MAX_OPTIONS];
	size_t count;
	poptContext context; /* holds the operands */
	const char **argv;   /* as rewritten for popt */
	struct poptOption popt_rows[MAX_OPTIONS + 1];
};

struct options *options__new(void)
{
	return calloc(1, sizeof(struct options));
}

void options__add(struct options *options, const struct option_row *rows, void *values)
{
	for (const struct option_row *row = rows; row && row->type; row++) {
		void *value = values ? (char *)values + row->offset : NULL;

		if (row->type == OPTION_IS_TABLE)
			options__add(options, row->rows, value);
		else if (options->count < MAX_OPTIONS)
			options->slots[options->count++] = (struct option_slot){row, value};
	}
}

void options__refuse(struct options *options, const struct option_row *row)
{
	if (options->count < MAX_OPTIONS)
		options->slots[options->count++] =
			(struct option_slot){.row = row, .refused = true};
}

/* A choice's argument is its words, "first|last". NULL for a flag. */
static const char *argument_of(const struct option_row *row, char buf[ARGUMENT_BYTES])
{
	size_t used = 0;

	if (!row->words)
		return row->argument;
	for (int i = 0; row->words[i] && used < ARGUMENT_BYTES; i++)
		used += snprintf(buf + used, ARGUMENT_BYTES - used, "%s%s", i ? "|" : "",
				 row->words[i]);
	return buf;
}

static int parse_choice(const struct option_row *row, const char *what, const char *text, int *ret,
			struct errmsg *why)
{
	for (int i = 0; row->synonyms && row->synonyms[i]; i++) {
		if (strcmp(row->synonyms[i], text))
			continue;
		*ret = i;
		return 0;
	}
	return number__choice(what, text, row->words, ret, why);
}

static int parse_seconds(const struct option_row *row, const char *what, const char *text,
			 __u64 *ret_ns, struct errmsg *why)
{
	__u64 seconds;
	int err = number__u64(what, text, row->min, row->max, &seconds, why);

	if (!err)
		*ret_ns = seconds * NS_PER_S;
	return err;
}

/* The first argument that is given replaces the default. */
static int add_to_list(const struct option_slot *slot, const char *what, const char *text,
		       struct errmsg *why)
{
	struct option_list *list = slot->value;

	if (slot->given == 1)
		list->count = 0;
	if (list->count == MAX_OPTION_LIST)
		return errmsg__usage(why, "%s: given more than %d times", what, MAX_OPTION_LIST);
	list->words[list->count++] = text;
	return 0;
}

static int set_value(const struct option_slot *slot, const char *text, struct errmsg *why)
{
	const struct option_row *row = slot->row;
	char what[WHAT_BYTES];

	snprintf(what, sizeof(what), "--%s", row->name);
	switch (row->type) {
	case OPTION_IS_FLAG:
		*(bool *)slot->value = true;
		return 0;
	case OPTION_IS_TEXT:
		*(const char **)slot->value = text;
		return 0;
	case OPTION_IS_NUMBER:
		return number__u64(what, text, row->min, row->max, slot->value, why);
	case OPTION_IS_SECONDS:
		return parse_seconds(row, what, text, slot->value, why);
	case OPTION_IS_CHOICE:
		return parse_choice(row, what, text, slot->value, why);
	case OPTION_IS_PARSED:
		return row->parse(what, text, slot->value, why);
	case OPTION_IS_LIST:
		return add_to_list(slot, what, text, why);
	case OPTION_IS_TABLE:
		break;
	}
	return errmsg__set(why, -EINVAL, "%s: its row has no type", what);
}

static int set_defaults(const struct options *options, struct errmsg *why)
{
	int err = 0;

	for (size_t i = 0; !err && i < options->count; i++)
		if (options->slots[i].row->fallback && !options->slots[i].refused)
			err = set_value(&options->slots[i], options->slots[i].row->fallback, why);
	return err;
}

static const struct option_slot *find_slot(const struct options *options, const char *name,
					   size_t name_bytes)
{
	for (size_t i = 0; i < options->count; i++)
		if (strlen(options->slots[i].row->name) == name_bytes &&
		    !memcmp(options->slots[i].row->name, name, name_bytes))
			return &options->slots[i];
	return NULL;
}

static const struct option_slot *find_letter(const struct options *options, char letter)
{
	for (size_t i = 0; i < options->count; i++)
		if (letter && options->slots[i].row->letter == letter)
			return &options->slots[i];
	return NULL;
}

/* The implied argument of the option that @word ends with: "--watch", "-w", "-jw". */
static const char *implied_by(const struct options *options, const char *word)
{
	const struct option_slot *slot = NULL;

	if (!strncmp(word, "--", 2))
		slot = find_slot(options, word + 2, strlen(word + 2));
	else if (word[0] == '-' && word[1])
		slot = find_letter(options, word[strlen(word) - 1]);
	return slot ? slot->row->implied : NULL;
}

/*
 * popt always consumes the word after an option with an optional argument. So the implied argument
 * is inserted here, unless a number follows.
 */
static int rewrite(struct options *options, int argc, const char **argv, int *ret_argc)
{
	bool ended = false;
	int count = 0;

	options->argv = calloc(2 * argc + 1, sizeof(*options->argv));
	if (!options->argv)
		return -ENOMEM;
	for (int i = 0; i < argc; i++) {
		const char *implied = i && !ended ? implied_by(options, argv[i]) : NULL;
		char next = i + 1 < argc ? argv[i + 1][0] : '\0';

		ended |= i && !strcmp(argv[i], "--");
		options->argv[count++] = argv[i];
		if (implied && (next < '0' || next > '9'))
			options->argv[count++] = implied;
	}
	*ret_argc = count;
	return 0;
}

static int unknown_option(const struct options *options, const char *command, const char *word,
			  struct errmsg *why)
{
	size_t length = strcspn(word, "=");
	char name[WHAT_BYTES], hint[NEAREST_HINT_BYTES], nearest_name[WHAT_BYTES];
	struct nearest nearest = {.text = name + 2};

	snprintf(name, sizeof(name), "%.*s", (int)length, word);
	if (strncmp(name, "--", 2))
		return errmsg__usage(why, "%s: %s: unknown option", command, word);
	for (size_t i = 0; i < options->count; i++)
		if (!options->slots[i].refused)
			nearest__offer(&nearest, options->slots[i].row->name);
	if (nearest.word) {
		snprintf(nearest_name, sizeof(nearest_name), "--%s", nearest.word);
		nearest.word = nearest_name;
	}
	return errmsg__usage(why, "%s: %s: unknown option%s", command, name,
			     nearest__hint(&nearest, hint));
}

static int popt_error(const struct options *options, const char *command, int code,
		      struct errmsg *why)
{
	const char *word = poptBadOption(options->context, POPT_BADOPTION_NOALIAS);

	if (code == POPT_ERROR_BADOPT)
		return unknown_option(options, command, word, why);
	return errmsg__usage(why, "%s: %s: %s", command, word, poptStrerror(code));
}

static const char *slot_keep(struct option_slot *slot, char *text)
{
	size_t at = slot->row->type == OPTION_IS_LIST ? slot->given : 0;

	if (at > MAX_OPTION_LIST)
		at = MAX_OPTION_LIST;
	free(slot->texts[at]);
	slot->texts[at] = text;
	slot->given++;
	return text;
}

static int parse_words(struct options *options, const char *command, struct errmsg *why)
{
	int err = 0;

	while (!err) {
		int code = poptGetNextOpt(options->context);
		struct option_slot *slot;

		if (code == -1)
			break;
		if (code < 1)
			return popt_error(options, command, code, why);
		slot = &options->slots[code - 1];
		if (slot->refused)
			return errmsg__usage(why, "%s: --%s means nothing for this command",
					     command, slot->row->name);
		err = set_value(slot, slot_keep(slot, poptGetOptArg(options->context)), why);
	}
	return err;
}

static int check_without(const struct options *options, const struct option_row *row,
			 struct errmsg *why)
{
	for (const char *name = row->without; name && *name; name += strspn(name, " ")) {
		size_t name_bytes = strcspn(name, " ");
		const struct option_slot *other = find_slot(options, name, name_bytes);

		if (other && other->given)
			return errmsg__usage(why, "--%s and --%s exclude each other", row->name,
					     other->row->name);
		name += name_bytes;
	}
	return 0;
}

/* Options that contradict each other, or mean nothing without another one. */
static int check_company(const struct options *options, struct errmsg *why)
{
	for (size_t i = 0; i < options->count; i++) {
		const struct option_row *row = options->slots[i].row;
		int err;

		if (!options->slots[i].given)
			continue;
		if (row->with && !options__given(options, row->with))
			return errmsg__usage(why, "--%s goes with --%s", row->name, row->with);
		err = check_without(options, row, why);
		if (err)
			return err;
	}
	return 0;
}

static void fill_popt_rows(struct options *options)
{
	struct poptOption *rows = options->popt_rows;

	for (size_t i = 0; i < options->count; i++) {
		const struct option_row *row = options->slots[i].row;

		rows[i].longName = row->name;
		rows[i].shortName = row->letter;
		rows[i].argInfo = row->type == OPTION_IS_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING;
		rows[i].val = i + 1;
	}
}

int options__parse(struct options *options, const char *command, int argc, const char **argv,
		   const char ***ret_operands, struct errmsg *why)
{
	static const char *none[] = {NULL};
	const char **operands;
	int err;

	err = set_defaults(options, why);
	if (err)
		return err;
	fill_popt_rows(options);
	if (rewrite(options, argc, argv, &argc))
		return errmsg__set(why, -ENOMEM, "%s: out of memory", command);
	options->context = poptGetContext(command, argc, options->argv, options->popt_rows, 0);
	if (!options->context)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", command);
	err = parse_words(options, command, why);
	if (!err)
		err = check_company(options, why);
	if (err)
		return err;
	operands = poptGetArgs(options->context);
	*ret_operands = operands ? operands : none;
	return 0;
}

bool options__given(const struct options *options, const char *name)
{
	const struct option_slot *slot = find_slot(options, name, strlen(name));

	return slot && slot->given;
}

/* As in "with --watch: end after N intervals (default: 5)". */
static char *full_help(const struct option_row *row)
{
	const char *shown = row->unset ? row->unset : row->fallback;
	char *text;

	if (asprintf(&text, "%s%s%s%s%s%s%s", row->with ? "with --" : "",
		     row->with ? row->with : "", row->with ? ": " : "", row->help,
		     shown ? " (default: " : "", shown ? shown : "", shown ? ")" : "") < 0)
		return NULL;
	return text;
}

/* Breaks lines between words; the cursor is at HELP_COLUMN already. */
static void print_wrapped(const char *text)
{
	const int width = HELP_WIDTH - HELP_COLUMN;

	while (*text) {
		int length = strlen(text);

		if (length > width) {
			length = width;
			while (length && text[length] != ' ')
				length--;
			length = length ? length : width;
		}
		printf("%.*s\n", length, text);
		text += length;
		text += strspn(text, " ");
		if (*text)
			printf("%*s", HELP_COLUMN, "");
	}
}

static void print_option(const struct option_row *row)
{
	char buf[ARGUMENT_BYTES], letter[] = {'-', row->letter, ',', ' ', '\0'};
	const char *argument = argument_of(row, buf);
	char *help = full_help(row);
	int used;

	used = printf("  %s--%s%s%s%s%s", row->letter ? letter : "    ", row->name,
		      row->implied ? "[" : "", argument ? "=" : "", argument ? argument : "",
		      row->implied ? "]" : "");
	if (used >= HELP_COLUMN - 1)
		used = printf("\n") - 1;
	printf("%*s", HELP_COLUMN - used, "");
	print_wrapped(help ? help : row->help);
	free(help);
}

void options__print(const struct options *options)
{
	for (size_t i = 0; i < options->count; i++)
		if (!options->slots[i].refused)
			print_option(options->slots[i].row);
}

static json_t *option_to_json(const struct option_row *row)
{
	const char letter[] = {row->letter, '\0'};
	char buf[ARGUMENT_BYTES];

	return json_pack("{s:s, s:s?, s:s?, s:b, s:s?, s:s?, s:s}", "name", row->name, "letter",
			 letter[0] ? letter : NULL, "argument", argument_of(row, buf),
			 "argument_optional", !!row->implied, "default",
			 row->unset ? row->unset : row->fallback, "with", row->with, "help",
			 row->help);
}

json_t *options__to_json(const struct options *options)
{
	json_t *list = json_array();

	for (size_t i = 0; i < options->count; i++)
		if (!options->slots[i].refused)
			json_array_append_new(list, option_to_json(options->slots[i].row));
	return list;
}

void options__free(struct options *options)
{
	if (!options)
		return;
	if (options->context)
		poptFreeContext(options->context);
	for (size_t i = 0; i < options->count; i++)
		for (size_t j = 0; j <= MAX_OPTION_LIST; j++)
			free(options->slots[i].texts[j]);
	free(options->argv);
	free(options);
}
