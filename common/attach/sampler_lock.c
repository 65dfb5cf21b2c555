// SPDX-License-Identifier: GPL-2.0-only
// sampler_lock: the lock that the one process holds for which an interface's program takes samples.
#include "common/attach/sampler_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/attach/bpffs.h"
#include "common/base/advice.h"
#include "common/base/lock_holder.h"

#define SAMPLERS_DIRECTORY BPFFS_PATH "/xdpctl/samplers"

static const char *sampler_path(const struct registry_entry *entry, char buf[REGISTRY_PATH_BYTES])
{
	snprintf(buf, REGISTRY_PATH_BYTES, SAMPLERS_DIRECTORY "/%llu-%u", entry->netns,
		 entry->ifindex);
	return buf;
}

/* With the last lock, their directory goes. */
static void remove_lock(const struct registry_entry *entry)
{
	char path[REGISTRY_PATH_BYTES];

	rmdir(sampler_path(entry, path));
	rmdir(SAMPLERS_DIRECTORY);
}

/* Whoever may open a file may lock it. */
static int sampler_open(const struct registry_entry *entry, char path[REGISTRY_PATH_BYTES],
			struct errmsg *why)
{
	int fd;

	sampler_path(entry, path);
	if ((mkdir(SAMPLERS_DIRECTORY, S_IRWXU) && errno != EEXIST) ||
	    (mkdir(path, S_IRWXU) && errno != EEXIST))
		return advice__set(why, ADVICE_MAKE_DIRECTORY, -errno, "%s: cannot create it",
				   path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? advice__set(why, ADVICE_OPEN_DIRECTORY, -errno, "%s: cannot open it", path)
		      : fd;
}

int sampler_lock__take(const struct registry_entry *entry, const char *interface,
		       struct errmsg *why)
{
	char path[REGISTRY_PATH_BYTES], holder[LOCK_HOLDER_BYTES];
	int fd = sampler_open(entry, path, why);
	int err;

	if (fd < 0 || !flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	if (errno == EWOULDBLOCK)
		err = errmsg__set(why, -EBUSY, "%s: its packets are sampled by %s", interface,
				  lock_holder__describe(fd, holder));
	else
		err = errmsg__set(why, -errno, "%s: cannot lock it: %s", path, strerror(errno));
	close(fd);
	return err;
}

bool sampler_lock__is_held(const struct registry_entry *entry)
{
	char path[REGISTRY_PATH_BYTES];
	int fd = open(sampler_path(entry, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool lives;

	if (fd < 0)
		return false;
	lives = flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
	close(fd);
	return lives;
}

void sampler_lock__forget(const struct registry_entry *entry)
{
	if (!sampler_lock__is_held(entry))
		remove_lock(entry);
}

void sampler_lock__release(const struct registry_entry *entry, int lock)
{
	remove_lock(entry);
	close(lock);
}
