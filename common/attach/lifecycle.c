// SPDX-License-Identifier: GPL-2.0-only
// lifecycle: attach, upgrade, reset and detach, each one whole or not at all.
//
// The order of every change: stage all pins of the new state, change the interface (the one step
// that counts; handshakes follow at once), put the pins in place. Killed anywhere between, the
// interface runs a program whose pins exist, under whichever name; attached__recover() gives them
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
	kernlog__clear();
	err = dataplane__load(&complete, ret, why);
	return err ? errmsg__prefix(why, err, "%s: attach %s: ", interface, attach_mode_names[mode])
		   : 0;
}

/* The one step that counts. */
static int set_program(const struct attachment *note, enum attach_mode mode, int program_fd,
		       int expected_fd, struct errmsg *why)
{
	if (note->behind_dispatcher)
		return dispatcher__set(note->interface, note->ifindex, mode, program_fd,
				       expected_fd, note->priority, why);
	return attach__set(note->interface, note->ifindex, mode, program_fd, expected_fd, why);
}

/* With auto, in the first mode that the device takes. */
static int change_interface(const struct attachment *note, int program_fd, int expected_fd,
			    struct attach_report *report, struct errmsg *why)
{
	bool may_fall_back = report->mode == ATTACH_AUTO;
	int err;

	if (may_fall_back)
		report->mode = ATTACH_NATIVE;
	err = set_program(note, report->mode, program_fd, expected_fd, why);
	if (!err || !may_fall_back || err == -EBUSY || err == -EEXIST || err == -EPERM)
		return err;
	snprintf(report->refusal, sizeof(report->refusal), "%s", why->text);
	report->mode = ATTACH_GENERIC;
	return set_program(note, report->mode, program_fd, expected_fd, why);
}

/* Connections are not worth failing for: without them the rest counts, and the note says why. */
static struct handshakes *start_handshakes(struct attachment *note,
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

	if (note->handshakes == HANDSHAKES_OFF)
		return NULL;
	note->handshakes = HANDSHAKES_VICTIMS;
	if (!handshakes__start(&request, &handshakes, &reason)) {
		note->handshakes = HANDSHAKES_ON;
		remark = handshakes__scope(handshakes);
	}
	snprintf(note->handshakes_remark, sizeof(note->handshakes_remark), "%.*s",
		 (int)sizeof(note->handshakes_remark) - 1, remark);
	return handshakes;
}

static int stage(const struct attachment *note, const struct registry_entry *staged,
		 const struct dataplane *fresh, const struct handshakes *handshakes,
		 struct errmsg *why)
{
	struct attachment complete = *note;
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

static bool may_run(const struct attachment *note, const struct dataplane *dataplane)
{
	struct attached fresh = {.entry.ifindex = note->ifindex, .note = *note};

	fresh.note.layout = ABI_LAYOUT;
	return program_identity__read(dataplane__program_fd(dataplane), &fresh.program) ||
	       attached__locate(&fresh, NULL) || fresh.mode != ATTACH_NONE;
}

/* Pins @fresh and lets it take the place of @old_fd, which is -1 where nothing of ours runs. */
static int put_in_place(struct attachment *note, const struct registry_entry *current,
			const struct dataplane *fresh, int old_fd, struct attach_report *report,
			struct errmsg *why)
{
	struct handshakes *handshakes = start_handshakes(note, current, fresh);
	struct registry_entry staged = *current, replaced = *current;
	char directory[REGISTRY_PATH_BYTES];
	bool replaces = old_fd >= 0;
	int err;

	staged.kind = REGISTRY_STAGED;
	replaced.kind = REGISTRY_REPLACED;
	report->missing = dataplane__missing(fresh);
	err = stage(note, &staged, fresh, handshakes, why);
	handshakes__close(handshakes);
	if (!err)
		err = change_interface(note, dataplane__program_fd(fresh), old_fd, report, why);
	if (err) {
		/* Where it cannot be told what runs now, the next command finds that out. */
		if (!may_run(note, fresh))
			registry__remove(&staged, NULL);
		return err;
	}
	snprintf(report->handshakes_remark, sizeof(report->handshakes_remark), "%s",
		 note->handshakes_remark);
	err = handshakes__run(registry__path(&staged, directory), why);
	if (!err && replaces)
		err = registry__rename(current, REGISTRY_REPLACED, why);
	if (!err)
		err = registry__rename(&staged, REGISTRY_CURRENT, why);
	if (!err && replaces)
		err = registry__remove(&replaced, why);
	return err;
}

static int refuse_foreign(const char *interface, const char *verb, const char *others,
			  struct errmsg *why)
{
	return errmsg__set(why, -EBUSY,
			   "%s: %s: %s is attached and not ours: it is left alone; --force takes "
			   "it off",
			   interface, verb, others);
}

/* Where there is somebody else: is there room beside, or has it to go? */
static int make_room(const struct attachment *note, bool force, struct attach_report *report,
		     struct evicted *ret, struct errmsg *why)
{
	char others[EVICT_TEXT_BYTES];
	struct dispatcher dispatcher;
	struct attach_state running;
	int err;

	err = attach__query(note->ifindex, &running, why);
	if (err || !attach_state__any(&running))
		return err;
	evict__describe(note->ifindex, &running, others);
	if (note->behind_dispatcher && !dispatcher__read(note->ifindex, &dispatcher, NULL) &&
	    dispatcher.count) {
		if (report->mode == ATTACH_AUTO)
			report->mode = dispatcher.mode;
		if (report->mode == dispatcher.mode)
			return 0;
		if (!force)
			return errmsg__set(why, -EBUSY,
					   "%s: attach: %s is behind a dispatcher in %s mode: "
					   "join it with -m %s, or have it off with --force",
					   note->interface, others,
					   attach_mode_names[dispatcher.mode],
					   attach_mode_names[dispatcher.mode]);
	}
	if (!force)
		return refuse_foreign(note->interface, "attach", others, why);
	snprintf(report->evicted, sizeof(report->evicted), "%s", others);
	return evict__all(note->interface, note->ifindex, &running, ret, why);
}

/* Behind a dispatcher, if that can be; else alone, and the note says why. */
static int load_first(struct attachment *note, struct dataplane **ret, struct errmsg *why)
{
	struct dataplane_config config = {
		.max_sources = note->max_sources,
		.pairs = note->handshakes,
		.completed = note->handshakes,
		.target_function = dispatcher_function,
	};
	struct errmsg reason = {};
	int err;

	if (note->mode_asked == ATTACH_OFFLOAD)
		return load_for(note->interface, note->ifindex, note->mode_asked, &config, ret,
				why);
	err = config.target_fd = dispatcher__target(&reason);
	if (err >= 0) {
		err = dataplane__load(&config, ret, &reason);
		close(config.target_fd);
	}
	note->behind_dispatcher = !err;
	if (!err)
		return 0;
	snprintf(note->alone_because, sizeof(note->alone_because), "%.127s", reason.text);
	config.target_fd = 0;
	return load_for(note->interface, note->ifindex, note->mode_asked, &config, ret, why);
}

static int attach_first(struct attachment *note, const struct registry_entry *current, bool force,
			struct attach_report *report, struct errmsg *why)
{
	struct dataplane *fresh = NULL;
	struct evicted evicted = {};
	int err;

	err = load_first(note, &fresh, why);
	if (!err)
		err = make_room(note, force, report, &evicted, why);
	if (!err)
		err = put_in_place(note, current, fresh, -1, report, why);
	if (err)
		evict__undo(&evicted);
	else
		evict__finish(&evicted);
	dataplane__close(fresh);
	return err;
}

/* The maps that an upgrade counts on into: those of the old program, if they are what is asked. */
static int keep_maps(const struct attached *attached, const struct attachment *asked,
		     struct attachment *ret_note, struct dataplane **ret, struct errmsg *why)
{
	__u32 max_sources = asked->max_sources;
	struct attached kept = *attached;
	struct dataplane *old;
	int err;

	err = attached__reopen(&kept, &old, why);
	if (err)
		return err;
	*ret_note = kept.note;
	if (max_sources && max_sources != dataplane__max_sources(old)) {
		err = errmsg__set(why, -EEXIST,
				  "%s: attach: it is attached with room for %u sources, which an "
				  "upgrade keeps: --reset counts from zero with room for %u",
				  attached->interface, dataplane__max_sources(old), max_sources);
		dataplane__close(old);
		return err;
	}
	if (asked->handshakes && !ret_note->handshakes) {
		dataplane__close(old);
		return errmsg__set(why, -EEXIST,
				   "%s: attach: it is attached without handshakes, which an "
				   "upgrade keeps: --reset counts from zero with them",
				   attached->interface);
	}
	*ret = old;
	return 0;
}

/* A new program goes where the old one is: behind a dispatcher, or alone. */
static int keep_place(const struct attached *attached, struct attachment *note,
		      struct dataplane_config *config, struct errmsg *why)
{
	const struct dispatcher_component *component =
		dispatcher__find(&attached->dispatcher, attached->program.id);
	struct errmsg reason;

	config->target_function = dispatcher_function;
	note->behind_dispatcher = attached->dispatcher.id != 0;
	if (!note->behind_dispatcher)
		return 0;
	note->priority = component ? component->priority : note->priority;
	config->target_fd = dispatcher__target(&reason);
	if (config->target_fd >= 0)
		return 0;
	return errmsg__set(why, config->target_fd, "%s: it runs behind a dispatcher, but %s",
			   attached->interface, reason.text);
}

static int replace(const struct attached *attached, const struct attachment *asked,
		   const struct attach_request *request, struct attach_report *report,
		   struct errmsg *why)
{
	struct attachment note = *asked;
	struct dataplane_config config = {
		.max_sources = asked->max_sources,
		.pairs = asked->handshakes,
		.completed = asked->handshakes,
	};
	struct dataplane *old = NULL, *fresh = NULL;
	char directory[REGISTRY_PATH_BYTES];
	int err, old_fd;

	if (asked->mode_asked != ATTACH_AUTO && asked->mode_asked != (__u32)attached->mode)
		return errmsg__set(why, -EEXIST,
				   "%s: attach %s: it is attached in %s mode: 'xdpctl detach %s' "
				   "first",
				   asked->interface, attach_mode_names[asked->mode_asked],
				   attach_mode_names[attached->mode], asked->interface);
	err = old_fd = dataplane__pinned_program(registry__path(&attached->entry, directory), why);
	if (err >= 0 && !request->reset)
		err = keep_maps(attached, asked, &note, &old, why);
	if (err >= 0)
		err = keep_place(attached, &note, &config, why);
	if (err < 0)
		goto out;
	if (request->has_priority)
		note.priority = request->priority;
	config.maps_of = old;
	err = load_for(asked->interface, note.ifindex, attached->mode, &config, &fresh, why);
	if (err)
		goto out;
	report->mode = attached->mode;
	report->upgraded = true;
	err = put_in_place(&note, &attached->entry, fresh, old_fd, report, why);
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
	struct attachment note = {
		.mode_asked = request->mode,
		.max_sources = request->max_sources,
		.priority = request->has_priority ? request->priority : DISPATCHER_DEFAULT_PRIORITY,
		.handshakes = request->handshakes ? HANDSHAKES_VICTIMS : HANDSHAKES_OFF,
		.attached_at_ns = now_ns(),
	};
	struct attached attached;
	int err;

	err = attached__find(registry, interface, &attached, why);
	if (err < 0)
		return err;
	note.ifindex = attached.entry.ifindex;
	snprintf(note.interface, sizeof(note.interface), "%s", interface);
	if (attached.mode != ATTACH_NONE) {
		err = replace(&attached, &note, request, &report, why);
	} else {
		err = err ? attached__discard(&attached, why) : 0;
		err = err ?: attach_first(&note, &attached.entry, request->force, &report, why);
	}
	if (!err)
		*ret = report;
	return err;
}

static int take_off(const struct attached *attached, struct errmsg *why)
{
	struct attachment note = {
		.ifindex = attached->entry.ifindex,
		.behind_dispatcher = attached->dispatcher.id != 0,
	};
	struct registry_entry removed = attached->entry;
	char directory[REGISTRY_PATH_BYTES];
	int err, fd;

	if (attached->mode == ATTACH_NONE)
		return attached__discard(attached, why);
	fd = dataplane__pinned_program(registry__path(&attached->entry, directory), why);
	if (fd < 0)
		return fd;
	snprintf(note.interface, sizeof(note.interface), "%s", attached->interface);
	err = set_program(&note, attached->mode, -1, fd, why);
	close(fd);
	if (!err)
		err = registry__rename(&attached->entry, REGISTRY_REPLACED, why);
	removed.kind = REGISTRY_REPLACED;
	return err ?: registry__remove(&removed, why);
}

/* Whoever is there that is not ours. */
static int take_off_others(const struct attached *attached, bool force,
			   struct detach_report *report, struct errmsg *why)
{
	__u32 ifindex = attached->entry.ifindex;
	struct attach_state running;
	struct evicted evicted;
	int err;

	err = attach__query(ifindex, &running, why);
	if (err || !attach_state__any(&running))
		return err;
	evict__describe(ifindex, &running, report->evicted);
	if (!force)
		return refuse_foreign(attached->interface, "detach", report->evicted, why);
	err = evict__all(attached->interface, ifindex, &running, &evicted, why);
	if (!err)
		evict__finish(&evicted);
	return err;
}

int lifecycle__detach(const struct registry *registry, const char *interface, bool force,
		      struct detach_report *ret, struct errmsg *why)
{
	struct detach_report report = {.result = DETACH_NOTHING};
	struct attached attached;
	int err, found;

	err = found = attached__find(registry, interface, &attached, why);
	if (err < 0)
		return err;
	if (found) {
		report.result = attached.mode == ATTACH_NONE ? DETACH_CLEANED : DETACH_DONE;
		err = take_off(&attached, why);
	}
	if (!err && (force || !found))
		err = take_off_others(&attached, force, &report, why);
	if (!err)
		*ret = report;
	return err;
}

int lifecycle__reset(const struct registry *registry, const char *interface, struct snapshot *ret,
		     struct attached *ret_attached, struct errmsg *why)
{
	struct dataplane *old = NULL, *fresh = NULL;
	struct dataplane_config config = {};
	struct attach_report report = {};
	struct attached attached;
	int err;

	err = attached__open(registry, interface, &old, &attached, why);
	if (!err && attached.mode == ATTACH_NONE)
		err = errmsg__set(why, -ENOENT,
				  "%s: reset: not attached any more: 'xdpctl attach %s' starts "
				  "from zero",
				  interface, interface);
	if (err)
		goto out;
	config.max_sources = dataplane__max_sources(old);
	config.pairs = config.completed = attached.note.handshakes;
	err = keep_place(&attached, &attached.note, &config, why);
	if (!err)
		err = load_for(interface, attached.entry.ifindex, attached.mode, &config, &fresh,
			       why);
	if (err)
		goto out;
	report.mode = attached.mode;
	attached.note.attached_at_ns = now_ns();
	err = put_in_place(&attached.note, &attached.entry, fresh, dataplane__program_fd(old),
			   &report, why);
	if (err)
		goto out;
	attach__settle();
	err = snapshot__read(old, ret, why);
	if (!err)
		*ret_attached = attached;
out:
	dataplane__close(fresh);
	dataplane__close(old);
	if (config.target_fd > 0)
		close(config.target_fd);
	return err;
}
