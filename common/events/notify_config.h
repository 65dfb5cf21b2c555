// SPDX-License-Identifier: GPL-2.0-only
// notify_config: who is told of which events: the part `notify` of events.yaml.
#ifndef COMMON_EVENTS_NOTIFY_CONFIG_H
#define COMMON_EVENTS_NOTIFY_CONFIG_H

#include <stdbool.h>

#include "common/base/yaml.h"
#include "common/events/event.h"

#define NOTIFY_MAX_HOOKS 32
#define NOTIFY_MAX_ARGUMENTS 32
#define NOTIFY_TIMEOUT_S 10

/* A consumer of events: a program, or journald. */
struct notify_hook {
	char name[POLICY_NAME_BYTES];
	char **argv; /* a full path and arguments, ending with NULL; NULL: no program */
	bool journald;
	__u32 kinds;  /* 1 << enum event_kind */
	__u32 phases; /* 1 << enum event_phase */
	__u32 timeout_s;
};

/**
 * notify_hooks__read() - read a list of hooks
 * @ret: *@ret_count hooks, to be freed by notify_hooks__free() also on failure
 *
 * Return: 0, or a negative errno with @why set.
 */
int notify_hooks__read(struct yaml_value list, struct notify_hook **ret, size_t *ret_count,
		       struct errmsg *why);

/** notify_hooks__free() - free hooks. */
void notify_hooks__free(struct notify_hook *hooks, size_t count);

#endif
