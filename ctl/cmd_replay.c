// SPDX-License-Identifier: GPL-2.0-only
// cmd_replay: `xdpctl replay`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "expect.h"
#include "linktype.h"
#include "render.h"
#include "replay.h"

#define DEFAULT_TOP 10

static const char *expect_path;
static const char *top_text;
static int rewrap;

const struct poptOption replay_options[] = {
	{"expect", '\0', POPT_ARG_STRING, &expect_path, 0,
	 "compare with lines of address<TAB>syns; exit 1 unless equal", "TSV"},
	{"rewrap", '\0', POPT_ARG_NONE, &rewrap, 0,
	 "give cooked, raw-IP and loopback frames an Ethernet header", NULL},
	{"top", 'n', POPT_ARG_STRING, &top_text, 0,
	 "show at most so many sources; default 10, with -j all", "N"},
	CLI_OPTIONS_END,
};

struct comparison {
	struct expect_difference *differences;
	size_t count;
};

static int print_json(const char *path, const struct replay_result *result, __u64 top,
		      const struct comparison *comparison, struct errmsg *why)
{
	json_t *document =
		json_pack("{s:i, s:s, s:b, s:I}", "schema", JSON_SCHEMA, "file", path, "complete",
			  !result->damage, "prefix_frames", (json_int_t)result->prefix_frames);

	json_object_update_new(document, json__snapshot(&result->snapshot, top));
	if (expect_path)
		json_object_set_new(document, "differences",
				    json__differences(comparison->differences, comparison->count));
	return json__print(document, why);
}

static void print_table(const char *path, const struct replay_result *result, __u64 top,
			bool verbose, const struct comparison *comparison)
{
	char name[64];

	printf("%s%s\n", path, result->damage ? ": up to where it is damaged" : "");
	table__snapshot(&result->snapshot, top, verbose);
	if (result->refused_linktype >= 0)
		printf("\n  not replayable: frames of link type %s\n",
		       linktype__name(result->refused_linktype, name, sizeof(name)));
	if (result->prefix_frames)
		printf("\n  %llu frames are longer than this kernel takes: fed by their headers\n",
		       result->prefix_frames);
	if (comparison->count)
		printf("\n");
	table__differences(comparison->differences, comparison->count);
}

/* Damage was reported by the reader already and outweighs a difference. */
static int judge(const struct replay_result *result, const struct comparison *comparison,
		 const char *path, struct errmsg *why)
{
	if (result->damage)
		return result->damage;
	if (!comparison->count)
		return 0;
	return errmsg__set(why, -EBADMSG, "%s: %zu source%s not as in %s", path, comparison->count,
			   comparison->count == 1 ? " is" : "s are", expect_path);
}

int cmd_replay(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct replay_options options = {.rewrap = rewrap};
	__u64 top = cli->json ? ALL_SOURCES : DEFAULT_TOP;
	struct comparison comparison = {};
	struct replay_result result = {};
	int err = 0;

	if (top_text)
		err = cli__u64("-n", top_text, 0, ALL_SOURCES, &top, why);
	if (!err)
		err = replay__file(operands[0], &options, &result, why);
	if (!err && expect_path)
		err = expect__compare(expect_path, &result.snapshot, &comparison.differences,
				      &comparison.count, why);
	if (err)
		goto out;
	if (cli->json)
		err = print_json(operands[0], &result, top, &comparison, why);
	else
		print_table(operands[0], &result, top, cli->verbose, &comparison);
	if (!err)
		err = judge(&result, &comparison, operands[0], why);
out:
	free(comparison.differences);
	snapshot__free(&result.snapshot);
	return err;
}
