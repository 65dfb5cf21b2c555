// SPDX-License-Identifier: GPL-2.0-only
// event_text: an event as a line for people.
#ifndef CTL_EVENTS_EVENT_TEXT_H
#define CTL_EVENTS_EVENT_TEXT_H

#include "common/events/event.h"

/** event_text__print() - print time, interface, severity and summary on standard output. */
void event_text__print(const struct event *event);

#endif
