// SPDX-License-Identifier: GPL-2.0-only
// netns_walk: all network namespaces that can be reached.
#include "common/netdev/netns_walk.h"

#include <linux/magic.h>
#include <linux/nsfs.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Inodes of namespaces. */
struct inode_set {
	__u64 *inodes;
	size_t count;
};

struct walk {
	netns_visitor *visit;
	void *opaque;
	struct inode_set seen;
	struct inode_set mount_namespaces;
	struct statx nsfs; /* of any file there */
};

typedef int walk_step(struct walk *walk, const char *directory, const char *name);

/* Return: 1 if it was added, 0 if it is there already, or -ENOMEM. */
static int inode_set__add(struct inode_set *set, __u64 inode)
{
	__u64 *grown;

	for (size_t i = 0; i < set->count; i++)
		if (set->inodes[i] == inode)
			return 0;
	grown = reallocarray(set->inodes, set->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	set->inodes = grown;
	set->inodes[set->count++] = inode;
	return 1;
}

/* Others may have mounted anything at a path: nothing but a namespace is opened. */
static int open_namespace(const char *path)
{
	int fd = -1, found = open(path, O_PATH | O_CLOEXEC);
	char reopened[32];
	struct statfs fs;

	if (found < 0)
		return -1;
	snprintf(reopened, sizeof(reopened), "/proc/self/fd/%d", found);
	if (!fstatfs(found, &fs) && fs.f_type == NSFS_MAGIC)
		fd = open(reopened, O_RDONLY | O_CLOEXEC);
	close(found);
	if (fd < 0 || ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET)
		return fd;
	close(fd);
	return -1;
}

/* What is no namespace, or has ended meanwhile, is passed over. */
static int walk_visit(struct walk *walk, const char *path, const char *label)
{
	struct netns netns = {.fd = open_namespace(path)};
	struct stat file;
	int err = 0;

	if (netns.fd < 0)
		return 0;
	netns.inode = fstat(netns.fd, &file) ? 0 : file.st_ino;
	snprintf(netns.label, sizeof(netns.label), "%s", label);
	if (netns.inode)
		err = inode_set__add(&walk->seen, netns.inode);
	if (err > 0)
		err = walk->visit(&netns, walk->opaque);
	close(netns.fd);
	return err;
}

static int walk_directory(struct walk *walk, const char *directory, walk_step *step)
{
	DIR *dir = opendir(directory);
	struct dirent *file;
	int err = 0;

	while (dir && !err && (file = readdir(dir)))
		if (file->d_name[0] != '.')
			err = step(walk, directory, file->d_name);
	if (dir)
		closedir(dir);
	return err;
}

static bool is_process(const char *name)
{
	return name[0] >= '0' && name[0] <= '9';
}

static int walk_name(struct walk *walk, const char *directory, const char *name)
{
	char path[PATH_MAX], label[NETNS_LABEL_BYTES];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	snprintf(label, sizeof(label), "network namespace '%.48s'", name);
	return walk_visit(walk, path, label);
}

static int walk_process(struct walk *walk, const char *directory, const char *name)
{
	char path[PATH_MAX], label[NETNS_LABEL_BYTES];

	if (!is_process(name))
		return 0;
	snprintf(path, sizeof(path), "%s/%s/ns/net", directory, name);
	snprintf(label, sizeof(label), "the network namespace of process %.10s", name);
	return walk_visit(walk, path, label);
}

/* Without a name that people know, the label is a path that --netns takes. */
static int walk_path(struct walk *walk, const char *path)
{
	char label[NETNS_LABEL_BYTES];

	if (snprintf(label, sizeof(label), "network namespace %s", path) >= (int)sizeof(label))
		snprintf(label, sizeof(label), "a network namespace with a long path");
	return walk_visit(walk, path, label);
}

/* Without asking a file system that might not answer. */
static bool is_on_nsfs(const struct walk *walk, const char *path)
{
	struct statx file;

	return !statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, 0, &file) &&
	       file.stx_dev_major == walk->nsfs.stx_dev_major &&
	       file.stx_dev_minor == walk->nsfs.stx_dev_minor;
}

static int walk_descriptor(struct walk *walk, const char *directory, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path) ||
	    !is_on_nsfs(walk, path))
		return 0;
	return walk_path(walk, path);
}

/* A space in the path of a mount is written \040. */
static void unescape_mount(char *path)
{
	char *to = path;
	unsigned int code;

	for (const char *from = path; *from; from++) {
		if (*from == '\\' && sscanf(from + 1, "%3o", &code) == 1) {
			*to++ = code;
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

static int walk_mount(struct walk *walk, const char *process, const char *line)
{
	char path[PATH_MAX], mount[PATH_MAX / 2];

	if (sscanf(line, "%*s %*s %*s net:[%*[0-9]] %2047s", mount) != 1)
		return 0;
	unescape_mount(mount);
	if (snprintf(path, sizeof(path), "%s/root%s", process, mount) >= (int)sizeof(path))
		return 0;
	return walk_path(walk, path);
}

/* Each mount namespace once. */
static int walk_mounts(struct walk *walk, const char *process)
{
	char path[PATH_MAX], *line = NULL;
	struct stat namespace;
	size_t bytes = 0;
	FILE *file;
	int err;

	snprintf(path, sizeof(path), "%s/ns/mnt", process);
	err = stat(path, &namespace) ? 0
				     : inode_set__add(&walk->mount_namespaces, namespace.st_ino);
	if (err <= 0)
		return err;
	err = 0;
	snprintf(path, sizeof(path), "%s/mountinfo", process);
	file = fopen(path, "re");
	while (file && !err && getline(&line, &bytes, file) > 0)
		err = walk_mount(walk, process, line);
	free(line);
	if (file)
		fclose(file);
	return err;
}

/* What else of a process keeps a namespace. */
static int walk_holdings(struct walk *walk, const char *directory, const char *name)
{
	char process[PATH_MAX / 2], path[PATH_MAX];
	int err;

	if (!is_process(name))
		return 0;
	snprintf(process, sizeof(process), "%s/%.10s", directory, name);
	snprintf(path, sizeof(path), "%s/task", process);
	err = walk_directory(walk, path, walk_process);
	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/fd", process);
	err = walk_directory(walk, path, walk_descriptor);
	return err ?: walk_mounts(walk, process);
}

int netns__each(netns_visitor *visit, void *opaque)
{
	struct walk walk = {.visit = visit, .opaque = opaque};
	int err;

	if (statx(AT_FDCWD, "/proc/self/ns/net", 0, 0, &walk.nsfs))
		return -errno;
	err = walk_directory(&walk, NETNS_NAMES, walk_name);
	if (!err)
		err = walk_directory(&walk, "/proc", walk_process);
	if (!err)
		err = walk_directory(&walk, "/proc", walk_holdings);
	free(walk.seen.inodes);
	free(walk.mount_namespaces.inodes);
	return err;
}
