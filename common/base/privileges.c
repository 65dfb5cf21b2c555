// SPDX-License-Identifier: GPL-2.0-only
// privileges: drop privileges that are no longer needed.
#include "common/base/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NOBODY 65534

/* Keeps those that are held now. */
static void select_capabilities(enum privileges kept)
{
	static const int numbers[] = {CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN};
	static const size_t counts[] = {
		[PRIVILEGES_USE_BPF] = 1,
		[PRIVILEGES_LOAD_BPF] = sizeof(numbers) / sizeof(numbers[0]),
	};
	size_t count = counts[kept];
	bool held[sizeof(numbers) / sizeof(numbers[0])];

	for (size_t i = 0; i < count; i++)
		held[i] = capng_have_capability(CAPNG_EFFECTIVE, numbers[i]);
	capng_clear(CAPNG_SELECT_BOTH);
	for (size_t i = 0; i < count; i++)
		if (held[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, numbers[i]);
}

static int become_nobody(enum privileges kept)
{
	int err;

	err = capng_change_id(NOBODY, NOBODY, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
	if (!err || kept != PRIVILEGES_NONE)
		return err;
	/* It may have failed halfway, with capabilities that it needs itself. */
	select_capabilities(kept);
	return capng_apply(CAPNG_SELECT_CAPS);
}

int privileges__drop(enum privileges kept, struct errmsg *why)
{
	int err;

	select_capabilities(kept);
	errno = 0;
	err = geteuid() ? capng_apply(CAPNG_SELECT_CAPS) : become_nobody(kept);
	if (!err)
		err = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!err)
		return 0;
	err = errno ? -errno : -EPERM;
	return errmsg__set(why, err, "cannot drop privileges: %s", strerror(-err));
}

int privileges__act_as_owner(uid_t uid, gid_t gid)
{
	setfsgid(gid);
	setfsuid(uid);
	/* They return what was set before, and say of a failure nothing else. */
	if ((gid_t)setfsgid(-1) != gid || (uid_t)setfsuid(-1) != uid)
		return -EPERM;
	/* The kernel has removed all capabilities for files from the effective set. */
	capng_get_caps_process();
	if (!capng_have_capability(CAPNG_PERMITTED, CAP_DAC_READ_SEARCH))
		return 0;
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, CAP_DAC_READ_SEARCH);
	return capng_apply(CAPNG_SELECT_CAPS) ? -EPERM : 0;
}
