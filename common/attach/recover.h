// SPDX-License-Identifier: GPL-2.0-only
// recover: finish or undo what killed commands and unregistered interfaces left in the registry.
#ifndef COMMON_ATTACH_RECOVER_H
#define COMMON_ATTACH_RECOVER_H

#include <net/if.h>
#include <stddef.h>

#include "common/attach/registry.h"
#include "common/netdev/netns.h"

enum leftover_reason {
	LEFTOVER_INTERFACE_GONE,
	LEFTOVER_UNFINISHED, /* a command was killed before the interface ran its program */
	LEFTOVER_COMPLETED,  /* a command was killed after that; its change is complete now */
	LEFTOVER_MOVED,      /* the interface is in another network namespace; its entry follows */
	LEFTOVER_RETURNED,   /* it was in another one, and is back where its entry says */
	LEFTOVER_HIDDEN,     /* it is in one that cannot be entered; its entry stays as it is */
};

/* One thing that was recovered. */
struct leftover {
	struct registry_entry entry;
	char interface[IFNAMSIZ];      /* may be empty */
	char place[NETNS_LABEL_BYTES]; /* where the interface is, as users know it, or empty */
	enum leftover_reason reason;
};

/**
 * attachment__recover() - finish what killed commands began, follow interfaces that were moved, and
 * remove those that are gone
 * @registry: locked
 *
 * Of the directories of one interface, the one whose program runs
 * becomes the current one and the others are removed; so is everything of an interface that is
 * gone, whichever namespace it was in, once its program runs in no network namespace that can be
 * reached, or that the interface's own has an id for. A current one that does not run is kept: its
 * counts can still be read.
 *
 * Return: 0 with *@ret, what was recovered, to be freed with free(3); or a negative errno with @why
 * set.
 */
int attachment__recover(const struct registry *registry, struct leftover **ret, size_t *ret_count,
			struct errmsg *why);

/**
 * attachment__recover_interface() - the same for one interface of this namespace, silently
 * @registry: locked
 *
 * To be called before any change, since a command may have been killed a moment ago.
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__recover_interface(const struct registry *registry, const char *interface,
				  struct errmsg *why);

#endif
