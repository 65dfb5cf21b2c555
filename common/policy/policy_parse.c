// SPDX-License-Identifier: GPL-2.0-only
// policy_parse: a policy read from YAML.
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/input_file.h"
#include "common/base/number.h"
#include "common/base/quantity.h"
#include "common/policy/policy_reading.h"
#include "common/policy/policy_values.h"
#include "common/policy/prefix_file.h"

/* With a million prefixes of each family in place. */
#define MAX_BYTES (128u << 20)
#define DEFAULT_ANSWERS_PPS 1000000

struct policy_origin policy_origin__of(struct yaml_value value)
{
	return (struct policy_origin){.line = value.line, .column = value.column};
}

static int too_many_prefixes(struct yaml_value at, struct errmsg *why)
{
	return yaml__error(at, why, "too many prefixes: at most %d", POLICY_MAX_PREFIXES);
}

/* A key of a fleet. */
static int take_unavailable(struct yaml_value value, void *context, struct errmsg *why)
{
	(void)context;
	return yaml__error(value, why, "this key is not available in this version: remove it");
}

/* What 'policy show -j' knows besides the rules. */
static int ignore_value(struct yaml_value value, void *context, struct errmsg *why)
{
	(void)value, (void)context, (void)why;
	return 0;
}

static int take_prefix(struct yaml_value item, void *context, struct errmsg *why)
{
	struct policy_reading *reading = context;
	struct prefix prefix;
	int err = yaml__parse(item, prefix__parse, "prefix", &prefix, why);

	if (err)
		return err;
	err = ++reading->prefixes > POLICY_MAX_PREFIXES
		      ? -E2BIG
		      : policy_list__add(reading->list, &prefix, policy_origin__of(item));
	return err == -E2BIG ? too_many_prefixes(item, why) : err;
}

int policy_reading__prefixes(struct yaml_value value, void *context, struct errmsg *why)
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
				       : policy_reading__prefixes(value, reading, why);
}

static int take_allow(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {{"prefixes", .take = policy_reading__prefixes},
					       {"files", .take = take_list_files},
					       {}};
	struct policy_reading *reading = context;

	return take_list(value, &reading->policy->allow, keys, reading, why);
}

static int take_deny(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {{"prefixes", .take = policy_reading__prefixes},
					       {"files", .take = take_list_files},
					       {"mode", .parse = policy_value__mode,
						.offset = offsetof(struct policy_reading, mode)},
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

int policy_reading__ports(struct yaml_value value, void *context, struct errmsg *why)
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
		{"source", .parse = prefix__parse,
		 .offset = offsetof(struct policy_reading, source.prefix)},
		{"ports", .take = policy_reading__ports},
		{}};
	struct policy_reading *reading = context;
	int err;

	reading->source = (struct policy_prefix){.origin = policy_origin__of(item)};
	reading->ports = (struct port_list){};
	if (++reading->prefixes > POLICY_MAX_PREFIXES)
		return too_many_prefixes(item, why);
	err = yaml__is_mapping(item)
		      ? yaml__take_keys(item, keys, reading, why)
		      : yaml__parse(item, prefix__parse, "prefix", &reading->source.prefix, why);
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
	static const struct yaml_key keys[] = {{"tiny", .parse = policy_value__fragments,
						.offset = offsetof(struct policy, tiny_fragments)},
					       {}};

	return yaml__take_keys(value, keys, ((struct policy_reading *)context)->policy, why);
}

static int take_answer_limit(struct yaml_value value, void *context, struct errmsg *why)
{
	struct policy_reading *reading = context;

	return yaml__parse(value, quantity__rate, "answer_limit",
			   &reading->policy->answer_limit_pps, why);
}

static int read_root(struct yaml_value root, struct policy_reading *reading, struct errmsg *why)
{
	static const struct yaml_key keys[] = {{"xdpctl-policy", .parse = policy_value__version,
						.offset = offsetof(struct policy_reading, version)},
					       {"management", .take = take_management},
					       {"allow", .take = take_allow},
					       {"deny", .take = take_deny},
					       {"fragments", .take = take_fragments},
					       {"limit", .take = policy_reading__limit},
					       {"protect", .take = policy_reading__protects},
					       {"answer_limit", .take = take_answer_limit},
					       {"fleet", .take = take_unavailable},
					       {"shown", .take = ignore_value},
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
