// SPDX-License-Identifier: GPL-2.0-only
// dispatcher_pins: the components of libxdp's dispatchers, as their configuration and pins say.
//
// All users of libxdp pin in one directory, under one lock:
// dispatch-IFINDEX-ID/progSLOT-{prog,link} for each component of the dispatcher with that id.
#include "common/attach/dispatcher_pins.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "common/attach/lock.h"
#include "common/attach/xdp_hook.h"
#include "common/bpf/features.h"
#include "common/bpf/prog_info.h"

#define PATH_BYTES 256

/* A path below the directory of libxdp's pins. */
static const char *libxdp_path(char buf[PATH_BYTES], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static const char *libxdp_path(char buf[PATH_BYTES], const char *fmt, ...)
{
	const char *bpffs = secure_getenv(XDP_BPFFS_ENVVAR) ?: "/sys/fs/bpf";
	int length = snprintf(buf, PATH_BYTES, "%.128s/xdp/", bpffs);
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf + length, PATH_BYTES - length, fmt, args);
	va_end(args);
	return buf;
}

int dispatcher_pins__lock(bool create, struct errmsg *why)
{
	char buf[PATH_BYTES];
	int fd, err;

	libxdp_path(buf, "%s", "");
	if (create)
		mkdir(buf, S_IRWXU);
	fd = open(buf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errmsg__set(why, -errno, "%s: cannot open it: %s", buf, strerror(errno));
	err = lock__take(fd, buf, true, why);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static void component_close(struct component *slot)
{
	close(slot->program_fd);
	if (slot->link_fd >= 0)
		close(slot->link_fd);
}

void dispatcher_pins__close(struct dispatcher_pins *pins)
{
	for (int i = 0; i < pins->count; i++)
		component_close(&pins->components[i]);
	if (pins->fd >= 0)
		close(pins->fd);
	*pins = (struct dispatcher_pins){.fd = -1};
}

/* Return: 0; -ENOENT: no dispatcher; -EPROTO: one of another version; or another errno. */
static int read_config(int fd, struct xdp_dispatcher_config *ret)
{
	__u32 map_id = 0, zero = 0, info_bytes = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = {.nr_map_ids = 1, .map_ids = (unsigned long)&map_id};
	struct bpf_map_info map = {};
	int map_fd, err = 0;

	if (bpf_obj_get_info_by_fd(fd, &info, &info_bytes))
		return -errno;
	if (strcmp(info.name, DISPATCHER_FUNCTION) || info.nr_map_ids != 1)
		return -ENOENT;
	map_fd = bpf_map_get_fd_by_id(map_id);
	if (map_fd < 0)
		return map_fd;
	info_bytes = sizeof(map);
	if (bpf_obj_get_info_by_fd(map_fd, &map, &info_bytes))
		err = -errno;
	else if (map.value_size != sizeof(*ret))
		err = -EPROTO;
	if (!err)
		err = bpf_map_lookup_elem(map_fd, &zero, ret);
	if (!err && (ret->magic != XDP_DISPATCHER_MAGIC ||
		     ret->dispatcher_version != XDP_DISPATCHER_VERSION ||
		     ret->num_progs_enabled > MAX_COMPONENTS))
		err = -EPROTO;
	close(map_fd);
	return err;
}

int dispatcher_pins__open(int ifindex, __u32 id, struct dispatcher_pins *ret)
{
	struct xdp_dispatcher_config config = {};
	struct dispatcher_pins pins = {.ifindex = ifindex, .fd = -1, .id = id};
	char buf[PATH_BYTES];
	int err = 0, fd;

	if (id)
		err = pins.fd = bpf_prog_get_fd_by_id(id);
	if (id && err >= 0)
		err = read_config(pins.fd, &config);
	for (int i = 0; err >= 0 && i < config.num_progs_enabled; i++) {
		fd = bpf_obj_get(libxdp_path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, i));
		if (fd < 0)
			err = fd;
		else
			pins.components[pins.count++] = (struct component){
				.program_fd = fd,
				.link_fd = -1,
				.chain_call_actions = config.chain_call_actions[i],
				.priority = config.run_prios[i],
				.flags = config.program_flags[i],
			};
	}
	if (err < 0) {
		dispatcher_pins__close(&pins);
		return err;
	}
	*ret = pins;
	return 0;
}

int dispatcher_pins__find(const struct dispatcher_pins *pins, __u32 program_id)
{
	for (int i = 0; i < pins->count; i++)
		if (program_identity__id(pins->components[i].program_fd) == program_id)
			return i;
	return -ENOENT;
}

void dispatcher_pins__remove(struct dispatcher_pins *pins, int at)
{
	component_close(&pins->components[at]);
	pins->count--;
	memmove(&pins->components[at], &pins->components[at + 1],
		(pins->count - at) * sizeof(pins->components[0]));
}

int dispatcher_pins__insert(struct dispatcher_pins *pins, int program_fd, __u32 priority)
{
	struct component slot = {
		.link_fd = -1,
		.chain_call_actions = 1u << XDP_PASS | 1u << XDP_DISPATCHER_RETVAL,
		.priority = priority,
		.flags = features__multi_buffer() ? BPF_F_XDP_HAS_FRAGS : 0,
	};
	struct program_identity program, other;
	int at = 0, err;

	if (pins->count == MAX_COMPONENTS)
		return -E2BIG;
	err = program_identity__read(program_fd, &program);
	for (; !err && at < pins->count && pins->components[at].priority <= priority; at++) {
		err = program_identity__read(pins->components[at].program_fd, &other);
		if (pins->components[at].priority == priority &&
		    strcmp(other.name, program.name) > 0)
			break;
	}
	if (err)
		return err;
	slot.program_fd = fcntl(program_fd, F_DUPFD_CLOEXEC, 0);
	if (slot.program_fd < 0)
		return -errno;
	memmove(&pins->components[at + 1], &pins->components[at],
		(pins->count - at) * sizeof(pins->components[0]));
	pins->components[at] = slot;
	pins->count++;
	return at;
}

void dispatcher_pins__unpin_component(int ifindex, __u32 id, int slot)
{
	char buf[PATH_BYTES];

	unlink(libxdp_path(buf, "dispatch-%d-%u/prog%d-link", ifindex, id, slot));
	unlink(libxdp_path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, slot));
	rmdir(libxdp_path(buf, "dispatch-%d-%u", ifindex,
			  id)); /* fails while it has other components */
}

/* The slot, from @first on, in which a program is pinned; MAX_COMPONENTS if there is none. */
static int pinned_slot(int ifindex, __u32 id, int first, __u32 program_id)
{
	char buf[PATH_BYTES];

	for (int i = first; i < MAX_COMPONENTS; i++) {
		int fd =
			bpf_obj_get(libxdp_path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, i));
		__u32 found_id = program_identity__id(fd);

		if (fd >= 0)
			close(fd);
		if (fd >= 0 && found_id == program_id)
			return i;
	}
	return MAX_COMPONENTS;
}

bool dispatcher_pins__holds(__u32 id, __u32 program_id)
{
	char buf[PATH_BYTES];
	struct dirent *file;
	bool holds = false;
	int ifindex, end;
	__u32 found_id;
	DIR *dir;

	dir = id ? opendir(libxdp_path(buf, "%s", "")) : NULL;
	while (dir && !holds && (file = readdir(dir))) {
		end = 0;
		holds = sscanf(file->d_name, "dispatch-%d-%u%n", &ifindex, &found_id, &end) == 2 &&
			!file->d_name[end] && found_id == id &&
			pinned_slot(ifindex, id, 0, program_id) < MAX_COMPONENTS;
	}
	if (dir)
		closedir(dir);
	return holds;
}

void dispatcher_pins__unpin(int ifindex, __u32 id, __u32 program_id)
{
	int own = pinned_slot(ifindex, id, 0, program_id);

	for (int i = 0; i < MAX_COMPONENTS; i++)
		if (i != own)
			dispatcher_pins__unpin_component(ifindex, id, i);
	if (own < MAX_COMPONENTS)
		dispatcher_pins__unpin_component(ifindex, id, own);
}

static int pin_slot(int ifindex, __u32 id, int slot, int program_fd, int link_fd)
{
	char buf[PATH_BYTES];
	int err;

	err = bpf_obj_pin(program_fd,
			  libxdp_path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, slot));
	if (err || link_fd < 0)
		return err;
	return bpf_obj_pin(link_fd,
			   libxdp_path(buf, "dispatch-%d-%u/prog%d-link", ifindex, id, slot));
}

int dispatcher_pins__pin(const struct dispatcher_pins *pins, const char *interface, __u32 id,
			 int own, int own_fd, struct errmsg *why)
{
	int err, ifindex = pins->ifindex;
	char buf[PATH_BYTES];

	if (mkdir(libxdp_path(buf, "dispatch-%d-%u", ifindex, id), S_IRWXU) && errno != EEXIST)
		return errmsg__set(why, -errno, "%s: %s: cannot create it: %s", interface, buf,
				   strerror(errno));
	err = pin_slot(ifindex, id, own, own_fd,
		       own < pins->count ? pins->components[own].link_fd : -1);
	for (int i = 0; !err && i < pins->count; i++)
		if (i != own)
			err = pin_slot(ifindex, id, i, pins->components[i].program_fd,
				       pins->components[i].link_fd);
	if (!err)
		return 0;
	dispatcher_pins__unpin(ifindex, id, program_identity__id(own_fd));
	return errmsg__set(why, err, "%s: %s: cannot pin in it: %s", interface, buf,
			   strerror(-err));
}

void dispatcher_pins__mark(const struct dispatcher_pins *pins, int slot, int program_fd)
{
	pin_slot(pins->ifindex, pins->id, slot, program_fd, -1);
}

static void unpin_ours(int ifindex, __u32 id, int first, __u32 program_id)
{
	int own = pinned_slot(ifindex, id, first, program_id);

	if (own < MAX_COMPONENTS)
		dispatcher_pins__unpin_component(ifindex, id, own);
}

/* How many slots a dispatcher calls; all of them if that is unknown. */
static int slots_used(__u32 id)
{
	struct xdp_dispatcher_config config;
	int fd = bpf_prog_get_fd_by_id(id), err = fd;

	if (fd < 0)
		return MAX_COMPONENTS;
	err = read_config(fd, &config);
	close(fd);
	return err ? MAX_COMPONENTS : config.num_progs_enabled;
}

static void unpin_if_ours(int ifindex, __u32 id, __u32 program_id)
{
	char buf[PATH_BYTES];

	if (pinned_slot(ifindex, id, 0, program_id) < MAX_COMPONENTS)
		dispatcher_pins__unpin(ifindex, id, program_id);
	else
		rmdir(libxdp_path(buf, "dispatch-%d-%u", ifindex,
				  id)); /* fails unless it is empty */
}

void dispatcher_pins__forget(int ifindex, bool exists, __u32 program_id)
{
	struct xdp_hook_state running = {};
	struct dirent *file;
	char buf[PATH_BYTES];
	int found_ifindex, end;
	__u32 id;
	DIR *dir;

	dir = opendir(libxdp_path(buf, "%s", ""));
	if (!dir || (exists && xdp_hook__query(ifindex, &running, NULL)))
		goto out;
	while ((file = readdir(dir))) {
		end = 0;
		if (sscanf(file->d_name, "dispatch-%d-%u%n", &found_ifindex, &id, &end) != 2 ||
		    file->d_name[end] || found_ifindex != ifindex)
			continue;
		if (!exists)
			unpin_ours(ifindex, id, 0, program_id);
		else if (xdp_hook_state__mode_of(&running, id) != ATTACH_NONE)
			unpin_ours(ifindex, id, slots_used(id), program_id);
		else
			unpin_if_ours(ifindex, id, program_id);
	}
out:
	if (dir)
		closedir(dir);
}
