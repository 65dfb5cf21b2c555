// SPDX-License-Identifier: GPL-2.0-only
// adopt: recognize a running program of ours, and open its maps without any pins.
#include "common/dataplane/adopt.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/dataplane/backend.h"

bool dataplane__recognizes(const struct prog_info *info)
{
	return (info->type == BPF_PROG_TYPE_XDP || info->type == BPF_PROG_TYPE_EXT) &&
	       !strncmp(info->name, DATAPLANE_PROGRAM_PREFIX, strlen(DATAPLANE_PROGRAM_PREFIX)) &&
	       prog_info__find_map(info, dataplane_backends[DATAPLANE_CPU]->maps[0].name);
}

static int adopt_layout(struct dataplane *dataplane, const struct prog_info *info)
{
	const struct prog_map *map = prog_info__find_map(info, DATAPLANE_LAYOUT_MAP);
	__u32 zero = 0;
	int err;

	if (!map || map->value_bytes != sizeof(dataplane->layout))
		return -EPROTO;
	err = dataplane->layout_fd = bpf_map_get_fd_by_id(map->id);
	if (err < 0)
		return err;
	err = bpf_map_lookup_elem(dataplane->layout_fd, &zero, &dataplane->layout);
	if (err)
		return err;
	if (dataplane->layout.kind >= DATAPLANE_KINDS)
		return -EPROTO;
	dataplane->backend = dataplane_backends[dataplane->layout.kind];
	/* Without its pins, connections are not traced any more. */
	dataplane->layout.tables[TABLE_COMPLETED] = (struct table_config){};
	return 0;
}

/* Without its seeds no endpoint could be looked up. */
static int adopt_seeds(struct dataplane *dataplane, const struct prog_info *info)
{
	const struct prog_map *map = prog_info__find_map(info, DATAPLANE_SEEDS_MAP);
	struct dataplane_seeds seeds;
	__u32 zero = 0;
	int err;

	if (!map || map->value_bytes != sizeof(seeds))
		return -EPROTO;
	err = dataplane->seeds_fd = bpf_map_get_fd_by_id(map->id);
	if (err < 0)
		return err;
	err = bpf_map_lookup_elem(dataplane->seeds_fd, &zero, &seeds);
	if (!err)
		dataplane__set_seeds(dataplane, &seeds);
	return err;
}

static int adopt_maps(struct dataplane *dataplane, const struct prog_info *info)
{
	const struct dataplane_backend *backend = dataplane->backend;
	int fd;

	for (int i = 0; i < backend->map_count; i++) {
		__u64 entries = backend->map_entries(&dataplane->layout, i);

		if (!entries)
			continue;
		fd = prog_info__open_map(info, backend->maps[i].name);
		if (fd < 0)
			return fd == -ENOENT ? -EPROTO : fd;
		dataplane->map_fds[i] = fd;
		if (pin__check(fd, &backend->maps[i], entries, NULL))
			return -EPROTO;
	}
	if (!dataplane->layout.max_prefixes)
		return 0;
	return policy_maps__adopt(info, &dataplane->policy);
}

int dataplane__adopt(int program_fd, struct dataplane **ret, struct errmsg *why)
{
	struct dataplane *dataplane = NULL;
	struct prog_info info;
	int err;

	err = prog_info__read(program_fd, NULL, &info, why);
	if (err)
		return err;
	dataplane = dataplane__new();
	err = -ENOMEM;
	if (!dataplane)
		goto out;
	dataplane->program_fd = fcntl(program_fd, F_DUPFD_CLOEXEC, 0);
	err = adopt_layout(dataplane, &info);
	if (err)
		goto out;
	err = adopt_seeds(dataplane, &info);
	if (!err)
		err = adopt_maps(dataplane, &info);
out:
	if (err)
		dataplane__close(dataplane);
	else
		*ret = dataplane;
	if (err == -EPROTO)
		errmsg__set(why, err,
			    "program '%s' (id %u): attached by another version of xdpctl, whose "
			    "layout is unknown",
			    info.name, info.id);
	else if (err)
		advice__set(why, ADVICE_OPEN_PROGRAM, err,
			    "program '%s' (id %u): cannot open its maps", info.name, info.id);
	prog_info__free(&info);
	return err;
}
