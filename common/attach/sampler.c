// SPDX-License-Identifier: GPL-2.0-only
// sampler: the one process for which the program of an interface takes samples.
#include "common/attach/sampler.h"

#include "common/attach/sampler_lock.h"
#include "common/attach/upgrade.h"

int sampler__restart(const struct attachment *attachment, struct errmsg *why)
{
	return lifecycle__sample(attachment, SAMPLING_NEW, why);
}

int sampler__start(const struct attachment *attachment, int *ret_lock, struct errmsg *why)
{
	int err, lock = sampler_lock__take(&attachment->entry, attachment->interface, why);

	if (lock < 0)
		return lock;
	err = sampler__restart(attachment, why);
	if (err)
		sampler_lock__release(&attachment->entry, lock);
	else
		*ret_lock = lock;
	return err;
}

int sampler__stop(const struct registry_entry *entry, const struct attachment *attachment, int lock,
		  struct errmsg *why)
{
	int err = attachment ? lifecycle__sample(attachment, SAMPLING_OFF, why) : 0;

	sampler_lock__release(entry, lock);
	return err;
}
