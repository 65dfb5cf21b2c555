// SPDX-License-Identifier: GPL-2.0-only
// lock: wait for the lock on a directory for a bounded time, and say which process holds it.
#include "common/attach/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/base/clock.h"
#include "common/base/messages.h"
#include "common/base/utf8.h"

#define RETRY_NS (20 * 1000000ull)
#define NOTE_AFTER_NS (500 * 1000000ull)
#define HOLDER_BYTES 192
#define LOCK_PATH_BYTES 128

static void (*wait_note)(void *opaque, const char *text);
static void *wait_opaque;

void lock__on_wait(void (*note)(void *opaque, const char *text), void *opaque)
{
	wait_note = note;
	wait_opaque = opaque;
}

/* Return: the process that holds a flock() on a file; 0 if it is in another PID namespace. */
static pid_t find_holder(int fd)
{
	unsigned int major_number, minor_number;
	unsigned long inode;
	struct stat file;
	char line[256];
	pid_t found = 0;
	FILE *locks;
	int pid;

	if (fstat(fd, &file))
		return 0;
	locks = fopen("/proc/locks", "re");
	while (locks && !found && fgets(line, sizeof(line), locks))
		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major_number,
			   &minor_number, &inode) == 4 &&
		    pid > 0 && inode == file.st_ino && major_number == major(file.st_dev) &&
		    minor_number == minor(file.st_dev))
			found = pid;
	if (locks)
		fclose(locks);
	return found;
}

/* The arguments of a process, separated by spaces; without its name if that is xdpctl. */
static const char *read_arguments(pid_t pid, char *buf, size_t bytes, bool *ret_is_xdpctl)
{
	char path[64];
	size_t length = 0;
	const char *name;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	file = fopen(path, "re");
	if (file) {
		length = fread(buf, 1, bytes - 1, file);
		fclose(file);
	}
	buf[length] = '\0';
	name = strrchr(buf, '/') ? strrchr(buf, '/') + 1 : buf;
	*ret_is_xdpctl = !strcmp(name, "xdpctl");
	name = *ret_is_xdpctl ? buf + strlen(buf) + 1 : buf;
	while (length && !buf[length - 1])
		length--;
	for (size_t i = 0; i < length; i++)
		if (!buf[i] && buf + i >= name)
			buf[i] = ' ';
	return name < buf + length ? name : "";
}

/* "another xdpctl (pid 123: attach eth0)" */
static const char *describe_holder(int fd, char buf[HOLDER_BYTES])
{
	char raw[HOLDER_BYTES / 2], printable[HOLDER_BYTES / 2];
	pid_t pid = find_holder(fd);
	const char *arguments;
	bool is_xdpctl;

	if (!pid) {
		snprintf(buf, HOLDER_BYTES, "another process");
		return buf;
	}
	arguments = read_arguments(pid, raw, sizeof(raw), &is_xdpctl);
	snprintf(buf, HOLDER_BYTES, "another %s (pid %d%s%s)", is_xdpctl ? "xdpctl" : "process",
		 pid, arguments[0] ? ": " : "",
		 utf8__printable(arguments, printable, sizeof(printable)));
	return buf;
}

static int refuse_to_wait(int fd, const char *path, struct errmsg *why)
{
	char holder[HOLDER_BYTES];
	pid_t pid = find_holder(fd);

	describe_holder(fd, holder);
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
	char holder[HOLDER_BYTES], text[HOLDER_BYTES + 32];

	if (!wait_note)
		return;
	snprintf(text, sizeof(text), "%s is at work: waiting", describe_holder(fd, holder));
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
