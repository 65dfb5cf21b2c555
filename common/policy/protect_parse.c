// SPDX-License-Identifier: GPL-2.0-only
// protect_parse: limits and the rules of 'protect', read from YAML.
#include <errno.h>
#include <stddef.h>

#include "common/base/quantity.h"
#include "common/policy/policy_reading.h"
#include "common/policy/policy_values.h"

#define DEFAULT_RATE_PPS 20
#define BURST_PER_RATE 3
#define DEFAULT_HOLD_S 60

static void finish_limit(struct limit_rule *limit, struct yaml_value value)
{
	limit->given = true;
	limit->origin = policy_origin__of(value);
	limit->rate_pps = limit->rate_pps ?: DEFAULT_RATE_PPS;
	if (!limit->burst)
		limit->burst = limit->rate_pps < POLICY_MAX_BURST / BURST_PER_RATE
				       ? limit->rate_pps * BURST_PER_RATE
				       : POLICY_MAX_BURST;
}

int policy_reading__limit(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"rate", .parse = quantity__rate, .offset = offsetof(struct limit_rule, rate_pps)},
		{"burst", .parse = policy_value__burst,
		 .offset = offsetof(struct limit_rule, burst)},
		{"mode", .parse = policy_value__mode, .offset = offsetof(struct limit_rule, mode)},
		{}};
	struct policy_reading *reading = context;
	int err = yaml__take_keys(value, keys, &reading->policy->limit, why);

	if (!err)
		finish_limit(&reading->policy->limit, value);
	return err;
}

static int take_protect_limit(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"rate", .parse = quantity__rate, .offset = offsetof(struct limit_rule, rate_pps)},
		{"burst", .parse = policy_value__burst,
		 .offset = offsetof(struct limit_rule, burst)},
		{}};
	struct policy_reading *reading = context;
	int err = yaml__take_keys(value, keys, &reading->protect.limit, why);

	if (!err)
		finish_limit(&reading->protect.limit, value);
	return err;
}

static int take_victims(struct yaml_value value, void *context, struct errmsg *why)
{
	struct policy_reading *reading = context;

	reading->list = &reading->protect.victims;
	return policy_reading__prefixes(value, reading, why);
}

/* Always, or between two rates. */
static int finish_armed(struct yaml_value item, struct protect_rule *protect, struct errmsg *why)
{
	static const char *const rates[] = {"above", "below", "hold"};
	struct yaml_value value;

	for (int i = 0; protect->armed == ARMED_ALWAYS && i < 3; i++)
		if (yaml__has(item, rates[i], &value))
			return yaml__error(value, why,
					   "%s: '%s' contradicts 'armed: always': remove one of "
					   "them",
					   protect->name, rates[i]);
	if (protect->armed == ARMED_ALWAYS)
		return 0;
	if (!protect->above_pps)
		return yaml__error(item, why, "%s: 'above' is missing", protect->name);
	if (!protect->below_pps)
		protect->below_pps = protect->above_pps > 4 ? protect->above_pps / 4 : 1;
	if (protect->below_pps >= protect->above_pps)
		return yaml__error(item, why, "%s: 'below' (%u/s) must be less than 'above' (%u/s)",
				   protect->name, protect->below_pps, protect->above_pps);
	return 0;
}

static int finish_action(struct yaml_value item, const struct protect_rule *protect,
			 struct errmsg *why)
{
	const char *word = policy_action_words[protect->action];
	struct yaml_value value;

	if (!policy_action__verifies(protect->action) && yaml__has(item, "trust", &value))
		return yaml__error(value, why,
				   "%s: 'trust' means nothing to 'action: %s', which verifies no "
				   "source: remove one of them",
				   protect->name, word);
	return 0;
}

static int finish_protect(struct yaml_value item, struct policy_reading *reading,
			  struct errmsg *why)
{
	struct protect_rule *protect = &reading->protect;
	int err;

	if (!protect->name[0])
		return yaml__error(item, why, "'name' is missing");
	if (!protect->victims.count)
		return yaml__error(item, why, "%s: 'victims' are missing", protect->name);
	err = finish_armed(item, protect, why);
	if (!err)
		err = finish_action(item, protect, why);
	if (err)
		return err;
	if (policy__protect(reading->policy, protect->name))
		return yaml__error(item, why, "the name '%s' is given twice", protect->name);
	protect->ports = reading->ports;
	return 0;
}

static int take_protect(struct yaml_value item, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"name", .parse = policy_value__rule_name,
		 .offset = offsetof(struct policy_reading, protect.name)},
		{"victims", .take = take_victims},
		{"ports", .take = policy_reading__ports},
		{"above", .parse = quantity__rate,
		 .offset = offsetof(struct policy_reading, protect.above_pps)},
		{"below", .parse = quantity__rate,
		 .offset = offsetof(struct policy_reading, protect.below_pps)},
		{"hold", .parse = quantity__duration,
		 .offset = offsetof(struct policy_reading, protect.hold_s)},
		{"mode", .parse = policy_value__mode,
		 .offset = offsetof(struct policy_reading, protect.mode)},
		{"armed", .parse = policy_value__armed,
		 .offset = offsetof(struct policy_reading, protect.armed)},
		{"action", .parse = policy_value__action,
		 .offset = offsetof(struct policy_reading, protect.action)},
		{"trust", .parse = quantity__duration,
		 .offset = offsetof(struct policy_reading, protect.trust_s)},
		{"limit", .take = take_protect_limit},
		{}};
	struct policy_reading *reading = context;
	struct policy *policy = reading->policy;
	int err;

	if (policy->protect_count == POLICY_MAX_PROTECTS)
		return yaml__error(item, why, "more than %d rules", POLICY_MAX_PROTECTS);
	reading->protect = (struct protect_rule){
		.origin = policy_origin__of(item),
		.hold_s = DEFAULT_HOLD_S,
		.action = POLICY_ACTION_CHALLENGE,
		.trust_s = POLICY_DEFAULT_TRUST_S,
	};
	reading->ports = (struct port_list){};
	err = yaml__take_keys(item, keys, reading, why);
	if (!err)
		err = finish_protect(item, reading, why);
	if (err)
		policy_list__free(&reading->protect.victims);
	else
		policy->protects[policy->protect_count++] = reading->protect;
	return err;
}

int policy_reading__protects(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each_item(value, take_protect, context, why);
}
