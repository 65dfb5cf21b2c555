// SPDX-License-Identifier: GPL-2.0-only
// failing_malloc: to be preloaded: one allocation of the program itself fails, the libraries' go
// on. FAIL_AT is its number, from 1; FAIL_DONE names a file that is made when it has failed.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
	uintptr_t start, end; /* of the program itself, which comes first */
	long fail_at, seen;
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

__attribute__((constructor)) static void start(void)
{
	const char *number = getenv("FAIL_AT");

	dl_iterate_phdr(find_program, NULL);
	state.fail_at = number ? strtol(number, NULL, 10) : 0;
}

static bool fails(const void *caller)
{
	const char *done;

	if ((uintptr_t)caller < state.start || (uintptr_t)caller >= state.end)
		return false;
	if (__atomic_add_fetch(&state.seen, 1, __ATOMIC_RELAXED) != state.fail_at)
		return false;
	done = getenv("FAIL_DONE");
	if (done)
		close(open(done, O_CREAT | O_WRONLY, 0600));
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
