// SPDX-License-Identifier: GPL-2.0-only
// attachment_events: what became of the program on an interface, and of its policy.
#ifndef CTL_EVENTS_ATTACHMENT_EVENTS_H
#define CTL_EVENTS_ATTACHMENT_EVENTS_H

#include "ctl/events/monitored_state.h"

/** attachment_events__send() - compare a reading with the one before; NULL: there is none. */
void attachment_events__send(const struct monitored *before, struct monitoring *monitoring,
			     const struct watched *watched);

/** policy_events__send() - the same of the policy that rules there. */
void policy_events__send(struct monitored *monitored, struct monitoring *monitoring,
			 const struct watched *watched);

#endif
