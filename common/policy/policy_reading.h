// SPDX-License-Identifier: GPL-2.0-only
// policy_reading: a policy while it is read from YAML; by the files that read its parts.
#ifndef COMMON_POLICY_POLICY_READING_H
#define COMMON_POLICY_POLICY_READING_H

#include "common/base/yaml.h"
#include "common/policy/policy.h"

/* Members that are rules are filled, then moved to the policy. */
struct policy_reading {
	struct policy *policy;
	const char *path;
	struct policy_list *list; /* to add to */
	struct port_list ports;
	struct protect_rule protect;
	struct policy_prefix source;
	size_t prefixes; /* in the file itself: an alias repeats a whole list */
	enum policy_mode mode;
	int version; /* 0: none is given */
};

/* Each is the `take` of a key, see struct yaml_key, with a policy_reading as context. */

/** policy_reading__prefixes() - add the items to the list that is read. */
int policy_reading__prefixes(struct yaml_value value, void *context, struct errmsg *why);

/** policy_reading__ports() - the ports of a rule, in ascending order. */
int policy_reading__ports(struct yaml_value value, void *context, struct errmsg *why);

/** policy_reading__limit() - the policy's own limit. */
int policy_reading__limit(struct yaml_value value, void *context, struct errmsg *why);

/** policy_reading__protects() - the rules of 'protect'. */
int policy_reading__protects(struct yaml_value value, void *context, struct errmsg *why);

/** policy_origin__of() - where a value is written. */
struct policy_origin policy_origin__of(struct yaml_value value);

#endif
