// SPDX-License-Identifier: GPL-2.0-only
// pin: one pin in a directory of a bpffs: made with a mode, opened again, checked.
#include "common/dataplane/pin.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/advice.h"

#define PATH_BYTES 256

mode_t pin__mode(const struct backend_map *map)
{
	return map->mode ?: PIN_MAPPED;
}

int pin__make(int fd, mode_t mode, const char *directory, const char *name, struct errmsg *why)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (!bpf_obj_pin(fd, path) && !chmod(path, mode))
		return 0;
	return advice__set(why, ADVICE_PIN, -errno, "%s: cannot pin it", path);
}

int pin__open(const char *directory, const char *name, __u32 flags, struct errmsg *why)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = flags);
	char path[PATH_BYTES];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = bpf_obj_get_opts(path, &opts);
	if (fd >= 0)
		return fd;
	return advice__set(why, ADVICE_OPEN_PIN, -errno, "%s: cannot open the pin", path);
}

int pin__check(int fd, const struct backend_map *want, __u64 entries, struct errmsg *why)
{
	struct bpf_map_info info = {};
	__u32 info_bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &info_bytes))
		return errmsg__set(why, -errno, "pin '%s': asking for its sizes: %s", want->pin,
				   strerror(errno));
	if (info.type == want->type && info.key_size == want->key_bytes &&
	    info.value_size == want->value_bytes && info.max_entries == entries)
		return 0;
	return errmsg__set(why, -EPROTO,
			   "pin '%s': %u entries of %u bytes instead of %llu of %u: 'xdpctl attach "
			   "--reset' makes new maps",
			   want->pin, info.max_entries, info.value_size, entries,
			   want->value_bytes);
}

int pin__read(const char *directory, const struct backend_map *map, void *ret, struct errmsg *why)
{
	int err, fd = pin__open(directory, map->pin, BPF_F_RDONLY, why);
	__u32 zero = 0;

	if (fd < 0)
		return fd;
	err = pin__check(fd, map, 1, why);
	if (err)
		goto failed;
	err = bpf_map_lookup_elem(fd, &zero, ret);
	if (!err)
		return fd;
	errmsg__set(why, err, "%s: reading '%s': %s", directory, map->pin, strerror(-err));
failed:
	close(fd);
	return err;
}

int pin__open_map(const char *directory, const struct backend_map *map, __u64 entries, int *ret_fd,
		  struct errmsg *why)
{
	int fd = pin__open(directory, map->pin, 0, why);

	if (fd == -EACCES && map->mode == PIN_READ)
		fd = pin__open(directory, map->pin, BPF_F_RDONLY, why);
	*ret_fd = fd < 0 ? -1 : fd;
	if (fd == -EACCES && map->mode == PIN_PRIVATE)
		return 0;
	return fd < 0 ? fd : pin__check(fd, map, entries, why);
}
