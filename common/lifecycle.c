// SPDX-License-Identifier: GPL-2.0-only
// lifecycle: attach, upgrade, reset and detach, each one whole or not at all.
//
// The order of every change: stage all pins of the new state, change the interface (the one step
// that counts), put the pins in place. Killed anywhere between, the interface runs a program whose
// pins exist, under whichever name; recover() gives them the right one.
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

/* What an entry's pins are worth: which program they hold, and whether the interface runs it. */
static void inspect(const struct state_entry *entry, struct attached *ret)
{
	char directory[STATE_PATH_BYTES];
	struct attach_state running = {};
	int fd;

	*ret = (struct attached){.entry = *entry, .mode = ATTACH_NONE};
	if (state__note(entry, &ret->note, NULL))
		ret->note = (struct attachment){};
	ret->exists = if_indextoname(entry->ifindex, ret->interface);
	if (!ret->exists)
		snprintf(ret->interface, sizeof(ret->interface), "%s", ret->note.interface);
	fd = dataplane__pinned_program(state__path(entry, directory), NULL);
	if (fd < 0)
		return;
	if (ret->exists && !program_identity__read(fd, &ret->program) &&
	    !attach__query(entry->ifindex, &running, NULL))
		ret->mode = attach_state__mode_of(&running, ret->program.id);
	close(fd);
}

int lifecycle__list(const struct state *state, struct attached **ret, size_t *ret_count,
		    struct errmsg *why)
{
	struct state_entry *entries;
	struct attached *list;
	size_t count, kept = 0;
	int err;

	err = state__entries(state, &entries, &count, why);
	if (err)
		return err;
	list = calloc(count + 1, sizeof(*list));
	for (size_t i = 0; list && i < count; i++)
		if (entries[i].netns == state__netns(state))
			inspect(&entries[i], &list[kept++]);
	free(entries);
	if (!list)
		return -ENOMEM;
	*ret = list;
	*ret_count = kept;
	return 0;
}

/*
 * Finishes what a killed command began: of the directories of one interface the one whose program
 * runs becomes the current one, the staged and the replaced ones go, and so does everything of an
 * interface that is gone. A current one that does not run is left to be read, and to its owner.
 */
static int recover(const struct state *state, struct errmsg *why)
{
	struct attached *list;
	size_t count;
	int err;

	err = lifecycle__list(state, &list, &count, why);
	if (err)
		return err;
	for (size_t i = 0; !err && i < count; i++) {
		bool running = list[i].mode != ATTACH_NONE;
		bool current = list[i].entry.kind == STATE_CURRENT;

		if (running ? current : (current && list[i].exists))
			continue;
		if (!running)
			err = state__remove(&list[i].entry, why);
	}
	for (size_t i = 0; !err && i < count; i++) {
		struct state_entry current = list[i].entry;

		if (list[i].mode == ATTACH_NONE || current.kind == STATE_CURRENT)
			continue;
		current.kind = STATE_CURRENT;
		state__remove(&current, NULL);
		err = state__rename(&list[i].entry, STATE_CURRENT, why);
	}
	free(list);
	return err;
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
		if ((int)list[i].entry.ifindex != ifindex)
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

/* Pins @fresh and lets it take the place of @old, which is NULL where nothing of ours runs. */
static int put_in_place(const struct attachment *note, const struct state_entry *current,
			const struct dataplane *fresh, const struct dataplane *old,
			struct attach_report *report, struct errmsg *why)
{
	struct state_entry staged = *current, replaced = *current;
	char directory[STATE_PATH_BYTES];
	int err;

	staged.kind = STATE_NEW;
	replaced.kind = STATE_OLD;
	err = state__stage(&staged, note, why);
	if (!err)
		err = dataplane__pin(fresh, state__path(&staged, directory), why);
	if (!err)
		err = change_interface(note->interface, note->ifindex, report->mode,
				       dataplane__program_fd(fresh),
				       old ? dataplane__program_fd(old) : -1, report, why);
	if (err) {
		state__remove(&staged, NULL);
		return err;
	}
	if (old)
		err = state__rename(current, STATE_OLD, why);
	if (!err)
		err = state__rename(&staged, STATE_CURRENT, why);
	if (!err && old)
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

static int attach_first(struct attachment *note, const struct state_entry *current,
			struct attach_report *report, struct errmsg *why)
{
	struct dataplane_config config = {
		.max_sources = note->max_sources,
		.offload_ifindex = note->mode_asked == ATTACH_OFFLOAD ? note->ifindex : 0,
	};
	struct dataplane *fresh;
	int err;

	err = refuse_foreign(note->interface, note->ifindex, "attach", why);
	if (err)
		return err;
	err = dataplane__load(&config, &fresh, why);
	if (err)
		return err;
	note->max_sources = dataplane__max_sources(fresh);
	note->memory_bytes = dataplane__memory_bytes(fresh);
	err = put_in_place(note, current, fresh, NULL, report, why);
	dataplane__close(fresh);
	return err;
}

static int upgrade(const struct attached *attached, const struct attachment *asked,
		   struct attach_report *report, struct errmsg *why)
{
	struct attachment note = *asked;
	struct dataplane_config config = {};
	struct dataplane *old = NULL, *fresh = NULL;
	char directory[STATE_PATH_BYTES];
	int err;

	if (asked->mode_asked != ATTACH_AUTO && asked->mode_asked != (__u32)attached->mode)
		return errmsg__set(why, -EEXIST,
				   "%s: attach %s: it is attached in %s mode: 'xdpctl detach %s' "
				   "first",
				   asked->interface, attach_mode_names[asked->mode_asked],
				   attach_mode_names[attached->mode], asked->interface);
	err = state__note(&attached->entry, &note, why);
	if (!err)
		err = dataplane__reopen(state__path(&attached->entry, directory), &old, why);
	if (err)
		goto out;
	if (asked->max_sources && asked->max_sources != dataplane__max_sources(old)) {
		err = errmsg__set(why, -EEXIST,
				  "%s: attach: it is attached with room for %u sources, which an "
				  "upgrade keeps: 'xdpctl detach %s' first",
				  asked->interface, dataplane__max_sources(old), asked->interface);
		goto out;
	}
	config.maps_of = old;
	if (attached->mode == ATTACH_OFFLOAD)
		config.offload_ifindex = note.ifindex;
	err = dataplane__load(&config, &fresh, why);
	if (err)
		goto out;
	*report = (struct attach_report){.mode = attached->mode, .upgraded = true};
	err = put_in_place(&note, &attached->entry, fresh, old, report, why);
out:
	dataplane__close(fresh);
	dataplane__close(old);
	return err;
}

int lifecycle__attach(const struct state *state, const char *interface, enum attach_mode mode,
		      __u32 max_sources, struct attach_report *ret, struct errmsg *why)
{
	struct attach_report report = {.mode = mode};
	struct attachment note = {
		.layout = ABI_LAYOUT,
		.mode_asked = mode,
		.max_sources = max_sources,
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
	err = recover(state, why);
	if (!err)
		err = find_current(state, note.ifindex, &attached, why);
	if (err < 0)
		return err;
	if (err && attached.mode != ATTACH_NONE) {
		err = upgrade(&attached, &note, &report, why);
	} else {
		err = err ? state__remove(&attached.entry, why) : 0;
		err = err ?: attach_first(&note, &current, &report, why);
	}
	if (!err)
		*ret = report;
	return err;
}

/* The pins of an interface that is gone, found by the name that it had. */
static int forget_by_name(const struct state *state, const char *interface, bool *ret_found,
			  struct errmsg *why)
{
	struct attached *list;
	size_t count;
	int err;

	err = lifecycle__list(state, &list, &count, why);
	if (err)
		return err;
	for (size_t i = 0; i < count; i++)
		if (!list[i].exists && !strcmp(list[i].interface, interface))
			*ret_found = true;
	free(list);
	return recover(state, why);
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
	bool found = false;
	int err, ifindex;

	ifindex = lifecycle__find(interface, why);
	if (ifindex < 0) {
		err = forget_by_name(state, interface, &found, why);
		if (!err && !found)
			return lifecycle__find(interface, why);
		if (!err)
			*ret = DETACH_CLEANED;
		return err;
	}
	err = recover(state, why);
	if (!err)
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

	err = recover(state, why);
	if (!err)
		err = lifecycle__open(state, interface, &old, &attached, why);
	if (!err && attached.mode == ATTACH_NONE)
		err = errmsg__set(why, -ENOENT,
				  "%s: reset: not attached any more: 'xdpctl attach %s' starts "
				  "from zero",
				  interface, interface);
	if (err)
		goto out;
	config.max_sources = dataplane__max_sources(old);
	if (attached.mode == ATTACH_OFFLOAD)
		config.offload_ifindex = attached.entry.ifindex;
	err = dataplane__load(&config, &fresh, why);
	if (err)
		goto out;
	report.mode = attached.mode;
	attached.note.attached_at_ns = now_ns();
	err = put_in_place(&attached.note, &attached.entry, fresh, old, &report, why);
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
