// SPDX-License-Identifier: GPL-2.0-only
// recovery: what killed commands and vanished interfaces left is put right, and told.
#ifndef CTL_ATTACH_RECOVERY_H
#define CTL_ATTACH_RECOVERY_H

#include "common/attach/attachment.h"
#include "common/base/cli.h"

struct recovery {
	struct leftover *list;
	size_t count;
};

/**
 * recovery__open_registry() - open the state for a change, put right what is not, and say what
 * @ret_recovery: what was put right, to be freed by recovery__free(); may be NULL
 *
 * Return: 0 with *@ret to be closed by registry__close(), or a negative errno with @why set.
 */
int recovery__open_registry(const struct cli *cli, struct registry **ret,
			    struct recovery *ret_recovery, struct errmsg *why);

/** recovery__had() - was anything of an interface of this name, now gone, put right? */
bool recovery__had(const struct recovery *recovery, const char *interface);

void recovery__free(struct recovery *recovery);

#endif
