// SPDX-License-Identifier: GPL-2.0-only
// lifecycle: attach, upgrade, reset and detach, each one whole or not at all.
#ifndef COMMON_LIFECYCLE_H
#define COMMON_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>

#include "attach.h"
#include "dataplane.h"
#include "dispatcher.h"
#include "evict.h"
#include "snapshot.h"
#include "state.h"

/* An interface with pins of ours. */
struct attached {
	struct state_entry entry;
	struct attachment note;
	char interface[IFNAMSIZ]; /* its name now, or as noted when it is gone */
	bool exists;
	enum attach_mode mode;           /* where our program runs, or ATTACH_NONE: stale */
	struct program_identity program; /* a reader without privileges knows its id alone */
	struct dispatcher dispatcher;    /* behind which it runs; all zeros: it runs alone */
};

/* What `attach` is asked for. */
struct attach_request {
	enum attach_mode mode;
	__u32 max_sources; /* 0: the default, or what there is */
	bool handshakes;   /* an upgrade keeps them, asked or not */
	bool reset;        /* count from zero, in new maps; else what is attached keeps its own */
	bool force;        /* what is not ours and stands in the way comes off */
	bool has_priority; /* else the default, or what there is */
	__u32 priority;
};

/* What attaching came to. */
struct attach_report {
	enum attach_mode mode;
	bool upgraded; /* it was attached: new program, same counts */
	char refusal[sizeof(((struct errmsg *)0)->text)]; /* auto: why not natively, or empty */
	const char *const *missing;                       /* see dataplane__missing() */
	char evicted[EVICT_TEXT_BYTES];                   /* what had to come off, or empty */
	char handshakes_remark[sizeof(((struct attachment *)0)->handshakes_remark)]; /* or empty */
};

enum leftover_reason {
	LEFTOVER_INTERFACE_GONE,
	LEFTOVER_UNFINISHED, /* by a command that was killed before the interface ran it */
	LEFTOVER_COMPLETED,  /* by a command that was killed after that: it is in place now */
};

/* What a killed command or an interface that went away had left, and was put right. */
struct leftover {
	struct state_entry entry;
	char interface[IFNAMSIZ]; /* may be empty */
	enum leftover_reason reason;
};

/* What detaching came to. */
struct detach_report {
	enum {
		DETACH_DONE,
		DETACH_CLEANED, /* not attached any more, but there were pins */
		DETACH_NOTHING, /* there was nothing of ours */
	} result;
	char evicted[EVICT_TEXT_BYTES]; /* what else came off, or empty */
};

/**
 * lifecycle__find() - the interface of a name, whole or refused
 *
 * Return: its index, or a negative errno with @why set.
 */
int lifecycle__find(const char *interface, struct errmsg *why);

/**
 * lifecycle__recover() - finish what killed commands began, and forget interfaces that are gone
 * @state: opened with STATE_WRITE
 *
 * To be called before any change. Of the directories of one interface, the one whose program runs
 * becomes the current one, and the others go; so does everything of an interface that is gone,
 * whichever namespace it was in. A current one that does not run is left: its counts can be read.
 *
 * Return: 0 with *@ret, what was put right, to be freed with free(3); or a negative errno with @why
 * set.
 */
int lifecycle__recover(const struct state *state, struct leftover **ret, size_t *ret_count,
		       struct errmsg *why);

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
 * lifecycle__reopen() - the dataplane of an interface that has been listed
 * @attached: from lifecycle__list(); its note is read again
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: -EPROTO where
 * another version has pinned it.
 */
int lifecycle__reopen(struct attached *attached, struct dataplane **ret, struct errmsg *why);

/**
 * lifecycle__attach() - attach to an interface, or upgrade what is attached
 * @state: opened with STATE_WRITE, recovered
 *
 * Where the kernel and libxdp offer it, our program goes behind a dispatcher, among the others that
 * are there; else it has the interface for itself. An upgrade leaves it where it is. Any program
 * that is not ours and in the way is left alone (-EBUSY) unless forced.
 *
 * An upgrade puts the new program in the place of the old one in one step, on the same maps, so
 * that another number of sources is refused, and so are maps of another layout.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set and everything as it was.
 */
int lifecycle__attach(const struct state *state, const char *interface,
		      const struct attach_request *request, struct attach_report *ret,
		      struct errmsg *why);

/**
 * lifecycle__detach() - take our program off an interface and unpin it
 * @state: opened with STATE_WRITE, recovered
 * @force: take off every other program too; else those beside ours stay, and where there is
 *	   nothing of ours, a foreign program is refused (-EBUSY)
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int lifecycle__detach(const struct state *state, const char *interface, bool force,
		      struct detach_report *ret, struct errmsg *why);

/**
 * lifecycle__reset() - start counting from zero
 * @state: opened with STATE_WRITE, recovered
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
