// SPDX-License-Identifier: GPL-2.0-only
// privileges: a process gives up the privileges that it needs no more.
#ifndef COMMON_BASE_PRIVILEGES_H
#define COMMON_BASE_PRIVILEGES_H

#include "common/base/errmsg.h"

/**
 * privileges__drop() - become nobody, with nothing but the right to use the BPF objects that are
 * open
 *
 * For good, and before any thread is started. What was opened stays open. CAP_BPF is kept, if it is
 * held, since before Linux 5.19 (commit c8644cd0efe7) bpf() is refused without it, even on open
 * descriptors, where kernel.unprivileged_bpf_disabled is set.
 *
 * Return: 0, or a negative errno with @why set.
 */
int privileges__drop(struct errmsg *why);

#endif
