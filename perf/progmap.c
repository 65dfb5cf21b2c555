// SPDX-License-Identifier: GPL-2.0-only
// progmap: the maps of a loaded program: find, sum, measure.
#include "perf/progmap.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_MAPS 64
#define MAX_KEY_BYTES 64

/* Entries per batch: a hash bucket that does not fit fails with ENOSPC. */
#define BATCH_ENTRIES 4096

/* Returns the number of maps of the program, or a negative errno. */
static int map_ids(int program_fd, __u32 *ids)
{
	struct bpf_prog_info info = {.nr_map_ids = MAX_MAPS, .map_ids = (__u64)(long)ids};
	__u32 info_bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(program_fd, &info, &info_bytes))
		return -errno;
	return info.nr_map_ids < MAX_MAPS ? info.nr_map_ids : MAX_MAPS;
}

static int progmap_info(int map_fd, struct bpf_map_info *ret)
{
	__u32 info_bytes = sizeof(*ret);

	memset(ret, 0, sizeof(*ret));
	return bpf_obj_get_info_by_fd(map_fd, ret, &info_bytes) ? -errno : 0;
}

int progmap__open(int program_fd, const char *prefix)
{
	__u32 ids[MAX_MAPS];
	struct bpf_map_info info;
	int count = map_ids(program_fd, ids);

	for (int i = 0; i < count; i++) {
		int fd = bpf_map_get_fd_by_id(ids[i]);

		if (fd < 0)
			return -errno;
		if (!progmap_info(fd, &info) && !strncmp(info.name, prefix, strlen(prefix)))
			return fd;
		close(fd);
	}
	return count < 0 ? count : -ENOENT;
}

int progmap__sum_cpus(int map_fd, __u32 words, __u64 *ret)
{
	int cpus = libbpf_num_possible_cpus();
	struct bpf_map_info info;
	__u32 zero = 0, stride;
	__u64 *values;
	int err = progmap_info(map_fd, &info);

	if (err)
		return err;
	stride = (info.value_size + 7) / 8;
	if (info.type != BPF_MAP_TYPE_PERCPU_ARRAY || stride < words)
		return -EINVAL;
	values = cpus > 0 ? calloc(cpus, stride * sizeof(*values)) : NULL;
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map_fd, &zero, values)) {
		err = -errno;
		goto out;
	}
	memset(ret, 0, words * sizeof(*ret));
	for (int cpu = 0; cpu < cpus; cpu++)
		for (__u32 i = 0; i < words; i++)
			ret[i] += values[cpu * stride + i];
out:
	free(values);
	return err;
}

static int values_per_entry(const struct bpf_map_info *info)
{
	bool per_cpu = info->type == BPF_MAP_TYPE_PERCPU_HASH ||
		       info->type == BPF_MAP_TYPE_LRU_PERCPU_HASH;

	return per_cpu ? libbpf_num_possible_cpus() : 1;
}

/* Adds up all entries, @each values per entry; @keys and @values have room for a batch. */
static int sum_batches(int map_fd, int each, void *keys, __u64 *values, __u64 *ret)
{
	__u32 position, count;
	bool first = true;
	int err;

	*ret = 0;
	do {
		count = BATCH_ENTRIES;
		err = bpf_map_lookup_batch(map_fd, first ? NULL : &position, &position, keys,
					   values, &count, NULL);
		/* The last batch comes with ENOENT, and with the remaining entries. */
		if (err && err != -ENOENT)
			return err;
		for (__u32 i = 0; i < count * each; i++)
			*ret += values[i];
		first = false;
	} while (!err);
	return 0;
}

int progmap__sum_values(int map_fd, __u64 *ret)
{
	struct bpf_map_info info;
	__u64 *values;
	void *keys;
	int err = progmap_info(map_fd, &info), each;

	if (err)
		return err;
	if (info.value_size != sizeof(*values) || info.key_size > MAX_KEY_BYTES)
		return -EINVAL;
	each = values_per_entry(&info);
	if (each <= 0)
		return -EINVAL;
	keys = malloc(BATCH_ENTRIES * MAX_KEY_BYTES);
	values = calloc(BATCH_ENTRIES, each * sizeof(*values));
	err = keys && values ? sum_batches(map_fd, each, keys, values, ret) : -ENOMEM;
	free(values);
	free(keys);
	return err;
}

/* memlock in the map's fdinfo: an estimate before 6.4, exact since. */
static __u64 memory_bytes(int map_fd)
{
	unsigned long long bytes = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", map_fd);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	fclose(file);
	return bytes;
}

__u64 progmap__memory_bytes(int program_fd)
{
	__u32 ids[MAX_MAPS];
	int count = map_ids(program_fd, ids);
	__u64 bytes = 0;

	for (int i = 0; i < count; i++) {
		int fd = bpf_map_get_fd_by_id(ids[i]);

		if (fd < 0)
			continue;
		bytes += memory_bytes(fd);
		close(fd);
	}
	return bytes;
}
