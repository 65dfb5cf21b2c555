// SPDX-License-Identifier: GPL-2.0-only
// attach: attach to an interface, or upgrade what is attached.
#include "common/attach/attach.h"

#include <errno.h>
#include <stdio.h>

#include "common/attach/attachment.h"
#include "common/attach/commit.h"
#include "common/attach/dispatcher.h"
#include "common/attach/recover.h"
#include "common/attach/upgrade.h"
#include "common/base/clock.h"

/* If another program is attached: join its dispatcher, or displace it. */
static int make_room(const struct attachment_record *record, bool force,
		     struct attach_report *report, struct displaced *ret, struct errmsg *why)
{
	char others[DISPLACE_TEXT_BYTES];
	struct dispatcher dispatcher;
	struct xdp_hook_state running;
	int err;

	err = xdp_hook__query(record->ifindex, &running, why);
	if (err || !xdp_hook_state__any(&running))
		return err;
	displace__describe(record->ifindex, &running, others);
	if (record->behind_dispatcher && !dispatcher__read(record->ifindex, &dispatcher, NULL) &&
	    dispatcher.count) {
		if (report->mode == ATTACH_AUTO)
			report->mode = dispatcher.mode;
		if (report->mode == dispatcher.mode)
			return 0;
		if (!force)
			return errmsg__set(why, -EBUSY,
					   "%s: attach: a dispatcher in %s mode runs %s: use -m %s "
					   "to run alongside it, or --force to detach it",
					   record->interface, attach_mode_names[dispatcher.mode],
					   others, attach_mode_names[dispatcher.mode]);
	}
	if (!force)
		return displace__refuse(record->interface, "attach", others, why);
	snprintf(report->displaced, sizeof(report->displaced), "%s", others);
	return displace__all(record->interface, record->ifindex, &running, ret, why);
}

/* As a component of a dispatcher where that works; else alone, and the record says why. */
static int load_first(struct attachment_record *record, struct loader *loader,
		      struct dataplane **ret, struct errmsg *why)
{
	struct dataplane_config config = {
		.max_sources = record->max_sources,
		.pairs = record->handshakes,
		.completed = record->handshakes,
		.target_function = dispatcher_function,
	};
	struct errmsg reason = {};
	int err;

	err = commit__set_link_layer(record->interface, record->ifindex, &config, why);
	if (err)
		return err;
	if (record->mode_asked == ATTACH_OFFLOAD)
		return commit__load(record->interface, record->ifindex, record->mode_asked, &config,
				    NULL, ret, why);
	err = config.target_fd = loader__target(loader, &reason);
	if (err >= 0)
		err = loader__load(loader, &config, ret, &reason);
	record->behind_dispatcher = !err;
	if (!err)
		return 0;
	snprintf(record->alone_because, sizeof(record->alone_because), "%.127s", reason.text);
	config.target_fd = 0;
	return commit__load(record->interface, record->ifindex, record->mode_asked, &config, loader,
			    ret, why);
}

static int attach_first(struct attachment_record *record, const struct registry_entry *current,
			const struct attach_request *request, struct attach_report *report,
			struct errmsg *why)
{
	struct dataplane *fresh = NULL;
	struct displaced displaced = {};
	int err;

	err = load_first(record, request->loader, &fresh, why);
	if (err)
		return err;
	err = make_room(record, request->force, report, &displaced, why);
	if (!err)
		err = commit__run(record, current, fresh, -1, report, why);
	if (err)
		displace__undo(&displaced);
	else
		displace__finish(&displaced);
	dataplane__close(fresh);
	return err;
}

static int attach_locked(const struct registry *registry, const char *interface,
			 const struct attach_request *request, struct attach_report *ret,
			 struct errmsg *why)
{
	struct attach_report report = {.mode = request->mode};
	struct attachment_record record = {
		.mode_asked = request->mode,
		.max_sources = request->max_sources,
		.priority = request->has_priority ? request->priority : DISPATCHER_DEFAULT_PRIORITY,
		.handshakes = request->handshakes ? HANDSHAKES_VICTIMS : HANDSHAKES_OFF,
		.attached_at_ns = clock__wall_ns(),
	};
	struct attachment attachment;
	int err, found;

	err = attachment__recover_interface(registry, interface, why);
	if (err)
		return err;
	err = found = attachment__find(registry, interface, &attachment, why);
	if (err < 0)
		return err;
	record.ifindex = attachment.ifindex;
	snprintf(record.interface, sizeof(record.interface), "%s", interface);
	if (attachment.mode != ATTACH_NONE) {
		err = lifecycle__upgrade(&attachment, &record, request, &report, why);
	} else {
		err = found ? attachment__discard(&attachment, why) : 0;
		attachment.entry.inode = 0;
		err = err ?: attach_first(&record, &attachment.entry, request, &report, why);
	}
	if (!err)
		*ret = report;
	return err;
}

int lifecycle__attach(struct registry *registry, const char *interface,
		      const struct attach_request *request, struct attach_report *ret,
		      struct errmsg *why)
{
	int err = registry__lock(registry, why);

	if (!err)
		err = attach_locked(registry, interface, request, ret, why);
	else
		errmsg__prefix(why, err, "%s: attach: ", interface);
	registry__unlock(registry);
	return err;
}
