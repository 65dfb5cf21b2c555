// SPDX-License-Identifier: GPL-2.0-only
// privileges: drop privileges that are no longer needed.
#ifndef COMMON_BASE_PRIVILEGES_H
#define COMMON_BASE_PRIVILEGES_H

#include <sys/types.h>

#include "common/base/errmsg.h"

/* What a process still needs. */
enum privileges {
	PRIVILEGES_NONE,
	PRIVILEGES_USE_BPF,  /* CAP_BPF: BPF objects that are open */
	PRIVILEGES_LOAD_BPF, /* also CAP_PERFMON and CAP_NET_ADMIN: load programs, create maps */
};

/**
 * privileges__drop() - become user nobody, and keep only the right to use open BPF objects
 *
 * Irrevocable; must be called before threads are started. Root that may not change its user, as in
 * containers, keeps it if it needs nothing (PRIVILEGES_NONE), but no capability. Open descriptors
 * stay open. CAP_BPF is kept if it is held: before Linux 5.19 (commit c8644cd0efe7), with
 * kernel.unprivileged_bpf_disabled set, bpf() is refused without it even on open descriptors.
 *
 * Return: 0, or a negative errno with @why set.
 */
int privileges__drop(enum privileges kept, struct errmsg *why);

/**
 * privileges__act_as_owner() - root accesses files with a user's rights from now on
 *
 * Whatever that user has planted, such as a symlink, leads to nothing that the user could not
 * reach. Directories stay readable and searchable; capabilities that do not concern files are kept.
 *
 * Return: 0; -EPERM without CAP_SETUID and CAP_SETGID.
 */
int privileges__act_as_owner(uid_t uid, gid_t gid);

#endif
