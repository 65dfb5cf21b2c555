// SPDX-License-Identifier: GPL-2.0-only
// reset: restart the counts of an attachment.
#include "common/attach/reset.h"

#include <errno.h>
#include <unistd.h>

#include "common/attach/commit.h"
#include "common/attach/recover.h"
#include "common/base/clock.h"
#include "common/dataplane/read.h"

/* Loads a program with empty maps, as large as those of @old, and with its policy. */
static int load_empty(struct attachment *attachment, const struct dataplane *old,
		      struct dataplane **ret, struct errmsg *why)
{
	struct dataplane_config config = {
		.max_sources = dataplane__max_sources(old),
		.pairs = attachment->record.handshakes,
		.completed = attachment->record.handshakes,
		.policy = dataplane__policy(old),
	};
	int err;

	err = commit__keep_place(attachment, &attachment->record, &config, why);
	if (err)
		return err;
	err = commit__load(attachment->interface, attachment->ifindex, attachment->mode, &config,
			   NULL, ret, why);
	if (config.target_fd > 0)
		close(config.target_fd);
	return err;
}

static int replace_maps(struct attachment *attachment, const struct dataplane *old,
			struct errmsg *why)
{
	struct attach_report report = {.mode = attachment->mode};
	struct dataplane *fresh;
	int err;

	err = load_empty(attachment, old, &fresh, why);
	if (err)
		return err;
	attachment->record.attached_at_ns = clock__wall_ns();
	err = commit__run(&attachment->record, &attachment->entry, fresh,
			  dataplane__program_fd(old), &report, why);
	dataplane__close(fresh);
	return err;
}

/* @old: what was attached, to be closed by the caller, also with an error */
static int reset_locked(const struct registry *registry, const char *interface,
			struct dataplane **old, struct attachment *attachment, struct errmsg *why)
{
	int err = attachment__recover_interface(registry, interface, why);

	if (err)
		return err;
	err = attachment__open(registry, interface, old, attachment, why);
	if (err)
		return err;
	if (attachment->mode == ATTACH_NONE)
		return errmsg__set(why, -ENOENT,
				   "%s: reset: not attached any more: 'xdpctl attach %s' restarts "
				   "counting",
				   interface, interface);
	if (!attachment->record.layout)
		return errmsg__set(why, -ENOENT,
				   "%s: reset: pins are missing: 'xdpctl attach%s %s' pins it "
				   "again, and keeps the counts",
				   interface, attach_mode__option(attachment->mode), interface);
	return replace_maps(attachment, *old, why);
}

int lifecycle__reset(struct registry *registry, const char *interface, struct snapshot *ret,
		     struct attachment *ret_attachment, struct errmsg *why)
{
	struct dataplane *old = NULL;
	int err = registry__lock(registry, why);

	if (!err)
		err = reset_locked(registry, interface, &old, ret_attachment, why);
	else
		errmsg__prefix(why, err, "%s: reset: ", interface);
	registry__unlock(registry);
	if (err)
		goto out;
	err = xdp_hook__settle(interface, why);
	if (err)
		goto out;
	err = dataplane__read(old, ret, why);
out:
	dataplane__close(old);
	return err;
}
