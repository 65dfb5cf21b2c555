// SPDX-License-Identifier: GPL-2.0-only
// fuzz_arguments: arbitrary text as command line arguments: accepted whole or refused. The first
// byte selects the parser; what it accepts must match a pattern.
#include <jansson.h>
#include <regex.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/base/cli.h"
#include "common/base/number.h"
#include "common/counts/source_view.h"
#include "pktgen/profiles/knobs.h"
#include "tests/fuzz/fuzz.h"

/* Some parsers are static. */
#include "ctl/export/listen.c"
#include "pktgen/cmd_play.c"
#include "pktgen/send/send_options.c"

#define NUMBER "[0-9]+"
#define ADDRESS "[0-9a-fA-F:.]+"
#define LIST_OF(item) "^" item "(," item ")*$"
#define MAX_WORDS 16

static int number_(const char *text, struct errmsg *why)
{
	__u64 value;
	int err = number__u64("--number", text, 3, ~0ull - 3, &value, why);

	MUST(err || (value >= 3 && value <= ~0ull - 3));
	return err;
}

static int choice_(const char *text, struct errmsg *why)
{
	static const char *const words[] = {"native", "generic", "auto", NULL};
	int index;
	int err = number__choice("--choice", text, words, &index, why);

	MUST(err || !strcmp(words[index], text));
	return err;
}

/* The printed address parses to the same one. */
static int address_(const char *text, struct errmsg *why)
{
	struct endpoint endpoint, again;
	char buf[ENDPOINT_TEXT_BYTES];

	if (endpoint__parse(text, &endpoint))
		return errmsg__usage(why, "not an address");
	MUST(!endpoint__parse(endpoint__text(&endpoint, buf), &again));
	MUST(!endpoint__compare(&endpoint, &again));
	return 0;
}

static int prefixes_(const char *text, struct errmsg *why)
{
	struct source_view view = {};
	int err = source_view__set_prefixes(&view, "--aggregate", text, why);

	MUST(err || (view.lengths.ipv4_bits <= 32 && view.lengths.ipv6_bits <= 128));
	return err;
}

/* A network contains its first address. */
static int network_(const char *text, struct errmsg *why)
{
	struct tally_row row = {.at_least = 1};
	struct tally tally = {.rows = &row, .count = 1};
	struct source_view view = {};
	int err = source_view__set_network(&view, "--cidr", text, why);

	row.endpoint = view.cidr.network;
	source_view__apply(&view, &tally);
	MUST(err || (tally.count == 1 && tally.attributed == 1));
	return err;
}

static int listen_(const char *text, struct errmsg *why)
{
	struct addrinfo *info;
	char port[NI_MAXSERV];

	if (address_parse("--listen", text, &info, why))
		return -EINVAL;
	MUST(!getnameinfo(info->ai_addr, info->ai_addrlen, NULL, 0, port, sizeof(port),
			  NI_NUMERICSERV));
	MUST(atoi(port) == atoi(strrchr(text, ':') + 1));
	freeaddrinfo(info);
	return 0;
}

static int speed_(const char *text, struct errmsg *why)
{
	__u64 millionths;
	int err = parse_speed("--speed", text, &millionths, why);

	MUST(err || millionths);
	return err;
}

static int cpus_(const char *text, struct errmsg *why)
{
	struct send_cpus cpus;

	return parse_cpus("--cpu", text, &cpus, why);
}

static int interface_(const char *text, struct errmsg *why)
{
	struct iface iface;

	return iface__find(text, false, &iface, why);
}

/* The first character selects the knob. */
static int knob_(const char *text, struct errmsg *why)
{
	static const char *const patterns[KNOBS_TOTAL] = {
		[KNOB_SRC_MAC] = "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$",
		[KNOB_DST_MAC] = "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$",
		[KNOB_DISTRIBUTION] = "^[a-z]+$",
		[KNOB_FAMILY] = "^[a-z0-9]+$",
		[KNOB_VICTIM] = "^" ADDRESS "$",
		[KNOB_PORT] = LIST_OF(NUMBER "(-" NUMBER ")?"),
		[KNOB_HEAVY] = LIST_OF(NUMBER ":" NUMBER),
		[KNOB_ORDER] = "^[a-z]+$",
		[KNOB_WEIGHTS] = LIST_OF("[^:,]*:" NUMBER),
	};
	static regex_t compiled[KNOBS_TOTAL];
	__u32 id = (__u8)text[0] % KNOBS_TOTAL;
	struct knobs knobs;
	int err;

	if (!text[0])
		return -EINVAL;
	if (!compiled[id].buffer)
		MUST(!regcomp(&compiled[id], patterns[id] ?: "^" NUMBER "$",
			      REG_EXTENDED | REG_NOSUB));
	MUST(!knobs__defaults(&knobs, why));
	err = knobs__set(&knobs, id, text + 1, why);
	MUST(err || !regexec(&compiled[id], text + 1, 0, NULL, 0));
	return err;
}

/* A command that only refuses its operand. */
static int complain(const struct cli *cli, const char **operands, struct errmsg *why)
{
	(void)cli;
	return operands[0]
		       ? errmsg__set(why, -ENODEV, "%s: there is no such interface", operands[0])
		       : 0;
}

struct some_options {
	bool flag;
	__u64 number;
	int order;
	__u64 watch_ns;
	const char *text;
};

static const char *const order_words[] = {"total", "rate", NULL};

static const struct option_row some_options[] = {
	{OPTION_FLAG(struct some_options, flag), .name = "flag", .letter = 'f', .help = "a flag"},
	{OPTION_NUMBER(struct some_options, number), .name = "top", .letter = 'n', .argument = "N",
	 .max = 1000, .fallback = "10", .with = "flag", .help = "a number"},
	{OPTION_CHOICE(struct some_options, order), .name = "sort", .words = order_words,
	 .without = "json", .help = "a choice"},
	{OPTION_SECONDS(struct some_options, watch_ns), .name = "watch", .letter = 'w',
	 .argument = "SECONDS", .min = 1, .max = 60, .implied = "1", .help = "a time"},
	{OPTION_TEXT(struct some_options, text), .name = "text", .argument = "TEXT",
	 .help = "a text"},
	{},
};

static const struct command attach_command = {
	.name = "attach",
	.alias = "load",
	.operands = "IFACE",
	.summary = "attach",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_VERBOSE,
	.options = some_options,
	.options_bytes = sizeof(struct some_options),
	.run = complain,
};

static const struct command status_command = {
	.name = "status",
	.operands = "[IFACE...]",
	.summary = "show",
	.max_operands = -1,
	.takes = TAKES_NETNS,
	.run = complain,
};

static const struct command *const commands[] = {&attach_command, &status_command, NULL};

static const struct program program = {"fuzz", "what is typed", "0", commands, NULL};

/* With -j, standard error is one JSON object. */
static void check_error(const char *text, size_t bytes)
{
	json_error_t error;
	json_t *object = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);

	MUST(json_is_string(json_object_get(object, "error")) && json_object_size(object) == 1);
	json_decref(object);
}

/* A command line, one word per line. */
static int command_line_(const char *text, struct errmsg *why)
{
	char *copy = strdup(text), *out_text = NULL, *err_text = NULL, *rest = copy;
	FILE *out = stdout, *err = stderr;
	const char *words[MAX_WORDS + 2] = {"fuzz"};
	size_t out_bytes = 0, err_bytes = 0;
	bool ended = false, wants_json = false;
	int status, count = 1;

	(void)why;
	/* As cli.c searches for it before parsing; "--" ends the options. */
	while (rest && count <= MAX_WORDS) {
		words[count] = strsep(&rest, "\n");
		ended |= !strcmp(words[count], "--");
		wants_json |=
			!ended && (!strcmp(words[count], "-j") || !strcmp(words[count], "--json"));
		count++;
	}
	stdout = open_memstream(&out_text, &out_bytes);
	stderr = open_memstream(&err_text, &err_bytes);
	MUST(stdout && stderr);
	status = cli__main(&program, count, words);
	fclose(stdout);
	fclose(stderr);
	stdout = out;
	stderr = err;
	MUST(status >= 0 && status <= 2);
	MUST(!status == !err_bytes);
	if (status && wants_json)
		check_error(err_text, err_bytes);
	free(out_text);
	free(err_text);
	free(copy);
	return 0;
}

static const struct row {
	int (*parse)(const char *text, struct errmsg *why);
	const char *pattern; /* of all that is accepted */
} rows[] = {
	{command_line_, ""},
	{knob_, ""},
	{number_, "^" NUMBER "$"},
	{choice_, "^(native|generic|auto)$"},
	{address_, "^" ADDRESS "$"},
	{prefixes_, "^" NUMBER "/" NUMBER "$"},
	{network_, "^" ADDRESS "(/" NUMBER ")?$"},
	{listen_, "^(\\*|[0-9a-fA-FxX.]+|\\[[^]]+\\]):[0-9]+$"},
	{speed_, "^" NUMBER "(\\.[0-9]{1,6})?$"},
	{cpus_, "^(any|" NUMBER "(," NUMBER ")?)$"},
	{interface_, "^[^/]{1,15}$"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	static regex_t patterns[ROWS];
	struct errmsg why = {};
	const struct row *row;
	regex_t *pattern;
	char *text;
	int err;

	if (!size)
		return 0;
	row = &rows[data[0] % ROWS];
	pattern = &patterns[row - rows];
	if (!pattern->buffer)
		MUST(!regcomp(pattern, row->pattern, REG_EXTENDED | REG_NOSUB));
	text = strndup((const char *)data + 1, size - 1);
	MUST(text);
	err = row->parse(text, &why);
	MUST(err || !regexec(pattern, text, 0, NULL, 0));
	free(text);
	return 0;
}
