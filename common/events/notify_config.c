// SPDX-License-Identifier: GPL-2.0-only
// notify_config: who is told of which events: the part `notify` of events.yaml.
#include "common/events/notify_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/quantity.h"
#include "common/events/events_values.h"

struct hook_list {
	struct notify_hook *hooks;
	size_t count;
};

/* A set of words, as the bits of their numbers. */
struct word_set {
	const char *const *words;
	__u32 bits;
};

static int take_word_of_set(struct yaml_value item, void *context, struct errmsg *why)
{
	struct word_set *set = context;
	struct errmsg reason = {};
	const char *text;
	int word, err = yaml__text(item, &text, why);

	if (err)
		return err;
	if (number__choice("value", text, set->words, &word, &reason))
		return yaml__error(item, why, "%s", reason.text);
	set->bits |= 1u << word;
	return 0;
}

static int take_word_set(struct yaml_value value, const char *const *words, __u32 *ret,
			 struct errmsg *why)
{
	struct word_set set = {.words = words};
	int err = yaml__each_item(value, take_word_of_set, &set, why);

	if (!err && !set.bits)
		err = yaml__error(value, why, "expected at least one: leave it out for all");
	*ret = set.bits;
	return err;
}

static int take_kinds(struct yaml_value value, void *context, struct errmsg *why)
{
	return take_word_set(value, event_kind_names, &((struct notify_hook *)context)->kinds, why);
}

static int take_phases(struct yaml_value value, void *context, struct errmsg *why)
{
	return take_word_set(value, event_phase_names, &((struct notify_hook *)context)->phases,
			     why);
}

static size_t count_arguments(const struct notify_hook *hook)
{
	size_t count = 0;

	while (hook->argv[count])
		count++;
	return count;
}

static int take_argument(struct yaml_value item, void *context, struct errmsg *why)
{
	struct notify_hook *hook = context;
	size_t count = count_arguments(hook);
	const char *text;
	int err = yaml__text(item, &text, why);

	if (err)
		return err;
	if (count == NOTIFY_MAX_ARGUMENTS)
		return yaml__error(item, why, "more than %d arguments", NOTIFY_MAX_ARGUMENTS);
	if (!count && text[0] != '/')
		return yaml__error(item, why, "'%s': expected the full path of a program", text);
	return asprintf(&hook->argv[count], "%s", text) < 0 ? -ENOMEM : 0;
}

/* No shell: a program and its arguments. */
static int take_exec(struct yaml_value value, void *context, struct errmsg *why)
{
	struct notify_hook *hook = context;
	int err;

	hook->argv = calloc(NOTIFY_MAX_ARGUMENTS + 1, sizeof(*hook->argv));
	if (!hook->argv)
		return -ENOMEM;
	err = yaml__each_item(value, take_argument, hook, why);
	if (!err && !hook->argv[0])
		err = yaml__error(value, why, "expected a list: a program and its arguments");
	return err;
}

static int check_hook(struct yaml_value item, const struct hook_list *hooks,
		      const struct notify_hook *hook, struct errmsg *why)
{
	if (!hook->name[0])
		return yaml__error(item, why, "'name' is missing");
	if (!hook->argv == !hook->journald)
		return yaml__error(item, why, "%s: expected one of 'exec' and 'journald: true'",
				   hook->name);
	for (size_t i = 0; i < hooks->count; i++)
		if (!strcmp(hooks->hooks[i].name, hook->name))
			return yaml__error(item, why, "the name '%s' is given twice", hook->name);
	return 0;
}

static void notify_hook__free(struct notify_hook *hook)
{
	for (size_t i = 0; hook->argv && hook->argv[i]; i++)
		free(hook->argv[i]);
	free(hook->argv);
}

static int take_hook(struct yaml_value item, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"name", .parse = events_value__name, .offset = offsetof(struct notify_hook, name)},
		{"exec", .take = take_exec},
		{"journald", .parse = events_value__yes,
		 .offset = offsetof(struct notify_hook, journald)},
		{"events", .take = take_kinds},
		{"phases", .take = take_phases},
		{"timeout", .parse = quantity__duration,
		 .offset = offsetof(struct notify_hook, timeout_s)},
		{}};
	struct hook_list *hooks = context;
	struct notify_hook hook = {
		.kinds = (1u << EVENT_KIND_COUNT) - 1,
		.phases = (1u << EVENT_PHASE_COUNT) - 1,
		.timeout_s = NOTIFY_TIMEOUT_S,
	};
	int err;

	if (hooks->count == NOTIFY_MAX_HOOKS)
		return yaml__error(item, why, "more than %d hooks", NOTIFY_MAX_HOOKS);
	err = yaml__take_keys(item, keys, &hook, why);
	if (!err)
		err = check_hook(item, hooks, &hook, why);
	if (err)
		notify_hook__free(&hook);
	else
		hooks->hooks[hooks->count++] = hook;
	return err;
}

int notify_hooks__read(struct yaml_value list, struct notify_hook **ret, size_t *ret_count,
		       struct errmsg *why)
{
	struct hook_list hooks = {.hooks = calloc(NOTIFY_MAX_HOOKS, sizeof(*hooks.hooks))};
	int err = hooks.hooks ? yaml__each_item(list, take_hook, &hooks, why) : -ENOMEM;

	*ret = hooks.hooks;
	*ret_count = hooks.count;
	return err;
}

void notify_hooks__free(struct notify_hook *hooks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		notify_hook__free(&hooks[i]);
	free(hooks);
}
