// SPDX-License-Identifier: GPL-2.0-only
// listen_unix: a Unix socket that has its name only while a process listens.
#include "ctl/export/listen_unix.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE 0660
#define SUFFIX_BYTES 9 /* ".1a2b3c4d" */

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return address;
}

/* Return: 0 if the path is free, or has a socket that no process listens on. */
static int check_path(const char *what, const char *path, struct errmsg *why)
{
	struct sockaddr_un address = address_of(path);
	struct stat there;
	int fd, err;

	if (lstat(path, &there))
		return errno == ENOENT ? 0
				       : errmsg__set(why, -errno, "%s unix:%s: %s", what, path,
						     strerror(errno));
	if (!S_ISSOCK(there.st_mode))
		return errmsg__set(why, -EEXIST,
				   "%s unix:%s: exists and is no socket: choose another path", what,
				   path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errmsg__set(why, -errno, "%s unix:%s: %s", what, path, strerror(errno));
	err = connect(fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
	close(fd);
	if (err == -ECONNREFUSED)
		return 0;
	return errmsg__set(why, -EADDRINUSE, "%s unix:%s: another process listens there", what,
			   path);
}

/* Listen under a name next to it. Return: the descriptor, or a negative errno. */
static int open_next_to(const char *path)
{
	struct sockaddr_un address = address_of(path);
	mode_t mask;
	int fd, err = 0;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	mask = umask(~MODE & 0777);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, SOMAXCONN))
		err = -errno;
	umask(mask);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* With the directory locked, so that two processes cannot both take the socket for unused. */
static int open_locked(const char *what, const char *path, struct listener *ret, struct errmsg *why)
{
	char fresh[sizeof(ret->path)];
	unsigned int random;
	struct stat made;
	int err, fd;

	err = check_path(what, path, why);
	if (err)
		return err;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -EAGAIN;
	snprintf(fresh, sizeof(fresh), "%s.%08x", path, random);
	fd = open_next_to(fresh);
	if (fd < 0)
		return errmsg__set(why, fd, "%s unix:%s: cannot listen: %s", what, path,
				   strerror(-fd));
	if (lstat(fresh, &made) || rename(fresh, path)) {
		err = errmsg__set(why, -errno, "%s unix:%s: cannot listen: %s", what, path,
				  strerror(errno));
		unlink(fresh);
		close(fd);
		return err;
	}
	ret->fd = fd;
	ret->is_unix = true;
	ret->device = made.st_dev;
	ret->inode = made.st_ino;
	snprintf(ret->path, sizeof(ret->path), "%s", path);
	snprintf(ret->address, sizeof(ret->address), "unix:%s", path);
	return 0;
}

int listen_unix__open(const char *what, const char *path, struct listener *ret, struct errmsg *why)
{
	size_t most = sizeof(ret->path) - SUFFIX_BYTES - 1;
	char directory[sizeof(ret->path)];
	int lock, err;

	if (!path[0] || strlen(path) > most)
		return errmsg__usage(why, "%s: a socket's path has from 1 to %zu characters", what,
				     most);
	snprintf(directory, sizeof(directory), "%s", path);
	lock = open(dirname(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB)) {
		err = errmsg__set(why, -errno, "%s unix:%s: cannot lock its directory: %s", what,
				  path, strerror(errno));
		if (lock >= 0)
			close(lock);
		return err;
	}
	err = open_locked(what, path, ret, why);
	close(lock);
	return err;
}

void listen_unix__remove(const struct listener *listener)
{
	struct stat there;

	if (listener->path[0] && !lstat(listener->path, &there) &&
	    there.st_dev == listener->device && there.st_ino == listener->inode)
		unlink(listener->path);
}
