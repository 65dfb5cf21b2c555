// SPDX-License-Identifier: GPL-2.0-only
// policy_text: a policy as JSON that can be read again.
#include "common/policy/policy_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/quantity.h"
#include "common/base/sha256.h"

/* Every text in a policy is of letters, digits and a few marks: nothing needs an escape. */

static void write_prefixes(FILE *out, const struct policy_list *list)
{
	char buf[PREFIX_TEXT_BYTES];

	fputc('[', out);
	for (size_t i = 0; i < list->count; i++)
		fprintf(out, "%s\n    \"%s\"", i ? "," : "",
			prefix__text(&list->prefixes[i].prefix, buf));
	fputc(']', out);
}

static void write_ports(FILE *out, const struct port_list *ports)
{
	for (int i = 0; i < ports->count; i++)
		fprintf(out, "%s%u", i ? ", " : ", \"ports\": [", ports->ports[i]);
	if (ports->count)
		fputc(']', out);
}

static void write_management(FILE *out, const struct policy *policy)
{
	char buf[PREFIX_TEXT_BYTES];

	fputs("  \"management\": [", out);
	for (size_t i = 0; i < policy->management_count; i++) {
		const struct policy_management *management = &policy->management[i];

		fprintf(out, "%s\n    {\"source\": \"%s\"", i ? "," : "",
			prefix__text(&management->source.prefix, buf));
		write_ports(out, &management->ports);
		fputc('}', out);
	}
	fputs("],\n", out);
}

static void write_limit(FILE *out, const struct limit_rule *limit)
{
	fprintf(out, "\"limit\": {\"rate\": \"%u/s\", \"burst\": %u", limit->rate_pps,
		limit->burst);
}

static void write_armed(FILE *out, const struct protect_rule *protect)
{
	char hold[QUANTITY_TEXT_BYTES];

	if (protect->armed == ARMED_ALWAYS)
		fprintf(out, ", \"armed\": \"%s\"", policy_armed_words[protect->armed]);
	else
		fprintf(out, ", \"above\": \"%u/s\", \"below\": \"%u/s\", \"hold\": \"%s\"",
			protect->above_pps, protect->below_pps,
			quantity__duration_text(protect->hold_s, hold));
}

static void write_protect(FILE *out, const struct protect_rule *protect)
{
	char trust[QUANTITY_TEXT_BYTES];

	fprintf(out, "\n    {\"name\": \"%s\", \"victims\": ", protect->name);
	write_prefixes(out, &protect->victims);
	write_ports(out, &protect->ports);
	write_armed(out, protect);
	fprintf(out, ", \"mode\": \"%s\", \"action\": \"%s\"", policy_mode_words[protect->mode],
		policy_action_words[protect->action]);
	if (policy_action__verifies(protect->action))
		fprintf(out, ", \"trust\": \"%s\"",
			quantity__duration_text(protect->trust_s, trust));
	if (protect->limit.given) {
		fputs(", ", out);
		write_limit(out, &protect->limit);
		fputc('}', out);
	}
	fputc('}', out);
}

static void write_policy(FILE *out, const struct policy *policy)
{
	fprintf(out, "{\n  \"xdpctl-policy\": %d,\n", POLICY_VERSION);
	write_management(out, policy);
	fputs("  \"allow\": ", out);
	write_prefixes(out, &policy->allow);
	fputs(",\n  \"deny\": {\"prefixes\": ", out);
	write_prefixes(out, &policy->deny);
	fprintf(out, ", \"mode\": \"%s\"},\n  \"fragments\": {\"tiny\": \"%s\"},\n",
		policy_mode_words[policy->deny.mode],
		policy_fragments_words[policy->tiny_fragments]);
	if (policy->limit.given) {
		fputs("  ", out);
		write_limit(out, &policy->limit);
		fprintf(out, ", \"mode\": \"%s\"},\n", policy_mode_words[policy->limit.mode]);
	}
	fprintf(out, "  \"answer_limit\": \"%u/s\",\n  \"protect\": [", policy->answer_limit_pps);
	for (size_t i = 0; i < policy->protect_count; i++) {
		if (i)
			fputc(',', out);
		write_protect(out, &policy->protects[i]);
	}
	fputs("]\n}\n", out);
}

int policy_text__write(const struct policy *policy, struct policy_text *ret)
{
	bool failed;
	FILE *out;

	*ret = (struct policy_text){};
	out = open_memstream(&ret->text, &ret->bytes);
	if (!out)
		return -ENOMEM;
	write_policy(out, policy);
	failed = ferror(out);
	if (fclose(out) || failed) {
		policy_text__free(ret);
		return -ENOMEM;
	}
	sha256(ret->text, ret->bytes, ret->digest);
	return 0;
}

void policy_text__free(struct policy_text *text)
{
	free(text->text);
	*text = (struct policy_text){};
}
