// SPDX-License-Identifier: GPL-2.0-only
// policy_verified: which sources a policy trusts, as if they had proved their address.
#ifndef COMMON_DATAPLANE_POLICY_VERIFIED_H
#define COMMON_DATAPLANE_POLICY_VERIFIED_H

#include <linux/types.h>

#include "common/abi/policy.h"
#include "common/base/errmsg.h"

struct policy_maps;

/**
 * policy_maps__trust() - trust a source, on all interfaces of the policy
 * @source: an IPv4 address, or any address of an IPv6 /64
 * @trust_s: seconds; 0 ends the trust
 *
 * A source that is verified at the same moment in the same line of the map may have to prove its
 * address again.
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_maps__trust(const struct policy_maps *maps, const struct endpoint *source, __u32 trust_s,
		       struct errmsg *why);

/** policy_maps__trust_at() - the same from @now on, both times in jiffies, for simulated time. */
int policy_maps__trust_at(const struct policy_maps *maps, const struct endpoint *source, __u64 now,
			  __u64 trust, struct errmsg *why);

/**
 * policy_maps__trusted_until() - the end of a source's trust
 * @ret_ns: since 1970, exact to 64 jiffies; 0: it is not trusted
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_maps__trusted_until(const struct policy_maps *maps, const struct endpoint *source,
			       __u64 *ret_ns, struct errmsg *why);

#endif
