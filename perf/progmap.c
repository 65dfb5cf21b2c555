// SPDX-License-Identifier: GPL-2.0-only
// progmap: the maps of a loaded program: found by name, summed up, weighed.
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

/* How many entries a batch asks for: a bucket that does not fit is refused with ENOSPC. */
#define BATCH_ENTRIES 4096

/* Return: how many maps the program has, or a negative errno. */
static int map_ids(int program_fd, __u32 *ids)
{
	struct bpf_prog_info info = {.nr_map_ids = MAX_MAPS, .map_ids = (__u64)(long)ids};
	__u32 info_bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(program_fd, &info, &info_bytes))
		return -errno;
	return info.nr_map_ids < MAX_MAPS ? info.nr_map_ids : MAX_MAPS;
}

static int describe(int map_fd, struct bpf_map_info *ret)
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
		if (!describe(fd, &info) && !strncmp(info.name, prefix, strlen(prefix)))
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
	__u64 *values = NULL;
	int err = describe(map_fd, &info);

	stride = (info.value_size + 7) / 8;
	if (!err && (info.type != BPF_MAP_TYPE_PERCPU_ARRAY || stride < words))
		err = -EINVAL;
	if (!err)
		values = cpus > 0 ? calloc(cpus, stride * sizeof(*values)) : NULL;
	if (!err && !values)
		err = -ENOMEM;
	if (!err && bpf_map_lookup_elem(map_fd, &zero, values))
		err = -errno;
	memset(ret, 0, words * sizeof(*ret));
	for (int cpu = 0; !err && cpu < cpus; cpu++)
		for (__u32 i = 0; i < words; i++)
			ret[i] += values[cpu * stride + i];
	free(values);
	return err;
}

static int values_per_entry(const struct bpf_map_info *info)
{
	bool per_cpu = info->type == BPF_MAP_TYPE_PERCPU_HASH ||
		       info->type == BPF_MAP_TYPE_LRU_PERCPU_HASH;

	return per_cpu ? libbpf_num_possible_cpus() : 1;
}

int progmap__sum_values(int map_fd, __u64 *ret)
{
	struct bpf_map_info info;
	__u32 position, count;
	void *keys = malloc(BATCH_ENTRIES * MAX_KEY_BYTES);
	__u64 *values = NULL, sum = 0;
	int err = describe(map_fd, &info), each = 0, got = 0;
	bool first = true;

	if (!err && (info.value_size != sizeof(*values) || info.key_size > MAX_KEY_BYTES))
		err = -EINVAL;
	if (!err) {
		each = values_per_entry(&info);
		values = each > 0 ? calloc(BATCH_ENTRIES, each * sizeof(*values)) : NULL;
	}
	if (!err && (!keys || !values))
		err = -ENOMEM;
	/* The last batch comes with ENOENT, and with the entries that were left. */
	for (; !err && !got; first = false) {
		count = BATCH_ENTRIES;
		got = bpf_map_lookup_batch(map_fd, first ? NULL : &position, &position, keys,
					   values, &count, NULL);
		if (got && got != -ENOENT)
			err = got;
		for (__u32 i = 0; !err && i < count * each; i++)
			sum += values[i];
	}
	free(values);
	free(keys);
	if (!err)
		*ret = sum;
	return err;
}

/* memlock, in the map's fdinfo: estimated before 6.4, counted from then on. */
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
