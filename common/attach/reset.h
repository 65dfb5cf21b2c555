// SPDX-License-Identifier: GPL-2.0-only
// reset: restart the counts of an attachment.
#ifndef COMMON_ATTACH_RESET_H
#define COMMON_ATTACH_RESET_H

#include "common/attach/attachment.h"
#include "common/counts/snapshot.h"

/**
 * lifecycle__reset() - restart counting
 * @registry: opened with REGISTRY_WRITE; locked meanwhile
 * @ret: everything that was counted until then, complete; to be freed by snapshot__free()
 * @ret_attachment: the interface
 *
 * A program with new maps replaces the old one in one step, so that each frame is counted exactly
 * once, before or after: clearing maps that are written to would lose some.
 *
 * Return: 0, or a negative errno with @why set and nothing reset.
 */
int lifecycle__reset(struct registry *registry, const char *interface, struct snapshot *ret,
		     struct attachment *ret_attachment, struct errmsg *why);

#endif
