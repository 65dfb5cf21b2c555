// SPDX-License-Identifier: GPL-2.0-only
// memory_file: the bytes of an input as a file.
#include "tests/fuzz/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

FILE *memory_file__open(const void *data, size_t bytes)
{
	/* Some C libraries reject an empty buffer. */
	FILE *file = bytes ? fmemopen((void *)data, bytes, "r") : fopen("/dev/null", "re");

	MUST(file);
	return file;
}

const char *memory_file__path(void)
{
	static char path[32];
	static int fd;

	if (!path[0]) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		MUST(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	MUST(!ftruncate(fd, 0));
	return path;
}
