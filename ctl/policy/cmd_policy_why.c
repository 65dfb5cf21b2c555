// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_why: `xdpctl policy why`.
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "common/base/address_port.h"
#include "common/base/utf8.h"
#include "common/counts/policy_counts.h"
#include "common/dataplane/policy_peek.h"
#include "common/dataplane/policy_verified.h"
#include "common/dataplane/read.h"
#include "ctl/commands.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"

/* A question, and its answer. */
struct why_report {
	char interface[IFNAMSIZ]; /* its real name */
	struct endpoint source, victim;
	struct policy_answer answer;
	__u64 trusted_until_ns; /* since 1970; 0: the source is not trusted */
	struct policy_names names;
};

static int why_address(const char *what, const char *text, struct endpoint *ret, struct errmsg *why)
{
	if (!endpoint__parse(text, ret))
		return 0;
	return errmsg__usage(why, "%s: '%s' is not an IPv4 or IPv6 address", what, text);
}

static int why_victim(const char *text, struct endpoint *ret, struct errmsg *why)
{
	struct address_port parts;
	int err = address_port__parse("victim", text, &parts, why);

	if (!err)
		err = why_address("victim", parts.address, ret, why);
	if (!err)
		ret->port = htons(parts.port);
	return err;
}

static const char *why_rule(const struct why_report *report, __u8 rule)
{
	return rule ? report->names.rules[rule] : NULL;
}

/* By enum xdp_action. */
static const char *const why_verbs[] = {
	[XDP_DROP] = "is dropped", [XDP_PASS] = "passes", [XDP_TX] = "is answered"};
static const char *const why_infinitives[] = {
	[XDP_DROP] = "drop", [XDP_PASS] = "pass", [XDP_TX] = "answer"};

static void why_print(const struct why_report *report)
{
	const struct judgement *judgement = &report->answer.judgement;
	const char *rule = why_rule(report, judgement->rule);
	char source[ENDPOINT_LABEL_BYTES], victim[ENDPOINT_LABEL_BYTES];
	char time[TIME_TEXT_BYTES];

	printf("a SYN from %s to %s %s now: %s%s%s\n",
	       endpoint__label(&report->source, TABLE_SOURCES, NULL, source),
	       endpoint__label(&report->victim, TABLE_VICTIMS, NULL, victim),
	       why_verbs[reason_verdicts[judgement->reason]], reason_labels[judgement->reason],
	       rule ? ", by rule " : "", rule ?: "");
	if (judgement->shadow_rule)
		printf("  shadow rule %s would %s it: %s\n",
		       why_rule(report, judgement->shadow_rule),
		       why_infinitives[reason_verdicts[judgement->shadow_reason]],
		       reason_labels[judgement->shadow_reason]);
	if (report->trusted_until_ns)
		printf("  the source is trusted until %s\n",
		       time__text(report->trusted_until_ns, time));
}

static json_t *why_to_json(const struct why_report *report)
{
	const struct judgement *judgement = &report->answer.judgement;
	json_t *document = json_pack(
		"{s:i, s:o, s:o, s:o, s:s, s:s, s:s?, s:o}", "schema", JSON_SCHEMA, "interface",
		utf8__json(report->interface), "source",
		endpoint_to_json(&report->source, TABLE_SOURCES, NULL), "victim",
		endpoint_to_json(&report->victim, TABLE_VICTIMS, NULL), "verdict",
		verdict_names[reason_verdicts[judgement->reason]], "reason",
		reason_names[judgement->reason], "rule", why_rule(report, judgement->rule),
		"trusted_until_ns", integer_or_null(report->trusted_until_ns));

	if (judgement->shadow_rule)
		json_object_set_new(document, "shadow",
				    json_pack("{s:s, s:s}", "reason",
					      reason_names[judgement->shadow_reason], "rule",
					      why_rule(report, judgement->shadow_rule)));
	return document;
}

/* The program that was asked does not know of the interface. */
static int why_look_at_interface(const struct attachment *attachment, struct why_report *report,
				 struct errmsg *why)
{
	struct judgement *judgement = &report->answer.judgement;
	struct attachment copy = *attachment;
	struct dataplane *dataplane;
	struct snapshot snapshot;
	int err;

	if (reason_verdicts[judgement->reason] != XDP_TX)
		return 0;
	err = attachment__reopen(&copy, &dataplane, why);
	if (err)
		return err;
	err = dataplane__read_counts(dataplane, &snapshot, why);
	if (!err && snapshot.policy.cannot_answer)
		judgement->reason = REASON_NOT_ANSWERABLE;
	dataplane__close(dataplane);
	return err;
}

/* A session_work. */
static int why_ask(const struct cli *cli, struct policy_session *session,
		   const struct attachment *attachment, void *context, struct errmsg *why)
{
	const struct policy_maps *maps = session->home.maps;
	struct why_report *report = context;
	int err;

	(void)cli;
	memcpy(report->interface, attachment->interface, IFNAMSIZ);
	err = policy_maps__names(maps, &report->names, why);
	if (err)
		return err;
	err = policy_maps__trusted_until(maps, &report->source, &report->trusted_until_ns, why);
	if (err)
		return err;
	err = policy_peek__syn(maps, &report->source, &report->victim, &report->answer, why);
	return err ? err : why_look_at_interface(attachment, report, why);
}

static int run_policy_why(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct why_report report = {};
	int err;

	err = why_address("source", operands[1], &report.source, why);
	if (!err)
		err = why_victim(operands[2], &report.victim, why);
	if (err)
		return err;
	if (report.source.family != report.victim.family)
		return errmsg__usage(why, "'%s' and '%s' are of different families", operands[1],
				     operands[2]);
	err = session__read(cli, operands[0], why_ask, &report, why);
	if (err)
		return err;
	if (cli->json)
		return cli__print_json(why_to_json(&report), why);
	why_print(&report);
	return 0;
}

const struct command policy_why_command = {
	.name = "policy why",
	.operands = "IFACE SOURCE VICTIM:PORT",
	.summary = "say whether a SYN passes now, and by which rule",
	.min_operands = 3,
	.max_operands = 3,
	.takes = TAKES_JSON | TAKES_NETNS,
	.run = run_policy_why,
};
