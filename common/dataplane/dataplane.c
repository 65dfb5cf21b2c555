// SPDX-License-Identifier: GPL-2.0-only
// dataplane: configures, loads, pins and reopens the XDP program and its maps.
#include "common/dataplane/dataplane.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/bpf/libbpf_log.h"
#include "common/dataplane/backend.h"
#include "common/dataplane/handshake_pins.h"

#define PROGRAM_PIN "program"
#define LAYOUT_PIN "layout"

const struct dataplane_backend *const dataplane_backends[DATAPLANE_KINDS] = {
	[DATAPLANE_CPU] = &backend_cpu,
	[DATAPLANE_DEVICE] = &backend_offload,
};

struct dataplane *dataplane__new(void)
{
	struct dataplane *dataplane = calloc(1, sizeof(*dataplane));

	if (!dataplane)
		return NULL;
	dataplane->program_fd = dataplane->layout_fd = dataplane->hook_fd = -1;
	for (int i = 0; i < BACKEND_MAX_MAPS; i++)
		dataplane->map_fds[i] = -1;
	return dataplane;
}

struct bpf_map *dataplane__map(const struct dataplane *dataplane, int map)
{
	return bpf_object__find_map_by_name(dataplane->object, dataplane->backend->maps[map].name);
}

static __u32 dataplane_map_entries(const struct dataplane *dataplane, int map)
{
	return dataplane->backend->map_entries(&dataplane->layout, map);
}

/* Since libbpf 1.4, a map that is not created has a placeholder as its descriptor. */
static int fd_of(const struct bpf_map *map)
{
	return bpf_map__autocreate(map) ? bpf_map__fd(map) : -1;
}

static int configure_map(struct dataplane *dataplane, int number, const struct dataplane *maps_of)
{
	struct bpf_map *map = dataplane__map(dataplane, number);
	__u32 entries = dataplane_map_entries(dataplane, number);

	if (!map)
		return -ENOENT;
	if (!entries)
		return bpf_map__set_autocreate(map, false);
	if (maps_of)
		return bpf_map__reuse_fd(map, maps_of->map_fds[number]);
	return bpf_map__set_max_entries(map, entries);
}

/* Return: false if the object has a map without a row in the backend: its size would be unknown. */
static bool all_maps_are_known(const struct dataplane *dataplane)
{
	struct bpf_map *map;
	int known = 0, maps = 0;

	bpf_object__for_each_map (map, dataplane->object)
		maps += !bpf_map__is_internal(map);
	for (int i = 0; i < dataplane->backend->map_count; i++)
		known += dataplane__map(dataplane, i) != NULL;
	return known == maps;
}

static int configure_maps(struct dataplane *dataplane, const struct dataplane *maps_of)
{
	int err = all_maps_are_known(dataplane) ? 0 : -ENOENT;

	for (int i = 0; !err && i < dataplane->backend->map_count; i++)
		err = configure_map(dataplane, i, maps_of);
	return err;
}

static int open_builtin(struct dataplane *dataplane, struct errmsg *why)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "xdpctl");
	size_t bytes;
	const void *elf = dataplane->backend->elf_bytes(&bytes);

	dataplane->object = bpf_object__open_mem(elf, bytes, &opts);
	if (dataplane->object)
		return 0;
	return errmsg__set(why, -errno, "opening the built-in BPF object: %s",
			   LIBBPF_STRERROR(-errno));
}

/* Loads only the program that matches the tables of the layout. */
static void choose_program(struct dataplane *dataplane)
{
	const char *name = dataplane->backend->program(&dataplane->layout);
	struct bpf_program *program;

	bpf_object__for_each_program (program, dataplane->object) {
		bool is_chosen = !strcmp(bpf_program__name(program), name);

		bpf_program__set_autoload(program, is_chosen);
		if (is_chosen)
			dataplane->program = program;
	}
}

static int configure_builtin(struct dataplane *dataplane, const struct dataplane_config *config,
			     struct errmsg *why)
{
	int err = 0;

	if (config->maps_of)
		dataplane->layout = config->maps_of->layout;
	else
		err = dataplane->backend->lay_out(config, &dataplane->layout);
	if (!err)
		err = configure_maps(dataplane, config->maps_of);
	if (err)
		return errmsg__set(why, err, "configuring the maps: %s", LIBBPF_STRERROR(err));
	choose_program(dataplane);
	return dataplane->backend->configure(dataplane, config, why);
}

static int explain_refusal(const struct dataplane *dataplane, int err,
			   const struct dataplane_config *config, struct errmsg *why)
{
	if (err == -EPERM)
		return advice__set(why, ADVICE_LOAD, err, "cannot load a BPF program");
	return dataplane->backend->explain_load(err, config, why);
}

/* The layout is only for user space, which cannot read the constants of a loaded program. */
static int write_layout(struct dataplane *dataplane, struct errmsg *why)
{
	const struct dataplane_layout *layout = &dataplane->layout;
	__u32 zero = 0;
	int err;

	err = dataplane->layout_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, DATAPLANE_LAYOUT_MAP,
						    sizeof(zero), sizeof(*layout), 1, NULL);
	if (err >= 0)
		err = bpf_map_update_elem(dataplane->layout_fd, &zero, layout, BPF_ANY);
	/* Bound to the program, it can be found without pins. */
	if (!err)
		bpf_prog_bind_map(dataplane->program_fd, dataplane->layout_fd, NULL);
	return err ? errmsg__set(why, err, "writing the layout: %s", strerror(-err)) : 0;
}

/*
 * Linux 5.10 refuses a context argument in global functions of a component. As static functions
 * they pass, but the verifier proves them for each of their callers, which takes much longer.
 */
static void make_functions_static(const struct dataplane *dataplane)
{
	const struct btf *btf = bpf_object__btf(dataplane->object);

	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		struct btf_type *type = (struct btf_type *)btf__type_by_id(btf, id);

		if (btf_is_func(type) &&
		    !bpf_object__find_program_by_name(dataplane->object,
						      btf__name_by_offset(btf, type->name_off)))
			type->info = BTF_KIND_FUNC << 24 | BTF_FUNC_STATIC;
	}
}

static int load_builtin(struct dataplane *dataplane, const struct dataplane_config *config,
			bool static_functions, struct errmsg *why)
{
	int err;

	bpf_object__close(dataplane->object);
	err = open_builtin(dataplane, why);
	if (!err)
		err = configure_builtin(dataplane, config, why);
	if (err)
		return err;
	if (static_functions)
		make_functions_static(dataplane);
	err = bpf_object__load(dataplane->object);
	return err ? explain_refusal(dataplane, err, config, why) : 0;
}

static int dataplane_load(struct dataplane *dataplane, const struct dataplane_config *config,
			  struct errmsg *why)
{
	int err;

	err = load_builtin(dataplane, config, false, why);
	if (err == -EINVAL && config->target_fd > 0)
		err = load_builtin(dataplane, config, true, why);
	if (err)
		return err;
	dataplane->program_fd = bpf_program__fd(dataplane->program);
	for (int i = 0; i < dataplane->backend->map_count; i++)
		dataplane->map_fds[i] = fd_of(dataplane__map(dataplane, i));
	return write_layout(dataplane, why);
}

int dataplane__load(const struct dataplane_config *config, struct dataplane **ret,
		    struct errmsg *why)
{
	static const struct dataplane_config defaults;
	struct dataplane *dataplane = dataplane__new();
	int err;

	config = config ?: &defaults;
	if (!dataplane)
		return -ENOMEM;
	dataplane->backend =
		config->maps_of ? config->maps_of->backend : dataplane_backends[config->kind];
	err = dataplane_load(dataplane, config, why);
	if (err)
		dataplane__close(dataplane);
	else
		*ret = dataplane;
	return err;
}

/*
 * The kernel creates pins for the owner only. Maps are opened up to the directory's group: if the
 * registry's directory has the setgid bit, members of its group read them without any capability.
 * The mode includes writing, because the kernel does not map a map that was opened read-only.
 */
#define PROGRAM_MODE (S_IRUSR | S_IWUSR)
#define MAP_MODE (PROGRAM_MODE | S_IRGRP | S_IWGRP)

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
	int err = pin_fd(dataplane->program_fd, PROGRAM_MODE, directory, PROGRAM_PIN, why);

	if (!err)
		err = pin_fd(dataplane->layout_fd, MAP_MODE, directory, LAYOUT_PIN, why);
	for (int i = 0; !err && i < dataplane->backend->map_count; i++)
		if (dataplane->map_fds[i] >= 0)
			err = pin_fd(dataplane->map_fds[i], MAP_MODE, directory,
				     dataplane->backend->maps[i].pin, why);
	return err;
}

static int open_pin(const char *directory, const char *name, struct errmsg *why)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = bpf_obj_get(path);
	if (fd >= 0)
		return fd;
	return advice__set(why, ADVICE_OPEN_PIN, -errno, "%s: cannot open the pin", path);
}

int dataplane__pinned_program(const char *directory, struct errmsg *why)
{
	return open_pin(directory, PROGRAM_PIN, why);
}

/* The layout holds the kind and the tables, and so determines the maps. */
static int reopen_layout(struct dataplane *dataplane, const char *directory, struct errmsg *why)
{
	__u32 zero = 0;
	int err;

	dataplane->layout_fd = open_pin(directory, LAYOUT_PIN, why);
	if (dataplane->layout_fd < 0)
		return dataplane->layout_fd;
	err = bpf_map_lookup_elem(dataplane->layout_fd, &zero, &dataplane->layout);
	if (!err && dataplane->layout.kind >= DATAPLANE_KINDS)
		err = -EPROTO;
	if (err)
		return errmsg__set(why, err, "%s: reading the layout: %s", directory,
				   strerror(-err));
	dataplane->backend = dataplane_backends[dataplane->layout.kind];
	/* If connections could not be traced, its counts are unknown rather than zero. */
	if (!handshake_pins__exist(directory))
		dataplane->layout.tables[TABLE_COMPLETED] = (struct table_config){};
	return 0;
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
		if (dataplane_map_entries(dataplane, i))
			err = dataplane->map_fds[i] =
				open_pin(directory, dataplane->backend->maps[i].pin, why);
	if (err < 0) {
		dataplane__close(dataplane);
		return err;
	}
	dataplane->hook_fd = handshake_pins__open(directory, PIN_HOOK);
	*ret = dataplane;
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void close_unused(int *fd)
{
	close_fd(*fd);
	*fd = -1;
}

int dataplane__close_unused(struct dataplane *dataplane, struct errmsg *why)
{
	int err;

	if (dataplane->backend->map_memory) {
		err = dataplane->backend->map_memory(dataplane, why);
		if (err)
			return err;
		for (int i = 0; i < BACKEND_MAX_MAPS; i++)
			if (i != dataplane->backend->window_map)
				close_unused(&dataplane->map_fds[i]);
	}
	close_unused(&dataplane->layout_fd);
	close_unused(&dataplane->program_fd);
	return 0;
}

void dataplane__close(struct dataplane *dataplane)
{
	if (!dataplane)
		return;
	for (int i = 0; i < BACKEND_MAX_MAPS; i++)
		if (dataplane->mappings[i].start)
			munmap(dataplane->mappings[i].start, dataplane->mappings[i].bytes);
	close_fd(dataplane->layout_fd);
	close_fd(dataplane->hook_fd);
	if (dataplane->object) {
		bpf_object__close(dataplane->object);
	} else {
		for (int i = 0; i < BACKEND_MAX_MAPS; i++)
			close_fd(dataplane->map_fds[i]);
		close_fd(dataplane->program_fd);
	}
	free(dataplane);
}

int dataplane__program_fd(const struct dataplane *dataplane)
{
	return dataplane->program_fd;
}

int dataplane__map_fd(const struct dataplane *dataplane, const char *name)
{
	for (int i = 0; i < dataplane->backend->map_count; i++)
		if (!strcmp(dataplane->backend->maps[i].name, name))
			return dataplane->map_fds[i];
	return -1;
}

const struct dataplane_layout *dataplane__layout(const struct dataplane *dataplane)
{
	return &dataplane->layout;
}

const char *const *dataplane__unsupported(const struct dataplane *dataplane)
{
	return dataplane->backend->unsupported;
}

const struct cpu_counters *dataplane__cpu_counters(struct dataplane *dataplane, __u32 *ret_cpus)
{
	*ret_cpus = dataplane->layout.cpus;
	return dataplane->backend->cpu_counters ? dataplane->backend->cpu_counters(dataplane)
						: NULL;
}

static int dataplane_set_window(struct dataplane *dataplane, bool open)
{
	return dataplane->backend->set_window ? dataplane->backend->set_window(dataplane, open)
					      : -EOPNOTSUPP;
}

int dataplane__restart_window(struct dataplane *dataplane, struct errmsg *why)
{
	int err = dataplane_set_window(dataplane, true);

	return err ? errmsg__set(why, err, "opening a window: %s", strerror(-err)) : 0;
}

void dataplane__end_window(struct dataplane *dataplane)
{
	dataplane_set_window(dataplane, false);
}

__u64 dataplane__memory_bytes(const struct dataplane *dataplane)
{
	__u64 bytes = 0;

	for (int i = 0; i < dataplane->backend->map_count; i++)
		bytes += dataplane_map_entries(dataplane, i) *
			 dataplane->backend->maps[i].entry_bytes;
	return bytes;
}

__u32 dataplane__max_sources(const struct dataplane *dataplane)
{
	return dataplane->layout.tables[TABLE_SOURCES].max_endpoints;
}
