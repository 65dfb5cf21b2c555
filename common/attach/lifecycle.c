// SPDX-License-Identifier: GPL-2.0-only
// lifecycle: attach, upgrade, reset and detach, each one whole or not at all.
//
// The order of every change: stage all pins of the new state, change the interface (the one step
// that counts; handshakes follow at once), put the pins in place. Killed anywhere between, the
// interface runs a program whose pins exist, under whichever name; attachment__recover() gives them
// the right one.
#include "common/attach/lifecycle.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "common/abi/abi.h"
#include "common/bpf/libbpf_log.h"
#include "common/dataplane/handshakes.h"

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* The program for a hook of an interface; what refuses it is named. */
static int load_for(const char *interface, __u32 ifindex, enum attach_mode mode,
		    const struct dataplane_config *config, struct dataplane **ret,
		    struct errmsg *why)
{
	struct dataplane_config complete = *config;
	int err;

	if (mode == ATTACH_OFFLOAD) {
		if (config->pairs)
			return errmsg__set(why, -EOPNOTSUPP,
					   "%s: attach offload: not with --handshakes: the device "
					   "sees no connections",
					   interface);
		complete.kind = DATAPLANE_DEVICE;
		complete.device_ifindex = ifindex;
	}
	libbpf_log__clear();
	err = dataplane__load(&complete, ret, why);
	return err ? errmsg__prefix(why, err, "%s: attach %s: ", interface, attach_mode_names[mode])
		   : 0;
}

/* The one step that counts. */
static int set_program(const struct attachment_record *record, enum attach_mode mode,
		       int program_fd, int expected_fd, struct errmsg *why)
{
	if (record->behind_dispatcher)
		return dispatcher__set(record->interface, record->ifindex, mode, program_fd,
				       expected_fd, record->priority, why);
	return xdp_hook__set(record->interface, record->ifindex, mode, program_fd, expected_fd,
			     why);
}

/* With auto, in the first mode that the device takes. */
static int change_interface(const struct attachment_record *record, int program_fd, int expected_fd,
			    struct attach_report *report, struct errmsg *why)
{
	bool may_fall_back = report->mode == ATTACH_AUTO;
	int err;

	if (may_fall_back)
		report->mode = ATTACH_NATIVE;
	err = set_program(record, report->mode, program_fd, expected_fd, why);
	if (!err || !may_fall_back || err == -EBUSY || err == -EEXIST || err == -EPERM)
		return err;
	snprintf(report->refusal, sizeof(report->refusal), "%s", why->text);
	report->mode = ATTACH_GENERIC;
	return set_program(record, report->mode, program_fd, expected_fd, why);
}

/* Connections are not worth failing for: without them the rest counts, and the note says why. */
static struct handshakes *start_handshakes(struct attachment_record *record,
					   const struct registry_entry *current,
					   const struct dataplane *fresh)
{
	char directory[REGISTRY_PATH_BYTES];
	struct handshakes_request request = {
		.dataplane = fresh,
		.netns = current->netns,
		.ifindex = current->ifindex,
		.previous = registry__path(current, directory),
	};
	struct handshakes *handshakes = NULL;
	struct errmsg reason = {};
	const char *remark = reason.text;

	if (record->handshakes == HANDSHAKES_OFF)
		return NULL;
	record->handshakes = HANDSHAKES_VICTIMS;
	if (!handshakes__start(&request, &handshakes, &reason)) {
		record->handshakes = HANDSHAKES_ON;
		remark = handshakes__scope(handshakes);
	}
	snprintf(record->handshakes_remark, sizeof(record->handshakes_remark), "%.*s",
		 (int)sizeof(record->handshakes_remark) - 1, remark);
	return handshakes;
}

static int stage(const struct attachment_record *record, const struct registry_entry *staged,
		 const struct dataplane *fresh, const struct handshakes *handshakes,
		 struct errmsg *why)
{
	struct attachment_record complete = *record;
	struct program_identity program;
	char directory[REGISTRY_PATH_BYTES];
	int err;

	err = program_identity__read(dataplane__program_fd(fresh), &program);
	complete.layout = ABI_LAYOUT;
	complete.program_id = program.id;
	complete.max_sources = dataplane__max_sources(fresh);
	complete.memory_bytes = dataplane__memory_bytes(fresh);
	if (!err)
		err = registry__stage(staged, &complete, why);
	if (!err)
		err = dataplane__pin(fresh, registry__path(staged, directory), why);
	if (!err)
		err = handshakes__pin(handshakes, directory, why);
	return err;
}

static bool may_run(const struct attachment_record *record, const struct dataplane *dataplane)
{
	struct attachment fresh = {.entry.ifindex = record->ifindex, .record = *record};

	fresh.record.layout = ABI_LAYOUT;
	return program_identity__read(dataplane__program_fd(dataplane), &fresh.program) ||
	       attachment__locate(&fresh, NULL) || fresh.mode != ATTACH_NONE;
}

/* Pins @fresh and lets it take the place of @old_fd, which is -1 where nothing of ours runs. */
static int put_in_place(struct attachment_record *record, const struct registry_entry *current,
			const struct dataplane *fresh, int old_fd, struct attach_report *report,
			struct errmsg *why)
{
	struct handshakes *handshakes = start_handshakes(record, current, fresh);
	struct registry_entry staged = *current, replaced = *current;
	char directory[REGISTRY_PATH_BYTES];
	bool replaces = old_fd >= 0;
	int err;

	staged.kind = REGISTRY_STAGED;
	replaced.kind = REGISTRY_REPLACED;
	report->unsupported = dataplane__unsupported(fresh);
	err = stage(record, &staged, fresh, handshakes, why);
	handshakes__close(handshakes);
	if (!err)
		err = change_interface(record, dataplane__program_fd(fresh), old_fd, report, why);
	if (err) {
		/* Where it cannot be told what runs now, the next command finds that out. */
		if (!may_run(record, fresh))
			registry__remove(&staged, NULL);
		return err;
	}
	snprintf(report->handshakes_remark, sizeof(report->handshakes_remark), "%s",
		 record->handshakes_remark);
	err = handshakes__run(registry__path(&staged, directory), why);
	if (!err && replaces)
		err = registry__rename(current, REGISTRY_REPLACED, why);
	if (!err)
		err = registry__rename(&staged, REGISTRY_CURRENT, why);
	if (!err && replaces)
		err = registry__remove(&replaced, why);
	return err;
}

static int refuse_other(const char *interface, const char *verb, const char *others,
			struct errmsg *why)
{
	return errmsg__set(why, -EBUSY,
			   "%s: %s: %s is attached and not ours: it is left alone; --force takes "
			   "it off",
			   interface, verb, others);
}

/* Where there is somebody else: is there room beside, or has it to go? */
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
					   "%s: attach: %s is behind a dispatcher in %s mode: "
					   "join it with -m %s, or have it off with --force",
					   record->interface, others,
					   attach_mode_names[dispatcher.mode],
					   attach_mode_names[dispatcher.mode]);
	}
	if (!force)
		return refuse_other(record->interface, "attach", others, why);
	snprintf(report->displaced, sizeof(report->displaced), "%s", others);
	return displace__all(record->interface, record->ifindex, &running, ret, why);
}

/* Behind a dispatcher, if that can be; else alone, and the note says why. */
static int load_first(struct attachment_record *record, struct dataplane **ret, struct errmsg *why)
{
	struct dataplane_config config = {
		.max_sources = record->max_sources,
		.pairs = record->handshakes,
		.completed = record->handshakes,
		.target_function = dispatcher_function,
	};
	struct errmsg reason = {};
	int err;

	if (record->mode_asked == ATTACH_OFFLOAD)
		return load_for(record->interface, record->ifindex, record->mode_asked, &config,
				ret, why);
	err = config.target_fd = dispatcher__target(&reason);
	if (err >= 0) {
		err = dataplane__load(&config, ret, &reason);
		close(config.target_fd);
	}
	record->behind_dispatcher = !err;
	if (!err)
		return 0;
	snprintf(record->alone_because, sizeof(record->alone_because), "%.127s", reason.text);
	config.target_fd = 0;
	return load_for(record->interface, record->ifindex, record->mode_asked, &config, ret, why);
}

static int attach_first(struct attachment_record *record, const struct registry_entry *current,
			bool force, struct attach_report *report, struct errmsg *why)
{
	struct dataplane *fresh = NULL;
	struct displaced displaced = {};
	int err;

	err = load_first(record, &fresh, why);
	if (!err)
		err = make_room(record, force, report, &displaced, why);
	if (!err)
		err = put_in_place(record, current, fresh, -1, report, why);
	if (err)
		displace__undo(&displaced);
	else
		displace__finish(&displaced);
	dataplane__close(fresh);
	return err;
}

/* The maps that an upgrade counts on into: those of the old program, if they are what is asked. */
static int keep_maps(const struct attachment *attachment, const struct attachment_record *asked,
		     struct attachment_record *ret_record, struct dataplane **ret,
		     struct errmsg *why)
{
	__u32 max_sources = asked->max_sources;
	struct attachment kept = *attachment;
	struct dataplane *old;
	int err;

	err = attachment__reopen(&kept, &old, why);
	if (err)
		return err;
	*ret_record = kept.record;
	if (max_sources && max_sources != dataplane__max_sources(old)) {
		err = errmsg__set(why, -EEXIST,
				  "%s: attach: it is attached with room for %u sources, which an "
				  "upgrade keeps: --reset counts from zero with room for %u",
				  attachment->interface, dataplane__max_sources(old), max_sources);
		dataplane__close(old);
		return err;
	}
	if (asked->handshakes && !ret_record->handshakes) {
		dataplane__close(old);
		return errmsg__set(why, -EEXIST,
				   "%s: attach: it is attached without handshakes, which an "
				   "upgrade keeps: --reset counts from zero with them",
				   attachment->interface);
	}
	*ret = old;
	return 0;
}

/* A new program goes where the old one is: behind a dispatcher, or alone. */
static int keep_place(const struct attachment *attachment, struct attachment_record *record,
		      struct dataplane_config *config, struct errmsg *why)
{
	const struct dispatcher_component *component =
		dispatcher__find(&attachment->dispatcher, attachment->program.id);
	struct errmsg reason;

	config->target_function = dispatcher_function;
	record->behind_dispatcher = attachment->dispatcher.id != 0;
	if (!record->behind_dispatcher)
		return 0;
	record->priority = component ? component->priority : record->priority;
	config->target_fd = dispatcher__target(&reason);
	if (config->target_fd >= 0)
		return 0;
	return errmsg__set(why, config->target_fd, "%s: it runs behind a dispatcher, but %s",
			   attachment->interface, reason.text);
}

static int replace(const struct attachment *attachment, const struct attachment_record *asked,
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
	char directory[REGISTRY_PATH_BYTES];
	int err, old_fd;

	if (asked->mode_asked != ATTACH_AUTO && asked->mode_asked != (__u32)attachment->mode)
		return errmsg__set(why, -EEXIST,
				   "%s: attach %s: it is attached in %s mode: 'xdpctl detach %s' "
				   "first",
				   asked->interface, attach_mode_names[asked->mode_asked],
				   attach_mode_names[attachment->mode], asked->interface);
	err = old_fd =
		dataplane__pinned_program(registry__path(&attachment->entry, directory), why);
	if (err >= 0 && !request->reset)
		err = keep_maps(attachment, asked, &record, &old, why);
	if (err >= 0)
		err = keep_place(attachment, &record, &config, why);
	if (err < 0)
		goto out;
	if (request->has_priority)
		record.priority = request->priority;
	config.maps_of = old;
	err = load_for(asked->interface, record.ifindex, attachment->mode, &config, &fresh, why);
	if (err)
		goto out;
	report->mode = attachment->mode;
	report->upgraded = true;
	err = put_in_place(&record, &attachment->entry, fresh, old_fd, report, why);
out:
	dataplane__close(fresh);
	dataplane__close(old);
	if (config.target_fd > 0)
		close(config.target_fd);
	if (old_fd >= 0)
		close(old_fd);
	return err;
}

int lifecycle__attach(const struct registry *registry, const char *interface,
		      const struct attach_request *request, struct attach_report *ret,
		      struct errmsg *why)
{
	struct attach_report report = {.mode = request->mode};
	struct attachment_record record = {
		.mode_asked = request->mode,
		.max_sources = request->max_sources,
		.priority = request->has_priority ? request->priority : DISPATCHER_DEFAULT_PRIORITY,
		.handshakes = request->handshakes ? HANDSHAKES_VICTIMS : HANDSHAKES_OFF,
		.attached_at_ns = now_ns(),
	};
	struct attachment attachment;
	int err;

	err = attachment__find(registry, interface, &attachment, why);
	if (err < 0)
		return err;
	record.ifindex = attachment.entry.ifindex;
	snprintf(record.interface, sizeof(record.interface), "%s", interface);
	if (attachment.mode != ATTACH_NONE) {
		err = replace(&attachment, &record, request, &report, why);
	} else {
		err = err ? attachment__discard(&attachment, why) : 0;
		err = err ?: attach_first(&record, &attachment.entry, request->force, &report, why);
	}
	if (!err)
		*ret = report;
	return err;
}

static int take_off(const struct attachment *attachment, struct errmsg *why)
{
	struct attachment_record record = {
		.ifindex = attachment->entry.ifindex,
		.behind_dispatcher = attachment->dispatcher.id != 0,
	};
	struct registry_entry removed = attachment->entry;
	char directory[REGISTRY_PATH_BYTES];
	int err, fd;

	if (attachment->mode == ATTACH_NONE)
		return attachment__discard(attachment, why);
	fd = dataplane__pinned_program(registry__path(&attachment->entry, directory), why);
	if (fd < 0)
		return fd;
	snprintf(record.interface, sizeof(record.interface), "%s", attachment->interface);
	err = set_program(&record, attachment->mode, -1, fd, why);
	close(fd);
	if (!err)
		err = registry__rename(&attachment->entry, REGISTRY_REPLACED, why);
	removed.kind = REGISTRY_REPLACED;
	return err ?: registry__remove(&removed, why);
}

/* Whoever is there that is not ours. */
static int take_off_others(const struct attachment *attachment, bool force,
			   struct detach_report *report, struct errmsg *why)
{
	__u32 ifindex = attachment->entry.ifindex;
	struct xdp_hook_state running;
	struct displaced displaced;
	int err;

	err = xdp_hook__query(ifindex, &running, why);
	if (err || !xdp_hook_state__any(&running))
		return err;
	displace__describe(ifindex, &running, report->displaced);
	if (!force)
		return refuse_other(attachment->interface, "detach", report->displaced, why);
	err = displace__all(attachment->interface, ifindex, &running, &displaced, why);
	if (!err)
		displace__finish(&displaced);
	return err;
}

int lifecycle__detach(const struct registry *registry, const char *interface, bool force,
		      struct detach_report *ret, struct errmsg *why)
{
	struct detach_report report = {.result = DETACH_NOTHING};
	struct attachment attachment;
	int err, found;

	err = found = attachment__find(registry, interface, &attachment, why);
	if (err < 0)
		return err;
	if (found) {
		report.result = attachment.mode == ATTACH_NONE ? DETACH_CLEANED : DETACH_DONE;
		err = take_off(&attachment, why);
	}
	if (!err && (force || !found))
		err = take_off_others(&attachment, force, &report, why);
	if (!err)
		*ret = report;
	return err;
}

int lifecycle__reset(const struct registry *registry, const char *interface, struct snapshot *ret,
		     struct attachment *ret_attachment, struct errmsg *why)
{
	struct dataplane *old = NULL, *fresh = NULL;
	struct dataplane_config config = {};
	struct attach_report report = {};
	struct attachment attachment;
	int err;

	err = attachment__open(registry, interface, &old, &attachment, why);
	if (!err && attachment.mode == ATTACH_NONE)
		err = errmsg__set(why, -ENOENT,
				  "%s: reset: not attached any more: 'xdpctl attach %s' starts "
				  "from zero",
				  interface, interface);
	if (err)
		goto out;
	config.max_sources = dataplane__max_sources(old);
	config.pairs = config.completed = attachment.record.handshakes;
	err = keep_place(&attachment, &attachment.record, &config, why);
	if (!err)
		err = load_for(interface, attachment.entry.ifindex, attachment.mode, &config,
			       &fresh, why);
	if (err)
		goto out;
	report.mode = attachment.mode;
	attachment.record.attached_at_ns = now_ns();
	err = put_in_place(&attachment.record, &attachment.entry, fresh, dataplane__program_fd(old),
			   &report, why);
	if (err)
		goto out;
	xdp_hook__settle();
	err = snapshot__read(old, ret, why);
	if (!err)
		*ret_attachment = attachment;
out:
	dataplane__close(fresh);
	dataplane__close(old);
	if (config.target_fd > 0)
		close(config.target_fd);
	return err;
}
