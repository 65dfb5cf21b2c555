// SPDX-License-Identifier: GPL-2.0-only
// dispatcher_pins: what libxdp's dispatchers call, one after the other, as their configuration and
// pins say.
//
// All users of libxdp pin in one directory, under its lock:
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
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "common/attach/xdp_hook.h"
#include "common/bpf/features.h"
#include "common/dataplane/dataplane.h"

#define PATH_BYTES 256

/* A path below the directory in which all users of libxdp pin. */
static const char *path(char buf[PATH_BYTES], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static const char *path(char buf[PATH_BYTES], const char *fmt, ...)
{
	const char *bpffs = secure_getenv(XDP_BPFFS_ENVVAR) ?: "/sys/fs/bpf";
	int length = snprintf(buf, PATH_BYTES, "%.128s/xdp/", bpffs);
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf + length, PATH_BYTES - length, fmt, args);
	va_end(args);
	return buf;
}

int chain__lock(bool create, struct errmsg *why)
{
	char buf[PATH_BYTES];
	int fd, err;

	path(buf, "%s", "");
	if (create)
		mkdir(buf, S_IRWXU);
	fd = open(buf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && !flock(fd, LOCK_EX))
		return fd;
	err = errmsg__set(why, -errno, "%s: locking: %s", buf, strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

static void close_slot(struct chain_slot *slot)
{
	close(slot->program_fd);
	if (slot->link_fd >= 0)
		close(slot->link_fd);
}

void chain__close(struct chain *chain)
{
	for (int i = 0; i < chain->count; i++)
		close_slot(&chain->slots[i]);
	if (chain->fd >= 0)
		close(chain->fd);
	*chain = (struct chain){.fd = -1};
}

/* Return: 0; -ENOENT: not a dispatcher; -EPROTO: one of another version; another errno. */
static int read_config(int fd, struct xdp_dispatcher_config *ret)
{
	__u32 map_id = 0, zero = 0, info_bytes = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = {.nr_map_ids = 1, .map_ids = (unsigned long)&map_id};
	struct bpf_map_info map = {};
	int map_fd, err = 0;

	if (bpf_obj_get_info_by_fd(fd, &info, &info_bytes))
		return -errno;
	if (strcmp(info.name, CHAIN_PROGRAM) || info.nr_map_ids != 1)
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
		     ret->num_progs_enabled > CHAIN_SLOTS))
		err = -EPROTO;
	close(map_fd);
	return err;
}

int chain__open(int ifindex, __u32 id, struct chain *ret)
{
	struct xdp_dispatcher_config config = {};
	struct chain chain = {.ifindex = ifindex, .fd = -1, .id = id};
	char buf[PATH_BYTES];
	int err = 0, fd;

	if (id)
		err = chain.fd = bpf_prog_get_fd_by_id(id);
	if (id && err >= 0)
		err = read_config(chain.fd, &config);
	for (int i = 0; err >= 0 && i < config.num_progs_enabled; i++) {
		fd = bpf_obj_get(path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, i));
		if (fd < 0)
			err = fd;
		else
			chain.slots[chain.count++] = (struct chain_slot){
				.program_fd = fd,
				.link_fd = -1,
				.chain_call_actions = config.chain_call_actions[i],
				.priority = config.run_prios[i],
				.flags = config.program_flags[i],
			};
	}
	if (err < 0) {
		chain__close(&chain);
		return err;
	}
	*ret = chain;
	return 0;
}

int chain__find(const struct chain *chain, __u32 program_id)
{
	for (int i = 0; i < chain->count; i++)
		if (program_identity__id(chain->slots[i].program_fd) == program_id)
			return i;
	return -ENOENT;
}

void chain__remove(struct chain *chain, int at)
{
	close_slot(&chain->slots[at]);
	chain->count--;
	memmove(&chain->slots[at], &chain->slots[at + 1],
		(chain->count - at) * sizeof(chain->slots[0]));
}

int chain__insert(struct chain *chain, int program_fd, __u32 priority)
{
	struct chain_slot slot = {
		.link_fd = -1,
		.chain_call_actions = 1u << XDP_PASS | 1u << XDP_DISPATCHER_RETVAL,
		.priority = priority,
		.flags = probe__multi_buffer() ? BPF_F_XDP_HAS_FRAGS : 0,
	};
	struct program_identity program, other;
	int at = 0, err;

	if (chain->count == CHAIN_SLOTS)
		return -E2BIG;
	err = program_identity__read(program_fd, &program);
	for (; !err && at < chain->count && chain->slots[at].priority <= priority; at++) {
		err = program_identity__read(chain->slots[at].program_fd, &other);
		if (chain->slots[at].priority == priority && strcmp(other.name, program.name) > 0)
			break;
	}
	if (err)
		return err;
	slot.program_fd = fcntl(program_fd, F_DUPFD_CLOEXEC, 0);
	if (slot.program_fd < 0)
		return -errno;
	memmove(&chain->slots[at + 1], &chain->slots[at],
		(chain->count - at) * sizeof(chain->slots[0]));
	chain->slots[at] = slot;
	chain->count++;
	return at;
}

void chain__unpin_slot(int ifindex, __u32 id, int slot)
{
	char buf[PATH_BYTES];

	unlink(path(buf, "dispatch-%d-%u/prog%d-link", ifindex, id, slot));
	unlink(path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, slot));
	rmdir(path(buf, "dispatch-%d-%u", ifindex, id)); /* fails while there is more */
}

/* The slot, from @first on, in which a program is pinned; CHAIN_SLOTS: in none. */
static int slot_of(int ifindex, __u32 id, int first, __u32 program_id)
{
	char buf[PATH_BYTES];

	for (int i = first; i < CHAIN_SLOTS; i++) {
		int fd = bpf_obj_get(path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, i));
		__u32 found_id = program_identity__id(fd);

		if (fd >= 0)
			close(fd);
		if (fd >= 0 && found_id == program_id)
			return i;
	}
	return CHAIN_SLOTS;
}

void chain__unpin(int ifindex, __u32 id, __u32 program_id)
{
	int own = slot_of(ifindex, id, 0, program_id);

	for (int i = 0; i < CHAIN_SLOTS; i++)
		if (i != own)
			chain__unpin_slot(ifindex, id, i);
	if (own < CHAIN_SLOTS)
		chain__unpin_slot(ifindex, id, own);
}

static int pin_slot(int ifindex, __u32 id, int slot, int program_fd, int link_fd)
{
	char buf[PATH_BYTES];
	int err;

	err = bpf_obj_pin(program_fd, path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, slot));
	if (err || link_fd < 0)
		return err;
	return bpf_obj_pin(link_fd, path(buf, "dispatch-%d-%u/prog%d-link", ifindex, id, slot));
}

int chain__pin(const struct chain *chain, const char *interface, __u32 id, int own, int own_fd,
	       struct errmsg *why)
{
	int err, ifindex = chain->ifindex;
	char buf[PATH_BYTES];

	if (mkdir(path(buf, "dispatch-%d-%u", ifindex, id), S_IRWXU) && errno != EEXIST)
		return errmsg__set(why, -errno, "%s: %s: making it: %s", interface, buf,
				   strerror(errno));
	err = pin_slot(ifindex, id, own, own_fd,
		       own < chain->count ? chain->slots[own].link_fd : -1);
	for (int i = 0; !err && i < chain->count; i++)
		if (i != own)
			err = pin_slot(ifindex, id, i, chain->slots[i].program_fd,
				       chain->slots[i].link_fd);
	if (!err)
		return 0;
	chain__unpin(ifindex, id, program_identity__id(own_fd));
	return errmsg__set(why, err, "%s: %s: pinning in it: %s", interface, buf, strerror(-err));
}

void chain__mark(const struct chain *chain, int slot, int program_fd)
{
	pin_slot(chain->ifindex, chain->id, slot, program_fd, -1);
}

static void unpin_ours(int ifindex, __u32 id, int first, __u32 program_id)
{
	int own = slot_of(ifindex, id, first, program_id);

	if (own < CHAIN_SLOTS)
		chain__unpin_slot(ifindex, id, own);
}

/* The slots that a dispatcher calls; all of them where it cannot be told. */
static int slots_used(__u32 id)
{
	struct xdp_dispatcher_config config;
	int fd = bpf_prog_get_fd_by_id(id), err = fd;

	if (fd < 0)
		return CHAIN_SLOTS;
	err = read_config(fd, &config);
	close(fd);
	return err ? CHAIN_SLOTS : config.num_progs_enabled;
}

static void unpin_if_ours(int ifindex, __u32 id, __u32 program_id)
{
	char buf[PATH_BYTES];

	if (slot_of(ifindex, id, 0, program_id) < CHAIN_SLOTS)
		chain__unpin(ifindex, id, program_id);
	else
		rmdir(path(buf, "dispatch-%d-%u", ifindex,
			   id)); /* if nothing is pinned in it yet */
}

void chain__forget(int ifindex, bool exists, __u32 program_id)
{
	struct attach_state running = {};
	struct dirent *file;
	char buf[PATH_BYTES];
	int found_ifindex, end;
	__u32 id;
	DIR *dir;

	dir = opendir(path(buf, "%s", ""));
	if (!dir || (exists && attach__query(ifindex, &running, NULL)))
		goto out;
	while ((file = readdir(dir))) {
		end = 0;
		if (sscanf(file->d_name, "dispatch-%d-%u%n", &found_ifindex, &id, &end) != 2 ||
		    file->d_name[end] || found_ifindex != ifindex)
			continue;
		if (!exists)
			unpin_ours(ifindex, id, 0, program_id);
		else if (attach_state__mode_of(&running, id) != ATTACH_NONE)
			unpin_ours(ifindex, id, slots_used(id), program_id);
		else
			unpin_if_ours(ifindex, id, program_id);
	}
out:
	if (dir)
		closedir(dir);
}
