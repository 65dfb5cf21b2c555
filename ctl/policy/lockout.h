// SPDX-License-Identifier: GPL-2.0-only
// lockout: whether a policy would cut connections to this host, the operator's own among them.
#ifndef CTL_POLICY_LOCKOUT_H
#define CTL_POLICY_LOCKOUT_H

#include "common/policy/policy.h"
#include "common/policy/timed_prefixes.h"

/**
 * lockout__check() - refuse a policy that drops the peer of an established connection
 * @timed: or NULL
 *
 * That is the peer in $SSH_CONNECTION of this process or one of its ancestors, because sudo(8)
 * removes it, and every TCP connection that came in to this network namespace.
 *
 * Return: 0, -EPERM with @why naming the peers, or another negative errno with @why set.
 */
int lockout__check(const struct policy *policy, const struct timed_prefixes *timed,
		   struct errmsg *why);

#endif
