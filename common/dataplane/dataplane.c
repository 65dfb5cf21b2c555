// SPDX-License-Identifier: GPL-2.0-only
// dataplane: configures, loads and closes the XDP program and its maps.
#include "common/dataplane/dataplane.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/bpf/features.h"
#include "common/bpf/libbpf_log.h"
#include "common/dataplane/backend.h"
#include "common/dataplane/handshake_pins.h"

const struct dataplane_backend *const dataplane_backends[DATAPLANE_KINDS] = {
	[DATAPLANE_CPU] = &backend_cpu,
	[DATAPLANE_DEVICE] = &backend_offload,
};

struct dataplane *dataplane__new(void)
{
	struct dataplane *dataplane = calloc(1, sizeof(*dataplane));

	if (!dataplane)
		return NULL;
	dataplane->program_fd = dataplane->layout_fd = dataplane->seeds_fd = -1;
	dataplane->hook_fd = -1;
	for (int i = 0; i < BACKEND_MAX_MAPS; i++)
		dataplane->map_fds[i] = -1;
	return dataplane;
}

struct bpf_map *dataplane__map(const struct dataplane *dataplane, int map)
{
	return bpf_object__find_map_by_name(dataplane->object, dataplane->backend->maps[map].name);
}

__u64 dataplane__map_entries(const struct dataplane *dataplane, int map)
{
	return dataplane->backend->map_entries(&dataplane->layout, map);
}

/* Since libbpf 1.4, a map that is not created has a placeholder as its descriptor. */
static int fd_of(const struct bpf_map *map)
{
	return map && bpf_map__autocreate(map) ? bpf_map__fd(map) : -1;
}

/* Those that the maps of before lack are new. */
static int configure_map(struct dataplane *dataplane, int number,
			 const struct dataplane_config *config)
{
	const struct dataplane *maps_of = config->maps_of;
	struct bpf_map *map = dataplane__map(dataplane, number);
	__u32 entries = dataplane__map_entries(dataplane, number);

	if (!map)
		return entries ? -ENOENT : 0;
	if (!entries)
		return bpf_map__set_autocreate(map, false);
	if (dataplane->backend->maps[number].of_samples && config->sampling == SAMPLING_NEW)
		maps_of = NULL;
	if (maps_of && maps_of->map_fds[number] >= 0)
		return bpf_map__reuse_fd(map, maps_of->map_fds[number]);
	return bpf_map__set_max_entries(map, entries);
}

static int configure_policy_map(struct bpf_map *map, const struct policy_maps *policy)
{
	if (!policy)
		return bpf_map__set_autocreate(map, false);
	return bpf_map__reuse_fd(map, policy_maps__fd(policy, bpf_map__name(map)));
}

static bool is_of_backend(const struct dataplane *dataplane, const struct bpf_map *map)
{
	for (int i = 0; i < dataplane->backend->map_count; i++)
		if (!strcmp(dataplane->backend->maps[i].name, bpf_map__name(map)))
			return true;
	return false;
}

/* What is not the interface's own is the policy's; its descriptor is missing if it is unknown. */
static int configure_maps(struct dataplane *dataplane, const struct dataplane_config *config)
{
	struct bpf_map *map;
	int err = 0;

	for (int i = 0; !err && i < dataplane->backend->map_count; i++)
		err = configure_map(dataplane, i, config);
	if (err)
		return err;
	bpf_object__for_each_map (map, dataplane->object) {
		if (bpf_map__is_internal(map) || is_of_backend(dataplane, map))
			continue;
		err = configure_policy_map(map, config->policy);
		if (err)
			return err;
	}
	return 0;
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

/* Rings that are not kept are lost with the program that filled them. */
static int lay_out_samples(struct dataplane *dataplane, const struct dataplane_config *config,
			   struct errmsg *why)
{
	if (config->sampling == SAMPLING_NEW && !dataplane->backend->can_sample)
		return errmsg__set(why, -EOPNOTSUPP,
				   "an offloaded program cannot sample packets: attach in native "
				   "or generic mode");
	if (config->sampling != SAMPLING_KEPT)
		dataplane->layout.sampling = config->sampling == SAMPLING_NEW;
	return 0;
}

/* What was counted by a policy stays when it does not rule any more. */
static int lay_out(struct dataplane *dataplane, const struct dataplane_config *config,
		   struct errmsg *why)
{
	int err = 0;

	if (config->maps_of)
		dataplane->layout = config->maps_of->layout;
	else
		err = dataplane->backend->lay_out(config, &dataplane->layout, why);
	if (err)
		return err;
	err = lay_out_samples(dataplane, config, why);
	dataplane->layout.max_prefixes = 0;
	if (err || !config->policy)
		return err;
	if (!dataplane->backend->lay_out_policy)
		return errmsg__set(why, -EOPNOTSUPP,
				   "an offloaded program cannot decide by a policy: attach in "
				   "native or generic mode");
	dataplane->layout.max_prefixes = policy_maps__max_prefixes(config->policy);
	if (!dataplane->layout.max_prefixes)
		return advice__set(why, ADVICE_OPEN_PIN, -EACCES, "cannot read the policy's maps");
	dataplane->backend->lay_out_policy(&dataplane->layout);
	err = policy_maps__share(config->policy, &dataplane->policy);
	return err ? errmsg__set(why, err, "preparing the policy: %s", strerror(-err)) : 0;
}

static int configure_builtin(struct dataplane *dataplane, const struct dataplane_config *config,
			     struct errmsg *why)
{
	int err = lay_out(dataplane, config, why);

	if (err)
		return err;
	if (config->maps_of && config->maps_of->seeds_fd < 0)
		return advice__set(why, ADVICE_OPEN_PIN, -EACCES,
				   "cannot read the seeds of its maps");
	err = configure_maps(dataplane, config);
	if (err)
		return errmsg__set(why, err, "configuring the maps: %s", LIBBPF_STRERROR(err));
	choose_program(dataplane);
	return dataplane->backend->configure(dataplane, config, why);
}

static int explain_refusal(const struct dataplane *dataplane, int err,
			   const struct dataplane_config *config, struct errmsg *why)
{
	bool is_locked = false;

	if (err == -EPERM) {
		features__memlock(&is_locked);
		return advice__set(why, is_locked ? ADVICE_LOAD_LOCKED : ADVICE_LOAD, err,
				   "cannot load a BPF program");
	}
	return dataplane->backend->explain_load(err, config, why);
}

/* An array of one element. Bound to the program, it can be found without pins. Return: its
 * descriptor, or a negative errno. */
static int create_element(int program_fd, const char *name, const void *value, size_t bytes)
{
	__u32 zero = 0;
	int err, fd;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(zero), bytes, 1, NULL);
	if (fd < 0)
		return fd;
	err = bpf_map_update_elem(fd, &zero, value, BPF_ANY);
	if (err) {
		close(fd);
		return err;
	}
	bpf_prog_bind_map(program_fd, fd, NULL);
	return fd;
}

/* Only for user space, which cannot read the constants of a loaded program. */
static int write_layout(struct dataplane *dataplane, struct errmsg *why)
{
	struct dataplane_layout layout = dataplane->layout;
	struct dataplane_seeds seeds = {};
	int err;

	for (int i = 0; i < TABLE_COUNT; i++) {
		memcpy(seeds.seeds[i], layout.tables[i].seeds, sizeof(seeds.seeds[i]));
		memset(layout.tables[i].seeds, 0, sizeof(layout.tables[i].seeds));
	}
	err = dataplane->layout_fd = create_element(dataplane->program_fd, DATAPLANE_LAYOUT_MAP,
						    &layout, sizeof(layout));
	if (err >= 0)
		err = dataplane->seeds_fd = create_element(
			dataplane->program_fd, DATAPLANE_SEEDS_MAP, &seeds, sizeof(seeds));
	return err < 0 ? errmsg__set(why, err, "writing the layout: %s", strerror(-err)) : 0;
}

static bool takes_pointer(const struct btf *btf, const struct btf_type *function)
{
	const struct btf_type *prototype = btf__type_by_id(btf, function->type);
	const struct btf_param *params = btf_params(prototype);

	for (int i = 0; i < btf_vlen(prototype); i++)
		if (btf_is_ptr(btf__type_by_id(btf, params[i].type)))
			return true;
	return false;
}

/*
 * Where a component's global functions may not take a context, they pass as static functions, but
 * the verifier proves them for each of their callers, which takes much longer.
 */
static void make_functions_static(const struct dataplane *dataplane)
{
	const struct btf *btf = bpf_object__btf(dataplane->object);

	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		struct btf_type *type = (struct btf_type *)btf__type_by_id(btf, id);

		if (btf_is_func(type) && takes_pointer(btf, type) &&
		    !bpf_object__find_program_by_name(dataplane->object,
						      btf__name_by_offset(btf, type->name_off)))
			type->info = BTF_KIND_FUNC << 24 | BTF_FUNC_STATIC;
	}
}

static int load_builtin(struct dataplane *dataplane, const struct dataplane_config *config,
			struct errmsg *why)
{
	int err;

	err = open_builtin(dataplane, why);
	if (!err)
		err = configure_builtin(dataplane, config, why);
	if (err)
		return err;
	if (config->target_fd > 0 && !features__freplace_context())
		make_functions_static(dataplane);
	err = bpf_object__load(dataplane->object);
	return err ? explain_refusal(dataplane, err, config, why) : 0;
}

static int dataplane_load(struct dataplane *dataplane, const struct dataplane_config *config,
			  struct errmsg *why)
{
	int err;

	err = load_builtin(dataplane, config, why);
	if (err)
		return err;
	dataplane->program_fd = bpf_program__fd(dataplane->program);
	for (int i = 0; i < dataplane->backend->map_count; i++)
		dataplane->map_fds[i] = fd_of(dataplane__map(dataplane, i));
	if (dataplane->policy)
		policy_maps__bind(dataplane->policy, dataplane->program_fd);
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
			if (i != dataplane->backend->window_map &&
			    i != dataplane->backend->verdicts_map)
				close_unused(&dataplane->map_fds[i]);
	}
	close_unused(&dataplane->layout_fd);
	close_unused(&dataplane->program_fd);
	if (dataplane->policy)
		policy_maps__close_unused(dataplane->policy);
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
	close_fd(dataplane->seeds_fd);
	close_fd(dataplane->hook_fd);
	policy_maps__close(dataplane->policy);
	if (dataplane->object) {
		bpf_object__close(dataplane->object);
	} else {
		for (int i = 0; i < BACKEND_MAX_MAPS; i++)
			close_fd(dataplane->map_fds[i]);
		close_fd(dataplane->program_fd);
	}
	free(dataplane);
}

void dataplane__take_policy(struct dataplane *dataplane, struct dataplane *from)
{
	struct policy_maps *policy = dataplane->policy;

	dataplane->policy = from->policy;
	from->policy = policy;
	dataplane->layout.max_prefixes = from->layout.max_prefixes;
	/* A table that is there already stays where it is mapped. */
	if (!dataplane->layout.tables[TABLE_DROPPED].buckets) {
		dataplane->layout.tables[TABLE_DROPPED] = from->layout.tables[TABLE_DROPPED];
		dataplane->memory.tables[TABLE_DROPPED] = from->memory.tables[TABLE_DROPPED];
	}
	for (int i = 0; i < BACKEND_MAX_MAPS; i++) {
		if (dataplane->map_fds[i] < 0) {
			dataplane->map_fds[i] = from->map_fds[i];
			from->map_fds[i] = -1;
		}
		if (!dataplane->mappings[i].start) {
			dataplane->mappings[i] = from->mappings[i];
			from->mappings[i] = (struct mapping){};
		}
	}
}

int dataplane__program_fd(const struct dataplane *dataplane)
{
	return dataplane->program_fd;
}

bool dataplane__is_sampling(const struct dataplane *dataplane)
{
	return dataplane->layout.sampling;
}

int dataplane__map_fd(const struct dataplane *dataplane, const char *name)
{
	for (int i = 0; i < dataplane->backend->map_count; i++)
		if (!strcmp(dataplane->backend->maps[i].name, name))
			return dataplane->map_fds[i];
	return -1;
}

const struct policy_maps *dataplane__policy(const struct dataplane *dataplane)
{
	return dataplane->policy;
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

static int dataplane_set_window(struct dataplane *dataplane, __u32 owner)
{
	return dataplane->backend->set_window ? dataplane->backend->set_window(dataplane, owner)
					      : -EOPNOTSUPP;
}

int dataplane__restart_window(struct dataplane *dataplane, struct errmsg *why)
{
	int err;

	while (!dataplane->window_owner)
		if (getrandom(&dataplane->window_owner, sizeof(dataplane->window_owner), 0) < 0)
			return errmsg__set(why, -errno, "opening a window: %s", strerror(errno));
	err = dataplane_set_window(dataplane, dataplane->window_owner);

	return err ? errmsg__set(why, err, "opening a window: %s", strerror(-err)) : 0;
}

void dataplane__end_window(struct dataplane *dataplane)
{
	dataplane_set_window(dataplane, 0);
	dataplane->window_owner = 0;
}

__u64 dataplane__memory_bytes(const struct dataplane *dataplane)
{
	__u64 bytes = 0;

	for (int i = 0; i < dataplane->backend->map_count; i++) {
		const struct backend_map *map = &dataplane->backend->maps[i];

		bytes += dataplane__map_entries(dataplane, i) *
			 (map->value_bytes + (map->type == BPF_MAP_TYPE_HASH ? map->key_bytes : 0));
	}
	return bytes;
}

__u32 dataplane__max_sources(const struct dataplane *dataplane)
{
	return dataplane->layout.tables[TABLE_SOURCES].max_endpoints;
}
