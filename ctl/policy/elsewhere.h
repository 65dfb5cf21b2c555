// SPDX-License-Identifier: GPL-2.0-only
// elsewhere: the interfaces of a policy that are in other network namespaces.
#ifndef CTL_POLICY_ELSEWHERE_H
#define CTL_POLICY_ELSEWHERE_H

#include <jansson.h>

#include "common/netdev/netns.h"
#include "ctl/policy/session.h"

struct elsewhere {
	struct {
		char interface[IFNAMSIZ]; /* as it was called when xdpctl saw it last */
		__u64 netns;              /* inode */
		char place[NETNS_LABEL_BYTES];
	} rows[POLICY_MAX_INTERFACES];
	size_t count;
};

/** elsewhere__find() - look for them. Return: 0, or a negative errno with @why set. */
int elsewhere__find(const struct policy_session *session, struct elsewhere *ret,
		    struct errmsg *why);

/** elsewhere__print() - a line for each: what is done to the policy holds for it, too. */
void elsewhere__print(const struct elsewhere *elsewhere);

/** elsewhere__to_json() - a new array; NULL without memory. */
json_t *elsewhere__to_json(const struct elsewhere *elsewhere);

#endif
