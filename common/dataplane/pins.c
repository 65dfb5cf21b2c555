// SPDX-License-Identifier: GPL-2.0-only
// pins: pins of the program and its maps, and a dataplane reopened from them.
#include "common/dataplane/dataplane.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/dataplane/backend.h"
#include "common/dataplane/handshake_pins.h"

#define PROGRAM_PIN "program"
#define LAYOUT_PIN "layout"
#define SEEDS_PIN "seeds"

/*
 * The kernel creates pins for the owner only. Maps are opened up to the directory's group: if the
 * registry's directory has the setgid bit, members of its group read them without any capability.
 * The mode includes writing, because the kernel does not map a map that was opened read-only. The
 * layout is never mapped, so they only read it. The seeds remain secret: with them, the sender of
 * spoofed SYNs could target a set.
 */
#define PRIVATE_MODE (S_IRUSR | S_IWUSR)
#define LAYOUT_MODE (PRIVATE_MODE | S_IRGRP)
#define MAP_MODE (LAYOUT_MODE | S_IWGRP)

static int pin_fd(int fd, mode_t mode, const char *directory, const char *name, struct errmsg *why)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (!bpf_obj_pin(fd, path) && !chmod(path, mode))
		return 0;
	return advice__set(why, ADVICE_PIN, -errno, "%s: cannot pin it", path);
}

int dataplane__pin(const struct dataplane *dataplane, const char *directory, struct errmsg *why)
{
	int err = pin_fd(dataplane->program_fd, PRIVATE_MODE, directory, PROGRAM_PIN, why);

	if (err)
		return err;
	err = pin_fd(dataplane->layout_fd, LAYOUT_MODE, directory, LAYOUT_PIN, why);
	if (err)
		return err;
	err = pin_fd(dataplane->seeds_fd, PRIVATE_MODE, directory, SEEDS_PIN, why);
	for (int i = 0; !err && i < dataplane->backend->map_count; i++) {
		const struct backend_map *map = &dataplane->backend->maps[i];

		if (dataplane->map_fds[i] >= 0)
			err = pin_fd(dataplane->map_fds[i],
				     map->is_private ? PRIVATE_MODE : MAP_MODE, directory, map->pin,
				     why);
	}
	return err;
}

static int open_pin(const char *directory, const char *name, __u32 flags, struct errmsg *why)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = flags);
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = bpf_obj_get_opts(path, &opts);
	if (fd >= 0)
		return fd;
	return advice__set(why, ADVICE_OPEN_PIN, -errno, "%s: cannot open the pin", path);
}

int dataplane__pinned_program(const char *directory, struct errmsg *why)
{
	return open_pin(directory, PROGRAM_PIN, 0, why);
}

int dataplane__check_map(int fd, const struct backend_map *want, __u64 entries, struct errmsg *why)
{
	struct bpf_map_info info = {};
	__u32 info_bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &info_bytes))
		return errmsg__set(why, -errno, "pin '%s': asking for its sizes: %s", want->pin,
				   strerror(errno));
	if (info.type == want->type && info.key_size == want->key_bytes &&
	    info.value_size == want->value_bytes && info.max_entries == entries)
		return 0;
	return errmsg__set(why, -EPROTO,
			   "pin '%s': %u entries of %u bytes instead of %llu of %u: 'xdpctl attach "
			   "--reset' makes new maps",
			   want->pin, info.max_entries, info.value_size, entries,
			   want->value_bytes);
}

/* Opens the pin of a map of one element and reads it. Return: a descriptor, or a negative errno. */
static int read_element(const char *directory, const struct backend_map *map, void *ret,
			struct errmsg *why)
{
	int err, fd = open_pin(directory, map->pin, BPF_F_RDONLY, why);
	__u32 zero = 0;

	if (fd < 0)
		return fd;
	err = dataplane__check_map(fd, map, 1, why);
	if (err)
		goto failed;
	err = bpf_map_lookup_elem(fd, &zero, ret);
	if (!err)
		return fd;
	errmsg__set(why, err, "%s: reading '%s': %s", directory, map->pin, strerror(-err));
failed:
	close(fd);
	return err;
}

void dataplane__set_seeds(struct dataplane *dataplane, const struct dataplane_seeds *seeds)
{
	for (int i = 0; i < TABLE_COUNT; i++)
		memcpy(dataplane->layout.tables[i].seeds, seeds->seeds[i], sizeof(seeds->seeds[i]));
}

/* Without permission, the seeds stay zeros. */
static int reopen_seeds(struct dataplane *dataplane, const char *directory, struct errmsg *why)
{
	static const struct backend_map map = {SEEDS_PIN, DATAPLANE_SEEDS_MAP, BPF_MAP_TYPE_ARRAY,
					       sizeof(__u32), sizeof(struct dataplane_seeds)};
	struct dataplane_seeds seeds = {};

	dataplane->seeds_fd = read_element(directory, &map, &seeds, why);
	if (dataplane->seeds_fd >= 0)
		dataplane__set_seeds(dataplane, &seeds);
	return dataplane->seeds_fd == -EACCES ? 0 : dataplane->seeds_fd;
}

/* The layout holds the kind and the tables, and so determines the maps. */
static int reopen_layout(struct dataplane *dataplane, const char *directory, struct errmsg *why)
{
	static const struct backend_map map = {LAYOUT_PIN, DATAPLANE_LAYOUT_MAP, BPF_MAP_TYPE_ARRAY,
					       sizeof(__u32), sizeof(struct dataplane_layout)};

	dataplane->layout_fd = read_element(directory, &map, &dataplane->layout, why);
	if (dataplane->layout_fd < 0)
		return dataplane->layout_fd;
	if (dataplane->layout.kind >= DATAPLANE_KINDS)
		return errmsg__set(why, -EPROTO, "%s: the layout is of unknown kind %u", directory,
				   dataplane->layout.kind);
	dataplane->backend = dataplane_backends[dataplane->layout.kind];
	/* If connections could not be traced, its counts are unknown rather than zero. */
	if (!handshake_pins__exist(directory))
		dataplane->layout.tables[TABLE_COMPLETED] = (struct table_config){};
	return reopen_seeds(dataplane, directory, why);
}

static int reopen_map(struct dataplane *dataplane, const char *directory, int number,
		      struct errmsg *why)
{
	const struct backend_map *map = &dataplane->backend->maps[number];
	__u64 entries = dataplane__map_entries(dataplane, number);
	int fd;

	if (!entries)
		return 0;
	fd = dataplane->map_fds[number] = open_pin(directory, map->pin, 0, why);
	if (fd == -EACCES && map->is_private)
		return 0;
	return fd < 0 ? fd : dataplane__check_map(fd, map, entries, why);
}

int dataplane__reopen(const char *directory, struct dataplane **ret, struct errmsg *why)
{
	struct dataplane *dataplane = dataplane__new();
	int err;

	if (!dataplane)
		return -ENOMEM;
	err = dataplane->program_fd = dataplane__pinned_program(directory, why);
	/* A reader does not need the program. */
	if (err >= 0 || err == -EACCES)
		err = reopen_layout(dataplane, directory, why);
	for (int i = 0; err >= 0 && i < dataplane->backend->map_count; i++)
		err = reopen_map(dataplane, directory, i, why);
	if (err < 0) {
		dataplane__close(dataplane);
		return err;
	}
	dataplane->hook_fd = handshake_pins__open(directory, PIN_HOOK);
	*ret = dataplane;
	return 0;
}
