// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_list: `xdpctl policy deny`, `xdpctl policy allow` and `xdpctl policy undo`.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/quantity.h"
#include "common/base/utf8.h"
#include "ctl/commands.h"
#include "ctl/policy/lockout.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"

struct list_options {
	__u32 for_s; /* 0: no end */
	const char *reason;
};

static const struct option_row list_options[] = {
	{OPTION_PARSED(struct list_options, for_s), .name = "for", .argument = "TIME",
	 .parse = quantity__duration, .unset = "until 'policy undo'", .help = "end after TIME"},
	{OPTION_TEXT(struct list_options, reason), .name = "reason", .argument = "TEXT",
	 .fallback = "", .help = "why, for 'policy show'"},
	{},
};

enum list_verb { LIST_DENY, LIST_ALLOW, LIST_UNDO };

static const char *const verb_names[] = {
	[LIST_DENY] = "denied", [LIST_ALLOW] = "allowed", [LIST_UNDO] = "undone"};

/* A change of what is listed by hand. */
struct listing_change {
	enum list_verb verb;
	const char **prefixes; /* to list, or to list no more */
	struct timed_prefixes timed;
	size_t changed;
};

static bool is_inside(const struct prefix *inner, const struct prefix *outer)
{
	return outer->bits <= inner->bits && prefix__contains(outer, &inner->network);
}

/* Management and what the policy allows win over what is denied by hand. */
static void note_without_effect(const struct cli *cli, const struct policy *policy,
				const struct timed_prefixes *timed)
{
	for (size_t i = 0; i < timed->count; i++) {
		const struct prefix *denied = &timed->prefixes[i].prefix;
		char text[PREFIX_TEXT_BYTES];
		bool passes = false;

		if (timed->prefixes[i].allow)
			continue;
		for (size_t j = 0; !passes && j < policy->allow.count; j++)
			passes = is_inside(denied, &policy->allow.prefixes[j].prefix);
		for (size_t j = 0; !passes && j < policy->management_count; j++)
			passes = is_inside(denied, &policy->management[j].source.prefix) &&
				 !policy->management[j].ports.count;
		if (passes)
			cli__note(cli,
				  "%s is denied without effect: the policy lists it as 'allow' "
				  "or 'management', which win",
				  prefix__text(denied, text));
	}
}

static int add_by_hand(const struct cli *cli, struct listing_change *change, struct errmsg *why)
{
	const struct list_options *options = cli->options;
	struct timed_prefix entry = {.allow = change->verb == LIST_ALLOW,
				     .since_ns = clock__wall_ns()};
	int err = 0;

	if (strlen(options->reason) >= sizeof(entry.reason))
		return errmsg__usage(why, "--reason: longer than %zu bytes",
				     sizeof(entry.reason) - 1);
	snprintf(entry.reason, sizeof(entry.reason), "%s", options->reason);
	if (options->for_s)
		entry.until_ns = entry.since_ns + options->for_s * NS_PER_S;
	for (const char **prefix = change->prefixes; !err && *prefix; prefix++) {
		err = prefix__parse("prefix", *prefix, &entry.prefix, why);
		if (!err)
			err = timed_prefixes__set(&change->timed, &entry);
		change->changed += !err;
	}
	return err == -E2BIG ? errmsg__set(why, err, "more than %d prefixes are listed by hand",
					   TIMED_PREFIXES_MAX)
			     : err;
}

static int remove_by_hand(struct listing_change *change, struct errmsg *why)
{
	struct prefix prefix;
	int err;

	for (const char **name = change->prefixes; *name; name++) {
		err = prefix__parse("prefix", *name, &prefix, why);
		if (err)
			return err;
		if (!timed_prefixes__remove(&change->timed, &prefix))
			return errmsg__set(why, -ENOENT,
					   "%s is not listed by hand: 'policy show' lists those "
					   "that are",
					   *name);
		change->changed++;
	}
	return 0;
}

static int print_change(const struct cli *cli, const struct attachment *attachment,
			const struct listing_change *change, struct errmsg *why)
{
	const char *verb = verb_names[change->verb];

	if (cli->json)
		return cli__print_json(json_pack("{s:i, s:o, s:s, s:I, s:I}", "schema", JSON_SCHEMA,
						 "interface", utf8__json(attachment->interface),
						 "verb", verb, "changed",
						 (json_int_t)change->changed, "listed",
						 (json_int_t)change->timed.count),
				       why);
	printf("%s: %s, %zu prefix%s; %zu listed by hand\n", UTF8_PRINTABLE(attachment->interface),
	       verb, change->changed, change->changed == 1 ? "" : "es", change->timed.count);
	return 0;
}

/* @ruling: the rules that the prefixes are added to */
static int change_listing(const struct cli *cli, const struct policy_session *session,
			  const struct policy *ruling, struct listing_change *change,
			  struct errmsg *why)
{
	int err = policy_store__timed(session->home.id, &change->timed, why);

	if (err)
		return err;
	timed_prefixes__expire(&change->timed, clock__wall_ns());
	err = change->verb == LIST_UNDO ? remove_by_hand(change, why)
					: add_by_hand(cli, change, why);
	if (err)
		return err;
	err = lockout__check(ruling, &change->timed, why);
	return err ? err : policy_switch__list(&session->home, &change->timed, why);
}

/* A session_work. */
static int list_prefixes(const struct cli *cli, struct policy_session *session,
			 const struct attachment *attachment, void *context, struct errmsg *why)
{
	struct listing_change *change = context;
	struct policy ruling;
	int err = policy_switch__read(&session->home, &ruling, why);

	if (err < 0)
		return err;
	err = change_listing(cli, session, &ruling, change, why);
	session__unlock(session);
	if (!err) {
		note_without_effect(cli, &ruling, &change->timed);
		err = print_change(cli, attachment, change, why);
	}
	policy__free(&ruling);
	timed_prefixes__free(&change->timed);
	return err;
}

static int run_listing(const struct cli *cli, const char **operands, enum list_verb verb,
		       struct errmsg *why)
{
	struct listing_change change = {.verb = verb, .prefixes = operands + 1};

	return session__run(cli, operands[0], list_prefixes, &change, why);
}

static int run_policy_deny(const struct cli *cli, const char **operands, struct errmsg *why)
{
	return run_listing(cli, operands, LIST_DENY, why);
}

static int run_policy_allow(const struct cli *cli, const char **operands, struct errmsg *why)
{
	return run_listing(cli, operands, LIST_ALLOW, why);
}

static int run_policy_undo(const struct cli *cli, const char **operands, struct errmsg *why)
{
	return run_listing(cli, operands, LIST_UNDO, why);
}

const struct command policy_deny_command = {
	.name = "policy deny",
	.operands = "IFACE PREFIX...",
	.summary = "drop what sources send, besides what the policy file lists",
	.min_operands = 2,
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.options = list_options,
	.options_bytes = sizeof(struct list_options),
	.run = run_policy_deny,
};

const struct command policy_allow_command = {
	.name = "policy allow",
	.operands = "IFACE PREFIX...",
	.summary = "pass what sources send, besides what the policy file lists",
	.min_operands = 2,
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.options = list_options,
	.options_bytes = sizeof(struct list_options),
	.run = run_policy_allow,
};

const struct command policy_undo_command = {
	.name = "policy undo",
	.operands = "IFACE PREFIX...",
	.summary = "end 'policy deny' and 'policy allow' of prefixes",
	.min_operands = 2,
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.run = run_policy_undo,
};
