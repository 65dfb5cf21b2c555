// SPDX-License-Identifier: GPL-2.0-only
// attachment: the interfaces that have pins of ours, and what those are worth.
#include "common/attach/attachment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/dataplane/handshakes.h"

/* Which program the pins of an entry hold; none where a command was killed before it was pinned. */
static int identify(const struct registry_entry *entry, const struct attachment *note,
		    struct program_identity *ret, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	int fd, err;

	fd = dataplane__pinned_program(registry__path(entry, directory), why);
	if (fd == -ENOENT)
		return 0;
	if (fd == -EACCES && note->layout) {
		ret->id = note->program_id;
		return 0;
	}
	if (fd < 0)
		return fd;
	err = program_identity__read(fd, ret);
	close(fd);
	return err ? errmsg__set(why, err, "%s: reading about the program: %s", directory,
				 strerror(-err))
		   : 0;
}

int attached__locate(struct attached *attached, struct errmsg *why)
{
	struct attach_state running;
	struct dispatcher dispatcher;
	int err;

	err = attach__query(attached->entry.ifindex, &running, why);
	if (err)
		return err;
	attached->mode = attach_state__mode_of(&running, attached->program.id);
	if (attached->mode != ATTACH_NONE || !attach_state__any(&running) ||
	    (attached->note.layout && !attached->note.behind_dispatcher))
		return 0;
	err = dispatcher__read(attached->entry.ifindex, &dispatcher, why);
	if (err && (err != -EPERM || !attached->note.layout))
		return err;
	if (!err && !dispatcher__find(&dispatcher, attached->program.id))
		return 0;
	attached->dispatcher = dispatcher;
	attached->mode = dispatcher.mode;
	return 0;
}

/*
 * What an entry's pins are worth: which program they hold, and whether the interface runs it. What
 * cannot be told is an error: taken for stale, the pins of a running program would be removed.
 */
static int inspect(const struct registry *registry, const struct registry_entry *entry,
		   struct attached *ret, struct errmsg *why)
{
	bool here = entry->netns == registry__netns(registry);
	int err;

	*ret = (struct attached){.entry = *entry, .mode = ATTACH_NONE};
	if (registry__record(entry, &ret->note, NULL))
		ret->note = (struct attachment){};
	ret->exists = !registry__interface_is_gone(entry);
	if (here && ret->exists)
		ret->exists = if_indextoname(entry->ifindex, ret->interface);
	if (!here || !ret->exists)
		snprintf(ret->interface, sizeof(ret->interface), "%s", ret->note.interface);
	if (!here || !ret->exists)
		return 0;
	err = identify(entry, &ret->note, &ret->program, why);
	return err ?: attached__locate(ret, why);
}

/* Every entry; of other namespaces, no more is known than whether the interface exists. */
static int list_all(const struct registry *registry, struct attached **ret, size_t *ret_count,
		    struct errmsg *why)
{
	struct registry_entry *entries;
	struct attached *list;
	size_t count;
	int err;

	err = registry__entries(registry, &entries, &count, why);
	if (err)
		return err;
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		err = -ENOMEM;
	for (size_t i = 0; !err && i < count; i++)
		err = inspect(registry, &entries[i], &list[i], why);
	free(entries);
	if (err) {
		free(list);
		return err;
	}
	*ret = list;
	*ret_count = count;
	return 0;
}

int attached__list(const struct registry *registry, struct attached **ret, size_t *ret_count,
		   struct errmsg *why)
{
	struct attached *list;
	size_t count, kept = 0;
	int err;

	err = list_all(registry, &list, &count, why);
	if (err)
		return err;
	for (size_t i = 0; i < count; i++)
		if (list[i].entry.netns == registry__netns(registry))
			list[kept++] = list[i];
	*ret = list;
	*ret_count = kept;
	return 0;
}

int attached__discard(const struct attached *attached, struct errmsg *why)
{
	struct program_identity program = {};

	if (!identify(&attached->entry, &attached->note, &program, NULL) && program.id)
		dispatcher__forget(attached->entry.ifindex, attached->exists, program.id);
	return registry__remove(&attached->entry, why);
}

/* Puts one entry right. Return: 1 if there was something to put right, 0 if not. */
static int recover_one(const struct registry *registry, const struct attached *attached,
		       struct leftover *ret, struct errmsg *why)
{
	struct attached replaced = {.entry = attached->entry, .exists = attached->exists};
	struct registry_entry current = attached->entry;
	char directory[REGISTRY_PATH_BYTES];
	int err;

	*ret = (struct leftover){.entry = attached->entry, .reason = LEFTOVER_INTERFACE_GONE};
	snprintf(ret->interface, sizeof(ret->interface), "%s", attached->interface);
	if (attached->exists) {
		if (current.netns != registry__netns(registry) || current.kind == REGISTRY_CURRENT)
			return 0;
		ret->reason =
			attached->mode == ATTACH_NONE ? LEFTOVER_UNFINISHED : LEFTOVER_COMPLETED;
	}
	if (ret->reason != LEFTOVER_COMPLETED)
		return attached__discard(attached, why) ?: 1;
	dispatcher__forget(current.ifindex, true, attached->program.id);
	replaced.entry.kind = REGISTRY_CURRENT;
	attached__discard(&replaced, NULL);
	err = registry__rename(&attached->entry, REGISTRY_CURRENT, why);
	err = err ?: handshakes__run(registry__path(&current, directory), why);
	return err ?: 1;
}

int attached__recover(const struct registry *registry, struct leftover **ret, size_t *ret_count,
		      struct errmsg *why)
{
	struct leftover *leftovers;
	struct attached *list;
	size_t count, found = 0;
	int err;

	err = list_all(registry, &list, &count, why);
	if (err)
		return err;
	leftovers = calloc(count + 1, sizeof(*leftovers));
	if (!leftovers)
		err = -ENOMEM;
	for (size_t i = 0; err >= 0 && i < count; i++) {
		err = recover_one(registry, &list[i], &leftovers[found], why);
		found += err > 0;
	}
	free(list);
	if (err < 0) {
		free(leftovers);
		return err;
	}
	*ret = leftovers;
	*ret_count = found;
	return 0;
}

int attached__find(const struct registry *registry, const char *interface, struct attached *ret,
		   struct errmsg *why)
{
	struct attached *list;
	size_t count;
	int err, found = 0, ifindex = attach__find(interface, why);

	if (ifindex < 0)
		return ifindex;
	err = attached__list(registry, &list, &count, why);
	if (err)
		return err;
	*ret = (struct attached){
		.entry = {.netns = registry__netns(registry), .ifindex = ifindex},
		.mode = ATTACH_NONE,
	};
	snprintf(ret->interface, sizeof(ret->interface), "%s", interface);
	for (size_t i = 0; i < count && !found; i++) {
		if ((int)list[i].entry.ifindex != ifindex || !list[i].exists)
			continue;
		if (list[i].entry.kind != REGISTRY_CURRENT && list[i].mode == ATTACH_NONE)
			continue;
		*ret = list[i];
		found = 1;
	}
	free(list);
	return found;
}

int attached__each(const struct registry *registry,
		   int (*act)(void *opaque, struct attached *attached, struct errmsg *why),
		   void *opaque, struct errmsg *why)
{
	struct attached *list;
	size_t count;
	int err;

	err = attached__list(registry, &list, &count, why);
	if (err)
		return err;
	for (size_t i = 0; !err && i < count; i++)
		if (list[i].exists && list[i].mode != ATTACH_NONE)
			err = act(opaque, &list[i], why);
	free(list);
	return err;
}

int attached__reopen(struct attached *attached, struct dataplane **ret, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	int err;

	err = registry__record(&attached->entry, &attached->note, why);
	return err ?: dataplane__reopen(registry__path(&attached->entry, directory), ret, why);
}

int attached__open(const struct registry *registry, const char *interface, struct dataplane **ret,
		   struct attached *ret_attached, struct errmsg *why)
{
	struct attached attached;
	int err;

	err = attached__find(registry, interface, &attached, why);
	if (err < 0)
		return err;
	if (!err)
		return errmsg__set(why, -ENOENT, "%s: not attached: 'xdpctl attach %s' starts it",
				   interface, interface);
	err = attached__reopen(&attached, ret, why);
	if (!err)
		*ret_attached = attached;
	return err;
}
