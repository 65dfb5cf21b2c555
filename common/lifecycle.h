// SPDX-License-Identifier: GPL-2.0-only
// lifecycle: attach, upgrade, reset and detach, each one whole or not at all.
#ifndef COMMON_LIFECYCLE_H
#define COMMON_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>

#include "attach.h"
#include "dataplane.h"
#include "snapshot.h"
#include "state.h"

/* An interface with pins of ours. */
struct attached {
	struct state_entry entry;
	struct attachment note;
	char interface[IFNAMSIZ]; /* its name now, or as noted when it is gone */
	bool exists;
	enum attach_mode mode; /* where our program runs, or ATTACH_NONE: stale */
	struct program_identity program;
};

/* What attaching came to. */
struct attach_report {
	enum attach_mode mode;
	bool upgraded; /* it was attached: new program, same counts */
	char refusal[sizeof(((struct errmsg *)0)->text)]; /* auto: why not natively, or empty */
};

enum detach_report {
	DETACH_DONE,
	DETACH_CLEANED, /* not attached any more, but there were pins */
	DETACH_NOTHING, /* there was nothing of ours */
};

/**
 * lifecycle__find() - the interface of a name, whole or refused
 *
 * Return: its index, or a negative errno with @why set.
 */
int lifecycle__find(const char *interface, struct errmsg *why);

/**
 * lifecycle__list() - the interfaces of this namespace that have pins of ours
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno with @why set.
 */
int lifecycle__list(const struct state *state, struct attached **ret, size_t *ret_count,
		    struct errmsg *why);

/**
 * lifecycle__open() - the dataplane of one interface
 *
 * Return: 0 with *@ret owned by the caller and *@ret_attached set, or a negative errno with @why
 * set: -ENOENT where nothing of ours is attached.
 */
int lifecycle__open(const struct state *state, const char *interface, struct dataplane **ret,
		    struct attached *ret_attached, struct errmsg *why);

/**
 * lifecycle__attach() - attach to an interface, or upgrade what is attached
 * @state: opened with STATE_WRITE
 * @max_sources: 0 for the default; an upgrade keeps its maps, so another number is refused
 *
 * An upgrade puts the new program in the place of the old one in one step, on the same maps.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set and everything as it was.
 */
int lifecycle__attach(const struct state *state, const char *interface, enum attach_mode mode,
		      __u32 max_sources, struct attach_report *ret, struct errmsg *why);

/**
 * lifecycle__detach() - take our program off an interface and unpin it
 *
 * A program that is not ours is left alone (-EBUSY).
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int lifecycle__detach(const struct state *state, const char *interface, enum detach_report *ret,
		      struct errmsg *why);

/**
 * lifecycle__reset() - start counting from zero
 * @ret: everything that was counted until then, complete; to be freed by snapshot__free()
 * @ret_attached: the interface
 *
 * A program with fresh maps takes the place of the old one in one step, so that each frame is
 * counted once, before or after: clearing maps that are being written would lose some.
 *
 * Return: 0, or a negative errno with @why set and nothing reset.
 */
int lifecycle__reset(const struct state *state, const char *interface, struct snapshot *ret,
		     struct attached *ret_attached, struct errmsg *why);

#endif
