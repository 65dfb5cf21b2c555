// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_show: `xdpctl policy show`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/policy/quantity.h"
#include "ctl/commands.h"
#include "ctl/policy/policy_output.h"
#include "ctl/policy/session.h"

static void print_timed(const struct timed_prefixes *timed)
{
	__u64 now_ns = clock__wall_ns();

	for (size_t i = 0; i < timed->count; i++) {
		const struct timed_prefix *entry = &timed->prefixes[i];
		char prefix[PREFIX_TEXT_BYTES], left[QUANTITY_TEXT_BYTES];

		if (entry->until_ns && entry->until_ns <= now_ns)
			continue;
		printf("  %s by hand: %s", entry->allow ? "allow" : "deny",
		       prefix__text(&entry->prefix, prefix));
		if (entry->until_ns)
			printf(", for another %s",
			       quantity__duration_text(
				       (entry->until_ns - now_ns + NS_PER_S - 1) / NS_PER_S, left));
		printf("%s%s\n", entry->reason[0] ? ": " : "", UTF8_PRINTABLE(entry->reason));
	}
}

/* The policy that rules, as a file that can be applied. */
static int print_policy_document(const struct policy *policy, struct errmsg *why)
{
	struct policy_text text;
	int err = policy_text__write(policy, &text);

	(void)why;
	if (err)
		return err;
	fwrite(text.text, 1, text.bytes, stdout);
	policy_text__free(&text);
	return 0;
}

static int print_shown(const struct policy_session *session, enum policy_slot slot,
		       const struct policy *policy, struct errmsg *why)
{
	struct policy_members members;
	struct timed_prefixes timed;
	int err, left_s;

	err = session__members(session, &members, why);
	if (err)
		return err;
	err = left_s = policy_switch__left_s(&session->home, why);
	if (err >= 0)
		err = policy_store__timed(session->home.id, &timed, why);
	if (err < 0)
		return err;
	members__print(&members);
	printf(": policy %s, ", session->home.id);
	if (slot == POLICY_CANDIDATE)
		printf("on trial for another %d s\n", left_s);
	else
		puts(slot == POLICY_CONFIRMED ? "confirmed" : "without rules");
	policy__print_summary(policy);
	print_timed(&timed);
	timed_prefixes__free(&timed);
	return 0;
}

/* A session_work. */
static int show_policy(const struct cli *cli, struct policy_session *session,
		       const struct attachment *attachment, void *context, struct errmsg *why)
{
	struct policy policy;
	int err, slot = policy_switch__read(&session->home, &policy, why);

	(void)attachment;
	(void)context;
	if (slot < 0)
		return slot;
	err = cli->json ? print_policy_document(&policy, why)
			: print_shown(session, slot, &policy, why);
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
