// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_list: `xdpctl policy deny`, `xdpctl policy allow` and `xdpctl policy undo`.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/policy/quantity.h"
#include "ctl/commands.h"
#include "ctl/policy/lockout.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"

struct list_options {
	__u32 for_s; /* 0: no end */
	const char *reason;
};

static int parse_for(const char *what, const char *text, void *value, struct errmsg *why)
{
	return quantity__duration(what, text, value, why);
}

static const struct option_row list_options[] = {
	{OPTION_PARSED(struct list_options, for_s), .name = "for", .argument = "TIME",
	 .parse = parse_for, .unset = "until 'policy undo'", .help = "end after TIME"},
	{OPTION_TEXT(struct list_options, reason), .name = "reason", .argument = "TEXT",
	 .fallback = "", .help = "why, for 'policy show'"},
	{},
};

/* A change of what is listed by hand. */
struct listing_change {
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

/* The rules that the prefixes are added to: those that rule now. */
static int check_listed(const struct cli *cli, const struct policy_session *session,
			const struct timed_prefixes *timed, struct errmsg *why)
{
	__u8 digest[POLICY_DIGEST_BYTES];
	struct policy policy = {};
	int err, slot;

	err = slot = policy_switch__ruling(&session->home, why);
	if (err < 0)
		return err;
	err = slot == POLICY_SLOTS
		      ? 0
		      : policy_store__read(session->home.id, slot, &policy, digest, why);
	if (err && err != -ENOENT)
		return err;
	err = lockout__check(&policy, timed, why);
	if (!err)
		note_without_effect(cli, &policy, timed);
	policy__free(&policy);
	return err;
}

static int add_by_hand(const struct cli *cli, const char **prefixes, bool allow,
		       struct listing_change *change, struct errmsg *why)
{
	const struct list_options *options = cli->options;
	struct timed_prefix entry = {.allow = allow, .since_ns = clock__wall_ns()};
	int err = 0;

	if (strlen(options->reason) >= sizeof(entry.reason))
		return errmsg__usage(why, "--reason: longer than %zu bytes",
				     sizeof(entry.reason) - 1);
	snprintf(entry.reason, sizeof(entry.reason), "%s", options->reason);
	if (options->for_s)
		entry.until_ns = entry.since_ns + options->for_s * NS_PER_S;
	for (; !err && *prefixes; prefixes++) {
		err = prefix__parse("prefix", *prefixes, &entry.prefix, why);
		if (!err)
			err = timed_prefixes__set(&change->timed, &entry);
		change->changed += !err;
	}
	return err == -E2BIG ? errmsg__set(why, err, "more than %d prefixes are listed by hand",
					   TIMED_PREFIXES_MAX)
			     : err;
}

static int remove_by_hand(const char **prefixes, struct listing_change *change, struct errmsg *why)
{
	struct prefix prefix;
	int err;

	for (; *prefixes; prefixes++) {
		err = prefix__parse("prefix", *prefixes, &prefix, why);
		if (err)
			return err;
		if (!timed_prefixes__remove(&change->timed, &prefix))
			return errmsg__set(why, -ENOENT,
					   "%s is not listed by hand: 'policy show' lists those "
					   "that are",
					   *prefixes);
		change->changed++;
	}
	return 0;
}

static int print_change(const struct cli *cli, const struct attachment *attachment,
			const char *verb, const struct listing_change *change, struct errmsg *why)
{
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

enum list_verb { LIST_DENY, LIST_ALLOW, LIST_UNDO };

static const char *const verb_names[] = {
	[LIST_DENY] = "denied", [LIST_ALLOW] = "allowed", [LIST_UNDO] = "undone"};

static int change_listing(const struct cli *cli, const struct policy_session *session,
			  const char **prefixes, enum list_verb verb, struct listing_change *change,
			  struct errmsg *why)
{
	int err = policy_store__timed(session->home.id, &change->timed, why);

	if (err)
		return err;
	timed_prefixes__expire(&change->timed, clock__wall_ns());
	err = verb == LIST_UNDO ? remove_by_hand(prefixes, change, why)
				: add_by_hand(cli, prefixes, verb == LIST_ALLOW, change, why);
	if (err)
		return err;
	err = check_listed(cli, session, &change->timed, why);
	return err ? err : policy_switch__list(&session->home, &change->timed, why);
}

static int run_listing(const struct cli *cli, const char **operands, enum list_verb verb,
		       struct errmsg *why)
{
	struct listing_change change = {};
	struct policy_session session;
	struct attachment attachment;
	int err;

	err = session__open(cli, &session, why);
	if (err)
		goto out;
	err = session__use_policy_of(&session, operands[0], &attachment, why);
	if (err)
		goto out;
	err = change_listing(cli, &session, operands + 1, verb, &change, why);
	if (!err)
		err = print_change(cli, &attachment, verb_names[verb], &change, why);
	timed_prefixes__free(&change.timed);
out:
	session__close(&session);
	return err;
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
