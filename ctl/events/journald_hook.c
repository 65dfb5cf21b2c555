// SPDX-License-Identifier: GPL-2.0-only
// journald_hook: queue events for the systemd journal.
#include "ctl/events/journald_hook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/errmsg.h"
#include "common/events/event.h"
#include "common/events/notify_journald.h"

/* By severity: warning is 4, as in syslog(3). */
static const char *const priorities[] = {
	[SEVERITY_INFO] = "6",
	[SEVERITY_NOTICE] = "5",
	[SEVERITY_WARNING] = "4",
	[SEVERITY_CRITICAL] = "2",
};

/* MESSAGE_ID, by enum event_kind; see journalctl --catalog. */
static const char *const message_ids[EVENT_KIND_COUNT] = {
	[EVENT_ATTACK] = "8d0a5a8e5a0b4b6f9c3c2b1e7f60a101",
	[EVENT_SOURCE] = "8d0a5a8e5a0b4b6f9c3c2b1e7f60a102",
	[EVENT_POLICY] = "8d0a5a8e5a0b4b6f9c3c2b1e7f60a103",
	[EVENT_ATTACHMENT] = "8d0a5a8e5a0b4b6f9c3c2b1e7f60a104",
	[EVENT_REGIME] = "8d0a5a8e5a0b4b6f9c3c2b1e7f60a105",
	[EVENT_LOSS] = "8d0a5a8e5a0b4b6f9c3c2b1e7f60a106",
	[EVENT_TEST] = "8d0a5a8e5a0b4b6f9c3c2b1e7f60a107",
	[EVENT_SUPPRESSED] = "8d0a5a8e5a0b4b6f9c3c2b1e7f60a108",
};

int journald_hook__open(struct journald_hook *hook)
{
	*hook = (struct journald_hook){.fd = journald__open()};
	return hook->fd < 0 ? hook->fd : 0;
}

static size_t make_message(const struct notify_item *item, char message[JOURNALD_MESSAGE_BYTES])
{
	char victim[EVENT_TEXT_BYTES], pps[24], id[EVENT_ID_TEXT_BYTES];
	struct event event;

	if (event__read(item->line, strlen(item->line), &event, NULL))
		return 0;
	snprintf(pps, sizeof(pps), "%llu", event.attack.syns_pps);
	const struct journald_field fields[] = {
		{"MESSAGE", event.summary},
		{"PRIORITY", priorities[event.severity]},
		{"MESSAGE_ID", message_ids[event.kind]},
		{"SYSLOG_IDENTIFIER", "xdpctl"},
		{"XDPCTL_EVENT", event_kind_names[event.kind]},
		{"XDPCTL_ID", event__id_text(event.id, id)},
		{"XDPCTL_PHASE", event_phase_names[event.phase]},
		{"XDPCTL_INTERFACE", event.interface[0] ? event.interface : NULL},
		{"XDPCTL_VICTIM",
		 event.kind == EVENT_ATTACK ? event__subject(&event, victim) : NULL},
		{"XDPCTL_SYNS_PPS", event.kind == EVENT_ATTACK ? pps : NULL},
		{"XDPCTL_JSON", item->line},
		{}};

	return journald__message(fields, message);
}

void journald_hook__run(struct journald_hook *hook)
{
	char message[JOURNALD_MESSAGE_BYTES];

	while (hook->queue.count) {
		const struct notify_item *item = &hook->queue.items[0];
		size_t bytes = make_message(item, message);
		int err = bytes ? journald__send(hook->fd, JOURNALD_SOCKET, message, bytes)
				: -EMSGSIZE;

		hook->is_missing = err == -ENOENT || err == -ECONNREFUSED;
		if (hook->is_missing || err == -EAGAIN)
			return;
		hook->failures += err != 0;
		hook->sent += !err;
		if (item->sequence > hook->done)
			hook->done = item->sequence;
		notify_queue__pop(&hook->queue);
	}
}

void journald_hook__close(struct journald_hook *hook)
{
	if (hook->fd >= 0)
		close(hook->fd);
	notify_queue__free(&hook->queue);
}
