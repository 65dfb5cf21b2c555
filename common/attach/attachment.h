// SPDX-License-Identifier: GPL-2.0-only
// attachment: the interfaces that have pins of ours, and what those are worth.
#ifndef COMMON_ATTACH_ATTACHMENT_H
#define COMMON_ATTACH_ATTACHMENT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/attach/dispatcher.h"
#include "common/attach/registry.h"
#include "common/attach/xdp_hook.h"
#include "common/dataplane/dataplane.h"

/* An interface with pins of ours. */
struct attachment {
	struct registry_entry entry;
	struct attachment_record record;
	char interface[IFNAMSIZ]; /* its name now, or as noted when it is gone */
	bool exists;
	enum attach_mode mode;           /* where our program runs, or ATTACH_NONE: stale */
	struct program_identity program; /* a reader without privileges knows its id alone */
	struct dispatcher dispatcher;    /* behind which it runs; all zeros: it runs alone */
};

enum leftover_reason {
	LEFTOVER_INTERFACE_GONE,
	LEFTOVER_UNFINISHED, /* by a command that was killed before the interface ran it */
	LEFTOVER_COMPLETED,  /* by a command that was killed after that: it is in place now */
};

/* What a killed command or an interface that went away had left, and was put right. */
struct leftover {
	struct registry_entry entry;
	char interface[IFNAMSIZ]; /* may be empty */
	enum leftover_reason reason;
};

/**
 * attachment__recover() - finish what killed commands began, and forget interfaces that are gone
 * @registry: opened with REGISTRY_WRITE
 *
 * To be called before any change. Of the directories of one interface, the one whose program runs
 * becomes the current one, and the others go; so does everything of an interface that is gone,
 * whichever namespace it was in. A current one that does not run is left: its counts can be read.
 *
 * Return: 0 with *@ret, what was put right, to be freed with free(3); or a negative errno with @why
 * set.
 */
int attachment__recover(const struct registry *registry, struct leftover **ret, size_t *ret_count,
			struct errmsg *why);

/**
 * attachment__list() - the interfaces of this namespace that have pins of ours
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno with @why set.
 */
int attachment__list(const struct registry *registry, struct attachment **ret, size_t *ret_count,
		     struct errmsg *why);

/**
 * attachment__find() - what is attached to an interface
 *
 * Return: 1 with *@ret set; 0 where nothing of ours is: it has its entry, name and no mode then; or
 * a negative errno with @why set.
 */
int attachment__find(const struct registry *registry, const char *interface, struct attachment *ret,
		     struct errmsg *why);

/**
 * attachment__each() - do something with every interface that our program runs on
 * @act: does it; returns 0, or a negative errno with @why set, which ends the walk
 * @opaque: handed to @act
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__each(const struct registry *registry,
		     int (*act)(void *opaque, struct attachment *attachment, struct errmsg *why),
		     void *opaque, struct errmsg *why);

/**
 * attachment__open() - the dataplane of one interface
 *
 * Return: 0 with *@ret owned by the caller and *@ret_attachment set, or a negative errno with @why
 * set: -ENOENT where nothing of ours is attached.
 */
int attachment__open(const struct registry *registry, const char *interface, struct dataplane **ret,
		     struct attachment *ret_attachment, struct errmsg *why);

/**
 * attachment__reopen() - the dataplane of an interface that has been listed
 * @attachment: from attachment__list(); its note is read again
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: -EPROTO where
 * another version has pinned it.
 */
int attachment__reopen(struct attachment *attachment, struct dataplane **ret, struct errmsg *why);

/**
 * attachment__locate() - where a program of ours runs, by asking the interface
 * @attachment: its entry, program and note say which; the mode and the dispatcher are set
 *
 * That is at a hook of the interface, or behind the dispatcher that is there. Who may not look
 * behind that takes the note's word.
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__locate(struct attachment *attachment, struct errmsg *why);

/**
 * attachment__discard() - unpin what does not run, and what is left of it behind dispatchers
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__discard(const struct attachment *attachment, struct errmsg *why);

#endif
