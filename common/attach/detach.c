// SPDX-License-Identifier: GPL-2.0-only
// detach: detach our program from an interface and remove its pins.
#include "common/attach/detach.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "common/attach/attachment.h"
#include "common/attach/commit.h"
#include "common/attach/recover.h"
#include "common/attach/sampler_lock.h"

static int detach_ours(const struct attachment *attachment, struct errmsg *why)
{
	struct attachment_record record = {
		.ifindex = attachment->ifindex,
		.behind_dispatcher = attachment->dispatcher.id != 0,
	};
	struct registry_entry removed = attachment->entry;
	int err, fd;

	if (attachment->mode == ATTACH_NONE)
		return attachment__discard(attachment, why);
	fd = attachment__program(attachment, why);
	if (fd < 0)
		return fd;
	snprintf(record.interface, sizeof(record.interface), "%s", attachment->interface);
	err = commit__set_program(&record, attachment->mode, -1, fd, why);
	close(fd);
	if (err || !attachment->entry.inode)
		return err;
	err = registry__rename(&attachment->entry, REGISTRY_REPLACED, why);
	removed.kind = REGISTRY_REPLACED;
	return err ?: registry__remove(&removed, why);
}

static int detach_others(const struct attachment *attachment, bool force,
			 struct detach_report *report, struct errmsg *why)
{
	__u32 ifindex = attachment->ifindex;
	struct xdp_hook_state running;
	struct displaced displaced;
	int err;

	err = xdp_hook__query(ifindex, &running, why);
	if (err || !xdp_hook_state__any(&running))
		return err;
	displace__describe(ifindex, &running, report->displaced);
	if (!force)
		return displace__refuse(attachment->interface, "detach", report->displaced, why);
	err = displace__all(attachment->interface, ifindex, &running, &displaced, why);
	if (!err)
		displace__finish(&displaced);
	return err;
}

static int detach_locked(const struct registry *registry, const char *interface, bool force,
			 struct detach_report *ret, struct errmsg *why)
{
	struct detach_report report = {.result = DETACH_NOTHING};
	struct attachment attachment;
	int err, found;

	err = attachment__recover_interface(registry, interface, why);
	if (err)
		return err;
	err = found = attachment__find(registry, interface, &attachment, why);
	if (err < 0)
		return err;
	if (found) {
		report.result = attachment.mode == ATTACH_NONE ? DETACH_CLEANED : DETACH_DONE;
		err = detach_ours(&attachment, why);
		sampler_lock__forget(&attachment.entry);
	}
	if (!err && (force || !found))
		err = detach_others(&attachment, force, &report, why);
	if (!err)
		*ret = report;
	return err;
}

int lifecycle__detach(struct registry *registry, const char *interface, bool force,
		      struct detach_report *ret, struct errmsg *why)
{
	int err = registry__lock(registry, why);
	bool unlocked = err == -ETIMEDOUT;

	if (!err || unlocked)
		err = detach_locked(registry, interface, force, ret, why);
	else
		errmsg__prefix(why, err, "%s: detach: ", interface);
	registry__unlock(registry);
	if (!err)
		ret->unlocked = unlocked;
	return err;
}
