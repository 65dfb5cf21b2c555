// SPDX-License-Identifier: GPL-2.0-only
// attachment: pins found in bpffs, checked against what the interface runs.
#include "common/attach/attachment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/running.h"
#include "common/attach/stray.h"
#include "common/dataplane/adopt.h"
#include "common/netdev/netdev.h"

#define MAX_TRIES 100

/* The program of an entry: the pinned one, or without that pin the recorded one. */
static int identify(struct attachment *attachment, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	int fd, err;

	fd = dataplane__pinned_program(registry__path(&attachment->entry, directory), why);
	attachment->pinned = fd != -ENOENT;
	if (fd == -ENOENT || (fd == -EACCES && attachment->record.layout)) {
		attachment->program.id = attachment->record.program_id;
		fd = prog_info__open(attachment->program.id, NULL);
		if (fd < 0)
			return 0;
	}
	if (fd < 0)
		return fd;
	err = program_identity__read(fd, &attachment->program);
	close(fd);
	return err ? errmsg__set(why, err, "%s: cannot identify the program: %s", directory,
				 strerror(-err))
		   : 0;
}

int attachment__program(const struct attachment *attachment, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];

	if (attachment->pinned)
		return dataplane__pinned_program(registry__path(&attachment->entry, directory),
						 why);
	return prog_info__open(attachment->program.id, why);
}

int attachment__locate(struct attachment *attachment, struct errmsg *why)
{
	struct xdp_hook_state running;
	struct dispatcher dispatcher;
	int err;

	err = xdp_hook__query(attachment->ifindex, &running, why);
	if (err)
		return err;
	attachment->mode = xdp_hook_state__mode_of(&running, attachment->program.id);
	if (attachment->mode != ATTACH_NONE || !xdp_hook_state__any(&running) ||
	    (attachment->record.layout && !attachment->record.behind_dispatcher))
		return 0;
	err = dispatcher__read(attachment->ifindex, &dispatcher, why);
	if (err && (err != -EPERM || !attachment->record.layout))
		return err;
	if (!err && !dispatcher__find(&dispatcher, attachment->program.id))
		return 0;
	attachment->dispatcher = dispatcher;
	attachment->mode = dispatcher.mode;
	return 0;
}

/*
 * What is unknown is an error: the pins of a running program must not be taken for stale, or they
 * would be removed.
 */
int attachment__inspect(__u64 netns, const struct registry_entry *entry, struct attachment *ret,
			struct errmsg *why)
{
	bool here = entry->netns == netns;
	int err;

	*ret = (struct attachment){
		.entry = *entry,
		.ifindex = entry->ifindex,
		.pinned = true,
		.mode = ATTACH_NONE,
	};
	ret->record_err = registry__record(entry, &ret->record, NULL);
	if (ret->record_err)
		ret->record = (struct attachment_record){};
	ret->exists = !registry__interface_is_gone(entry);
	if (here && ret->exists)
		ret->exists = if_indextoname(entry->ifindex, ret->interface);
	if (!here || !ret->exists)
		snprintf(ret->interface, sizeof(ret->interface), "%s", ret->record.interface);
	if (!here || !ret->exists)
		return 0;
	err = identify(ret, why);
	return err ?: attachment__locate(ret, why);
}

/* An entry is read again when a writer replaces it meanwhile. Return: 1, 0 if there is none. */
static int read_entry(struct registry_entry *entry, __u64 netns, struct attachment *ret,
		      struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	int err;

	for (int tries = 0; tries < MAX_TRIES; tries++) {
		if (!registry__find(entry))
			return 0;
		err = attachment__inspect(netns, entry, ret, why);
		if (registry__is_unchanged(entry))
			return err ?: 1;
	}
	return errmsg__set(why, -EAGAIN, "%s: it is replaced again and again: try later",
			   registry__path(entry, directory));
}

/* Of the directories of an interface, the one whose program runs; else the current one. */
static int find_entry(__u64 netns, __u32 ifindex, struct attachment *ret, struct errmsg *why)
{
	struct registry_entry entry = {.netns = netns, .ifindex = ifindex};
	struct attachment attachment;
	int err, found = 0;

	for (int kind = REGISTRY_CURRENT; kind <= REGISTRY_REPLACED; kind++) {
		entry.kind = kind;
		err = read_entry(&entry, netns, &attachment, why);
		if (err < 0)
			return err;
		if (!err || (attachment.mode == ATTACH_NONE && kind != REGISTRY_CURRENT))
			continue;
		*ret = attachment;
		found = 1;
		if (attachment.mode != ATTACH_NONE)
			break;
	}
	return found;
}

static bool is_listed(const struct attachment *list, size_t count, __u32 ifindex)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].entry.ifindex == ifindex)
			return true;
	return false;
}

/* Of each interface once, although a killed command may have left several directories. */
static int list_entries(const struct registry *registry, const struct registry_entry *entries,
			size_t count, struct attachment *list, size_t *ret_count,
			struct errmsg *why)
{
	size_t kept = 0;
	int err;

	for (size_t i = 0; i < count; i++) {
		if (entries[i].netns != registry__netns(registry) ||
		    (entries[i].kind != REGISTRY_CURRENT &&
		     is_listed(list, kept, entries[i].ifindex)))
			continue;
		err = find_entry(entries[i].netns, entries[i].ifindex, &list[kept], why);
		if (err < 0)
			return err;
		kept += err;
	}
	*ret_count = kept;
	return 0;
}

static int by_kind(const void *a, const void *b)
{
	const struct registry_entry *x = a, *y = b;

	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Return: true if there are interfaces that are neither in this namespace nor in the list. */
static bool find_places_in(const struct running *running, size_t running_count,
			   struct attachment *list, size_t count)
{
	bool missing = false;

	for (size_t i = 0; i < count; i++) {
		const struct running *found;

		if (list[i].exists || list[i].whereabouts != WHEREABOUTS_NONE)
			continue;
		found = running__find(running, running_count, list[i].record.program_id);
		missing |= !found;
		if (!found)
			continue;
		list[i].whereabouts = found->netns ? WHEREABOUTS_PLACE : WHEREABOUTS_HIDDEN;
		snprintf(list[i].place, sizeof(list[i].place), "%s", found->label);
	}
	return missing;
}

/* Where the programs of interfaces run that are not in this namespace any more. */
static void find_places(struct attachment *list, size_t count)
{
	struct running *running = NULL;
	bool missing = find_places_in(NULL, 0, list, count);
	size_t running_count;
	int err = 0;

	for (int hidden = 0; !err && missing && hidden <= 1; hidden++) {
		err = hidden ? running__list_hidden(&running, &running_count)
			     : running__list(&running, &running_count);
		if (!err)
			missing = find_places_in(running, running_count, list, count);
		free(running);
		running = NULL;
	}
	for (size_t i = 0; err && i < count; i++)
		if (!list[i].exists && list[i].whereabouts == WHEREABOUTS_NONE)
			list[i].whereabouts = WHEREABOUTS_UNKNOWN;
}

static int by_name(const void *a, const void *b)
{
	const struct attachment *left = a, *right = b;

	return strverscmp(left->interface, right->interface)
		       ?: by_kind(&left->entry, &right->entry);
}

int attachment__list(const struct registry *registry, struct attachment **ret, size_t *ret_count,
		     struct errmsg *why)
{
	struct registry_entry *entries;
	struct attachment *list;
	size_t count;
	int err;

	err = registry__entries(registry, &entries, &count, why);
	if (err)
		return err;
	list = calloc(count + 1, sizeof(*list));
	qsort(entries, count, sizeof(*entries), by_kind);
	err = list ? list_entries(registry, entries, count, list, ret_count, why) : -ENOMEM;
	if (!err)
		err = stray__add(registry, entries, count, &list, ret_count);
	free(entries);
	if (err) {
		free(list);
		return err;
	}
	find_places(list, *ret_count);
	qsort(list, *ret_count, sizeof(*list), by_name);
	*ret = list;
	return 0;
}

int attachment__discard(const struct attachment *attachment, struct errmsg *why)
{
	struct attachment stale = *attachment;

	if (!identify(&stale, NULL) && stale.program.id)
		dispatcher__forget(stale.entry.ifindex, stale.exists, stale.program.id);
	return registry__remove(&attachment->entry, why);
}

int attachment__find(const struct registry *registry, const char *interface, struct attachment *ret,
		     struct errmsg *why)
{
	struct attachment found = {};
	int err, ifindex = netdev__index(interface, why);

	if (ifindex < 0)
		return ifindex;
	*ret = (struct attachment){
		.entry = {.netns = registry__netns(registry), .ifindex = ifindex},
		.ifindex = ifindex,
		.mode = ATTACH_NONE,
	};
	snprintf(ret->interface, sizeof(ret->interface), "%s", interface);
	err = find_entry(registry__netns(registry), ifindex, &found, why);
	if (err < 0)
		return err;
	if (err)
		ret->entry.inode = found.entry.inode;
	if (err && found.exists && found.mode != ATTACH_NONE) {
		*ret = found;
		return 1;
	}
	if (stray__find(registry, ret))
		return 1;
	if (!err || !found.exists)
		return 0;
	*ret = found;
	return 1;
}

static int explain_one(const struct attachment *attachment, const char *interface,
		       struct errmsg *why)
{
	if (attachment->exists)
		return errmsg__set(why, -ENODEV,
				   "%s: no such interface: it is called %s since it was attached",
				   interface, attachment->interface);
	if (!attachment->place[0])
		return -ENODEV;
	return errmsg__set(
		why, -ENODEV,
		"%s: no such interface here: it was moved to %s since it was attached%s", interface,
		attachment->place,
		attachment->whereabouts == WHEREABOUTS_PLACE ? ": see it there with --netns" : "");
}

int attachment__explain_missing(const struct registry *registry, const char *interface,
				struct errmsg *why)
{
	struct attachment *list;
	size_t count;

	if (attachment__list(registry, &list, &count, NULL))
		return -ENODEV;
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].record.interface, interface))
			explain_one(&list[i], interface, why);
	free(list);
	return -ENODEV;
}

/* What may not be identified might be attached. */
static int attachment_missing(const char *interface, struct errmsg *why)
{
	int err = stray__unidentified(netdev__index(interface, NULL), why);

	if (err)
		return errmsg__prefix(why, err,
				      "%s: runs a program that cannot be identified: ", interface);
	return errmsg__set(why, -ENOENT, "%s: not attached: 'xdpctl attach %s' starts it",
			   interface, interface);
}

int attachment__each(const struct registry *registry,
		     int (*act)(void *opaque, struct attachment *attachment, struct errmsg *why),
		     void *opaque, struct errmsg *why)
{
	struct attachment *list;
	size_t count;
	int err;

	err = attachment__list(registry, &list, &count, why);
	if (err)
		return err;
	for (size_t i = 0; !err && i < count; i++) {
		if (!list[i].exists || list[i].mode == ATTACH_NONE)
			continue;
		err = act(opaque, &list[i], why);
		/* It was detached meanwhile. */
		if (err == -ENOENT && !registry__is_unchanged(&list[i].entry))
			err = 0;
	}
	free(list);
	return err;
}

static int attachment_adopt(const struct attachment *attachment, struct dataplane **ret,
			    struct errmsg *why)
{
	int err, fd = prog_info__open(attachment->program.id, why);

	if (fd < 0)
		return errmsg__prefix(why, fd, "%s: ", attachment->interface);
	err = dataplane__adopt(fd, ret, why);
	close(fd);
	if (err == -EPROTO)
		return errmsg__set(
			why, err,
			"%s: program '%s' (id %u) is an xdpctl program without pins, and "
			"its layout is unknown: 'xdpctl attach --reset' replaces it and "
			"restarts counting, 'xdpctl detach' detaches it",
			attachment->interface, attachment->program.name, attachment->program.id);
	return err ? errmsg__prefix(why, err, "%s: ", attachment->interface) : 0;
}

static int attachment_detached(const char *interface, struct errmsg *why)
{
	return errmsg__set(why, -ENOENT,
			   "%s: another command has detached it meanwhile: see 'xdpctl status'",
			   interface);
}

static int reopen_pins(struct attachment *attachment, struct dataplane **ret, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	int err = registry__record(&attachment->entry, &attachment->record, why);

	if (err)
		return err;
	return dataplane__reopen(registry__path(&attachment->entry, directory), ret, why);
}

int attachment__reopen(struct attachment *attachment, struct dataplane **ret, struct errmsg *why)
{
	const struct registry_entry *entry = &attachment->entry;
	struct dataplane *dataplane;
	int err, found;

	if (!attachment->pinned && attachment->mode != ATTACH_NONE)
		return attachment_adopt(attachment, ret, why);
	for (int tries = 0; tries < MAX_TRIES; tries++) {
		err = reopen_pins(attachment, &dataplane, why);
		/* Other pins are missing. */
		if (err == -ENOENT && attachment->mode != ATTACH_NONE &&
		    registry__is_unchanged(entry))
			return attachment_adopt(attachment, ret, why);
		if (registry__is_unchanged(entry)) {
			if (!err)
				*ret = dataplane;
			return err;
		}
		/* A writer has replaced it: these pins may be some of both. */
		if (!err)
			dataplane__close(dataplane);
		found = find_entry(entry->netns, entry->ifindex, attachment, why);
		if (found <= 0)
			return found ?: attachment_detached(attachment->interface, why);
	}
	return errmsg__set(why, -EAGAIN, "%s: it is replaced again and again: try later",
			   attachment->interface);
}

int attachment__open(const struct registry *registry, const char *interface, struct dataplane **ret,
		     struct attachment *ret_attachment, struct errmsg *why)
{
	struct attachment attachment;
	int err;

	err = attachment__find(registry, interface, &attachment, why);
	if (err == -ENODEV)
		return attachment__explain_missing(registry, interface, why);
	if (err < 0)
		return err;
	if (!err)
		return attachment_missing(interface, why);
	err = attachment__reopen(&attachment, ret, why);
	if (!err)
		*ret_attachment = attachment;
	return err;
}
