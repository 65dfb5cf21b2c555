// SPDX-License-Identifier: GPL-2.0-only
// bpffs: the BPF file system that pins are made in: find it, or mount it.
#ifndef COMMON_ATTACH_BPFFS_H
#define COMMON_ATTACH_BPFFS_H

#include <stdbool.h>

#include "common/base/errmsg.h"

#define BPFFS_PATH "/sys/fs/bpf"

/**
 * bpffs__check() - is it mounted?
 *
 * Return: 0; -ENOENT where it is not mounted; -ENODEV where `ip netns exec` hides it. @why is set
 * with either.
 */
int bpffs__check(struct errmsg *why);

/**
 * bpffs__mount() - mount it where it is not
 *
 * Return: 1 if it was mounted, 0 if it was there, or a negative errno with @why set.
 */
int bpffs__mount(struct errmsg *why);

/**
 * bpffs__is_private() - true if it will vanish with this mount namespace
 *
 * That is so if process 1 does not see it.
 */
bool bpffs__is_private(void);

#endif
