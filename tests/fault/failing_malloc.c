// SPDX-License-Identifier: GPL-2.0-only
// failing_malloc: to be preloaded: runs the program once for each of its own allocations, which
// fails in that run; those of the libraries succeed.
//
// Each run is a child, forked where main() would begin, which saves loading the program again.
// FAIL_ERRORS: a directory; file N there is what run N has written to its standard error.
// FAIL_AT_ONCE: how many runs at once (default: 1).
// The parent prints a line for each run whose allocation has failed: N and its exit status.
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_AT_ONCE 64

static struct {
	uintptr_t start, end; /* of the program itself, which comes first */
	long fail_at, seen;
	bool *failed; /* shared with the parent */
} state;

static int find_program(struct dl_phdr_info *info, size_t bytes, void *opaque)
{
	(void)bytes, (void)opaque;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		state.start = info->dlpi_addr + segment->p_vaddr;
		state.end = state.start + segment->p_memsz;
	}
	return 1;
}

static void redirect(int fd, const char *path)
{
	int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	if (file < 0 || dup2(file, fd) < 0)
		_exit(125);
	close(file);
}

static void become_run(long number, bool *failed)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%ld", getenv("FAIL_ERRORS"), number);
	redirect(STDERR_FILENO, path);
	redirect(STDOUT_FILENO, "/dev/null");
	unsetenv("FAIL_ERRORS"); /* for programs that it starts */
	state.failed = failed;
	state.fail_at = number;
}

static bool report_run(long number, pid_t pid, const bool *failed)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		_exit(125);
	if (*failed)
		dprintf(STDOUT_FILENO, "%ld %d\n", number,
			WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return *failed;
}

/* Returns in the children alone. */
__attribute__((constructor)) static void start_runs(void)
{
	const char *at_once = getenv("FAIL_AT_ONCE");
	long count = at_once ? strtol(at_once, NULL, 10) : 1;
	bool all_failed = count > 0 && count <= MAX_AT_ONCE, *failed;
	pid_t pids[MAX_AT_ONCE];

	if (!getenv("FAIL_ERRORS"))
		return;
	dl_iterate_phdr(find_program, NULL);
	failed = mmap(NULL, MAX_AT_ONCE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (long first = 1; all_failed && failed != MAP_FAILED; first += count) {
		for (long i = 0; i < count; i++) {
			failed[i] = false;
			pids[i] = fork();
			if (!pids[i]) {
				become_run(first + i, &failed[i]);
				return;
			}
		}
		for (long i = 0; i < count; i++)
			all_failed &= report_run(first + i, pids[i], &failed[i]);
	}
	_exit(all_failed ? 125 : 0);
}

static bool fails(const void *caller)
{
	if ((uintptr_t)caller < state.start || (uintptr_t)caller >= state.end)
		return false;
	if (__atomic_add_fetch(&state.seen, 1, __ATOMIC_RELAXED) != state.fail_at)
		return false;
	*state.failed = true;
	errno = ENOMEM;
	return true;
}

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *old, size_t bytes);

void *malloc(size_t bytes)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, bytes);
}

void *realloc(void *old, size_t bytes)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, bytes);
}

void *reallocarray(void *old, size_t count, size_t bytes)
{
	size_t product;

	if (__builtin_mul_overflow(count, bytes, &product) || fails(__builtin_return_address(0)))
		return NULL;
	return __libc_realloc(old, product);
}
