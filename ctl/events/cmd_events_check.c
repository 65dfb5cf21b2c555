// SPDX-License-Identifier: GPL-2.0-only
// cmd_events_check: `xdpctl events check`.
#include <stdio.h>

#include "common/base/utf8.h"
#include "common/events/events_config.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"

static json_t *thresholds_to_json(const struct detect_thresholds *thresholds)
{
	return json_pack("{s:I, s:I, s:I, s:o}", "above_pps", (json_int_t)thresholds->above_pps,
			 "below_pps", (json_int_t)thresholds->below_pps, "hold_s",
			 (json_int_t)thresholds->hold_s, "unfinished_pps",
			 integer_or_null(thresholds->unfinished_pps));
}

static json_t *detect_rule_to_json(const struct detect_rule *rule)
{
	json_t *json = json_pack("{s:s}", "name", rule->name);
	json_t *victims = json_array(), *ports = json_array();
	char text[PREFIX_TEXT_BYTES];

	for (size_t i = 0; i < rule->victim_count; i++)
		json_array_append_new(victims, json_string(prefix__text(&rule->victims[i], text)));
	for (size_t i = 0; i < rule->port_count; i++)
		json_array_append_new(ports, json_integer(rule->ports[i]));
	json_object_set_new(json, "victims", victims);
	json_object_set_new(json, "ports", ports);
	json_object_update_new(json, thresholds_to_json(&rule->thresholds));
	return json;
}

static json_t *detect_to_json(const struct detect_rules *detect)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < detect->count; i++)
		json_array_append_new(rules, detect_rule_to_json(&detect->rules[i]));
	return json_pack("{s:o, s:o}", "default", thresholds_to_json(&detect->fallback), "rules",
			 rules);
}

static json_t *words_to_json(const char *const *words, __u32 bits)
{
	json_t *list = json_array();

	for (int i = 0; words[i]; i++)
		if (bits & 1u << i)
			json_array_append_new(list, json_string(words[i]));
	return list;
}

static json_t *hook_to_json(const struct notify_hook *hook)
{
	json_t *argv = hook->argv ? json_array() : json_null();

	for (size_t i = 0; hook->argv && hook->argv[i]; i++)
		json_array_append_new(argv, utf8__json(hook->argv[i]));
	return json_pack("{s:s, s:o, s:b, s:o, s:o, s:I}", "name", hook->name, "exec", argv,
			 "journald", hook->journald, "events",
			 words_to_json(event_kind_names, hook->kinds), "phases",
			 words_to_json(event_phase_names, hook->phases), "timeout_s",
			 (json_int_t)hook->timeout_s);
}

static json_t *config_to_json(const char *path, const struct events_config *config)
{
	const struct evidence_config *evidence = &config->evidence;
	json_t *hooks = json_array();

	for (size_t i = 0; i < config->hook_count; i++)
		json_array_append_new(hooks, hook_to_json(&config->hooks[i]));
	return json_pack(
		"{s:i, s:o, s:o, s:{s:o}, s:o, s:{s:I, s:I, s:I, s:I, s:I}}", "schema", JSON_SCHEMA,
		"file", utf8__json(path), "detect", detect_to_json(&config->detect), "sources",
		"above_pps", integer_or_null(config->detect.source_above_pps), "notify", hooks,
		"evidence", "rate_pps", (json_int_t)evidence->rate_pps, "attack",
		(json_int_t)evidence->attack, "snap_bytes", (json_int_t)evidence->snap_bytes,
		"attack_bytes", (json_int_t)evidence->attack_bytes, "total_bytes",
		(json_int_t)evidence->total_bytes);
}

static void print_thresholds(const char *name, const struct detect_thresholds *thresholds)
{
	printf("  %-20s above %u/s, below %u/s for %u s", name, thresholds->above_pps,
	       thresholds->below_pps, thresholds->hold_s);
	if (thresholds->unfinished_pps)
		printf(", unfinished %u/s\n", thresholds->unfinished_pps);
	else
		printf(", unfinished off\n");
}

static void print_config(const char *path, const struct events_config *config)
{
	printf("%s: ok, %zu rule%s, %zu hook%s\n", UTF8_PRINTABLE(path), config->detect.count,
	       config->detect.count == 1 ? "" : "s", config->hook_count,
	       config->hook_count == 1 ? "" : "s");
	print_thresholds(DETECT_DEFAULT_NAME, &config->detect.fallback);
	for (size_t i = 0; i < config->detect.count; i++)
		print_thresholds(config->detect.rules[i].name, &config->detect.rules[i].thresholds);
	for (size_t i = 0; i < config->hook_count; i++)
		printf("  %-20s %s\n", config->hooks[i].name,
		       config->hooks[i].argv ? UTF8_PRINTABLE(config->hooks[i].argv[0])
					     : "journald");
}

static int run_events_check(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct events_config config;
	int err = events_config__read(operands[0], &config, why);

	if (err)
		return err;
	if (cli->json)
		err = cli__print_json(config_to_json(operands[0], &config), why);
	else
		print_config(operands[0], &config);
	events_config__free(&config);
	return err;
}

const struct command events_check_command = {
	.name = "events check",
	.operands = "FILE",
	.summary = "read a configuration of events, and say what is wrong with it",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON,
	.run = run_events_check,
};
