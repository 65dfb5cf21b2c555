// SPDX-License-Identifier: GPL-2.0-only
// attachment: pins found in bpffs, checked against what the interface runs.
#ifndef COMMON_ATTACH_ATTACHMENT_H
#define COMMON_ATTACH_ATTACHMENT_H

#include <stddef.h>

#include "common/attach/attachment_info.h"
#include "common/dataplane/dataplane.h"

/**
 * attachment__list() - the attachments of this network namespace, eth2 before eth10
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno with @why set.
 */
int attachment__list(const struct registry *registry, struct attachment **ret, size_t *ret_count,
		     struct errmsg *why);

/**
 * attachment__inspect() - check an entry of the registry against what the interface runs
 * @netns: the inode of this network namespace
 *
 * Of another namespace, only whether the interface exists is known.
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__inspect(__u64 netns, const struct registry_entry *entry, struct attachment *ret,
			struct errmsg *why);

/**
 * attachment__explain_missing() - say what became of an interface that is not found by its name
 * @why: set anew if it was attached under that name, and renamed or moved since; else kept
 *
 * Return: -ENODEV
 */
int attachment__explain_missing(const struct registry *registry, const char *interface,
				struct errmsg *why);

/**
 * attachment__find() - the attachment of one interface
 *
 * Return: 1 with *@ret set; 0 if nothing of ours is attached: *@ret has the entry to create, the
 * name and no mode then; or a negative errno with @why set.
 */
int attachment__find(const struct registry *registry, const char *interface, struct attachment *ret,
		     struct errmsg *why);

/**
 * attachment__each() - call a function for every interface that our program runs on
 * @act: returns 0, or a negative errno with @why set, which ends the walk
 * @opaque: passed to @act
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__each(const struct registry *registry,
		     int (*act)(void *opaque, struct attachment *attachment, struct errmsg *why),
		     void *opaque, struct errmsg *why);

/**
 * attachment__open() - open the dataplane of one interface
 *
 * Return: 0 with *@ret owned by the caller and *@ret_attachment set, or a negative errno with @why
 * set: -ENOENT if nothing of ours is attached.
 */
int attachment__open(const struct registry *registry, const char *interface, struct dataplane **ret,
		     struct attachment *ret_attachment, struct errmsg *why);

/**
 * attachment__reopen() - open the dataplane of an attachment
 * @attachment: its record is read again
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: -EPROTO if another
 * version has pinned it.
 */
int attachment__reopen(struct attachment *attachment, struct dataplane **ret, struct errmsg *why);

/**
 * attachment__program() - open the program of an attachment, by its pin or by its id
 *
 * Return: a file descriptor owned by the caller, or a negative errno with @why set.
 */
int attachment__program(const struct attachment *attachment, struct errmsg *why);

/**
 * attachment__locate() - find where a program of ours runs, by asking the interface
 * @attachment: its entry, program and record are given; the mode and the dispatcher are set
 *
 * That is at a hook of the interface, or in the dispatcher there. Without the privilege to read the
 * dispatcher, the record is believed.
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__locate(struct attachment *attachment, struct errmsg *why);

/**
 * attachment__discard() - remove the pins of a program that does not run, also from dispatchers
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__discard(const struct attachment *attachment, struct errmsg *why);

#endif
