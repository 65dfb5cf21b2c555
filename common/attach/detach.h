// SPDX-License-Identifier: GPL-2.0-only
// detach: detach our program from an interface and remove its pins.
#ifndef COMMON_ATTACH_DETACH_H
#define COMMON_ATTACH_DETACH_H

#include <stdbool.h>

#include "common/attach/displace.h"
#include "common/attach/registry.h"

struct detach_report {
	enum {
		DETACH_DONE,
		DETACH_CLEANED, /* it did not run any more, but had pins */
		DETACH_NOTHING, /* there was nothing of ours */
	} result;
	bool unlocked;                       /* another process held the lock all the time */
	char displaced[DISPLACE_TEXT_BYTES]; /* other programs that were detached, or empty */
};

/**
 * lifecycle__detach() - detach our program from an interface and remove its pins
 * @registry: locked meanwhile, or not at all if another process does not release it
 * @force: detach every other program too; else other components stay, and without a program of ours
 *	   another one is refused (-EBUSY)
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int lifecycle__detach(struct registry *registry, const char *interface, bool force,
		      struct detach_report *ret, struct errmsg *why);

#endif
