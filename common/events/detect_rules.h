// SPDX-License-Identifier: GPL-2.0-only
// detect_rules: thresholds by victim.
#ifndef COMMON_EVENTS_DETECT_RULES_H
#define COMMON_EVENTS_DETECT_RULES_H

#include <linux/types.h>
#include <stddef.h>

#include "common/abi/policy_names.h"
#include "common/address/prefix.h"

#define DETECT_MAX_RULES 128
#define DETECT_MAX_VICTIMS 1024 /* prefixes of a rule */
#define DETECT_MAX_PORTS 16     /* of a rule */

#define DETECT_ABOVE_PPS 2000
#define DETECT_BELOW_PPS 500
#define DETECT_HOLD_S 60
#define DETECT_UNFINISHED_PPS 100
#define DETECT_WINDOW_S 10            /* over which unfinished handshakes are counted */
#define DETECT_DEFAULT_NAME "default" /* of the thresholds without a rule */

struct detect_thresholds {
	__u32 above_pps;      /* an attack begins above this rate, by one second's worth */
	__u32 below_pps;      /* and ends below this one */
	__u32 hold_s;         /* for this long */
	__u32 unfinished_pps; /* 0: not judged */
};

struct detect_rule {
	char name[POLICY_NAME_BYTES];
	struct prefix *victims;
	size_t victim_count;
	__u16 ports[DETECT_MAX_PORTS]; /* in host byte order */
	size_t port_count;             /* 0: all */
	struct detect_thresholds thresholds;
};

struct detect_rules {
	struct detect_thresholds fallback; /* of victims that no rule has; its name is "default" */
	struct detect_rule *rules;
	size_t count;
	__u32 source_above_pps; /* of a source; 0: sources are not judged */
};

/** detect_rules__defaults() - the defaults for all victims, no rules: nothing to be freed. */
struct detect_rules detect_rules__defaults(void);

/**
 * detect_rules__find() - the thresholds of a victim
 * @ret_name: the rule's
 *
 * The longest prefix wins, and of several the first.
 *
 * Return: valid as long as the rules.
 */
const struct detect_thresholds *detect_rules__find(const struct detect_rules *rules,
						   const struct endpoint *victim,
						   const char **ret_name);

/** detect_thresholds__below() - a `below` for an `above` that has none: a quarter of it. */
__u32 detect_thresholds__below(__u32 above_pps);

/** detect_rules__make_room() - for DETECT_MAX_RULES. Return: 0 or -ENOMEM. */
int detect_rules__make_room(struct detect_rules *rules);

/** detect_rule__add_victim() - another prefix, to be set. Return: it, or NULL without memory. */
struct prefix *detect_rule__add_victim(struct detect_rule *rule);

/** detect_rules__free() - free what the rules hold; zeros are fine. */
void detect_rules__free(struct detect_rules *rules);

#endif
