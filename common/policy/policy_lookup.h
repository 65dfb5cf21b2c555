// SPDX-License-Identifier: GPL-2.0-only
// policy_lookup: which sources a policy's lists drop, found in memory.
#ifndef COMMON_POLICY_POLICY_LOOKUP_H
#define COMMON_POLICY_POLICY_LOOKUP_H

#include "common/policy/policy.h"
#include "common/policy/timed_prefixes.h"

struct policy_lookup;

/**
 * policy_lookup__new() - prepare for many questions
 * @policy: must outlive the result
 * @timed: or NULL; ends are not looked at
 *
 * Return: 0 with *@ret to be freed by policy_lookup__free(), or -ENOMEM.
 */
int policy_lookup__new(const struct policy *policy, const struct timed_prefixes *timed,
		       struct policy_lookup **ret);

/**
 * policy_lookup__drops() - true if segments of a connection that is established are dropped
 * @source: the peer
 * @port: that it is connected to, in host byte order
 */
bool policy_lookup__drops(const struct policy_lookup *lookup, const struct endpoint *source,
			  __u16 port);

/** policy_lookup__free() - free; NULL is fine. */
void policy_lookup__free(struct policy_lookup *lookup);

#endif
