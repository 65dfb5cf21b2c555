// SPDX-License-Identifier: GPL-2.0-only
// event_text: an event as a line for people.
#include "ctl/events/event_text.h"

#include <stdio.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"

void event_text__print(const struct event *event)
{
	time_t seconds = event->time_ns / NS_PER_S;
	char text[32] = "";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local);
	printf("%s.%03llu  %-8s  %-10s  %s\n", text, event->time_ns % NS_PER_S / 1000000,
	       event_severity_names[event->severity],
	       event->interface[0] ? UTF8_PRINTABLE(event->interface) : "-",
	       UTF8_PRINTABLE(event->summary));
}
