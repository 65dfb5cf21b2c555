// SPDX-License-Identifier: GPL-2.0-only
// monitored: an interface over time, and the events that it makes.
#ifndef CTL_EVENTS_MONITORED_H
#define CTL_EVENTS_MONITORED_H

#include "ctl/events/monitored_state.h"
#include "ctl/monitor/saved_state.h"

/**
 * monitored__restore() - go on where an earlier run ended
 *
 * Return: 0, or a negative errno with @why set.
 */
int monitored__restore(struct monitored *monitored, struct monitoring *monitoring,
		       const struct saved_interface *saved, struct errmsg *why);

/**
 * monitored__follow() - take a reading
 * @watched: of that interface; NULL: it has none
 * @has_interval: it was read before
 *
 * Return: 0 or a negative errno.
 */
int monitored__follow(struct monitored *monitored, struct monitoring *monitoring,
		      const struct watched *watched, bool has_interval);

/** monitored__save() - what the next run has to know. Return: 0 or -ENOMEM. */
int monitored__save(const struct monitored *monitored, struct saved_state *state);

/** monitored__free() - free what it holds, without an event. */
void monitored__free(struct monitored *monitored);

#endif
