// SPDX-License-Identifier: GPL-2.0-only
// recovery: what killed commands and vanished interfaces left is put right, and told.
#ifndef CTL_ATTACH_RECOVERY_H
#define CTL_ATTACH_RECOVERY_H

#include "common/attach/attachment.h"
#include "common/base/cli.h"

struct leftovers {
	struct leftover *list;
	size_t count;
};

/**
 * leftovers__open_registry() - open the state for a change, put right what is not, and say what
 * @ret_leftovers: what was put right, to be freed by leftovers__free(); may be NULL
 *
 * Return: 0 with *@ret to be closed by registry__close(), or a negative errno with @why set.
 */
int leftovers__open_registry(const struct cli *cli, struct registry **ret,
			     struct leftovers *ret_leftovers, struct errmsg *why);

/** leftovers__had() - was anything of an interface of this name, now gone, put right? */
bool leftovers__had(const struct leftovers *leftovers, const char *interface);

void leftovers__free(struct leftovers *leftovers);

#endif
