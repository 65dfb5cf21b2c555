// SPDX-License-Identifier: GPL-2.0-only
// netns: a network namespace: open it, enter it, leave it.
#include "common/netdev/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN "/proc/self/ns/net"

__u64 netns__inode(void)
{
	struct stat own;

	return stat(OWN, &own) ? 0 : own.st_ino;
}

int netns__open(const char *what, const char *name, struct errmsg *why)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : NETNS_NAMES "/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? fd
		       : errmsg__set(why, -errno, "%s: %s: %s: 'ip netns' lists the names", what,
				     path, strerror(errno));
}

int netns__enter(const struct netns *netns)
{
	int err, back = open(OWN, O_RDONLY | O_CLOEXEC);

	if (back < 0)
		return -errno;
	if (!setns(netns->fd, CLONE_NEWNET))
		return back;
	err = -errno;
	close(back);
	return err;
}

void netns__leave(int fd)
{
	setns(fd, CLONE_NEWNET);
	close(fd);
}
