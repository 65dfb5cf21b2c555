// SPDX-License-Identifier: GPL-2.0-only
// saved_state: what `events run` knows of its interfaces, on disk for the next run and for metrics.
#ifndef CTL_MONITOR_SAVED_STATE_H
#define CTL_MONITOR_SAVED_STATE_H

#include <jansson.h>
#include <net/if.h>

#include "common/events/events_config.h"

#define SAVED_STATE_FILE "state.json"

struct saved_interface {
	char interface[IFNAMSIZ];
	__u64 attached_at_ns;
	__u32 program_id;
	__u32 regimes;   /* 1 << enum table: it has bounds instead of exact counts */
	json_t *attacks; /* see detector__save(); owned */
};

/* Since the first run. */
struct saved_counts {
	__u64 events[EVENT_KIND_COUNT];
	__u64 journal_lost; /* events that are not in the journal */
	__u64 notify_lost;  /* and that a hook or an output did not get */
	struct saved_hook {
		char name[POLICY_NAME_BYTES];
		__u64 failures;
	} hooks[NOTIFY_MAX_HOOKS];
	size_t hook_count;
};

struct saved_state {
	__u64 sequence; /* of the last record of the journal that it knows of */
	__u64 time_ns;  /* of the last reading, since 1970; 0: there was none */
	struct saved_interface *interfaces;
	size_t count;
	struct saved_counts counts;
};

/**
 * saved_state__read() - read the state alone
 *
 * Return: 0 with *@ret to be freed by saved_state__free(); -ENOENT if there is none; -EBADMSG if it
 * is damaged; or -ENOMEM.
 */
int saved_state__read(const char *directory, struct saved_state *ret);

/**
 * saved_state__load() - read the state, and apply what the journal has since
 * @directory: of the journal
 * @see: called with each of those records
 *
 * A missing or damaged state is made from the journal alone.
 *
 * Return: 0 with *@ret to be freed by saved_state__free(), or a negative errno with @why set.
 */
int saved_state__load(const char *directory, event_function *see, void *context,
		      struct saved_state *ret, struct errmsg *why);

/** saved_state__find() - an interface, or NULL. */
struct saved_interface *saved_state__find(const struct saved_state *state, const char *interface);

/**
 * saved_state__add() - an interface, with nothing known of it yet
 *
 * Return: valid until the next call, or NULL without memory.
 */
struct saved_interface *saved_state__add(struct saved_state *state, const char *interface);

/** saved_state__store() - write it: whole, on the disk, then renamed. Return: 0 or -errno. */
int saved_state__store(const char *directory, const struct saved_state *state, struct errmsg *why);

/** saved_state__free() - free what it holds. */
void saved_state__free(struct saved_state *state);

#endif
