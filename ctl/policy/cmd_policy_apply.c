// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_apply: `xdpctl policy apply`.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/quantity.h"
#include "common/base/utf8.h"
#include "ctl/commands.h"
#include "ctl/policy/answer_notes.h"
#include "ctl/policy/cookie_notes.h"
#include "ctl/policy/elsewhere.h"
#include "ctl/policy/lockout.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"

struct apply_options {
	__u32 within_s;
	bool no_confirm;
	bool no_management;
	__u64 max_prefixes;
};

static const struct option_row apply_options[] = {
	{OPTION_PARSED(struct apply_options, within_s), .name = "confirm-within",
	 .argument = "TIME", .parse = quantity__duration, .fallback = "60s",
	 .without = "no-confirm",
	 .help = "return to the confirmed policy after TIME without 'policy confirm'"},
	{OPTION_FLAG(struct apply_options, no_confirm), .name = "no-confirm",
	 .help = "keep the policy at once"},
	{OPTION_FLAG(struct apply_options, no_management), .name = "no-management",
	 .help = "accept rules that drop without any management network"},
	{OPTION_NUMBER(struct apply_options, max_prefixes), .name = "max-prefixes", .argument = "N",
	 .min = 1, .max = POLICY_MAX_MAX_PREFIXES, .unset = "131072, or as applied",
	 .help = "room for N prefixes of each family"},
	{},
};

struct applying {
	const struct cli *cli;
	const struct apply_options *options;
	const struct policy *policy;
	struct policy_session session;
	struct policy_members named; /* on the command line; real names, each once */
	char id[POLICY_ID_BYTES];    /* that one of them has, or empty */
	bool is_new;
	struct answer_notes notes;
	struct policy_members members; /* all that are in the policy afterwards */
	struct elsewhere elsewhere;
};

static int apply_add(struct applying *applying, const char *name, struct errmsg *why)
{
	struct attachment attachment;
	int err = session__find(&applying->session, name, &attachment, why);

	if (err)
		return err;
	if (attachment.mode == ATTACH_OFFLOAD)
		return errmsg__set(why, -EOPNOTSUPP,
				   "%s: a policy cannot rule in offload mode: attach it natively",
				   name);
	if (applying->id[0] && attachment.record.policy[0] &&
	    strcmp(applying->id, attachment.record.policy))
		return errmsg__set(why, -EBUSY,
				   "%s is in another policy than %s: 'xdpctl policy off %s' first",
				   attachment.interface, applying->named.interfaces[0],
				   attachment.interface);
	if (attachment.record.policy[0])
		memcpy(applying->id, attachment.record.policy, sizeof(applying->id));
	if (policy_members__has(&applying->named, attachment.interface))
		return 0;
	if (applying->named.count == POLICY_MAX_INTERFACES)
		return errmsg__set(why, -E2BIG, "a policy is for at most %d interfaces",
				   POLICY_MAX_INTERFACES);
	memcpy(applying->named.interfaces[applying->named.count++], attachment.interface, IFNAMSIZ);
	return 0;
}

static int check_peers(struct applying *applying, struct errmsg *why)
{
	struct timed_prefixes timed = {};
	int err = 0;

	if (applying->id[0])
		err = policy_store__timed(applying->id, &timed, why);
	if (err)
		return err;
	err = lockout__check(applying->policy, &timed, why);
	timed_prefixes__free(&timed);
	return err;
}

static int use_or_create(struct applying *applying, struct errmsg *why)
{
	__u32 wanted = applying->options->max_prefixes;
	struct policy_session *session = &applying->session;
	int err;

	if (!applying->id[0]) {
		applying->is_new = true;
		return session__create(session, policy_pins__new_id(applying->id),
				       wanted ?: POLICY_DEFAULT_MAX_PREFIXES, why);
	}
	err = session__use(session, applying->id, why);
	if (!err && wanted && wanted != policy_maps__max_prefixes(session->home.maps))
		err = errmsg__set(why, -EEXIST,
				  "the policy of %s has room for %u prefixes: 'xdpctl policy off' "
				  "first to change that",
				  applying->named.interfaces[0],
				  policy_maps__max_prefixes(session->home.maps));
	return err;
}

/* What was not there before goes again. */
static void apply_undo(struct applying *applying, size_t armed)
{
	const struct policy_session *session = &applying->session;

	for (size_t i = 0; applying->is_new && i < armed; i++)
		session__disarm(session, applying->named.interfaces[i], NULL);
	if (!applying->is_new) {
		if (!applying->options->no_confirm)
			policy_switch__revert(&session->home, NULL);
		return;
	}
	policy_pins__remove(session->home.id, NULL);
	policy_store__remove(session->home.id, NULL);
}

static int switch_and_arm(struct applying *applying, struct policy_switched *ret,
			  struct errmsg *why)
{
	const struct apply_options *options = applying->options;
	const struct policy_session *session = &applying->session;
	size_t armed = 0;
	int err;

	err = policy_switch__apply(&session->home, applying->policy,
				   options->no_confirm ? 0 : options->within_s, ret, why);
	if (err && !applying->is_new)
		return err;
	while (!err && armed < applying->named.count) {
		err = session__arm(session, applying->named.interfaces[armed], why);
		armed += !err;
	}
	if (err) {
		apply_undo(applying, armed);
		return err;
	}
	err = session__save_members(session, why);
	if (err || !policy__has_answers(applying->policy))
		return err;
	return answer_notes__take(session, &applying->named, &applying->notes, why);
}

static void print_applied(const struct applying *applying, const struct policy_switched *switched)
{
	const struct apply_options *options = applying->options;

	members__print(&applying->members);
	printf(": policy %s, generation %llu, %s\n", applying->session.home.id,
	       switched->generation, options->no_confirm ? "confirmed" : "to be confirmed");
	elsewhere__print(&applying->elsewhere);
	policy__print_summary(applying->policy);
	if (applying->cli->verbose)
		printf("  built in %.1f ms, switched in %.1f ms\n", switched->build_ns / 1e6,
		       switched->switch_ns / 1e6);
	if (!options->no_confirm)
		printf("  'xdpctl policy confirm %s' keeps it; without, it ends in %u s\n",
		       UTF8_PRINTABLE(applying->members.interfaces[0]), options->within_s);
}

static int report_applied(struct applying *applying, const struct policy_switched *switched,
			  struct errmsg *why)
{
	const struct apply_options *options = applying->options;
	int err = session__members(&applying->session, &applying->members, why);

	if (!err)
		err = elsewhere__find(&applying->session, &applying->elsewhere, why);
	session__unlock(&applying->session);
	if (err)
		return err;
	answer_notes__print(&applying->notes, applying->cli);
	cookie_notes__print(applying->policy, applying->cli);
	if (!applying->cli->json) {
		print_applied(applying, switched);
		return 0;
	}
	return cli__print_json(
		json_pack("{s:i, s:s, s:o, s:o, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
			  "schema", JSON_SCHEMA, "id", applying->session.home.id, "interfaces",
			  members_to_json(&applying->members), "elsewhere",
			  elsewhere__to_json(&applying->elsewhere), "generation",
			  (json_int_t)switched->generation, "confirmed", options->no_confirm,
			  "confirm_within_ns",
			  options->no_confirm ? (json_int_t)0
					      : (json_int_t)(options->within_s * NS_PER_S),
			  "ipv4_prefixes", (json_int_t)switched->ipv4_prefixes, "ipv6_prefixes",
			  (json_int_t)switched->ipv6_prefixes, "build_ns",
			  (json_int_t)switched->build_ns, "switch_ns",
			  (json_int_t)switched->switch_ns, "entries",
			  policy__summary_to_json(applying->policy), "not_answerable",
			  answer_notes__to_json(&applying->notes)),
		why);
}

static int apply_locked(struct applying *applying, const char **interfaces, struct errmsg *why)
{
	struct policy_switched switched;
	int err = 0;

	for (; !err && *interfaces; interfaces++)
		err = apply_add(applying, *interfaces, why);
	if (err)
		return err;
	err = check_peers(applying, why);
	if (err)
		return err;
	err = use_or_create(applying, why);
	if (err)
		return err;
	err = switch_and_arm(applying, &switched, why);
	return err ? err : report_applied(applying, &switched, why);
}

static int run_policy_apply(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct applying applying = {.cli = cli, .options = cli->options};
	struct policy policy;
	int err;

	err = policy_file__read(cli, operands[0], applying.options->no_management, &policy, why);
	if (err)
		return err;
	applying.policy = &policy;
	err = session__open(cli, &applying.session, why);
	if (!err)
		err = apply_locked(&applying, operands + 1, why);
	session__close(&applying.session);
	policy__free(&policy);
	return err;
}

const struct command policy_apply_command = {
	.name = "policy apply",
	.operands = "FILE IFACE...",
	.summary = "put a policy in force, on trial until it is confirmed",
	.min_operands = 2,
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = apply_options,
	.options_bytes = sizeof(struct apply_options),
	.run = run_policy_apply,
};
