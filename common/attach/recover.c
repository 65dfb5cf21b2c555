// SPDX-License-Identifier: GPL-2.0-only
// recover: finish or undo what killed commands and unregistered interfaces left in the registry.
#include "common/attach/recover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/attach/attachment.h"
#include "common/dataplane/handshakes.h"
#include "common/netdev/netdev.h"

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

/* Return: 1 if there was something to recover, 0 if not, or a negative errno with @why set. */
static int recover_one(const struct registry *registry, const struct attachment *attachment,
		       struct leftover *ret, struct errmsg *why)
{
	const struct registry_entry *entry = &attachment->entry;

	*ret = (struct leftover){.entry = *entry, .reason = LEFTOVER_INTERFACE_GONE};
	snprintf(ret->interface, sizeof(ret->interface), "%s", attachment->interface);
	if (!attachment->exists)
		return attachment__discard(attachment, why) ?: 1;
	if (entry->netns != registry__netns(registry) || entry->kind == REGISTRY_CURRENT)
		return 0;
	if (attachment->mode == ATTACH_NONE) {
		ret->reason = LEFTOVER_UNFINISHED;
		return attachment__discard(attachment, why) ?: 1;
	}
	ret->reason = LEFTOVER_COMPLETED;
	return complete(attachment, why) ?: 1;
}

int attachment__recover(const struct registry *registry, struct leftover **ret, size_t *ret_count,
			struct errmsg *why)
{
	struct registry_entry *entries;
	struct attachment attachment;
	struct leftover *leftovers;
	size_t count, found = 0;
	int err;

	err = registry__entries(registry, &entries, &count, why);
	if (err)
		return err;
	leftovers = calloc(count + 1, sizeof(*leftovers));
	if (!leftovers)
		err = -ENOMEM;
	for (size_t i = 0; err >= 0 && i < count; i++) {
		err = attachment__inspect(registry__netns(registry), &entries[i], &attachment, why);
		if (err)
			break;
		err = recover_one(registry, &attachment, &leftovers[found], why);
		found += err > 0;
	}
	free(entries);
	if (err < 0) {
		free(leftovers);
		return err;
	}
	*ret = leftovers;
	*ret_count = found;
	return 0;
}

int attachment__recover_interface(const struct registry *registry, const char *interface,
				  struct errmsg *why)
{
	struct registry_entry entry = {.netns = registry__netns(registry)};
	struct attachment attachment;
	struct leftover leftover;
	int err = netdev__index(interface, why);

	if (err < 0)
		return err;
	entry.ifindex = err;
	for (int kind = REGISTRY_STAGED; kind <= REGISTRY_REPLACED; kind++) {
		entry.kind = kind;
		if (!registry__find(&entry))
			continue;
		err = attachment__inspect(entry.netns, &entry, &attachment, why);
		if (!err)
			err = recover_one(registry, &attachment, &leftover, why);
		if (err < 0)
			return err;
	}
	return 0;
}
