// SPDX-License-Identifier: GPL-2.0-only
// dataplane: the XDP program and its maps: configured, loaded, pinned, reopened.
#include "dataplane.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernlog.h"
#include "probe.h"
#include "syn.skel.h"

#define PROGRAM_PIN "program"

/* Per CPU: 2 MiB and 128 KiB. More sets lose less in a flood, but fit the caches worse. */
#define SOURCES_SETS 8192
#define VICTIMS_SETS 512

enum map {
	LAYOUT_MAP,
	COUNTERS_MAP,
	SOURCES_FRONT_MAP,
	SOURCES_BACK_MAP,
	VICTIMS_FRONT_MAP,
	VICTIMS_BACK_MAP,
	SHARED_MAP,
	MAPS
};

/* Where each map is found: its name as a pin, and in the skeleton. */
static const struct {
	const char *pin;
	const char *name;
} maps[MAPS] = {
	[LAYOUT_MAP] = {"layout", "layout_map"},
	[COUNTERS_MAP] = {"counters", "counters_map"},
	[SOURCES_FRONT_MAP] = {"sources_front", "sources_front"},
	[SOURCES_BACK_MAP] = {"sources_back", "sources_back"},
	[VICTIMS_FRONT_MAP] = {"victims_front", "victims_front"},
	[VICTIMS_BACK_MAP] = {"victims_back", "victims_back"},
	[SHARED_MAP] = {"shared", "shared_map"},
};

static const struct {
	enum map front;
	enum map back;
} table_maps[TABLE_COUNT] = {
	[TABLE_SOURCES] = {SOURCES_FRONT_MAP, SOURCES_BACK_MAP},
	[TABLE_VICTIMS] = {VICTIMS_FRONT_MAP, VICTIMS_BACK_MAP},
};

struct mapping {
	void *start;
	size_t bytes;
};

struct dataplane {
	struct syn *skeleton; /* NULL when reopened from pins */
	int program_fd;
	int map_fds[MAPS];
	struct dataplane_layout layout;
	struct mapping mappings[MAPS];
	struct dataplane_memory memory;
	bool is_mapped;
};

static struct dataplane *dataplane__new(void)
{
	struct dataplane *dataplane = calloc(1, sizeof(*dataplane));

	if (!dataplane)
		return NULL;
	dataplane->program_fd = -1;
	for (int i = 0; i < MAPS; i++)
		dataplane->map_fds[i] = -1;
	return dataplane;
}

/* Twice the places that are wanted: with two choices a table half full takes all that come. */
static __u32 buckets_for(__u32 max_endpoints)
{
	return (2ull * max_endpoints + BUCKET_WAYS - 1) / BUCKET_WAYS + 1;
}

static int lay_out(const struct dataplane_config *config, struct dataplane_layout *ret)
{
	int cpus = libbpf_num_possible_cpus();
	struct dataplane_layout layout = {
		.tables =
			{
				[TABLE_SOURCES] = {.sets = SOURCES_SETS,
						   .max_endpoints = config->max_sources
									    ?: DEFAULT_MAX_SOURCES},
				[TABLE_VICTIMS] = {.sets = VICTIMS_SETS,
						   .max_endpoints = DEFAULT_MAX_VICTIMS},
			},
		.cpus = cpus,
	};

	if (cpus < 0)
		return cpus;
	for (int i = 0; i < TABLE_COUNT; i++) {
		struct table_config *table = &layout.tables[i];

		table->buckets = buckets_for(table->max_endpoints);
		if (getrandom(table->seeds, sizeof(table->seeds), 0) != sizeof(table->seeds))
			return -errno;
	}
	*ret = layout;
	return 0;
}

static __u32 map_entries(const struct dataplane_layout *layout, enum map map)
{
	if (map == COUNTERS_MAP)
		return layout->cpus;
	for (int i = 0; i < TABLE_COUNT; i++) {
		if (map == table_maps[i].front)
			return layout->cpus * layout->tables[i].sets;
		if (map == table_maps[i].back)
			return layout->tables[i].buckets;
	}
	return 0; /* as the program says */
}

static struct bpf_map *skeleton_map(const struct dataplane *dataplane, enum map map)
{
	return bpf_object__find_map_by_name(dataplane->skeleton->obj, maps[map].name);
}

static int configure_maps(struct dataplane *dataplane, const struct dataplane *maps_of)
{
	int err = 0;

	for (int i = 0; !err && i < MAPS; i++) {
		__u32 entries = map_entries(&dataplane->layout, i);

		if (maps_of)
			err = bpf_map__reuse_fd(skeleton_map(dataplane, i), maps_of->map_fds[i]);
		else if (entries)
			err = bpf_map__set_max_entries(skeleton_map(dataplane, i), entries);
	}
	return err;
}

static int configure(struct dataplane *dataplane, const struct dataplane_config *config)
{
	struct bpf_program *program = dataplane->skeleton->progs.xdpctl_syn;
	struct bpf_map *map;
	int err = 0;

	if (config->maps_of)
		dataplane->layout = config->maps_of->layout;
	else
		err = lay_out(config, &dataplane->layout);
	if (!err)
		err = configure_maps(dataplane, config->maps_of);
	if (err)
		return err;
	memcpy((void *)dataplane->skeleton->rodata->table_configs, dataplane->layout.tables,
	       sizeof(dataplane->layout.tables));
	if (config->offload_ifindex) {
		bpf_program__set_ifindex(program, config->offload_ifindex);
		bpf_object__for_each_map (map, dataplane->skeleton->obj)
			bpf_map__set_ifindex(map, config->offload_ifindex);
	} else if (probe__multi_buffer()) {
		dataplane->skeleton->rodata->multi_buffer = true;
		bpf_program__set_flags(program, BPF_F_XDP_HAS_FRAGS);
	}
	return 0;
}

static int explain_load(int err, const struct dataplane_config *config, struct errmsg *why)
{
	const char *reason = kernlog__reason();

	if ((err == -EPERM || err == -EACCES) && geteuid())
		return errmsg__set(why, err,
				   "loading a BPF program: %s: run as root, or with CAP_BPF, "
				   "CAP_NET_ADMIN and CAP_PERFMON",
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

static int load(struct dataplane *dataplane, const struct dataplane_config *config)
{
	__u32 zero = 0;
	int err;

	err = configure(dataplane, config);
	if (!err)
		err = syn__load(dataplane->skeleton);
	if (err)
		return err;
	dataplane->program_fd = bpf_program__fd(dataplane->skeleton->progs.xdpctl_syn);
	for (int i = 0; i < MAPS; i++)
		dataplane->map_fds[i] = bpf_map__fd(skeleton_map(dataplane, i));
	if (config->maps_of)
		return 0;
	return bpf_map_update_elem(dataplane->map_fds[LAYOUT_MAP], &zero, &dataplane->layout,
				   BPF_ANY);
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
	err = load(dataplane, config);
	if (err) {
		explain_load(err, config, why);
		goto failed;
	}
	*ret = dataplane;
	return 0;
failed:
	dataplane__close(dataplane);
	return err;
}

/*
 * The kernel pins for the owner alone. Maps are opened up to the directory's group: in a state
 * directory with the setgid bit, who belongs to its group reads them without any capability. For
 * writing as well, since the kernel does not map into memory what was opened for reading only.
 */
#define PROGRAM_MODE (S_IRUSR | S_IWUSR)
#define MAP_MODE (PROGRAM_MODE | S_IRGRP | S_IWGRP)

static int pin(int fd, mode_t mode, const char *directory, const char *name, struct errmsg *why)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (!bpf_obj_pin(fd, path) && !chmod(path, mode))
		return 0;
	return errmsg__set(why, -errno, "%s: pinning: %s", path, strerror(errno));
}

int dataplane__pin(const struct dataplane *dataplane, const char *directory, struct errmsg *why)
{
	int err = pin(dataplane->program_fd, PROGRAM_MODE, directory, PROGRAM_PIN, why);

	for (int i = 0; !err && i < MAPS; i++)
		err = pin(dataplane->map_fds[i], MAP_MODE, directory, maps[i].pin, why);
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
	return errmsg__set(why, -errno, "%s: opening the pin: %s%s", path, strerror(errno),
			   errno == EACCES ? ": run as root" : "");
}

int dataplane__pinned_program(const char *directory, struct errmsg *why)
{
	return reopen(directory, PROGRAM_PIN, why);
}

int dataplane__reopen(const char *directory, struct dataplane **ret, struct errmsg *why)
{
	struct dataplane *dataplane = dataplane__new();
	int err = -ENOMEM;
	__u32 zero = 0;

	if (!dataplane)
		return err;
	/* A reader does without the program. */
	err = dataplane->program_fd = dataplane__pinned_program(directory, why);
	if (err == -EACCES)
		err = 0;
	for (int i = 0; err >= 0 && i < MAPS; i++)
		err = dataplane->map_fds[i] = reopen(directory, maps[i].pin, why);
	if (err < 0)
		goto failed;
	err = bpf_map_lookup_elem(dataplane->map_fds[LAYOUT_MAP], &zero, &dataplane->layout);
	if (err) {
		errmsg__set(why, err, "%s: reading the layout: %s", directory, strerror(-err));
		goto failed;
	}
	*ret = dataplane;
	return 0;
failed:
	dataplane__close(dataplane);
	return err;
}

static void unmap(struct dataplane *dataplane)
{
	for (int i = 0; i < MAPS; i++)
		if (dataplane->mappings[i].start)
			munmap(dataplane->mappings[i].start, dataplane->mappings[i].bytes);
}

void dataplane__close(struct dataplane *dataplane)
{
	if (!dataplane)
		return;
	unmap(dataplane);
	if (dataplane->skeleton) {
		syn__destroy(dataplane->skeleton);
	} else {
		for (int i = 0; i < MAPS; i++)
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

static size_t map_bytes(const struct dataplane_layout *layout, enum map map)
{
	size_t value_bytes =
		map == COUNTERS_MAP ? sizeof(struct cpu_counters) : sizeof(struct table_set);

	return map_entries(layout, map) * value_bytes;
}

static const void *map_memory(struct dataplane *dataplane, enum map map)
{
	struct mapping *mapping = &dataplane->mappings[map];
	size_t bytes = map_bytes(&dataplane->layout, map);
	void *start = mmap(NULL, bytes, PROT_READ, MAP_SHARED, dataplane->map_fds[map], 0);

	if (start == MAP_FAILED)
		return NULL;
	*mapping = (struct mapping){.start = start, .bytes = bytes};
	return start;
}

int dataplane__memory(struct dataplane *dataplane, const struct dataplane_memory **ret,
		      struct errmsg *why)
{
	struct dataplane_memory *memory = &dataplane->memory;
	bool complete = dataplane->is_mapped;

	if (!complete) {
		memory->cpus = dataplane->layout.cpus;
		memory->counters = map_memory(dataplane, COUNTERS_MAP);
		complete = memory->counters;
		for (int i = 0; complete && i < TABLE_COUNT; i++) {
			memory->tables[i] = (struct tally_memory){
				.config = dataplane->layout.tables[i],
				.cpus = memory->cpus,
				.counters = i == TABLE_SOURCES ? memory->counters : NULL,
				.front = map_memory(dataplane, table_maps[i].front),
				.back = map_memory(dataplane, table_maps[i].back),
			};
			complete = memory->tables[i].front && memory->tables[i].back;
		}
	}
	if (!complete)
		return errmsg__set(why, -errno, "mapping the counters: %s", strerror(errno));
	dataplane->is_mapped = true;
	*ret = memory;
	return 0;
}

static int set_window(struct dataplane *dataplane, bool open)
{
	size_t bytes = map_bytes(&dataplane->layout, COUNTERS_MAP);
	struct cpu_counters *counters = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
					     dataplane->map_fds[COUNTERS_MAP], 0);

	if (counters == MAP_FAILED)
		return -errno;
	for (__u32 cpu = 0; cpu < dataplane->layout.cpus; cpu++) {
		memset(counters[cpu].window, 0, sizeof(counters[cpu].window));
		__atomic_store_n(&counters[cpu].window_is_open, open, __ATOMIC_RELEASE);
	}
	munmap(counters, bytes);
	return 0;
}

int dataplane__restart_window(struct dataplane *dataplane, struct errmsg *why)
{
	int err = set_window(dataplane, true);

	return err ? errmsg__set(why, err, "opening a window: %s", strerror(-err)) : 0;
}

void dataplane__end_window(struct dataplane *dataplane)
{
	set_window(dataplane, false);
}

__u64 dataplane__memory_bytes(const struct dataplane *dataplane)
{
	__u64 bytes = 0;

	for (int i = 0; i < MAPS; i++)
		bytes += map_bytes(&dataplane->layout, i);
	return bytes;
}

__u32 dataplane__max_sources(const struct dataplane *dataplane)
{
	return dataplane->layout.tables[TABLE_SOURCES].max_endpoints;
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
