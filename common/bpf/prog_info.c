// SPDX-License-Identifier: GPL-2.0-only
// prog_info: what the kernel reports about a loaded program and its maps.
#include "common/bpf/prog_info.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/advice.h"

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

__u32 program_identity__id(int program_fd)
{
	struct program_identity identity;

	return program_identity__read(program_fd, &identity) ? 0 : identity.id;
}

/* "memlock" in /proc/PID/fdinfo: the kernel memory of a program or map. */
static __u64 memory_of(int fd)
{
	char path[64], line[128];
	__u64 bytes = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		sscanf(line, "memlock: %llu", &bytes);
	fclose(file);
	return bytes;
}

/* Opening a map by its id needs CAP_SYS_ADMIN; those of an object are open already. */
static int open_map(__u32 id, const struct bpf_object *object)
{
	const struct bpf_map *map;

	if (!object)
		return bpf_map_get_fd_by_id(id);
	bpf_object__for_each_map (map, object) {
		struct bpf_map_info info = {};
		__u32 info_bytes = sizeof(info);
		int fd = bpf_map__fd(map);

		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &info_bytes) && info.id == id)
			return fcntl(fd, F_DUPFD_CLOEXEC, 0);
	}
	return -ENOENT;
}

static int read_map(__u32 id, const struct bpf_object *object, struct prog_map *ret)
{
	struct bpf_map_info info = {};
	__u32 info_bytes = sizeof(info);
	int fd = open_map(id, object);
	int err;

	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &info_bytes);
	if (!err) {
		*ret = (struct prog_map){
			.id = info.id,
			.type = info.type,
			.key_bytes = info.key_size,
			.value_bytes = info.value_size,
			.max_entries = info.max_entries,
			.memory_bytes = memory_of(fd),
		};
		memcpy(ret->name, info.name, sizeof(ret->name));
	}
	close(fd);
	return err;
}

/* The kernel fills in up to nr_map_ids ids, and sets it to their number. */
static int read_maps(int program_fd, const struct bpf_object *object, __u32 count,
		     struct prog_info *info)
{
	struct bpf_prog_info kernel = {.nr_map_ids = count};
	__u32 kernel_bytes = sizeof(kernel);
	__u32 *ids = calloc(count + 1, sizeof(*ids));
	int err = -ENOMEM;

	info->maps = calloc(count + 1, sizeof(*info->maps));
	if (!ids || !info->maps)
		goto out;
	kernel.map_ids = (unsigned long)ids;
	err = bpf_obj_get_info_by_fd(program_fd, &kernel, &kernel_bytes);
	for (__u32 i = 0; !err && i < count && i < kernel.nr_map_ids; i++) {
		err = read_map(ids[i], object, &info->maps[i]);
		info->map_count = i + !err;
	}
out:
	free(ids);
	return err;
}

static struct prog_info info_of(const struct bpf_prog_info *kernel)
{
	return (struct prog_info){
		.id = kernel->id,
		.type = kernel->type,
		.loaded_ns = kernel->load_time,
		.owner = kernel->created_by_uid,
		.gpl = kernel->gpl_compatible,
		.functions = kernel->nr_jited_func_lens ?: 1,
		.instructions = kernel->xlated_prog_len / sizeof(struct bpf_insn),
		.machine_bytes = kernel->jited_prog_len,
		.processed = kernel->verified_insns,
		.runs = kernel->run_cnt,
		.run_ns = kernel->run_time_ns,
		.missed_runs = kernel->recursion_misses,
	};
}

int prog_info__read(int program_fd, const struct bpf_object *object, struct prog_info *ret,
		    struct errmsg *why)
{
	struct program_identity identity;
	struct bpf_prog_info kernel = {};
	__u32 kernel_bytes = sizeof(kernel);
	struct prog_info info;
	int err;

	err = bpf_obj_get_info_by_fd(program_fd, &kernel, &kernel_bytes);
	if (!err)
		err = program_identity__read(program_fd, &identity);
	if (err)
		return errmsg__set(why, err, "reading the program's info: %s", strerror(-err));
	info = info_of(&kernel);
	info.memory_bytes = memory_of(program_fd);
	memcpy(info.name, identity.name, sizeof(info.name));
	memcpy(info.tag, identity.tag, sizeof(info.tag));
	err = read_maps(program_fd, object, kernel.nr_map_ids, &info);
	if (err) {
		prog_info__free(&info);
		return errmsg__set(why, err, "program %u: reading its maps: %s", info.id,
				   strerror(-err));
	}
	*ret = info;
	return 0;
}

void prog_info__free(struct prog_info *info)
{
	free(info->maps);
	*info = (struct prog_info){};
}

int prog_info__open(__u32 id, struct errmsg *why)
{
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0)
		return fd;
	return advice__set(why, ADVICE_OPEN_PROGRAM, fd, "program %u: cannot open it", id);
}

/* The kernel keeps the beginning of a name. */
const struct prog_map *prog_info__find_map(const struct prog_info *info, const char *name)
{
	for (size_t i = 0; i < info->map_count; i++)
		if (!strncmp(info->maps[i].name, name, BPF_OBJ_NAME_LEN - 1))
			return &info->maps[i];
	return NULL;
}

int prog_info__open_map(const struct prog_info *info, const char *name)
{
	const struct prog_map *map = prog_info__find_map(info, name);

	return map ? bpf_map_get_fd_by_id(map->id) : -ENOENT;
}
