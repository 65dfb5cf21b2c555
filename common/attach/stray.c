// SPDX-License-Identifier: GPL-2.0-only
// stray: programs of ours that an interface runs without pins for it in this registry.
#include "common/attach/stray.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/abi/abi.h"
#include "common/attach/running.h"
#include "common/dataplane/adopt.h"

/* Its record is found by way of the program that it is bound to. */
static void read_bound_record(const struct prog_info *info, struct attachment_record *ret)
{
	struct attachment_record record = {};
	struct bpf_map_info map = {};
	__u32 zero = 0, map_bytes = sizeof(map);
	int fd = prog_info__open_map(info, REGISTRY_RECORD);

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &map, &map_bytes) && map.value_size == sizeof(record) &&
	    !bpf_map_lookup_elem(fd, &zero, &record) && record.layout == ABI_LAYOUT)
		*ret = record;
	close(fd);
}

static bool recognize_program(int fd, struct attachment *attachment)
{
	struct prog_info info;
	bool ours;

	if (program_identity__read(fd, &attachment->program) ||
	    strncmp(attachment->program.name, DATAPLANE_PROGRAM_PREFIX,
		    strlen(DATAPLANE_PROGRAM_PREFIX)) ||
	    prog_info__read(fd, NULL, &info, NULL))
		return false;
	ours = dataplane__recognizes(&info);
	if (ours)
		read_bound_record(&info, &attachment->record);
	prog_info__free(&info);
	return ours;
}

/* Return: true if a program is one of ours, with @attachment's program and record set. */
static bool stray_recognize(__u32 id, struct attachment *attachment)
{
	int fd = id ? bpf_prog_get_fd_by_id(id) : -1;
	bool ours;

	if (fd < 0)
		return false;
	ours = recognize_program(fd, attachment);
	close(fd);
	return ours;
}

/* Its pins, filed under the network namespace where it was attached. */
static void find_pins(const struct registry *registry, struct attachment *attachment)
{
	struct attachment_record record;
	struct registry_entry *entries;
	size_t count;

	if (registry__entries(registry, &entries, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		if (entries[i].kind == REGISTRY_REPLACED ||
		    registry__record(&entries[i], &record, NULL) ||
		    record.program_id != attachment->program.id)
			continue;
		attachment->entry = entries[i];
		attachment->record = record;
		attachment->pinned = true;
		attachment->moved = entries[i].netns != registry__netns(registry);
	}
	free(entries);
}

static bool find_component(struct attachment *attachment)
{
	struct dispatcher dispatcher;

	if (dispatcher__read(attachment->ifindex, &dispatcher, NULL))
		return false;
	for (size_t i = 0; i < dispatcher.count; i++) {
		if (!stray_recognize(dispatcher.components[i].id, attachment))
			continue;
		attachment->dispatcher = dispatcher;
		attachment->mode = dispatcher.mode;
		return true;
	}
	return false;
}

bool stray__find(const struct registry *registry, struct attachment *attachment)
{
	struct xdp_hook_state running;
	bool found = false;

	if (xdp_hook__query(attachment->ifindex, &running, NULL) || !xdp_hook_state__any(&running))
		return false;
	for (int mode = 0; !found && mode < ATTACH_AUTO; mode++) {
		found = stray_recognize(running.program_ids[mode], attachment);
		if (found)
			attachment->mode = mode;
	}
	if (!found && !find_component(attachment))
		return false;
	attachment->exists = true;
	attachment->pinned = false;
	find_pins(registry, attachment);
	return true;
}

int stray__unidentified(int ifindex, struct errmsg *why)
{
	struct xdp_hook_state running;
	int fd;

	if (xdp_hook__query(ifindex, &running, NULL) || !xdp_hook_state__any(&running))
		return 0;
	fd = prog_info__open(xdp_hook_state__any(&running), why);
	if (fd >= 0)
		close(fd);
	return fd == -EPERM ? fd : 0;
}

static bool is_known(__u32 id, const struct attachment *list, size_t count, const __u32 *others,
		     size_t other_count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].program.id == id && list[i].mode != ATTACH_NONE)
			return true;
	for (size_t i = 0; i < other_count; i++)
		if (others[i] == id)
			return true;
	return false;
}

/* Return: true if a program of ours is loaded that nothing explains. */
static bool is_any_unknown(const struct attachment *list, size_t count, const __u32 *others,
			   size_t other_count)
{
	struct attachment ignored;
	__u32 id = 0;

	while (!bpf_prog_get_next_id(id, &id))
		if (!is_known(id, list, count, others, other_count) &&
		    stray_recognize(id, &ignored))
			return true;
	return false;
}

/* The programs of interfaces that exist, in other network namespaces. */
static size_t list_others(const struct registry *registry, const struct registry_entry *entries,
			  size_t count, __u32 *ret_ids)
{
	struct attachment_record record;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (entries[i].netns != registry__netns(registry) &&
		    !registry__interface_is_gone(&entries[i]) &&
		    !registry__record(&entries[i], &record, NULL))
			ret_ids[kept++] = record.program_id;
	return kept;
}

/* What is listed for an interface already: a stale entry is replaced. Return: its index, or @count.
 */
static size_t find_listed(const struct attachment *list, size_t count, int ifindex)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].ifindex == ifindex && list[i].exists)
			return i;
	return count;
}

/* An interface that came back has left the entry that it has again. Return: its index, or @count.
 */
static size_t find_left(const struct attachment *list, size_t count, const struct attachment *stray)
{
	for (size_t i = 0; i < count && stray->pinned; i++)
		if (!list[i].exists && list[i].entry.inode == stray->entry.inode)
			return i;
	return count;
}

static int add_running(const struct registry *registry, const struct running *running,
		       struct attachment **list, size_t *count)
{
	size_t at = find_listed(*list, *count, running->ifindex);
	struct attachment *grown,
		stray = {
			.entry = {.netns = running->netns, .ifindex = running->ifindex},
			.ifindex = running->ifindex,
			.mode = ATTACH_NONE,
		};

	if (at < *count && (*list)[at].mode != ATTACH_NONE)
		return 0;
	snprintf(stray.interface, sizeof(stray.interface), "%s", running->interface);
	if (!stray__find(registry, &stray))
		return 0;
	if (at == *count)
		at = find_left(*list, *count, &stray);
	grown = at == *count ? reallocarray(*list, at + 1, sizeof(*grown)) : *list;
	if (!grown)
		return -ENOMEM;
	*list = grown;
	*count += at == *count;
	grown[at] = stray;
	return 0;
}

static int add_all_running(const struct registry *registry, struct attachment **list, size_t *count)
{
	struct running *running;
	size_t running_count;
	int err;

	err = running__list_here(&running, &running_count);
	if (err)
		return err;
	for (size_t i = 0; !err && i < running_count; i++)
		err = add_running(registry, &running[i], list, count);
	free(running);
	return err;
}

int stray__add(const struct registry *registry, const struct registry_entry *entries,
	       size_t entry_count, struct attachment **list, size_t *count)
{
	__u32 *others;
	bool unknown;

	if (!is_any_unknown(*list, *count, NULL, 0))
		return 0;
	others = calloc(entry_count + 1, sizeof(*others));
	if (!others)
		return -ENOMEM;
	unknown = is_any_unknown(*list, *count, others,
				 list_others(registry, entries, entry_count, others));
	free(others);
	return unknown ? add_all_running(registry, list, count) : 0;
}

static bool may_identify(void)
{
	__u32 id;

	return !bpf_prog_get_next_id(0, &id) || errno != EPERM;
}

int stray__each_unidentified(const struct attachment *list, size_t count,
			     void (*note)(void *opaque, const char *interface, const char *why),
			     void *opaque)
{
	struct running *running;
	size_t running_count;
	struct errmsg why;
	int err;

	if (may_identify())
		return 0;
	err = running__list_here(&running, &running_count);
	if (err)
		return err;
	for (size_t i = 0; i < running_count; i++) {
		size_t at = find_listed(list, count, running[i].ifindex);

		if ((at == count || list[at].mode == ATTACH_NONE) &&
		    stray__unidentified(running[i].ifindex, &why))
			note(opaque, running[i].interface, why.text);
	}
	free(running);
	return 0;
}
