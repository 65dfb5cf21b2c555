// SPDX-License-Identifier: GPL-2.0-only
// reset: restart the counts of an attachment.
#include "common/attach/reset.h"

#include <errno.h>
#include <unistd.h>

#include "common/attach/commit.h"
#include "common/base/clock.h"
#include "common/dataplane/read.h"

/* Loads a program with empty maps, as large as those of @old. */
static int load_empty(struct attachment *attachment, const struct dataplane *old,
		      struct dataplane **ret, struct errmsg *why)
{
	struct dataplane_config config = {
		.max_sources = dataplane__max_sources(old),
		.pairs = attachment->record.handshakes,
		.completed = attachment->record.handshakes,
	};
	int err;

	err = commit__keep_place(attachment, &attachment->record, &config, why);
	if (err)
		return err;
	err = commit__load(attachment->interface, attachment->entry.ifindex, attachment->mode,
			   &config, ret, why);
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

int lifecycle__reset(const struct registry *registry, const char *interface, struct snapshot *ret,
		     struct attachment *ret_attachment, struct errmsg *why)
{
	struct attachment attachment;
	struct dataplane *old;
	int err;

	err = attachment__open(registry, interface, &old, &attachment, why);
	if (err)
		return err;
	if (attachment.mode == ATTACH_NONE)
		err = errmsg__set(why, -ENOENT,
				  "%s: reset: not attached any more: 'xdpctl attach %s' restarts "
				  "counting",
				  interface, interface);
	else
		err = replace_maps(&attachment, old, why);
	if (err)
		goto out;
	xdp_hook__settle();
	err = dataplane__read(old, ret, why);
	if (!err)
		*ret_attachment = attachment;
out:
	dataplane__close(old);
	return err;
}
