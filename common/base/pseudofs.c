// SPDX-License-Identifier: GPL-2.0-only
// pseudofs: the kernel's pseudo file systems, read whether they are mounted or not.
#include "common/base/pseudofs.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

int pseudofs__mount_point(const char *type, char *buf, size_t buf_bytes)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	int err = -ENOENT;

	if (!mounts)
		return -errno;
	while (err && (mount = getmntent(mounts))) {
		if (strcmp(mount->mnt_type, type))
			continue;
		snprintf(buf, buf_bytes, "%s", mount->mnt_dir);
		err = 0;
	}
	endmntent(mounts);
	return err;
}

static int open_detached(const char *type)
{
	int context_fd = fsopen(type, FSOPEN_CLOEXEC);
	int fd = -1, err = 0;

	if (context_fd < 0)
		return -errno;
	if (!fsconfig(context_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = fsmount(context_fd, FSMOUNT_CLOEXEC, 0);
	if (fd < 0)
		err = -errno;
	close(context_fd);
	return err ?: fd;
}

int pseudofs__open(const char *type)
{
	char path[256];
	int fd, err;

	err = pseudofs__mount_point(type, path, sizeof(path));
	if (err == -ENOENT)
		return open_detached(type);
	if (err)
		return err;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A read() returns at most a page. */
int pseudofs__read_all(int directory_fd, const char *path, char *buf, size_t buf_bytes)
{
	int fd = openat(directory_fd, path, O_RDONLY | O_CLOEXEC);
	size_t filled = 0;
	ssize_t n = 1;
	int err = 0;

	if (fd < 0)
		return -errno;
	while (n > 0 && filled < buf_bytes - 1) {
		n = read(fd, buf + filled, buf_bytes - 1 - filled);
		filled += n > 0 ? n : 0;
	}
	if (n)
		err = n < 0 ? -errno : -E2BIG;
	close(fd);
	buf[filled] = '\0';
	return err;
}

int pseudofs__read(int directory_fd, const char *path, char *buf, size_t buf_bytes)
{
	int err = pseudofs__read_all(directory_fd, path, buf, buf_bytes);

	if (err && err != -E2BIG)
		return err;
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}
