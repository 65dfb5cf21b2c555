// SPDX-License-Identifier: GPL-2.0-only
// policy_parse: a policy read from YAML.
#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/input_file.h"
#include "common/base/number.h"
#include "common/base/yaml.h"
#include "common/policy/policy.h"
#include "common/policy/prefix_file.h"
#include "common/policy/quantity.h"
#include "common/policy/rule_names.h"

/* With a million prefixes of each family in place. */
#define MAX_BYTES (128u << 20)
#define DEFAULT_RATE_PPS 20
#define BURST_PER_RATE 3
#define DEFAULT_HOLD_S 60
#define DEFAULT_ANSWERS_PPS 1000000
#define MAX_BURST 1000000

/* While the file is read. Members that are rules are filled, then moved to the policy. */
struct policy_reading {
	struct policy *policy;
	const char *path;
	struct policy_list *list; /* to add to */
	struct port_list ports;
	struct limit_rule limit;
	struct protect_rule protect;
	struct policy_prefix source;
	enum policy_mode mode;
	int version; /* 0: none is given */
};

static struct policy_origin origin_of(struct yaml_value value)
{
	return (struct policy_origin){.line = value.line, .column = value.column};
}

static int parse_prefix(const char *what, const char *text, void *ret, struct errmsg *why)
{
	return prefix__parse(what, text, ret, why);
}

static int parse_mode(const char *what, const char *text, void *ret, struct errmsg *why)
{
	int word, err = number__choice(what, text, policy_mode_words, &word, why);

	if (!err)
		*(enum policy_mode *)ret = word;
	return err;
}

static int parse_fragments(const char *what, const char *text, void *ret, struct errmsg *why)
{
	int word, err = number__choice(what, text, policy_fragments_words, &word, why);

	if (!err)
		*(enum policy_fragments *)ret = word;
	return err;
}

static int parse_burst(const char *what, const char *text, void *ret, struct errmsg *why)
{
	__u64 burst;
	int err = number__u64(what, text, 1, MAX_BURST, &burst, why);

	if (!err)
		*(__u32 *)ret = burst;
	return err;
}

static int parse_action(const char *what, const char *text, void *ret, struct errmsg *why)
{
	int word, err = number__choice(what, text, policy_action_words, &word, why);

	if (!err)
		*(enum policy_action *)ret = word;
	return err;
}

static int parse_armed(const char *what, const char *text, void *ret, struct errmsg *why)
{
	int word, err = number__choice(what, text, policy_armed_words, &word, why);

	if (!err)
		*(enum policy_armed *)ret = word;
	return err;
}

static int parse_version(const char *what, const char *text, void *ret, struct errmsg *why)
{
	__u64 version;
	int err = number__u64(what, text, 1, INT_MAX, &version, why);

	if (err)
		return err;
	if (version != POLICY_VERSION)
		return errmsg__usage(why, "%s: version %llu is unknown: this xdpctl reads %d", what,
				     version, POLICY_VERSION);
	*(int *)ret = version;
	return 0;
}

static int parse_rule_name(const char *what, const char *text, void *ret, struct errmsg *why)
{
	size_t length = strlen(text);

	if (!length || length >= POLICY_NAME_BYTES)
		return errmsg__usage(why, "%s: '%s': expected 1 to %d characters", what, text,
				     POLICY_NAME_BYTES - 1);
	for (const char *c = text; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("-_.", *c)))
			return errmsg__usage(why,
					     "%s: '%s': expected letters, digits, '-', '_' and '.'",
					     what, text);
	if (rule_names__is_reserved(text))
		return errmsg__usage(why, "%s: '%s' is reserved: choose another name", what, text);
	memcpy(ret, text, length + 1);
	return 0;
}

/* A key of a fleet. */
static int take_unavailable(struct yaml_value value, void *context, struct errmsg *why)
{
	(void)context;
	return yaml__error(value, why, "this key is not available in this version: remove it");
}

static int add_prefix(struct yaml_value at, struct policy_list *list, const struct prefix *prefix,
		      struct errmsg *why)
{
	int err = policy_list__add(list, prefix, origin_of(at));

	return err == -E2BIG ? yaml__error(at, why, "too many prefixes") : err;
}

static int take_prefix(struct yaml_value item, void *context, struct errmsg *why)
{
	struct policy_reading *reading = context;
	struct prefix prefix;
	int err = yaml__parse(item, parse_prefix, "prefix", &prefix, why);

	return err ? err : add_prefix(item, reading->list, &prefix, why);
}

static int take_prefixes(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each_item(value, take_prefix, context, why);
}

/* A relative name is that of a file next to the policy. */
static int add_file(struct policy_reading *reading, const char *name)
{
	struct policy *policy = reading->policy;
	char directory[PATH_MAX];
	bool as_is = !policy->file_count || name[0] == '/' || input_file__is_stdin(reading->path);
	char *path = NULL;
	int length, err;

	snprintf(directory, sizeof(directory), "%s", reading->path);
	length = as_is ? asprintf(&path, "%s", name)
		       : asprintf(&path, "%s/%s", dirname(directory), name);
	if (length < 0)
		return -ENOMEM;
	err = policy__add_file(policy, path);
	if (err)
		free(path);
	return err;
}

static int take_list_file(struct yaml_value item, void *context, struct errmsg *why)
{
	struct policy_reading *reading = context;
	__u32 number = reading->policy->file_count;
	const char *name;
	int err = yaml__text(item, &name, why);

	if (err)
		return err;
	if (!name[0] || strlen(name) >= PATH_MAX)
		return yaml__error(item, why, "expected the name of a file");
	err = add_file(reading, name);
	return err ? err
		   : prefix_file__read(reading->policy->files[number], number, reading->list, why);
}

static int take_list_files(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each_item(value, take_list_file, context, why);
}

/* A list of prefixes, or keys that say more. */
static int take_list(struct yaml_value value, struct policy_list *list, const struct yaml_key *keys,
		     struct policy_reading *reading, struct errmsg *why)
{
	reading->list = list;
	return yaml__is_mapping(value) ? yaml__take_keys(value, keys, reading, why)
				       : take_prefixes(value, reading, why);
}

static int take_allow(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"prefixes", .take = take_prefixes}, {"files", .take = take_list_files}, {}};
	struct policy_reading *reading = context;

	return take_list(value, &reading->policy->allow, keys, reading, why);
}

static int take_deny(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"prefixes", .take = take_prefixes},
		{"files", .take = take_list_files},
		{"mode", .parse = parse_mode, .offset = offsetof(struct policy_reading, mode)},
		{}};
	struct policy_reading *reading = context;
	int err;

	reading->mode = POLICY_ENFORCE;
	err = take_list(value, &reading->policy->deny, keys, reading, why);
	reading->policy->deny.mode = reading->mode;
	return err;
}

/* Ascending, so that equal sets are equal lists. */
static int take_port(struct yaml_value item, void *context, struct errmsg *why)
{
	struct port_list *ports = &((struct policy_reading *)context)->ports;
	struct errmsg reason = {};
	const char *text;
	__u64 port;
	int place, err = yaml__text(item, &text, why);

	if (err)
		return err;
	if (number__u64("port", text, 1, 65535, &port, &reason))
		return yaml__error(item, why, "%s", reason.text);
	if (ports->count == PORT_LIST_MAX)
		return yaml__error(item, why, "more than %d ports", PORT_LIST_MAX);
	for (place = ports->count; place && ports->ports[place - 1] >= port; place--)
		if (ports->ports[place - 1] == port)
			return yaml__error(item, why, "port %llu is given twice", port);
	memmove(&ports->ports[place + 1], &ports->ports[place],
		(ports->count - place) * sizeof(ports->ports[0]));
	ports->ports[place] = port;
	ports->count++;
	return 0;
}

static int take_ports(struct yaml_value value, void *context, struct errmsg *why)
{
	struct policy_reading *reading = context;
	int err = yaml__each_item(value, take_port, context, why);

	if (!err && !reading->ports.count)
		err = yaml__error(value, why,
				  "expected at least one port: leave 'ports' out for "
				  "all of them");
	return err;
}

static int add_management(struct policy_reading *reading)
{
	const struct policy_management management = {.source = reading->source,
						     .ports = reading->ports};

	return policy__add_management(reading->policy, &management);
}

/* A prefix, or a prefix with ports. */
static int take_manager(struct yaml_value item, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"source", .parse = parse_prefix,
		 .offset = offsetof(struct policy_reading, source.prefix)},
		{"ports", .take = take_ports},
		{}};
	struct policy_reading *reading = context;
	int err;

	reading->source = (struct policy_prefix){.origin = origin_of(item)};
	reading->ports = (struct port_list){};
	err = yaml__is_mapping(item)
		      ? yaml__take_keys(item, keys, reading, why)
		      : yaml__parse(item, parse_prefix, "prefix", &reading->source.prefix, why);
	if (err)
		return err;
	if (!reading->source.prefix.network.family)
		return yaml__error(item, why, "'source' is missing");
	return add_management(reading);
}

static int take_management(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each_item(value, take_manager, context, why);
}

static int take_fragments(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {{"tiny", .parse = parse_fragments,
						.offset = offsetof(struct policy, tiny_fragments)},
					       {}};

	return yaml__take_keys(value, keys, ((struct policy_reading *)context)->policy, why);
}

static void finish_limit(struct limit_rule *limit, struct yaml_value value)
{
	limit->given = true;
	limit->origin = origin_of(value);
	limit->rate_pps = limit->rate_pps ?: DEFAULT_RATE_PPS;
	if (!limit->burst)
		limit->burst = limit->rate_pps < MAX_BURST / BURST_PER_RATE
				       ? limit->rate_pps * BURST_PER_RATE
				       : MAX_BURST;
}

static int take_limit(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"rate", .parse = quantity__rate, .offset = offsetof(struct limit_rule, rate_pps)},
		{"burst", .parse = parse_burst, .offset = offsetof(struct limit_rule, burst)},
		{"mode", .parse = parse_mode, .offset = offsetof(struct limit_rule, mode)},
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
		{"burst", .parse = parse_burst, .offset = offsetof(struct limit_rule, burst)},
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
	return take_prefixes(value, reading, why);
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
		{"name", .parse = parse_rule_name,
		 .offset = offsetof(struct policy_reading, protect.name)},
		{"victims", .take = take_victims},
		{"ports", .take = take_ports},
		{"above", .parse = quantity__rate,
		 .offset = offsetof(struct policy_reading, protect.above_pps)},
		{"below", .parse = quantity__rate,
		 .offset = offsetof(struct policy_reading, protect.below_pps)},
		{"hold", .parse = quantity__duration,
		 .offset = offsetof(struct policy_reading, protect.hold_s)},
		{"mode", .parse = parse_mode,
		 .offset = offsetof(struct policy_reading, protect.mode)},
		{"armed", .parse = parse_armed,
		 .offset = offsetof(struct policy_reading, protect.armed)},
		{"action", .parse = parse_action,
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
		.origin = origin_of(item),
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

static int take_protects(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each_item(value, take_protect, context, why);
}

static int take_answer_limit(struct yaml_value value, void *context, struct errmsg *why)
{
	struct policy_reading *reading = context;

	return yaml__parse(value, quantity__rate, "answer_limit",
			   &reading->policy->answer_limit_pps, why);
}

static int read_root(struct yaml_value root, struct policy_reading *reading, struct errmsg *why)
{
	static const struct yaml_key keys[] = {{"xdpctl-policy", .parse = parse_version,
						.offset = offsetof(struct policy_reading, version)},
					       {"management", .take = take_management},
					       {"allow", .take = take_allow},
					       {"deny", .take = take_deny},
					       {"fragments", .take = take_fragments},
					       {"limit", .take = take_limit},
					       {"protect", .take = take_protects},
					       {"answer_limit", .take = take_answer_limit},
					       {"fleet", .take = take_unavailable},
					       {}};
	int err = yaml__take_keys(root, keys, reading, why);

	if (!err && !reading->version)
		err = yaml__error(root, why, "'xdpctl-policy: %d' is missing: is this a policy?",
				  POLICY_VERSION);
	return err;
}

int policy__read(const char *path, struct policy *ret, struct errmsg *why)
{
	struct policy_reading reading = {.policy = ret, .path = path};
	struct yaml_file *file;
	int err;

	*ret = (struct policy){.deny.mode = POLICY_ENFORCE,
			       .answer_limit_pps = DEFAULT_ANSWERS_PPS};
	ret->protects = calloc(POLICY_MAX_PROTECTS, sizeof(*ret->protects));
	if (!ret->protects)
		return -ENOMEM;
	err = add_file(&reading, path);
	if (!err)
		err = yaml__open(path, MAX_BYTES, &file, why);
	if (err)
		goto out;
	err = read_root(yaml__root(file), &reading, why);
	yaml__close(file);
out:
	if (err)
		policy__free(ret);
	return err;
}
