// SPDX-License-Identifier: GPL-2.0-only
// failing_call: to be preloaded: one of the program's system calls fails, or kills the program
// instead.
//
// FAIL_CALL: names of calls, with commas between them; FAIL_NUMBER: which of these calls, from 1.
// FAIL_WITH: KILL, or the name of an error.
// FAIL_TRACE: a file to which the call's name is written when that happens.
//
// A tracer does the same, but stops the program at each call, which takes longer than the program.
// Calls that the C library makes on its own are not seen.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	char *calls; /* with a comma before and after each */
	const char *trace;
	long number, seen;
	int error; /* 0: the program is killed */
} state;

static int error_of(const char *name)
{
	for (int error = 1; error < 4096; error++) {
		const char *known = strerrorname_np(error);

		if (known && !strcmp(known, name))
			return error;
	}
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *calls = getenv("FAIL_CALL"), *number = getenv("FAIL_NUMBER");
	const char *with = getenv("FAIL_WITH"), *trace = getenv("FAIL_TRACE");

	if (!calls || !number || !with || !trace || asprintf(&state.calls, ",%s,", calls) < 0)
		_exit(125);
	state.error = error_of(with);
	if (!state.error && strcmp(with, "KILL"))
		_exit(125);
	state.number = strtol(number, NULL, 10);
	state.trace = trace;
	unsetenv("LD_PRELOAD"); /* for programs that it starts */
}

static bool is_selected(const char *call)
{
	const char *found = state.calls ? strstr(state.calls, call) : NULL;

	for (; found; found = strstr(found + 1, call))
		if (found[-1] == ',' && found[strlen(call)] == ',')
			return true;
	return false;
}

static void note(const char *call)
{
	int fd = open(state.trace, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, call, strlen(call)) < 0)
		_exit(125);
	close(fd);
}

/* Return: whether this call fails; errno is set. */
static bool fails(const char *call)
{
	if (!is_selected(call) ||
	    __atomic_add_fetch(&state.seen, 1, __ATOMIC_RELAXED) != state.number)
		return false;
	note(call);
	if (!state.error)
		raise(SIGKILL);
	errno = state.error;
	return true;
}

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

long syscall(long number, ...)
{
	const char *call = number == SYS_bpf          ? "bpf"
			   : number == SYS_membarrier ? "membarrier"
						      : "another";
	long arguments[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	return fails(call) ? -1
			   : NEXT(syscall)(number, arguments[0], arguments[1], arguments[2],
					   arguments[3], arguments[4], arguments[5]);
}

int mkdir(const char *path, mode_t mode)
{
	return fails("mkdir") ? -1 : NEXT(mkdir)(path, mode);
}

int rename(const char *from, const char *to)
{
	return fails("rename") ? -1 : NEXT(rename)(from, to);
}

int unlink(const char *path)
{
	return fails("unlink") ? -1 : NEXT(unlink)(path);
}

int unlinkat(int directory, const char *path, int flags)
{
	return fails("unlinkat") ? -1 : NEXT(unlinkat)(directory, path, flags);
}

int rmdir(const char *path)
{
	return fails("rmdir") ? -1 : NEXT(rmdir)(path);
}

ssize_t sendto(int fd, const void *data, size_t bytes, int flags, const struct sockaddr *to,
	       socklen_t to_bytes)
{
	return fails("sendto") ? -1 : NEXT(sendto)(fd, data, bytes, flags, to, to_bytes);
}

ssize_t send(int fd, const void *data, size_t bytes, int flags)
{
	return fails("sendto") ? -1 : NEXT(send)(fd, data, bytes, flags);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to)
{
	return fails("renameat") ? -1 : NEXT(renameat)(from_directory, from, to_directory, to);
}

ssize_t write(int fd, const void *data, size_t bytes)
{
	return fails("write") ? -1 : NEXT(write)(fd, data, bytes);
}

int fsync(int fd)
{
	return fails("fsync") ? -1 : NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
	return fails("fdatasync") ? -1 : NEXT(fdatasync)(fd);
}

int ftruncate(int fd, off_t bytes)
{
	return fails("ftruncate") ? -1 : NEXT(ftruncate)(fd, bytes);
}

int flock(int fd, int operation)
{
	return fails("flock") ? -1 : NEXT(flock)(fd, operation);
}
