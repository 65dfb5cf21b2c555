// SPDX-License-Identifier: GPL-2.0-only
// attachment: pins found in bpffs, checked against what the interface runs.
#include "common/attach/attachment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/netdev/netdev.h"

/* The program that an entry has pinned; none if a command was killed before that. */
static int identify(const struct registry_entry *entry, const struct attachment_record *record,
		    struct program_identity *ret, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	int fd, err;

	fd = dataplane__pinned_program(registry__path(entry, directory), why);
	if (fd == -ENOENT)
		return 0;
	if (fd == -EACCES && record->layout) {
		ret->id = record->program_id;
		return 0;
	}
	if (fd < 0)
		return fd;
	err = program_identity__read(fd, ret);
	close(fd);
	return err ? errmsg__set(why, err, "%s: cannot identify the program: %s", directory,
				 strerror(-err))
		   : 0;
}

int attachment__locate(struct attachment *attachment, struct errmsg *why)
{
	struct xdp_hook_state running;
	struct dispatcher dispatcher;
	int err;

	err = xdp_hook__query(attachment->entry.ifindex, &running, why);
	if (err)
		return err;
	attachment->mode = xdp_hook_state__mode_of(&running, attachment->program.id);
	if (attachment->mode != ATTACH_NONE || !xdp_hook_state__any(&running) ||
	    (attachment->record.layout && !attachment->record.behind_dispatcher))
		return 0;
	err = dispatcher__read(attachment->entry.ifindex, &dispatcher, why);
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
int attachment__inspect(const struct registry *registry, const struct registry_entry *entry,
			struct attachment *ret, struct errmsg *why)
{
	bool here = entry->netns == registry__netns(registry);
	int err;

	*ret = (struct attachment){.entry = *entry, .mode = ATTACH_NONE};
	if (registry__record(entry, &ret->record, NULL))
		ret->record = (struct attachment_record){};
	ret->exists = !registry__interface_is_gone(entry);
	if (here && ret->exists)
		ret->exists = if_indextoname(entry->ifindex, ret->interface);
	if (!here || !ret->exists)
		snprintf(ret->interface, sizeof(ret->interface), "%s", ret->record.interface);
	if (!here || !ret->exists)
		return 0;
	err = identify(entry, &ret->record, &ret->program, why);
	return err ?: attachment__locate(ret, why);
}

int attachment__list(const struct registry *registry, struct attachment **ret, size_t *ret_count,
		     struct errmsg *why)
{
	struct registry_entry *entries;
	struct attachment *list;
	size_t count, kept = 0;
	int err;

	err = registry__entries(registry, &entries, &count, why);
	if (err)
		return err;
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		err = -ENOMEM;
	for (size_t i = 0; !err && i < count; i++)
		if (entries[i].netns == registry__netns(registry))
			err = attachment__inspect(registry, &entries[i], &list[kept++], why);
	free(entries);
	if (err) {
		free(list);
		return err;
	}
	*ret = list;
	*ret_count = kept;
	return 0;
}

int attachment__discard(const struct attachment *attachment, struct errmsg *why)
{
	struct program_identity program = {};

	if (!identify(&attachment->entry, &attachment->record, &program, NULL) && program.id)
		dispatcher__forget(attachment->entry.ifindex, attachment->exists, program.id);
	return registry__remove(&attachment->entry, why);
}

/* Of the directories of an interface, the one whose program runs; else the current one. */
static int find_entry(const struct registry *registry, __u32 ifindex, struct attachment *ret,
		      struct errmsg *why)
{
	struct registry_entry entry = {.netns = registry__netns(registry), .ifindex = ifindex};
	struct attachment attachment;
	int err, found = 0;

	for (int kind = REGISTRY_CURRENT; kind <= REGISTRY_REPLACED; kind++) {
		entry.kind = kind;
		if (!registry__exists(registry, &entry))
			continue;
		err = attachment__inspect(registry, &entry, &attachment, why);
		if (err)
			return err;
		if (!attachment.exists ||
		    (attachment.mode == ATTACH_NONE && kind != REGISTRY_CURRENT))
			continue;
		*ret = attachment;
		found = 1;
		if (attachment.mode != ATTACH_NONE)
			break;
	}
	return found;
}

int attachment__find(const struct registry *registry, const char *interface, struct attachment *ret,
		     struct errmsg *why)
{
	int ifindex = netdev__index(interface, why);

	if (ifindex < 0)
		return ifindex;
	*ret = (struct attachment){
		.entry = {.netns = registry__netns(registry), .ifindex = ifindex},
		.mode = ATTACH_NONE,
	};
	snprintf(ret->interface, sizeof(ret->interface), "%s", interface);
	return find_entry(registry, ifindex, ret, why);
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
	for (size_t i = 0; !err && i < count; i++)
		if (list[i].exists && list[i].mode != ATTACH_NONE)
			err = act(opaque, &list[i], why);
	free(list);
	return err;
}

int attachment__reopen(struct attachment *attachment, struct dataplane **ret, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	int err;

	err = registry__record(&attachment->entry, &attachment->record, why);
	return err ?: dataplane__reopen(registry__path(&attachment->entry, directory), ret, why);
}

int attachment__open(const struct registry *registry, const char *interface, struct dataplane **ret,
		     struct attachment *ret_attachment, struct errmsg *why)
{
	struct attachment attachment;
	int err;

	err = attachment__find(registry, interface, &attachment, why);
	if (err < 0)
		return err;
	if (!err)
		return errmsg__set(why, -ENOENT, "%s: not attached: 'xdpctl attach %s' starts it",
				   interface, interface);
	err = attachment__reopen(&attachment, ret, why);
	if (!err)
		*ret_attachment = attachment;
	return err;
}
