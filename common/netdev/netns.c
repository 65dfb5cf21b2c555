// SPDX-License-Identifier: GPL-2.0-only
// netns: the network namespaces that can be reached, and how to look into them.
#include "common/netdev/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN "/proc/self/ns/net"
#define NAMES "/run/netns"

struct walk {
	netns_visitor *visit;
	void *opaque;
	__u64 *seen;
	size_t count;
};

__u64 netns__inode(void)
{
	struct stat own;

	return stat(OWN, &own) ? 0 : own.st_ino;
}

static bool walk_has_seen(const struct walk *walk, __u64 inode)
{
	for (size_t i = 0; i < walk->count; i++)
		if (walk->seen[i] == inode)
			return true;
	return false;
}

static int walk_remember(struct walk *walk, __u64 inode)
{
	__u64 *grown = reallocarray(walk->seen, walk->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	walk->seen = grown;
	walk->seen[walk->count++] = inode;
	return 0;
}

/* What is no namespace, or has ended meanwhile, is passed over. */
static int walk_visit(struct walk *walk, const char *path, const char *label)
{
	struct netns netns;
	struct stat file;
	int err;

	if (stat(path, &file) || walk_has_seen(walk, file.st_ino))
		return 0;
	netns.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (netns.fd < 0)
		return 0;
	netns.inode = file.st_ino;
	snprintf(netns.label, sizeof(netns.label), "%s", label);
	err = walk_remember(walk, netns.inode);
	if (!err)
		err = walk->visit(&netns, walk->opaque);
	close(netns.fd);
	return err;
}

static int walk_names(struct walk *walk)
{
	char path[PATH_MAX], label[NETNS_LABEL_BYTES];
	DIR *dir = opendir(NAMES);
	struct dirent *file;
	int err = 0;

	while (dir && !err && (file = readdir(dir))) {
		if (file->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), NAMES "/%s", file->d_name);
		snprintf(label, sizeof(label), "network namespace '%.48s'", file->d_name);
		err = walk_visit(walk, path, label);
	}
	if (dir)
		closedir(dir);
	return err;
}

static int walk_processes(struct walk *walk)
{
	char path[PATH_MAX], label[NETNS_LABEL_BYTES];
	DIR *dir = opendir("/proc");
	struct dirent *file;
	int err = 0;

	while (dir && !err && (file = readdir(dir))) {
		if (file->d_name[0] < '0' || file->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", file->d_name);
		snprintf(label, sizeof(label), "the network namespace of process %.10s",
			 file->d_name);
		err = walk_visit(walk, path, label);
	}
	if (dir)
		closedir(dir);
	return err;
}

int netns__each(netns_visitor *visit, void *opaque)
{
	struct walk walk = {.visit = visit, .opaque = opaque};
	int err;

	err = walk_names(&walk);
	if (!err)
		err = walk_processes(&walk);
	free(walk.seen);
	return err;
}

int netns__open(const char *what, const char *name, struct errmsg *why)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : NAMES "/", name);
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
