// SPDX-License-Identifier: GPL-2.0-only
// recovery: open the registry for a change, and report what had to be recovered.
#ifndef CTL_ATTACH_RECOVERY_H
#define CTL_ATTACH_RECOVERY_H

#include <stdbool.h>

#include "common/attach/recover.h"
#include "common/attach/registry.h"
#include "common/base/cli.h"

struct recovery {
	struct leftover *list;
	size_t count;
};

/**
 * recovery__open_registry() - open the registry for a change, recover it, and report that
 * @access: REGISTRY_WRITE; or REGISTRY_REMOVE, which goes on without recovering if another process
 * does not release the lock
 * @ret_recovery: what was recovered, to be freed by recovery__free(); may be NULL
 *
 * Return: 0 with *@ret to be closed by registry__close(), or a negative errno with @why set.
 */
int recovery__open_registry(const struct cli *cli, enum registry_access access,
			    struct registry **ret, struct recovery *ret_recovery,
			    struct errmsg *why);

/** recovery__note_owner() - say that the registry belongs to another user, if it does. */
void recovery__note_owner(const struct cli *cli, const struct registry *registry);

/** recovery__had() - true if pins of an interface of this name, now gone, were removed. */
bool recovery__had(const struct recovery *recovery, const char *interface);

/** recovery__moved() - what is known of an interface that is in another namespace, or NULL. */
const struct leftover *recovery__moved(const struct recovery *recovery, const char *interface);

void recovery__free(struct recovery *recovery);

#endif
