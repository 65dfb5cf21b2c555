// SPDX-License-Identifier: GPL-2.0-only
// lifecycle: attach, upgrade, reset and detach, each one whole or not at all.
//
// The order of every change: stage all pins of the new state, change the interface (the one step
// that counts), put the pins in place. Killed anywhere between, the interface runs a program whose
// pins exist, under whichever name; lifecycle__recover() gives them the right one.
#include "lifecycle.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"
#include "kernlog.h"

int lifecycle__find(const char *interface, struct errmsg *why)
{
	int ifindex = 0;

	if (strlen(interface) < IFNAMSIZ)
		ifindex = if_nametoindex(interface);
	if (ifindex)
		return ifindex;
	return errmsg__set(why, -ENODEV,
			   "%s: no such interface: 'ip link' lists them (--netns NAME looks in "
			   "another network namespace)",
			   interface);
}

/* Which program the pins of an entry hold; none where a command was killed before it was pinned. */
static int identify(const struct state_entry *entry, const struct attachment *note,
		    struct program_identity *ret, struct errmsg *why)
{
	char directory[STATE_PATH_BYTES];
	int fd, err;

	fd = dataplane__pinned_program(state__path(entry, directory), why);
	if (fd == -ENOENT)
		return 0;
	if (fd == -EACCES && note->layout) {
		ret->id = note->program_id;
		return 0;
	}
	if (fd < 0)
		return fd;
	err = program_identity__read(fd, ret);
	close(fd);
	return err ? errmsg__set(why, err, "%s: reading about the program: %s", directory,
				 strerror(-err))
		   : 0;
}

/*
 * What an entry's pins are worth: which program they hold, and whether the interface runs it. What
 * cannot be told is an error: taken for stale, the pins of a running program would be removed.
 */
static int inspect(const struct state *state, const struct state_entry *entry, struct attached *ret,
		   struct errmsg *why)
{
	bool here = entry->netns == state__netns(state);
	struct attach_state running;
	int err;

	*ret = (struct attached){.entry = *entry, .mode = ATTACH_NONE};
	if (state__note(entry, &ret->note, NULL))
		ret->note = (struct attachment){};
	ret->exists = !state__interface_is_gone(entry);
	if (here && ret->exists)
		ret->exists = if_indextoname(entry->ifindex, ret->interface);
	if (!here || !ret->exists)
		snprintf(ret->interface, sizeof(ret->interface), "%s", ret->note.interface);
	if (!here || !ret->exists)
		return 0;
	err = identify(entry, &ret->note, &ret->program, why);
	if (!err)
		err = attach__query(entry->ifindex, &running, why);
	if (!err)
		ret->mode = attach_state__mode_of(&running, ret->program.id);
	return err;
}

/* Every entry; of other namespaces, no more is known than whether the interface exists. */
static int list_all(const struct state *state, struct attached **ret, size_t *ret_count,
		    struct errmsg *why)
{
	struct state_entry *entries;
	struct attached *list;
	size_t count;
	int err;

	err = state__entries(state, &entries, &count, why);
	if (err)
		return err;
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		err = -ENOMEM;
	for (size_t i = 0; !err && i < count; i++)
		err = inspect(state, &entries[i], &list[i], why);
	free(entries);
	if (err) {
		free(list);
		return err;
	}
	*ret = list;
	*ret_count = count;
	return 0;
}

int lifecycle__list(const struct state *state, struct attached **ret, size_t *ret_count,
		    struct errmsg *why)
{
	struct attached *list;
	size_t count, kept = 0;
	int err;

	err = list_all(state, &list, &count, why);
	if (err)
		return err;
	for (size_t i = 0; i < count; i++)
		if (list[i].entry.netns == state__netns(state))
			list[kept++] = list[i];
	*ret = list;
	*ret_count = kept;
	return 0;
}

/* Puts one entry right. Return: 1 if there was something to put right, 0 if not. */
static int recover_one(const struct state *state, const struct attached *attached,
		       struct leftover *ret, struct errmsg *why)
{
	struct state_entry current = attached->entry;
	int err;

	*ret = (struct leftover){.entry = attached->entry, .reason = LEFTOVER_INTERFACE_GONE};
	snprintf(ret->interface, sizeof(ret->interface), "%s", attached->interface);
	if (attached->exists) {
		if (current.netns != state__netns(state) || current.kind == STATE_CURRENT)
			return 0;
		ret->reason =
			attached->mode == ATTACH_NONE ? LEFTOVER_UNFINISHED : LEFTOVER_COMPLETED;
	}
	if (ret->reason != LEFTOVER_COMPLETED)
		return state__remove(&attached->entry, why) ?: 1;
	current.kind = STATE_CURRENT;
	state__remove(&current, NULL);
	err = state__rename(&attached->entry, STATE_CURRENT, why);
	return err ?: 1;
}

int lifecycle__recover(const struct state *state, struct leftover **ret, size_t *ret_count,
		       struct errmsg *why)
{
	struct leftover *leftovers;
	struct attached *list;
	size_t count, found = 0;
	int err;

	err = list_all(state, &list, &count, why);
	if (err)
		return err;
	leftovers = calloc(count + 1, sizeof(*leftovers));
	if (!leftovers)
		err = -ENOMEM;
	for (size_t i = 0; err >= 0 && i < count; i++) {
		err = recover_one(state, &list[i], &leftovers[found], why);
		found += err > 0;
	}
	free(list);
	if (err < 0) {
		free(leftovers);
		return err;
	}
	*ret = leftovers;
	*ret_count = found;
	return 0;
}

/* The current entry of an interface; 1 if there is one, 0 if not. */
static int find_current(const struct state *state, int ifindex, struct attached *ret,
			struct errmsg *why)
{
	struct attached *list;
	size_t count;
	int err, found = 0;

	err = lifecycle__list(state, &list, &count, why);
	if (err)
		return err;
	for (size_t i = 0; i < count && !found; i++) {
		if ((int)list[i].entry.ifindex != ifindex || !list[i].exists)
			continue;
		if (list[i].entry.kind != STATE_CURRENT && list[i].mode == ATTACH_NONE)
			continue;
		*ret = list[i];
		found = 1;
	}
	free(list);
	return found;
}

int lifecycle__open(const struct state *state, const char *interface, struct dataplane **ret,
		    struct attached *ret_attached, struct errmsg *why)
{
	char directory[STATE_PATH_BYTES];
	struct attached attached;
	int err, ifindex;

	ifindex = lifecycle__find(interface, why);
	if (ifindex < 0)
		return ifindex;
	err = find_current(state, ifindex, &attached, why);
	if (err < 0)
		return err;
	if (!err)
		return errmsg__set(why, -ENOENT, "%s: not attached: 'xdpctl attach %s' starts it",
				   interface, interface);
	err = state__note(&attached.entry, &attached.note, why);
	if (!err)
		err = dataplane__reopen(state__path(&attached.entry, directory), ret, why);
	if (!err)
		*ret_attached = attached;
	return err;
}

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
		complete.kind = DATAPLANE_DEVICE;
		complete.device_ifindex = ifindex;
	}
	kernlog__clear();
	err = dataplane__load(&complete, ret, why);
	return err ? errmsg__prefix(why, err, "%s: attach %s: ", interface, attach_mode_names[mode])
		   : 0;
}

/* The one step that counts; with auto, in the first mode that the device takes. */
static int change_interface(const char *interface, int ifindex, enum attach_mode asked,
			    int program_fd, int expected_fd, struct attach_report *report,
			    struct errmsg *why)
{
	bool may_fall_back = asked == ATTACH_AUTO;
	int err;

	report->mode = may_fall_back ? ATTACH_NATIVE : asked;
	err = attach__set(interface, ifindex, report->mode, program_fd, expected_fd, why);
	if (!err || !may_fall_back || err == -EBUSY || err == -EEXIST || err == -EPERM)
		return err;
	snprintf(report->refusal, sizeof(report->refusal), "%s", why->text);
	report->mode = ATTACH_GENERIC;
	return attach__set(interface, ifindex, report->mode, program_fd, expected_fd, why);
}

static int stage(const struct attachment *note, const struct state_entry *staged,
		 const struct dataplane *fresh, struct errmsg *why)
{
	struct attachment complete = *note;
	struct program_identity program;
	char directory[STATE_PATH_BYTES];
	int err;

	err = program_identity__read(dataplane__program_fd(fresh), &program);
	complete.layout = ABI_LAYOUT;
	complete.program_id = program.id;
	complete.max_sources = dataplane__max_sources(fresh);
	complete.memory_bytes = dataplane__memory_bytes(fresh);
	if (!err)
		err = state__stage(staged, &complete, why);
	if (!err)
		err = dataplane__pin(fresh, state__path(staged, directory), why);
	return err;
}

static bool may_run(int ifindex, const struct dataplane *dataplane)
{
	struct program_identity program;
	struct attach_state running;

	return program_identity__read(dataplane__program_fd(dataplane), &program) ||
	       attach__query(ifindex, &running, NULL) ||
	       attach_state__mode_of(&running, program.id) != ATTACH_NONE;
}

/* Pins @fresh and lets it take the place of @old_fd, which is -1 where nothing of ours runs. */
static int put_in_place(const struct attachment *note, const struct state_entry *current,
			const struct dataplane *fresh, int old_fd, struct attach_report *report,
			struct errmsg *why)
{
	struct state_entry staged = *current, replaced = *current;
	bool replaces = old_fd >= 0;
	int err;

	staged.kind = STATE_NEW;
	replaced.kind = STATE_OLD;
	report->missing = dataplane__missing(fresh);
	err = stage(note, &staged, fresh, why);
	if (!err)
		err = change_interface(note->interface, note->ifindex, report->mode,
				       dataplane__program_fd(fresh), old_fd, report, why);
	if (err) {
		/* Where it cannot be told what runs now, the next command finds that out. */
		if (!may_run(note->ifindex, fresh))
			state__remove(&staged, NULL);
		return err;
	}
	if (replaces)
		err = state__rename(current, STATE_OLD, why);
	if (!err)
		err = state__rename(&staged, STATE_CURRENT, why);
	if (!err && replaces)
		err = state__remove(&replaced, why);
	return err;
}

static int refuse_foreign(const char *interface, int ifindex, const char *verb, struct errmsg *why)
{
	struct program_identity program = {};
	struct attach_state running;
	int err, fd;

	err = attach__query(ifindex, &running, why);
	if (err || !attach_state__any(&running))
		return err;
	fd = bpf_prog_get_fd_by_id(attach_state__any(&running));
	if (fd >= 0) {
		program_identity__read(fd, &program);
		close(fd);
	}
	return errmsg__set(why, -EBUSY,
			   "%s: %s: program '%s' (id %u) is attached and not ours: it is left "
			   "alone; 'ip link set dev %s xdp off' removes it",
			   interface, verb, program.name, attach_state__any(&running), interface);
}

static int attach_first(const struct attachment *note, const struct state_entry *current,
			struct attach_report *report, struct errmsg *why)
{
	struct dataplane_config config = {.max_sources = note->max_sources};
	struct dataplane *fresh;
	int err;

	err = refuse_foreign(note->interface, note->ifindex, "attach", why);
	if (err)
		return err;
	err = load_for(note->interface, note->ifindex, note->mode_asked, &config, &fresh, why);
	if (err)
		return err;
	err = put_in_place(note, current, fresh, -1, report, why);
	dataplane__close(fresh);
	return err;
}

/* The maps that an upgrade counts on into: those of the old program, if they are what is asked. */
static int keep_maps(const struct attached *attached, __u32 max_sources,
		     struct attachment *ret_note, struct dataplane **ret, struct errmsg *why)
{
	char directory[STATE_PATH_BYTES];
	struct dataplane *old;
	int err;

	err = state__note(&attached->entry, ret_note, why);
	if (!err)
		err = dataplane__reopen(state__path(&attached->entry, directory), &old, why);
	if (err)
		return err;
	if (max_sources && max_sources != dataplane__max_sources(old)) {
		err = errmsg__set(why, -EEXIST,
				  "%s: attach: it is attached with room for %u sources, which an "
				  "upgrade keeps: --reset counts from zero with room for %u",
				  attached->interface, dataplane__max_sources(old), max_sources);
		dataplane__close(old);
		return err;
	}
	*ret = old;
	return 0;
}

static int replace(const struct attached *attached, const struct attachment *asked, bool reset,
		   struct attach_report *report, struct errmsg *why)
{
	struct attachment note = *asked;
	struct dataplane_config config = {.max_sources = asked->max_sources};
	struct dataplane *old = NULL, *fresh = NULL;
	char directory[STATE_PATH_BYTES];
	int err, old_fd;

	if (asked->mode_asked != ATTACH_AUTO && asked->mode_asked != (__u32)attached->mode)
		return errmsg__set(why, -EEXIST,
				   "%s: attach %s: it is attached in %s mode: 'xdpctl detach %s' "
				   "first",
				   asked->interface, attach_mode_names[asked->mode_asked],
				   attach_mode_names[attached->mode], asked->interface);
	err = old_fd = dataplane__pinned_program(state__path(&attached->entry, directory), why);
	if (err >= 0 && !reset)
		err = keep_maps(attached, asked->max_sources, &note, &old, why);
	if (err < 0)
		goto out;
	config.maps_of = old;
	err = load_for(asked->interface, note.ifindex, attached->mode, &config, &fresh, why);
	if (err)
		goto out;
	*report = (struct attach_report){.mode = attached->mode, .upgraded = true};
	err = put_in_place(&note, &attached->entry, fresh, old_fd, report, why);
out:
	dataplane__close(fresh);
	dataplane__close(old);
	if (old_fd >= 0)
		close(old_fd);
	return err;
}

int lifecycle__attach(const struct state *state, const char *interface,
		      const struct attach_request *request, struct attach_report *ret,
		      struct errmsg *why)
{
	struct attach_report report = {.mode = request->mode};
	struct attachment note = {
		.mode_asked = request->mode,
		.max_sources = request->max_sources,
		.attached_at_ns = now_ns(),
	};
	struct state_entry current = {.netns = state__netns(state)};
	struct attached attached;
	int err;

	err = lifecycle__find(interface, why);
	if (err < 0)
		return err;
	current.ifindex = note.ifindex = err;
	snprintf(note.interface, sizeof(note.interface), "%s", interface);
	err = find_current(state, note.ifindex, &attached, why);
	if (err < 0)
		return err;
	if (err && attached.mode != ATTACH_NONE) {
		err = replace(&attached, &note, request->reset, &report, why);
	} else {
		err = err ? state__remove(&attached.entry, why) : 0;
		err = err ?: attach_first(&note, &current, &report, why);
	}
	if (!err)
		*ret = report;
	return err;
}

static int take_off(const struct attached *attached, struct errmsg *why)
{
	struct state_entry removed = attached->entry;
	char directory[STATE_PATH_BYTES];
	int err = 0, fd;

	if (attached->mode != ATTACH_NONE) {
		fd = dataplane__pinned_program(state__path(&attached->entry, directory), why);
		if (fd < 0)
			return fd;
		err = attach__set(attached->interface, attached->entry.ifindex, attached->mode, -1,
				  fd, why);
		close(fd);
	}
	if (!err)
		err = state__rename(&attached->entry, STATE_OLD, why);
	removed.kind = STATE_OLD;
	return err ?: state__remove(&removed, why);
}

int lifecycle__detach(const struct state *state, const char *interface, enum detach_report *ret,
		      struct errmsg *why)
{
	struct attached attached;
	int err, ifindex;

	ifindex = lifecycle__find(interface, why);
	if (ifindex < 0)
		return ifindex;
	err = find_current(state, ifindex, &attached, why);
	if (err < 0)
		return err;
	if (!err) {
		err = refuse_foreign(interface, ifindex, "detach", why);
		if (!err)
			*ret = DETACH_NOTHING;
		return err;
	}
	err = take_off(&attached, why);
	if (!err)
		*ret = attached.mode == ATTACH_NONE ? DETACH_CLEANED : DETACH_DONE;
	return err;
}

int lifecycle__reset(const struct state *state, const char *interface, struct snapshot *ret,
		     struct attached *ret_attached, struct errmsg *why)
{
	struct dataplane *old = NULL, *fresh = NULL;
	struct dataplane_config config = {};
	struct attach_report report = {};
	struct attached attached;
	int err;

	err = lifecycle__open(state, interface, &old, &attached, why);
	if (!err && attached.mode == ATTACH_NONE)
		err = errmsg__set(why, -ENOENT,
				  "%s: reset: not attached any more: 'xdpctl attach %s' starts "
				  "from zero",
				  interface, interface);
	if (err)
		goto out;
	config.max_sources = dataplane__max_sources(old);
	err = load_for(interface, attached.entry.ifindex, attached.mode, &config, &fresh, why);
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
	return err;
}
