// SPDX-License-Identifier: GPL-2.0-only
// recovery: open the registry for a change, and report what had to be recovered.
#include "ctl/attach/recovery.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/attach/bpffs.h"
#include "common/attach/lock.h"

static const char *const remarks[] = {
	[LEFTOVER_INTERFACE_GONE] = "the interface is gone: its pins were removed",
	[LEFTOVER_UNFINISHED] = "what a killed command had staged was removed",
	[LEFTOVER_COMPLETED] = "what a killed command had begun was completed",
	[LEFTOVER_RETURNED] = "back from another network namespace: its counts went on",
};

static void note_leftover(const struct cli *cli, const struct leftover *leftover,
			  const struct registry *registry)
{
	const char *where = leftover->entry.netns == registry__netns(registry)
				    ? ""
				    : " (in another network namespace)";
	char interface[IFNAMSIZ + 16];

	snprintf(interface, sizeof(interface), "%s", leftover->interface);
	if (!leftover->interface[0])
		snprintf(interface, sizeof(interface), "interface %u", leftover->entry.ifindex);
	if (leftover->place[0])
		cli__note(cli, "%s: moved to %s: its counts go on there", interface,
			  leftover->place);
	else
		cli__note(cli, "%s%s: %s", interface, where, remarks[leftover->reason]);
}

static void note_mount(const struct cli *cli)
{
	cli__note(cli, BPFFS_PATH ": mounted bpffs%s",
		  bpffs__is_private()
			  ? ": it will vanish with this mount namespace, but attached programs "
			    "run on: better mount it outside first"
			  : "");
}

static void report_wait(void *opaque, const char *text)
{
	cli__note(opaque, "%s", text);
}

static int recover(struct registry *registry, struct recovery *ret, struct errmsg *why)
{
	int err = registry__lock(registry, why);

	if (!err)
		err = attachment__recover(registry, &ret->list, &ret->count, why);
	registry__unlock(registry);
	return err;
}

void recovery__note_owner(const struct cli *cli, const struct registry *registry)
{
	uid_t owner = registry__other_owner(registry);

	if (owner)
		cli__note(cli, "the pins belong to user %u, who can replace them: not verified",
			  owner);
}

int recovery__open_registry(const struct cli *cli, enum registry_access access,
			    struct registry **ret, struct recovery *ret_recovery,
			    struct errmsg *why)
{
	struct recovery recovery = {};
	struct registry *registry;
	int err;

	lock__on_wait(report_wait, (void *)cli);
	err = registry__open(access, &registry, why);
	if (err)
		return err;
	if (registry__mounted(registry))
		note_mount(cli);
	err = recover(registry, &recovery, why);
	if (err && (access != REGISTRY_REMOVE || err != -ETIMEDOUT)) {
		registry__close(registry);
		return err;
	}
	recovery__note_owner(cli, registry);
	for (size_t i = 0; i < recovery.count; i++)
		note_leftover(cli, &recovery.list[i], registry);
	if (ret_recovery)
		*ret_recovery = recovery;
	else
		recovery__free(&recovery);
	*ret = registry;
	return 0;
}

static const struct leftover *find_leftover(const struct recovery *recovery, const char *interface,
					    enum leftover_reason reason)
{
	for (size_t i = 0; i < recovery->count; i++)
		if (recovery->list[i].reason == reason &&
		    !strcmp(recovery->list[i].interface, interface))
			return &recovery->list[i];
	return NULL;
}

bool recovery__had(const struct recovery *recovery, const char *interface)
{
	return find_leftover(recovery, interface, LEFTOVER_INTERFACE_GONE);
}

const struct leftover *recovery__moved(const struct recovery *recovery, const char *interface)
{
	return find_leftover(recovery, interface, LEFTOVER_MOVED)
		       ?: find_leftover(recovery, interface, LEFTOVER_HIDDEN);
}

void recovery__free(struct recovery *recovery)
{
	free(recovery->list);
	*recovery = (struct recovery){};
}
