// SPDX-License-Identifier: GPL-2.0-only
// lock: wait for the lock on a directory for a bounded time, and say which process holds it.
#include "common/attach/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/base/clock.h"
#include "common/base/lock_holder.h"
#include "common/base/messages.h"

#define RETRY_NS (20 * 1000000ull)
#define NOTE_AFTER_NS (500 * 1000000ull)
#define LOCK_PATH_BYTES 128

static void (*wait_note)(void *opaque, const char *text);
static void *wait_opaque;

void lock__on_wait(void (*note)(void *opaque, const char *text), void *opaque)
{
	wait_note = note;
	wait_opaque = opaque;
}

static int refuse_to_wait(int fd, const char *path, struct errmsg *why)
{
	char holder[LOCK_HOLDER_BYTES];
	pid_t pid = lock_holder__find(fd);

	lock_holder__describe(fd, holder);
	if (!pid)
		return errmsg__set(why, -ETIMEDOUT, "%s: locked by %s for more than %d s", path,
				   holder, LOCK_TIMEOUT_S);
	return errmsg__set(why, -ETIMEDOUT,
			   "%s: locked by %s for more than %d s: if it is stopped, continue it "
			   "with 'kill -CONT %d'; else 'kill %d' ends it",
			   path, holder, LOCK_TIMEOUT_S, pid, pid);
}

static void note_wait(int fd)
{
	char holder[LOCK_HOLDER_BYTES], text[LOCK_HOLDER_BYTES + 32];

	if (!wait_note)
		return;
	snprintf(text, sizeof(text), "%s is at work: waiting", lock_holder__describe(fd, holder));
	wait_note(wait_opaque, text);
}

int lock__take(int fd, const char *path, bool patient, struct errmsg *why)
{
	const struct timespec retry = {.tv_nsec = RETRY_NS};
	__u64 waited_ns, started_ns = clock__now_ns();
	bool noted = false;

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errmsg__set(why, -errno, "%s: cannot lock it: %s", path,
					   strerror(errno));
		waited_ns = clock__now_ns() - started_ns;
		if (!patient || waited_ns >= LOCK_TIMEOUT_S * NS_PER_S)
			return refuse_to_wait(fd, path, why);
		if (!noted && waited_ns >= NOTE_AFTER_NS) {
			note_wait(fd);
			noted = true;
		}
		nanosleep(&retry, NULL);
	}
	messages__hold();
	return 0;
}

/*
 * A directory of its own, which only its owner can open: whoever may open a file may flock() it. It
 * belongs to the owner of what it protects, whoever creates it.
 */
static int lock_open(const char *directory, const char *path, struct errmsg *why)
{
	struct stat protected;
	int err, fd;

	if (mkdir(path, S_IRWXU) && errno != EEXIST)
		return advice__set(why, ADVICE_MAKE_DIRECTORY, -errno, "%s: cannot create it",
				   path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return advice__set(why, ADVICE_OPEN_DIRECTORY, -errno, "%s: cannot open it", path);
	if (!stat(directory, &protected) && !fchmod(fd, S_IRWXU) &&
	    !fchown(fd, protected.st_uid, -1))
		return fd;
	err = advice__set(why, ADVICE_MAKE_DIRECTORY, -errno, "%s: cannot set its owner", path);
	close(fd);
	return err;
}

static bool is_present(int fd, const char *path)
{
	struct stat taken, present;

	return !fstat(fd, &taken) && !stat(path, &present) && taken.st_ino == present.st_ino;
}

int lock__directory(const char *directory, bool patient, struct errmsg *why)
{
	char path[LOCK_PATH_BYTES];
	int err, fd;

	snprintf(path, sizeof(path), "%s/" LOCK_NAME, directory);
	do {
		fd = lock_open(directory, path, why);
		if (fd < 0)
			return fd;
		err = lock__take(fd, path, patient, why);
		if (!err && is_present(fd, path))
			return fd;
		/* Or it was removed, with all that it protects, during the wait. */
		if (err)
			close(fd);
		else
			lock__release(fd);
	} while (!err);
	return err;
}

void lock__release(int fd)
{
	if (fd < 0)
		return;
	close(fd);
	messages__release();
}
