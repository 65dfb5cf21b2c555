// SPDX-License-Identifier: GPL-2.0-only
// events_config: what is detected, who is told, and what is kept, as read from a file.
#ifndef COMMON_EVENTS_EVENTS_CONFIG_H
#define COMMON_EVENTS_EVENTS_CONFIG_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/events/detect_rules.h"
#include "common/events/notify_config.h"

#define EVENTS_CONFIG_VERSION 1
#define EVENTS_CONFIG_PATH "/etc/xdpctl/events.yaml"

/* Samples of packets; see evidence.h. */
struct evidence_config {
	__u32 rate_pps;     /* samples a second in all */
	__u32 attack;       /* samples at once when an attack began */
	__u32 snap_bytes;   /* captured of a frame */
	__u64 attack_bytes; /* of an attack's file */
	__u64 total_bytes;  /* of all files */
};

struct events_config {
	struct detect_rules detect;
	struct notify_hook *hooks;
	size_t hook_count;
	struct evidence_config evidence;
};

/** events_config__defaults() - what holds without a file; to be freed like one that was read. */
struct events_config events_config__defaults(void);

/**
 * events_config__read() - read a file in YAML
 * @path: "-" is standard input
 *
 * Return: 0 with *@ret to be freed by events_config__free(), or a negative errno with @why set to
 * "FILE:LINE:COLUMN: ..." for a fault; -ENOENT if there is no such file.
 */
int events_config__read(const char *path, struct events_config *ret, struct errmsg *why);

/** events_config__free() - free what a configuration holds. */
void events_config__free(struct events_config *config);

#endif
