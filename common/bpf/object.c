// SPDX-License-Identifier: GPL-2.0-only
// object: a BPF object file, read once, and opened as often as programs of it are loaded.
#include "common/bpf/object.h"

#include <bpf/libbpf.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/input_file.h"
#include "common/base/privileges.h"
#include "common/bpf/libbpf_log.h"

#define MAX_FILE_BYTES (256LL << 20)

struct object_file {
	char *path;
	int fd; /* of the copy */
	char copy_path[32];
};

static int copy_file(int from, int to)
{
	char bytes[1 << 14];
	off_t total = 0;
	ssize_t n;

	while ((n = read(from, bytes, sizeof(bytes))) > 0) {
		total += n;
		if (total > MAX_FILE_BYTES)
			return -EFBIG;
		if (write(to, bytes, n) != n)
			return -ENOSPC;
	}
	return n < 0 ? -errno : 0;
}

/* Return: NULL for a BPF object, as far as its first bytes show, or what else it is. */
static const char *describe_other(int fd)
{
	Elf64_Ehdr header = {};
	ssize_t n = pread(fd, &header, sizeof(header), 0);

	if (!n)
		return "it is empty";
	if (n < SELFMAG || memcmp(header.e_ident, ELFMAG, SELFMAG))
		return "it is not an ELF file";
	if (n < (ssize_t)sizeof(header) || header.e_ident[EI_CLASS] != ELFCLASS64)
		return "it is an ELF file of another class than 64-bit";
	/* Old compilers leave the machine empty. */
	if (header.e_machine != EM_BPF && header.e_machine != EM_NONE &&
	    header.e_ident[EI_DATA] ==
		    (__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB))
		return "it is an ELF file for another machine";
	return NULL;
}

static int read_copy(struct object_file *file, struct errmsg *why)
{
	int source = input_file__fd(file->path);
	const char *other;
	int err;

	if (source < 0)
		return errmsg__set(why, source, "%s: cannot open: %s", file->path,
				   strerror(-source));
	err = copy_file(source, file->fd);
	close(source);
	if (err)
		return errmsg__set(why, err, "%s: cannot read: %s", file->path, strerror(-err));
	other = describe_other(file->fd);
	if (other)
		return errmsg__set(why, -EINVAL,
				   "%s: not a BPF object: %s: compile with 'clang -target bpf -c'",
				   file->path, other);
	return 0;
}

int object_file__read(const char *path, struct object_file **ret, struct errmsg *why)
{
	struct object_file *file = calloc(1, sizeof(*file));
	int err;

	if (!file)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", path);
	file->path = strdup(path);
	file->fd = memfd_create("object", MFD_CLOEXEC);
	snprintf(file->copy_path, sizeof(file->copy_path), "/proc/self/fd/%d", file->fd);
	if (!file->path || file->fd < 0)
		err = errmsg__set(why, -ENOMEM, "%s: out of memory", path);
	else
		err = read_copy(file, why);
	if (err)
		object_file__free(file);
	else
		*ret = file;
	return err;
}

const char *object_file__path(const struct object_file *file)
{
	return file->path;
}

const char *object_file__copy_path(const struct object_file *file)
{
	return file->copy_path;
}

void object_file__free(struct object_file *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	free(file->path);
	free(file);
}

/* As libbpf derives it from a path: maps of global variables are named by it. */
static void name_object(const char *path, char *buf, size_t buf_bytes)
{
	const char *slash = strrchr(path, '/');

	snprintf(buf, buf_bytes, "%s", slash ? slash + 1 : path);
	buf[strcspn(buf, ".")] = '\0';
}

/* libbpf names the copy, a path that users do not know. "it" is shorter than that. */
static void hide_copy(const struct object_file *file, char *warning)
{
	char *at = strstr(warning, file->copy_path);
	size_t bytes = strlen(file->copy_path);

	if (!at)
		return;
	memcpy(at, "it", 2);
	memmove(at + 2, at + bytes, strlen(at + bytes) + 1);
}

int object__open(const struct object_file *file, struct bpf_object **ret, struct errmsg *why)
{
	char name[64], warning[256];
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = name);
	struct bpf_program *program;
	struct bpf_object *object;
	struct bpf_map *map;
	int err;

	name_object(file->path, name, sizeof(name));
	libbpf_log__keep_warning(warning, sizeof(warning));
	object = bpf_object__open_file(file->copy_path, &opts);
	err = object ? 0 : -errno;
	libbpf_log__keep_warning(NULL, 0);
	if (err) {
		hide_copy(file, warning);
		return errmsg__set(why, err, "%s: not a BPF object: %s%s%s", file->path,
				   LIBBPF_STRERROR(err), warning[0] ? ": " : "", warning);
	}
	bpf_object__for_each_program (program, object)
		bpf_program__set_autoload(program, false);
	bpf_object__for_each_map (map, object)
		bpf_map__set_pin_path(map, NULL);
	*ret = object;
	return 0;
}

int object__confine(struct errmsg *why)
{
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	/* Before Linux 5.11, maps are charged to it; afterwards it cannot be raised. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	return privileges__drop(PRIVILEGES_LOAD_BPF, why);
}

static __u64 saturating_product(__u64 a, __u64 b)
{
	__u64 product;

	return __builtin_mul_overflow(a, b, &product) ? ~0ull : product;
}

/* An estimate, which ignores the overhead of each entry. @cpus: how many values an entry may have
 */
static __u64 map_bytes(const struct bpf_map *map, __u32 cpus)
{
	__u64 entries = bpf_map__max_entries(map);
	__u64 value = (bpf_map__value_size(map) + 7ull) & ~7ull;

	switch (bpf_map__type(map)) {
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
		return entries;
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		value = saturating_product(value, cpus);
		break;
	default:
		break;
	}
	/* Entries are allocated as they come. */
	if (bpf_map__map_flags(map) & BPF_F_NO_PREALLOC)
		return 0;
	return saturating_product(entries, value + bpf_map__key_size(map));
}

int object__check_maps(const struct object_file *file, const struct bpf_object *object,
		       unsigned long long max_mib, struct errmsg *why)
{
	int cpus = libbpf_num_possible_cpus();
	const struct bpf_map *map;
	__u64 total = 0;

	if (cpus < 0)
		return errmsg__set(why, cpus,
				   "cannot count this machine's CPUs: %s: run xdpctl where /sys is "
				   "the kernel's own, outside of the container",
				   LIBBPF_STRERROR(cpus));
	bpf_object__for_each_map (map, object) {
		__u64 bytes = map_bytes(map, cpus);

		total = total + bytes < total ? ~0ull : total + bytes;
	}
	if (total >> 20 < max_mib)
		return 0;
	return errmsg__set(
		why, -EFBIG,
		"%s: its maps take %llu MiB of kernel memory, and the limit is %llu: see "
		"--max-map-memory",
		file->path, total >> 20, max_mib);
}

struct bpf_program *object__program(const struct bpf_object *object, const char *function)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, object)
		if (!strcmp(bpf_program__name(program), function))
			return program;
	return NULL;
}
