// SPDX-License-Identifier: GPL-2.0-only
// policy_store: what is kept of policies on disk, below /var/lib/xdpctl/policy.
//
// A directory ID has the text of the confirmed policy and of the candidate, as JSON with all lists
// in place; the prefixes that are denied or allowed by hand; and the interfaces, for the next boot.
// Every file is complete, on the disk, and then renamed into place.
#ifndef COMMON_ATTACH_POLICY_STORE_H
#define COMMON_ATTACH_POLICY_STORE_H

#include <net/if.h>
#include <stddef.h>

#include "common/abi/policy.h"
#include "common/attach/record.h"
#include "common/policy/policy.h"
#include "common/policy/policy_text.h"
#include "common/policy/timed_prefixes.h"

#define POLICY_MAX_INTERFACES 64

/* The interfaces of a policy, by the names that they had when it was applied. */
struct policy_members {
	char interfaces[POLICY_MAX_INTERFACES][IFNAMSIZ];
	size_t count;
	__u32 max_prefixes;
	bool in_host_netns; /* those of other network namespaces are not restored at boot */
};

/** policy_members__has() - true if an interface is one of them. */
bool policy_members__has(const struct policy_members *members, const char *interface);

/**
 * policy_store__write() - store the text of a policy
 * @slot: as which of the two
 *
 * Return: 0, or a negative errno with @why set and what was stored before unchanged.
 */
int policy_store__write(const char *id, enum policy_slot slot, const struct policy_text *text,
			struct errmsg *why);

/**
 * policy_store__read() - read a stored policy
 * @ret: to be freed by policy__free()
 * @ret_digest: of its text; POLICY_DIGEST_BYTES
 *
 * Return: 0, -ENOENT if there is none, or another negative errno, with @why set.
 */
int policy_store__read(const char *id, enum policy_slot slot, struct policy *ret, __u8 *ret_digest,
		       struct errmsg *why);

/**
 * policy_store__text() - read a stored text alone
 * @ret: to be freed by policy_text__free()
 *
 * Return: as above.
 */
int policy_store__text(const char *id, enum policy_slot slot, struct policy_text *ret,
		       struct errmsg *why);

/** policy_store__digest() - the digest of a stored text alone. Return: as above. */
int policy_store__digest(const char *id, enum policy_slot slot, __u8 *ret_digest,
			 struct errmsg *why);

/**
 * policy_store__confirm() - let the candidate's text replace the confirmed one
 *
 * Return: as above; if there is no candidate's text any more, it has replaced the other one, but
 * may be lost in a crash.
 */
int policy_store__confirm(const char *id, struct errmsg *why);

/** policy_store__drop_candidate() - remove the candidate's text, if any. Return: as above. */
int policy_store__drop_candidate(const char *id, struct errmsg *why);

/** policy_store__timed() - read the prefixes that are listed by hand. Return: as above, 0 for none.
 */
int policy_store__timed(const char *id, struct timed_prefixes *ret, struct errmsg *why);

/** policy_store__save_timed() - the reverse. Return: as above. */
int policy_store__save_timed(const char *id, const struct timed_prefixes *timed,
			     struct errmsg *why);

/** policy_store__members() - read the interfaces. Return: as above. */
int policy_store__members(const char *id, struct policy_members *ret, struct errmsg *why);

/** policy_store__save_members() - the reverse. Return: as above. */
int policy_store__save_members(const char *id, const struct policy_members *members,
			       struct errmsg *why);

/** policy_store__remove() - remove all that is stored of a policy. Return: as above. */
int policy_store__remove(const char *id, struct errmsg *why);

/**
 * policy_store__each() - call a function for each policy that is stored
 * @visit: returns 0, or a negative errno with @why set, which ends the walk
 *
 * Return: 0, or what @visit returned, or a negative errno with @why set.
 */
int policy_store__each(int (*visit)(void *context, const char *id, struct errmsg *why),
		       void *context, struct errmsg *why);

#endif
