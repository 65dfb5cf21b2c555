// SPDX-License-Identifier: GPL-2.0-only
// cmd_list: pktgen list: the profiles, their knobs and the knobs' defaults.
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "pktgen/commands.h"
#include "pktgen/profiles/profile.h"

static const char *default_of(const struct profile *profile, enum knob_id id)
{
	const struct knob_default *own = profile->defaults;

	for (int i = 0; i < MAX_OWN_DEFAULTS && own[i].text; i++)
		if (own[i].id == id)
			return own[i].text;
	return knob_rows[id].default_text;
}

/* The profile's own knobs; mix accepts those of its members, which are not listed again. */
static __u32 listed_knobs(const struct profile *profile)
{
	if (profile == &profile_mix)
		return KNOB_BIT(WEIGHTS) | KNOBS_OF_ALL;
	return profile->knobs | KNOBS_OF_ALL;
}

static json_t *knob_to_json(const struct profile *profile, enum knob_id id)
{
	return json_pack("{s:s, s:s, s:s?, s:s}", "name", knob_rows[id].option, "argument",
			 knob_rows[id].argument, "default", default_of(profile, id), "help",
			 knob_rows[id].help);
}

static int default_count(const struct profile *profile, __u64 *ret, struct errmsg *why)
{
	struct stream *stream;
	struct knobs knobs;
	int err = profile__defaults(profile, &knobs, why);

	if (!err)
		err = stream__open(profile, &knobs, &stream, why);
	if (err)
		return err;
	*ret = stream__count(stream);
	stream__close(stream);
	return 0;
}

static int profile_to_json(const struct profile *profile, json_t *list, struct errmsg *why)
{
	json_t *knobs = json_array();
	__u64 count;
	int err = default_count(profile, &count, why);

	for (int id = 0; id < KNOBS_TOTAL; id++)
		if (listed_knobs(profile) & 1u << id)
			json_array_append_new(knobs, knob_to_json(profile, id));
	if (err) {
		json_decref(knobs);
		return err;
	}
	json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:o}", "name", profile->name,
					      "summary", profile->summary, "default_count",
					      (json_int_t)count, "knobs", knobs));
	return 0;
}

static int list_as_json(struct errmsg *why)
{
	json_t *list = json_array();
	int err = 0;

	for (int i = 0; !err && profiles[i]; i++)
		err = profile_to_json(profiles[i], list, why);
	if (!err)
		return cli__print_json(json_pack("{s:i, s:o}", "schema", SCHEMA, "profiles", list),
				       why);
	json_decref(list);
	return err;
}

static int print_profile(const struct profile *profile, bool verbose, struct errmsg *why)
{
	__u64 count;
	int err = default_count(profile, &count, why);

	if (err)
		return err;
	printf("%s: %s\n   %llu frames; ", profile->name, profile->summary, count);
	for (int id = 0, n = 0; id < KNOBS_TOTAL; id++) {
		const char *text = default_of(profile, id);

		if (!(listed_knobs(profile) & ~KNOBS_OF_ALL & 1u << id))
			continue;
		if (verbose)
			printf("\n     --%s=%s: %s", knob_rows[id].option, knob_rows[id].argument,
			       knob_rows[id].help);
		else
			printf("%s--%s", n++ ? " " : "", knob_rows[id].option);
		if (text)
			printf(verbose ? " (%s)" : "=%s", text);
	}
	puts(profile == &profile_mix ? " and those of its members" : "");
	return 0;
}

static int run_list(const struct cli *cli, const char **operands, struct errmsg *why)
{
	char names[128];
	int err = 0;

	(void)operands;
	if (cli->json)
		return list_as_json(why);
	for (int i = 0; !err && profiles[i]; i++)
		err = print_profile(profiles[i], cli->verbose, why);
	if (!err)
		printf("\nAll profiles accept %s.\n",
		       knobs__names(KNOBS_OF_ALL, names, sizeof(names)));
	return err;
}

const struct command list_command = {
	.name = "list",
	.alias = "ls",
	.operands = "",
	.summary = "list the profiles and their options",
	.takes = TAKES_JSON | TAKES_VERBOSE,
	.run = run_list,
};
