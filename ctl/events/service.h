// SPDX-License-Identifier: GPL-2.0-only
// service: tell the service manager how a daemon is: as sd_notify(3) does, and on stderr.
#ifndef CTL_EVENTS_SERVICE_H
#define CTL_EVENTS_SERVICE_H

/**
 * service__notify() - send a state, without waiting
 * @state: lines as "READY=1"
 *
 * Nothing is sent without NOTIFY_SOCKET in the environment.
 */
void service__notify(const char *state);

/**
 * service__say() - a line on stderr, which the service manager keeps
 * @text: untrusted, without a newline
 */
void service__say(const char *text);

#endif
