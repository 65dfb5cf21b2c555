// SPDX-License-Identifier: GPL-2.0-only
// recovery: what killed commands and vanished interfaces left is put right, and told.
#include "ctl/attach/recovery.h"

#include <stdlib.h>
#include <string.h>

static const char *const remarks[] = {
	[LEFTOVER_INTERFACE_GONE] = "the interface is gone: its pins were removed",
	[LEFTOVER_UNFINISHED] = "what a killed command had prepared was removed",
	[LEFTOVER_COMPLETED] = "what a killed command had begun was completed",
};

static void tell(const struct cli *cli, const struct leftover *leftover,
		 const struct registry *registry)
{
	const char *where = leftover->entry.netns == registry__netns(registry)
				    ? ""
				    : " (in another network namespace)";

	if (leftover->interface[0])
		cli__note(cli, "%s%s: %s", leftover->interface, where, remarks[leftover->reason]);
	else
		cli__note(cli, "interface %u%s: %s", leftover->entry.ifindex, where,
			  remarks[leftover->reason]);
}

int leftovers__open_registry(const struct cli *cli, struct registry **ret,
			     struct leftovers *ret_leftovers, struct errmsg *why)
{
	struct leftovers leftovers;
	struct registry *registry;
	int err;

	err = registry__open(REGISTRY_WRITE, &registry, why);
	if (err)
		return err;
	err = attachment__recover(registry, &leftovers.list, &leftovers.count, why);
	if (err) {
		registry__close(registry);
		return err;
	}
	for (size_t i = 0; i < leftovers.count; i++)
		tell(cli, &leftovers.list[i], registry);
	if (ret_leftovers)
		*ret_leftovers = leftovers;
	else
		leftovers__free(&leftovers);
	*ret = registry;
	return 0;
}

bool leftovers__had(const struct leftovers *leftovers, const char *interface)
{
	for (size_t i = 0; i < leftovers->count; i++)
		if (leftovers->list[i].reason == LEFTOVER_INTERFACE_GONE &&
		    !strcmp(leftovers->list[i].interface, interface))
			return true;
	return false;
}

void leftovers__free(struct leftovers *leftovers)
{
	free(leftovers->list);
	*leftovers = (struct leftovers){};
}
