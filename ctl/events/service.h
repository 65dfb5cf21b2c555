// SPDX-License-Identifier: GPL-2.0-only
// service: tell the service manager how a daemon is, as sd_notify(3) does.
#ifndef CTL_EVENTS_SERVICE_H
#define CTL_EVENTS_SERVICE_H

/**
 * service__notify() - send a state, without waiting
 * @state: lines as "READY=1"
 *
 * Nothing is sent without NOTIFY_SOCKET in the environment.
 */
void service__notify(const char *state);

#endif
