// SPDX-License-Identifier: GPL-2.0-only
// events_config: what is detected, who is told, and what is kept, as read from a file.
#include "common/events/events_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/abi/sample.h"
#include "common/base/number.h"
#include "common/base/quantity.h"
#include "common/base/yaml.h"
#include "common/events/events_values.h"

#define MAX_BYTES (1u << 20)
#define DEFAULT_SAMPLES_PPS 50
#define DEFAULT_ATTACK_SAMPLES 200

/* A configuration while it is read. */
struct config_reading {
	struct events_config *config;
	int version;              /* 0: none is given */
	struct detect_rule *rule; /* that is read */
};

struct events_config events_config__defaults(void)
{
	return (struct events_config){
		.detect = detect_rules__defaults(),
		.evidence = {.rate_pps = DEFAULT_SAMPLES_PPS,
			     .attack = DEFAULT_ATTACK_SAMPLES,
			     .snap_bytes = SAMPLE_BYTES,
			     .attack_bytes = 1 << 20,
			     .total_bytes = 64 << 20},
	};
}

static int take_rule_victim(struct yaml_value item, void *context, struct errmsg *why)
{
	struct detect_rule *rule = ((struct config_reading *)context)->rule;
	struct prefix *victim;

	if (rule->victim_count == DETECT_MAX_VICTIMS)
		return yaml__error(item, why, "more than %d prefixes", DETECT_MAX_VICTIMS);
	victim = detect_rule__add_victim(rule);
	return victim ? yaml__parse(item, prefix__parse, "prefix", victim, why) : -ENOMEM;
}

static int take_rule_victims(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each_item(value, take_rule_victim, context, why);
}

static int take_rule_port(struct yaml_value item, void *context, struct errmsg *why)
{
	struct detect_rule *rule = ((struct config_reading *)context)->rule;
	struct errmsg reason = {};
	const char *text;
	__u64 port;
	int err = yaml__text(item, &text, why);

	if (err)
		return err;
	if (number__u64("port", text, 1, 65535, &port, &reason))
		return yaml__error(item, why, "%s", reason.text);
	if (rule->port_count == DETECT_MAX_PORTS)
		return yaml__error(item, why, "more than %d ports", DETECT_MAX_PORTS);
	rule->ports[rule->port_count++] = port;
	return 0;
}

static int take_rule_ports(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each_item(value, take_rule_port, context, why);
}

static int take_threshold(struct yaml_value value, const char *what,
			  int (*parse)(const char *what, const char *text, void *ret,
				       struct errmsg *why),
			  size_t offset, void *context, struct errmsg *why)
{
	struct detect_rule *rule = ((struct config_reading *)context)->rule;

	return yaml__parse(value, parse, what, (char *)&rule->thresholds + offset, why);
}

#define TAKE_THRESHOLD(key, parse, member)                                                       \
	static int take_##key(struct yaml_value value, void *context, struct errmsg *why)        \
	{                                                                                        \
		return take_threshold(value, #key, parse,                                        \
				      offsetof(struct detect_thresholds, member), context, why); \
	}

TAKE_THRESHOLD(above, quantity__rate, above_pps)
TAKE_THRESHOLD(below, quantity__rate, below_pps)
TAKE_THRESHOLD(hold, quantity__duration, hold_s)
TAKE_THRESHOLD(unfinished, events_value__rate_or_off, unfinished_pps)

/* Keys that are not given are those of the default; `below` follows `above`. */
static int finish_thresholds(struct yaml_value value, struct detect_rule *rule, struct errmsg *why)
{
	struct detect_thresholds *thresholds = &rule->thresholds;
	struct yaml_value given;

	if (yaml__has(value, "above", &given) && !yaml__has(value, "below", &given))
		thresholds->below_pps = detect_thresholds__below(thresholds->above_pps);
	if (thresholds->below_pps >= thresholds->above_pps)
		return yaml__error(value, why,
				   "%s: 'below' (%u/s) must be less than 'above' (%u/s)",
				   rule->name, thresholds->below_pps, thresholds->above_pps);
	return 0;
}

static int take_default(struct yaml_value value, struct config_reading *reading, struct errmsg *why)
{
	static const struct yaml_key keys[] = {{"above", .take = take_above},
					       {"below", .take = take_below},
					       {"hold", .take = take_hold},
					       {"unfinished", .take = take_unfinished},
					       {}};
	struct detect_rules *detect = &reading->config->detect;
	struct detect_rule rule = {.name = DETECT_DEFAULT_NAME, .thresholds = detect->fallback};
	int err;

	/* cppcheck-suppress autoVariables ; until the keys are taken */
	reading->rule = &rule;
	err = yaml__take_keys(value, keys, reading, why);
	reading->rule = NULL;
	if (!err)
		err = finish_thresholds(value, &rule, why);
	detect->fallback = rule.thresholds;
	return err;
}

static int read_rule(struct yaml_value value, struct config_reading *reading, struct errmsg *why)
{
	static const struct yaml_key keys[] = {{"victims", .take = take_rule_victims},
					       {"ports", .take = take_rule_ports},
					       {"above", .take = take_above},
					       {"below", .take = take_below},
					       {"hold", .take = take_hold},
					       {"unfinished", .take = take_unfinished},
					       {}};
	int err = yaml__take_keys(value, keys, reading, why);

	if (err)
		return err;
	if (!reading->rule->victim_count)
		return yaml__error(value, why, "%s: 'victims' are missing", reading->rule->name);
	return finish_thresholds(value, reading->rule, why);
}

/* The default comes first: rules without a threshold have its. */
static int take_rule(struct yaml_value key, struct yaml_value value, void *context,
		     struct errmsg *why)
{
	struct config_reading *reading = context;
	struct detect_rules *detect = &reading->config->detect;
	struct detect_rule *rule = &detect->rules[detect->count];
	char name[POLICY_NAME_BYTES];
	int err = yaml__parse(key, events_value__name, "rule", name, why);

	if (err || !strcmp(name, DETECT_DEFAULT_NAME))
		return err;
	if (detect->count == DETECT_MAX_RULES)
		return yaml__error(key, why, "more than %d rules", DETECT_MAX_RULES);
	for (size_t i = 0; i < detect->count; i++)
		if (!strcmp(detect->rules[i].name, name))
			return yaml__error(key, why, "the name '%s' is given twice", name);
	*rule = (struct detect_rule){.thresholds = detect->fallback};
	memcpy(rule->name, name, sizeof(name));
	detect->count++;
	reading->rule = rule;
	return read_rule(value, reading, why);
}

static int take_detect(struct yaml_value value, void *context, struct errmsg *why)
{
	struct config_reading *reading = context;
	struct detect_rules *detect = &reading->config->detect;
	struct yaml_value fallback;
	int err;

	err = detect_rules__make_room(detect);
	if (err)
		return err;
	if (yaml__is_mapping(value) && yaml__has(value, DETECT_DEFAULT_NAME, &fallback))
		err = take_default(fallback, reading, why);
	return err ?: yaml__each(value, take_rule, reading, why);
}

static int take_sources(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"above", .parse = events_value__rate_or_off,
		 .offset = offsetof(struct detect_rules, source_above_pps)},
		{}};

	return yaml__take_keys(value, keys, &((struct config_reading *)context)->config->detect,
			       why);
}

static int take_notify(struct yaml_value value, void *context, struct errmsg *why)
{
	struct events_config *config = ((struct config_reading *)context)->config;

	return notify_hooks__read(value, &config->hooks, &config->hook_count, why);
}

static int take_evidence(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"rate", .parse = quantity__rate,
		 .offset = offsetof(struct evidence_config, rate_pps)},
		{"attack", .parse = events_value__samples,
		 .offset = offsetof(struct evidence_config, attack)},
		{"snap", .parse = events_value__snap,
		 .offset = offsetof(struct evidence_config, snap_bytes)},
		{"per_attack", .parse = quantity__bytes,
		 .offset = offsetof(struct evidence_config, attack_bytes)},
		{"total", .parse = quantity__bytes,
		 .offset = offsetof(struct evidence_config, total_bytes)},
		{}};
	struct evidence_config *evidence = &((struct config_reading *)context)->config->evidence;
	int err = yaml__take_keys(value, keys, evidence, why);

	if (!err && evidence->attack_bytes > evidence->total_bytes)
		err = yaml__error(value, why, "'per_attack' must not be more than 'total'");
	return err;
}

static int parse_version(const char *what, const char *text, void *ret, struct errmsg *why)
{
	return number__version(what, text, EVENTS_CONFIG_VERSION, ret, why);
}

static int read_config_root(struct yaml_value root, struct config_reading *reading,
			    struct errmsg *why)
{
	static const struct yaml_key keys[] = {{"xdpctl-events", .parse = parse_version,
						.offset = offsetof(struct config_reading, version)},
					       {"detect", .take = take_detect},
					       {"sources", .take = take_sources},
					       {"notify", .take = take_notify},
					       {"evidence", .take = take_evidence},
					       {}};
	int err = yaml__take_keys(root, keys, reading, why);

	if (!err && !reading->version)
		err = yaml__error(root, why,
				  "'xdpctl-events: %d' is missing: is this a configuration of "
				  "events?",
				  EVENTS_CONFIG_VERSION);
	return err;
}

int events_config__read(const char *path, struct events_config *ret, struct errmsg *why)
{
	struct config_reading reading = {.config = ret};
	struct yaml_file *file;
	int err = yaml__open(path, MAX_BYTES, &file, why);

	if (err)
		return err;
	*ret = events_config__defaults();
	err = read_config_root(yaml__root(file), &reading, why);
	yaml__close(file);
	if (err)
		events_config__free(ret);
	return err;
}

void events_config__free(struct events_config *config)
{
	detect_rules__free(&config->detect);
	notify_hooks__free(config->hooks, config->hook_count);
}
