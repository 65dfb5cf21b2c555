// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_show: `xdpctl policy show`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/quantity.h"
#include "common/base/utf8.h"
#include "ctl/commands.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"
#include "ctl/render/policy_text.h"

#define MAX_LISTED 8 /* prefixes of a list in text */

static void print_timed(const struct timed_prefixes *timed)
{
	__u64 now_ns = clock__wall_ns();

	for (size_t i = 0; i < timed->count; i++) {
		const struct timed_prefix *entry = &timed->prefixes[i];
		char prefix[PREFIX_TEXT_BYTES], left[QUANTITY_TEXT_BYTES];

		printf("  %s by hand: %s", entry->allow ? "allow" : "deny",
		       prefix__text(&entry->prefix, prefix));
		if (entry->until_ns)
			printf(", for another %s",
			       quantity__duration_text(
				       (entry->until_ns - now_ns + NS_PER_S - 1) / NS_PER_S, left));
		printf("%s%s\n", entry->reason[0] ? ": " : "", UTF8_PRINTABLE(entry->reason));
	}
}

/* What is known of a policy besides its rules. */
struct shown {
	const struct policy_session *session;
	enum policy_slot slot; /* POLICY_SLOTS: no rules */
	struct policy_members members;
	struct timed_prefixes timed;
	int left_s; /* of the trial */
};

static int shown_read(struct shown *shown, struct errmsg *why)
{
	const struct policy_home *home = &shown->session->home;
	int err = session__members(shown->session, &shown->members, why);

	if (err)
		return err;
	err = shown->left_s = policy_switch__left_s(home, why);
	if (err >= 0)
		err = policy_store__timed(home->id, &shown->timed, why);
	if (err)
		return err;
	timed_prefixes__expire(&shown->timed, clock__wall_ns());
	return 0;
}

static json_t *timed_to_json(const struct timed_prefixes *timed)
{
	json_t *list = json_array();

	for (size_t i = 0; i < timed->count; i++) {
		const struct timed_prefix *entry = &timed->prefixes[i];
		char prefix[PREFIX_TEXT_BYTES];

		json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "prefix",
						      prefix__text(&entry->prefix, prefix),
						      "verdict", entry->allow ? "allow" : "deny",
						      "until_ns", integer_or_null(entry->until_ns),
						      "reason", utf8__json(entry->reason)));
	}
	return list;
}

static json_t *shown_to_json(const struct shown *shown)
{
	__u64 left_ns = (__u64)shown->left_s * NS_PER_S;

	return json_pack("{s:s, s:o, s:s?, s:o, s:o}", "id", shown->session->home.id, "interfaces",
			 members_to_json(&shown->members), "in_force",
			 policy_slot_names[shown->slot], "confirm_before_ns",
			 integer_or_null(left_ns ? clock__wall_ns() + left_ns : 0), "by_hand",
			 timed_to_json(&shown->timed));
}

/* A file that can be applied; a reader of policies ignores the key 'shown'. */
static int print_policy_document(const struct shown *shown, const struct policy *policy)
{
	struct policy_text text;
	json_t *known;
	int err = policy_text__write(policy, &text);

	if (err)
		return err;
	known = shown_to_json(shown);
	err = known ? 0 : -ENOMEM;
	if (known) {
		printf("{\n  \"shown\": ");
		json_dumpf(known, stdout, 0);
		/* Without the brace that it begins with. */
		printf(",%.*s", (int)text.bytes - 1, text.text + 1);
	}
	json_decref(known);
	policy_text__free(&text);
	return err;
}

static void print_list(const char *name, const struct policy_list *list)
{
	char prefix[PREFIX_TEXT_BYTES];

	if (!list->count)
		return;
	printf("  %s:", name);
	for (size_t i = 0; i < list->count && i < MAX_LISTED; i++)
		printf(" %s", prefix__text(&list->prefixes[i].prefix, prefix));
	if (list->count > MAX_LISTED)
		printf(" and %zu more: -j prints them all", list->count - MAX_LISTED);
	putchar('\n');
}

static void print_ports(const struct port_list *ports)
{
	for (int i = 0; i < ports->count; i++)
		printf("%s %u", i ? "," : " ports", ports->ports[i]);
}

static void print_managers(const struct policy *policy)
{
	char prefix[PREFIX_TEXT_BYTES];

	for (size_t i = 0; i < policy->management_count && i < MAX_LISTED; i++) {
		printf("  management: %s",
		       prefix__text(&policy->management[i].source.prefix, prefix));
		print_ports(&policy->management[i].ports);
		putchar('\n');
	}
	if (policy->management_count > MAX_LISTED)
		printf("  management: %zu more: -j prints them all\n",
		       policy->management_count - MAX_LISTED);
}

static void print_victims(const struct protect_rule *protect)
{
	char trust[QUANTITY_TEXT_BYTES];

	print_list(protect->name, &protect->victims);
	printf("  %s:", protect->name);
	if (protect->ports.count)
		print_ports(&protect->ports);
	else
		printf(" all ports");
	if (policy_action__verifies(protect->action))
		printf("; trust %s", quantity__duration_text(protect->trust_s, trust));
	if (protect->limit.given)
		printf("; limit %u/s, burst %u", protect->limit.rate_pps, protect->limit.burst);
	putchar('\n');
}

static void print_shown(const struct shown *shown, const struct policy *policy)
{
	members__print(&shown->members);
	printf(": policy %s, ", shown->session->home.id);
	if (shown->slot == POLICY_CANDIDATE)
		printf("on trial for another %d s\n", shown->left_s);
	else
		puts(shown->slot == POLICY_CONFIRMED ? "confirmed" : "without rules");
	policy__print_summary(policy);
	if (policy->answer_limit_pps)
		printf("  answer limit: %u/s of each CPU\n", policy->answer_limit_pps);
	print_managers(policy);
	print_list("allow", &policy->allow);
	print_list("deny", &policy->deny);
	for (size_t i = 0; i < policy->protect_count; i++)
		print_victims(&policy->protects[i]);
	print_timed(&shown->timed);
}

static int show_read(const struct cli *cli, struct shown *shown, const struct policy *policy,
		     struct errmsg *why)
{
	int err = shown_read(shown, why);

	if (!err && cli->json)
		err = print_policy_document(shown, policy);
	else if (!err)
		print_shown(shown, policy);
	timed_prefixes__free(&shown->timed);
	return err;
}

/* A session_work. */
static int show_policy(const struct cli *cli, struct policy_session *session,
		       const struct attachment *attachment, void *context, struct errmsg *why)
{
	struct shown shown = {.session = session};
	struct policy policy;
	int err, slot = policy_switch__read(&session->home, &policy, why);

	(void)attachment;
	(void)context;
	if (slot < 0)
		return slot;
	shown.slot = slot;
	err = show_read(cli, &shown, &policy, why);
	policy__free(&policy);
	return err;
}

static int run_policy_show(const struct cli *cli, const char **operands, struct errmsg *why)
{
	return session__read(cli, operands[0], show_policy, NULL, why);
}

const struct command policy_show_command = {
	.name = "policy show",
	.operands = "IFACE",
	.summary = "show the policy that rules; -j prints a file that can be applied",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.run = run_policy_show,
};
