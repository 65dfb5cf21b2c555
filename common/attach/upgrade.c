// SPDX-License-Identifier: GPL-2.0-only
// upgrade: replace the program of an attachment, on the same maps or on new ones.
#include "common/attach/upgrade.h"

#include <errno.h>
#include <unistd.h>

#include "common/attach/commit.h"

static int refuse_to_keep(const struct attachment *attachment,
			  const struct attachment_record *asked, __u32 max_sources,
			  struct errmsg *why)
{
	if (asked->max_sources && asked->max_sources != max_sources)
		return errmsg__set(
			why, -EEXIST,
			"%s: attach: already attached with entries for %u sources, which "
			"an upgrade keeps: use --reset to restart counting with %u",
			attachment->interface, max_sources, asked->max_sources);
	if (asked->handshakes && !attachment->record.handshakes)
		return errmsg__set(why, -EEXIST,
				   "%s: attach: already attached without handshakes, which an "
				   "upgrade keeps: use --reset to restart counting with them",
				   attachment->interface);
	return 0;
}

/* The maps that an upgrade goes on counting in, and their record. */
static int keep_maps(const struct attachment *attachment, const struct attachment_record *asked,
		     struct attachment_record *ret_record, struct dataplane **ret,
		     struct errmsg *why)
{
	struct attachment kept = *attachment;
	struct dataplane *old;
	int err;

	err = attachment__reopen(&kept, &old, why);
	if (err)
		return err;
	err = refuse_to_keep(&kept, asked, dataplane__max_sources(old), why);
	if (err) {
		dataplane__close(old);
		return err;
	}
	if (kept.record.layout)
		*ret_record = kept.record;
	ret_record->ifindex = attachment->ifindex;
	*ret = old;
	return 0;
}

static int check_mode(const struct attachment *attachment, const struct attachment_record *asked,
		      struct errmsg *why)
{
	if (asked->mode_asked == ATTACH_AUTO || asked->mode_asked == (__u32)attachment->mode)
		return 0;
	return errmsg__set(
		why, -EEXIST,
		"%s: attach %s: already attached in %s mode: run 'xdpctl detach %s' first",
		asked->interface, attach_mode_names[asked->mode_asked],
		attach_mode_names[attachment->mode], asked->interface);
}

int lifecycle__upgrade(const struct attachment *attachment, const struct attachment_record *asked,
		       const struct attach_request *request, struct attach_report *report,
		       struct errmsg *why)
{
	struct attachment_record record = *asked;
	struct dataplane_config config = {
		.max_sources = asked->max_sources,
		.pairs = asked->handshakes,
		.completed = asked->handshakes,
	};
	struct dataplane *old = NULL, *fresh = NULL;
	int err, old_fd;

	err = check_mode(attachment, asked, why);
	if (err)
		return err;
	err = old_fd = attachment__program(attachment, why);
	if (err >= 0 && !request->reset)
		err = keep_maps(attachment, asked, &record, &old, why);
	if (err < 0)
		goto out;
	err = commit__keep_place(attachment, &record, &config, why);
	if (err)
		goto out;
	if (request->has_priority)
		record.priority = request->priority;
	config.maps_of = old;
	err = commit__load(asked->interface, record.ifindex, attachment->mode, &config, NULL,
			   &fresh, why);
	if (err)
		goto out;
	report->mode = attachment->mode;
	report->upgraded = true;
	err = commit__run(&record, &attachment->entry, fresh, old_fd, report, why);
out:
	dataplane__close(fresh);
	dataplane__close(old);
	if (config.target_fd > 0)
		close(config.target_fd);
	if (old_fd >= 0)
		close(old_fd);
	return err;
}
