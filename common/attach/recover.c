// SPDX-License-Identifier: GPL-2.0-only
// recover: finish or undo what killed commands and unregistered interfaces left in the registry.
#include "common/attach/recover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/attachment.h"
#include "common/attach/running.h"
#include "common/dataplane/handshakes.h"
#include "common/netdev/netdev.h"
#include "common/netdev/netns_walk.h"

/* The program of a staged entry runs: the entry becomes the current one. */
static int complete(const struct attachment *attachment, struct errmsg *why)
{
	struct attachment replaced = {.entry = attachment->entry, .exists = true};
	char directory[REGISTRY_PATH_BYTES];
	int err;

	dispatcher__forget(attachment->entry.ifindex, true, attachment->program.id);
	replaced.entry.kind = REGISTRY_CURRENT;
	attachment__discard(&replaced, NULL);
	err = registry__rename(&attachment->entry, REGISTRY_CURRENT, why);
	return err ?: handshakes__run(registry__path(&replaced.entry, directory), why);
}

/* All programs that run, looked for when the first interface is missing. */
struct search {
	bool done, hidden_done;
	int err;
	struct running *running;
	size_t count;
	struct running *hidden;
	size_t hidden_count;
};

struct renewal {
	struct registry_entry entry;
	const char *interface;
	struct errmsg *why;
};

static int renew_in(const struct netns *netns, void *opaque)
{
	struct renewal *renewal = opaque;
	int err, back;

	if (netns->inode != renewal->entry.netns)
		return 0;
	back = netns__enter(netns);
	if (back < 0)
		return errmsg__set(renewal->why, back, "%s: cannot enter it: %s", netns->label,
				   strerror(-back));
	err = registry__renew(&renewal->entry, renewal->interface, renewal->why);
	netns__leave(back);
	return err ?: 1;
}

/* The entry is filed under the namespace and the index that its interface has now. */
static int follow(const struct attachment *attachment, const struct running *running,
		  struct leftover *ret, struct errmsg *why)
{
	struct renewal renewal = {
		.entry = attachment->entry, .interface = running->interface, .why = why};
	struct registry_entry stale = {.netns = running->netns, .ifindex = running->ifindex};
	int err;

	if (registry__find(&stale) && stale.inode != attachment->entry.inode)
		registry__remove(&stale, NULL);
	err = registry__move(&renewal.entry, running->netns, running->ifindex, why);
	if (!err)
		err = netns__each(renew_in, &renewal);
	ret->reason = LEFTOVER_MOVED;
	if (running->netns == attachment->entry.netns)
		ret->reason = LEFTOVER_RETURNED;
	else
		snprintf(ret->place, sizeof(ret->place), "%s", running->label);
	return err;
}

/* Its record may be of another version, but not its pin. */
static __u32 program_of(const struct attachment *attachment)
{
	int fd = attachment__program(attachment, NULL);
	__u32 id = program_identity__id(fd);

	if (fd >= 0)
		close(fd);
	return id ?: attachment->record.program_id;
}

static void search__free(struct search *search)
{
	free(search->running);
	free(search->hidden);
}

/* Return: 0 with *@ret, NULL if the program runs nowhere; or a negative errno if that is unknown.
 */
static int search__find(struct search *search, const struct attachment *attachment,
			const struct running **ret)
{
	__u32 id = program_of(attachment);

	if (!search->done)
		search->err = running__list(&search->running, &search->count);
	search->done = true;
	if (search->err)
		return search->err;
	*ret = running__find(search->running, search->count, id);
	if (*ret)
		return 0;
	if (!search->hidden_done)
		search->err = running__list_hidden(&search->hidden, &search->hidden_count);
	search->hidden_done = true;
	*ret = running__find(search->hidden, search->hidden_count, id);
	return search->err;
}

/*
 * The last doubt before pins are removed: something else than the pin holds the program. A
 * component cannot be asked for that: its own link holds its dispatcher.
 */
static bool is_held(const struct attachment *attachment)
{
	char directory[REGISTRY_PATH_BYTES];

	return !attachment->record.behind_dispatcher &&
	       dataplane__is_held(registry__path(&attachment->entry, directory),
				  program_of(attachment));
}

static int recover_missing(const struct attachment *attachment, struct search *search,
			   struct leftover *ret, struct errmsg *why)
{
	const struct running *running;

	/* Without the privilege to look elsewhere, it may still run: its pins stay. */
	if (search__find(search, attachment, &running))
		return 0;
	if (running && running->netns)
		return follow(attachment, running, ret, why);
	if (running || is_held(attachment)) {
		ret->reason = LEFTOVER_HIDDEN;
		snprintf(ret->place, sizeof(ret->place), "%s",
			 running ? running->label : RUNNING_HIDDEN_LABEL);
		return 1;
	}
	ret->reason = LEFTOVER_INTERFACE_GONE;
	return attachment__discard(attachment, why) ?: 1;
}

/* Return: 1 if there was something to recover, 0 if not, or a negative errno with @why set. */
static int recover_one(const struct registry *registry, const struct attachment *attachment,
		       struct search *search, struct leftover *ret, struct errmsg *why)
{
	const struct registry_entry *entry = &attachment->entry;

	*ret = (struct leftover){.entry = *entry};
	snprintf(ret->interface, sizeof(ret->interface), "%s", attachment->interface);
	if (!attachment->exists)
		return recover_missing(attachment, search, ret, why);
	if (entry->netns != registry__netns(registry) || entry->kind == REGISTRY_CURRENT)
		return 0;
	if (attachment->mode == ATTACH_NONE) {
		ret->reason = LEFTOVER_UNFINISHED;
		return attachment__discard(attachment, why) ?: 1;
	}
	ret->reason = LEFTOVER_COMPLETED;
	return complete(attachment, why) ?: 1;
}

static bool interface_exists(__u32 ifindex)
{
	char name[IFNAMSIZ];

	return if_indextoname(ifindex, name);
}

/* Entries that need no recovery cost a look at their token, and no request to the interface. */
static int inspect_for_recovery(const struct registry *registry, const struct registry_entry *entry,
				struct attachment *ret, struct errmsg *why)
{
	bool here = entry->netns == registry__netns(registry);

	if (entry->kind == REGISTRY_CURRENT && !registry__interface_is_gone(entry) &&
	    (!here || interface_exists(entry->ifindex)))
		return 0;
	return attachment__inspect(registry__netns(registry), entry, ret, why) ?: 1;
}

static int recover_all(const struct registry *registry, const struct registry_entry *entries,
		       size_t count, struct leftover *list, size_t *ret_found, struct errmsg *why)
{
	struct attachment attachment;
	struct search search = {};
	size_t found = 0;
	int err = 0;

	for (size_t i = 0; err >= 0 && i < count; i++) {
		err = inspect_for_recovery(registry, &entries[i], &attachment, why);
		if (err > 0)
			err = recover_one(registry, &attachment, &search, &list[found], why);
		found += err > 0;
	}
	search__free(&search);
	*ret_found = found;
	return err < 0 ? err : 0;
}

int attachment__recover(const struct registry *registry, struct leftover **ret, size_t *ret_count,
			struct errmsg *why)
{
	struct registry_entry *entries;
	struct leftover *list;
	size_t count;
	int err;

	err = registry__entries(registry, &entries, &count, why);
	if (err)
		return err;
	list = calloc(count + 1, sizeof(*list));
	err = list ? recover_all(registry, entries, count, list, ret_count, why) : -ENOMEM;
	free(entries);
	if (err)
		free(list);
	else
		*ret = list;
	return err;
}

int attachment__recover_interface(const struct registry *registry, const char *interface,
				  struct errmsg *why)
{
	struct registry_entry entry = {.netns = registry__netns(registry)};
	struct attachment attachment;
	struct leftover leftover;
	struct search search = {};
	int err = netdev__index(interface, why);

	if (err == -ENODEV)
		return attachment__explain_missing(registry, interface, why);
	if (err < 0)
		return err;
	entry.ifindex = err;
	for (int kind = REGISTRY_STAGED; kind <= REGISTRY_REPLACED; kind++) {
		entry.kind = kind;
		if (!registry__find(&entry))
			continue;
		err = attachment__inspect(entry.netns, &entry, &attachment, why);
		if (!err)
			err = recover_one(registry, &attachment, &search, &leftover, why);
		if (err < 0)
			break;
	}
	search__free(&search);
	return err < 0 ? err : 0;
}
