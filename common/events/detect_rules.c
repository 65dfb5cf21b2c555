// SPDX-License-Identifier: GPL-2.0-only
// detect_rules: thresholds by victim.
#include "common/events/detect_rules.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#define ABOVE_PER_BELOW 4

struct detect_rules detect_rules__defaults(void)
{
	return (struct detect_rules){
		.fallback = {.above_pps = DETECT_ABOVE_PPS,
			     .below_pps = DETECT_BELOW_PPS,
			     .hold_s = DETECT_HOLD_S,
			     .unfinished_pps = DETECT_UNFINISHED_PPS},
	};
}

static bool has_port(const struct detect_rule *rule, const struct endpoint *victim)
{
	for (size_t i = 0; i < rule->port_count; i++)
		if (rule->ports[i] == ntohs(victim->port))
			return true;
	return !rule->port_count;
}

/* Return: the length of the longest prefix that has the victim; -1: none. */
static int matching_bits(const struct detect_rule *rule, const struct endpoint *victim)
{
	int bits = -1;

	if (!has_port(rule, victim))
		return -1;
	for (size_t i = 0; i < rule->victim_count; i++)
		if (rule->victims[i].bits > bits && prefix__contains(&rule->victims[i], victim))
			bits = rule->victims[i].bits;
	return bits;
}

const struct detect_thresholds *detect_rules__find(const struct detect_rules *rules,
						   const struct endpoint *victim,
						   const char **ret_name)
{
	const struct detect_thresholds *found = &rules->fallback;
	int longest = -1;

	*ret_name = DETECT_DEFAULT_NAME;
	for (size_t i = 0; i < rules->count; i++) {
		const struct detect_rule *rule = &rules->rules[i];
		int bits = matching_bits(rule, victim);

		if (bits <= longest)
			continue;
		longest = bits;
		found = &rule->thresholds;
		*ret_name = rule->name;
	}
	return found;
}

__u32 detect_thresholds__below(__u32 above_pps)
{
	return above_pps > ABOVE_PER_BELOW ? above_pps / ABOVE_PER_BELOW : 1;
}

int detect_rules__make_room(struct detect_rules *rules)
{
	rules->rules = calloc(DETECT_MAX_RULES, sizeof(*rules->rules));
	return rules->rules ? 0 : -ENOMEM;
}

struct prefix *detect_rule__add_victim(struct detect_rule *rule)
{
	struct prefix *grown = reallocarray(rule->victims, rule->victim_count + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	rule->victims = grown;
	return &grown[rule->victim_count++];
}

void detect_rules__free(struct detect_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		free(rules->rules[i].victims);
	free(rules->rules);
}
