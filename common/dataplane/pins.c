// SPDX-License-Identifier: GPL-2.0-only
// pins: pins of the program and its maps, and a dataplane reopened from them.
#include "common/dataplane/dataplane.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/dataplane/backend.h"
#include "common/dataplane/handshake_pins.h"

#define PROGRAM_PIN "program"
#define LAYOUT_PIN "layout"
#define SEEDS_PIN "seeds"

#define RELEASE_TRIES 300
#define RELEASE_POLL_NS 1000000

int dataplane__pin(const struct dataplane *dataplane, const char *directory, struct errmsg *why)
{
	int err = pin__make(dataplane->program_fd, PIN_PRIVATE, directory, PROGRAM_PIN, why);

	if (err)
		return err;
	err = pin__make(dataplane->layout_fd, PIN_READ, directory, LAYOUT_PIN, why);
	if (err)
		return err;
	err = pin__make(dataplane->seeds_fd, PIN_PRIVATE, directory, SEEDS_PIN, why);
	if (!err && dataplane->policy)
		err = policy_maps__pin(dataplane->policy, directory, why);
	for (int i = 0; !err && i < dataplane->backend->map_count; i++) {
		const struct backend_map *map = &dataplane->backend->maps[i];

		if (dataplane->map_fds[i] >= 0)
			err = pin__make(dataplane->map_fds[i], pin__mode(map), directory, map->pin,
					why);
	}
	return err;
}

int dataplane__pinned_program(const char *directory, struct errmsg *why)
{
	return pin__open(directory, PROGRAM_PIN, 0, why);
}

/* The kernel releases what was pinned after a grace period of RCU, which no event announces. */
static int open_if_it_stays(__u32 id)
{
	const struct timespec pause = {.tv_nsec = RELEASE_POLL_NS};
	int fd = bpf_prog_get_fd_by_id(id);

	for (int tries = 0; fd >= 0 && tries < RELEASE_TRIES; tries++) {
		close(fd);
		nanosleep(&pause, NULL);
		fd = bpf_prog_get_fd_by_id(id);
	}
	return fd;
}

bool dataplane__is_held(const char *directory, __u32 id)
{
	char path[PATH_MAX];
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd < 0)
		return errno != ENOENT;
	close(fd);
	snprintf(path, sizeof(path), "%s/" PROGRAM_PIN, directory);
	if (unlink(path) && errno != ENOENT)
		return true;
	fd = open_if_it_stays(id);
	if (fd < 0)
		return false;
	pin__make(fd, PIN_PRIVATE, directory, PROGRAM_PIN, NULL);
	close(fd);
	return true;
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

	dataplane->seeds_fd = pin__read(directory, &map, &seeds, why);
	if (dataplane->seeds_fd >= 0)
		dataplane__set_seeds(dataplane, &seeds);
	return dataplane->seeds_fd == -EACCES ? 0 : dataplane->seeds_fd;
}

/* The layout holds the kind and the tables, and so determines the maps. */
static int reopen_layout(struct dataplane *dataplane, const char *directory, struct errmsg *why)
{
	static const struct backend_map map = {LAYOUT_PIN, DATAPLANE_LAYOUT_MAP, BPF_MAP_TYPE_ARRAY,
					       sizeof(__u32), sizeof(struct dataplane_layout)};

	dataplane->layout_fd = pin__read(directory, &map, &dataplane->layout, why);
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

	if (!entries)
		return 0;
	return pin__open_map(directory, map, entries, &dataplane->map_fds[number], why);
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
	if (err >= 0 && dataplane->layout.max_prefixes)
		err = policy_maps__reopen(directory, &dataplane->policy, why);
	if (err < 0) {
		dataplane__close(dataplane);
		return err;
	}
	dataplane->hook_fd = handshake_pins__open(directory, PIN_HOOK);
	*ret = dataplane;
	return 0;
}
