// SPDX-License-Identifier: GPL-2.0-only
// dataplane: the XDP program and its maps: configured, loaded, pinned, reopened.
#include "dataplane.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"
#include "kernlog.h"
#include "probe.h"
#include "syn.skel.h"

#define PROGRAM_PIN "program"

struct dataplane {
	struct syn *skeleton; /* NULL when reopened from pins */
	int program_fd;
	int map_fds[MAP_COUNT];
	__u32 max_sources;
};

/* Where each map is found: its name as a pin, and in the skeleton. */
static const struct {
	const char *pin;
	const char *name;
} maps[MAP_COUNT] = {
	[MAP_COUNTERS] = {"counters", "counters_map"},
	[MAP_SOURCES] = {"sources", "sources_map"},
};

static struct dataplane *dataplane__new(void)
{
	struct dataplane *dataplane = calloc(1, sizeof(*dataplane));

	if (!dataplane)
		return NULL;
	dataplane->program_fd = -1;
	for (int i = 0; i < MAP_COUNT; i++)
		dataplane->map_fds[i] = -1;
	return dataplane;
}

static int configure(struct syn *skeleton, const struct dataplane_config *config)
{
	struct bpf_program *program = skeleton->progs.xdpctl_syn;
	struct bpf_map *map;
	int err = 0;

	if (config->max_sources)
		err = bpf_map__set_max_entries(skeleton->maps.sources_map, config->max_sources);
	for (int i = 0; !err && config->maps_of && i < MAP_COUNT; i++)
		err = bpf_map__reuse_fd(bpf_object__find_map_by_name(skeleton->obj, maps[i].name),
					config->maps_of->map_fds[i]);
	if (config->offload_ifindex) {
		bpf_program__set_ifindex(program, config->offload_ifindex);
		bpf_object__for_each_map (map, skeleton->obj)
			bpf_map__set_ifindex(map, config->offload_ifindex);
	} else if (probe__multi_buffer()) {
		skeleton->rodata->multi_buffer = true;
		bpf_program__set_flags(program, BPF_F_XDP_HAS_FRAGS);
	}
	return err;
}

static int explain_load(int err, const struct dataplane_config *config, struct errmsg *why)
{
	const char *reason = kernlog__reason();

	if (err == -EPERM || err == -EACCES)
		if (geteuid())
			return errmsg__set(why, err,
					   "loading a BPF program: %s: run as root, or with "
					   "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON",
					   strerror(-err));
	if (err == -ENOMEM && !config->offload_ifindex)
		return errmsg__set(why, err, "loading a BPF program: no memory for %u sources",
				   config->max_sources ?: DEFAULT_MAX_SOURCES);
	if (config->offload_ifindex)
		return errmsg__set(why, err,
				   "loading a BPF program into the device: %s: it cannot run XDP "
				   "programs itself; use -m native",
				   reason[0] ? reason : strerror(-err));
	return errmsg__set(why, err,
			   "loading a BPF program: %s%s%s: is this a kernel from 5.10 up with "
			   "CONFIG_BPF_SYSCALL? (-v shows all of the verifier's words)",
			   strerror(-err), reason[0] ? ": " : "", reason);
}

int dataplane__load(const struct dataplane_config *config, struct dataplane **ret,
		    struct errmsg *why)
{
	static const struct dataplane_config defaults;
	struct dataplane *dataplane = dataplane__new();
	int err = -ENOMEM;

	config = config ?: &defaults;
	if (!dataplane)
		return err;
	dataplane->skeleton = syn__open();
	if (!dataplane->skeleton) {
		err = errmsg__set(why, -errno, "opening the built-in BPF object: %s",
				  strerror(errno));
		goto failed;
	}
	err = configure(dataplane->skeleton, config);
	if (!err)
		err = syn__load(dataplane->skeleton);
	if (err) {
		explain_load(err, config, why);
		goto failed;
	}
	dataplane->program_fd = bpf_program__fd(dataplane->skeleton->progs.xdpctl_syn);
	for (int i = 0; i < MAP_COUNT; i++)
		dataplane->map_fds[i] =
			bpf_object__find_map_fd_by_name(dataplane->skeleton->obj, maps[i].name);
	dataplane->max_sources = bpf_map__max_entries(dataplane->skeleton->maps.sources_map);
	*ret = dataplane;
	return 0;
failed:
	dataplane__close(dataplane);
	return err;
}

static int pin(int fd, const char *directory, const char *name, struct errmsg *why)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (!bpf_obj_pin(fd, path))
		return 0;
	return errmsg__set(why, -errno, "%s: pinning: %s", path, strerror(errno));
}

int dataplane__pin(const struct dataplane *dataplane, const char *directory, struct errmsg *why)
{
	int err = pin(dataplane->program_fd, directory, PROGRAM_PIN, why);

	for (int i = 0; !err && i < MAP_COUNT; i++)
		err = pin(dataplane->map_fds[i], directory, maps[i].pin, why);
	return err;
}

static int reopen(const char *directory, const char *name, struct errmsg *why)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = bpf_obj_get(path);
	if (fd >= 0)
		return fd;
	return errmsg__set(why, -errno, "%s: opening the pin: %s", path, strerror(errno));
}

int dataplane__pinned_program(const char *directory, struct errmsg *why)
{
	return reopen(directory, PROGRAM_PIN, why);
}

int dataplane__reopen(const char *directory, struct dataplane **ret, struct errmsg *why)
{
	struct dataplane *dataplane = dataplane__new();
	struct bpf_map_info info = {};
	__u32 info_bytes = sizeof(info);
	int err = -ENOMEM;

	if (!dataplane)
		return err;
	err = dataplane->program_fd = dataplane__pinned_program(directory, why);
	for (int i = 0; err >= 0 && i < MAP_COUNT; i++)
		err = dataplane->map_fds[i] = reopen(directory, maps[i].pin, why);
	if (err < 0)
		goto failed;
	err = bpf_obj_get_info_by_fd(dataplane->map_fds[MAP_SOURCES], &info, &info_bytes);
	if (err) {
		errmsg__set(why, err, "%s: reading the map's size: %s", directory, strerror(-err));
		goto failed;
	}
	dataplane->max_sources = info.max_entries;
	*ret = dataplane;
	return 0;
failed:
	dataplane__close(dataplane);
	return err;
}

void dataplane__close(struct dataplane *dataplane)
{
	if (!dataplane)
		return;
	if (dataplane->skeleton) {
		syn__destroy(dataplane->skeleton);
	} else {
		for (int i = 0; i < MAP_COUNT; i++)
			if (dataplane->map_fds[i] >= 0)
				close(dataplane->map_fds[i]);
		if (dataplane->program_fd >= 0)
			close(dataplane->program_fd);
	}
	free(dataplane);
}

int dataplane__program_fd(const struct dataplane *dataplane)
{
	return dataplane->program_fd;
}

int dataplane__map_fd(const struct dataplane *dataplane, enum dataplane_map map)
{
	return dataplane->map_fds[map];
}

__u32 dataplane__max_sources(const struct dataplane *dataplane)
{
	return dataplane->max_sources;
}

int program_identity__read(int program_fd, struct program_identity *ret)
{
	struct bpf_prog_info info = {};
	__u32 info_bytes = sizeof(info);
	struct program_identity identity;

	if (bpf_obj_get_info_by_fd(program_fd, &info, &info_bytes))
		return -errno;
	identity.id = info.id;
	snprintf(identity.name, sizeof(identity.name), "%s", info.name);
	for (int i = 0; i < BPF_TAG_SIZE; i++)
		snprintf(identity.tag + 2 * i, 3, "%02x", info.tag[i]);
	*ret = identity;
	return 0;
}
