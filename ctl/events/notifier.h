// SPDX-License-Identifier: GPL-2.0-only
// notifier: hand events to everybody that the configuration names, each at its own pace.
#ifndef CTL_EVENTS_NOTIFIER_H
#define CTL_EVENTS_NOTIFIER_H

#include <stdbool.h>

#include "common/events/events_config.h"
#include "common/events/journal.h"

struct notifier;

struct notifier_options {
	const struct events_config *config; /* must outlive it */
	const char *only;                   /* the one hook to use, or NULL: all */
	const char *directory;              /* of the journal, for cursors; NULL: none are kept */
	__u64 sequence;                     /* of the journal's last record */
	const char *output;                 /* a file that gets all events, or NULL */
	bool prints;                        /* all events go to standard output */
};

/* How a hook does; see struct notify_exec_counts. */
struct notifier_hook {
	const char *name;
	__u64 started, failures, given_up, lost;
	bool is_missing;    /* there is no systemd journal */
	bool has_succeeded; /* it has taken an event */
};

/**
 * notifier__new() - prepare all hooks and outputs
 *
 * A hook first gets what the journal has behind its cursor.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int notifier__new(const struct notifier_options *options, struct notifier **ret,
		  struct errmsg *why);

/** notifier__fd() - readable when notifier__run() has something to do. */
int notifier__fd(const struct notifier *notifier);

/**
 * notifier__add() - hand on a line
 * @line: as journal__append() has left it
 */
void notifier__add(struct notifier *notifier, const char *line);

/** notifier__run() - go on with all hooks and outputs, without waiting. */
void notifier__run(struct notifier *notifier);

/** notifier__reopen() - open the file again, by its name. */
void notifier__reopen(struct notifier *notifier);

/** notifier__is_idle() - true if every hook has had its events. */
bool notifier__is_idle(const struct notifier *notifier);

/** notifier__hooks() - the number of hooks. */
size_t notifier__hooks(const struct notifier *notifier);

/** notifier__hook() - how a hook does. */
struct notifier_hook notifier__hook(const struct notifier *notifier, size_t number);

/** notifier__lost() - events that were not handed on, to whichever hook or output. */
__u64 notifier__lost(const struct notifier *notifier);

/** notifier__free() - end what runs, store all cursors, and free; NULL is fine. */
void notifier__free(struct notifier *notifier);

#endif
