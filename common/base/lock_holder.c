// SPDX-License-Identifier: GPL-2.0-only
// lock_holder: which process holds the lock on a file.
#include "common/base/lock_holder.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "common/base/utf8.h"

pid_t lock_holder__find(int fd)
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

const char *lock_holder__describe(int fd, char buf[LOCK_HOLDER_BYTES])
{
	char raw[LOCK_HOLDER_BYTES / 2], printable[LOCK_HOLDER_BYTES / 2];
	pid_t pid = lock_holder__find(fd);
	const char *arguments;
	bool is_xdpctl;

	if (!pid) {
		snprintf(buf, LOCK_HOLDER_BYTES, "another process");
		return buf;
	}
	arguments = read_arguments(pid, raw, sizeof(raw), &is_xdpctl);
	snprintf(buf, LOCK_HOLDER_BYTES, "another %s (pid %d%s%s)",
		 is_xdpctl ? "xdpctl" : "process", pid, arguments[0] ? ": " : "",
		 utf8__printable(arguments, printable, sizeof(printable)));
	return buf;
}
