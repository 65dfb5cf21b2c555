// SPDX-License-Identifier: GPL-2.0-only
// pcapng_cut: cut a pcapng file that ends in the middle of a block.
#include "common/capture/pcapng_cut.h"

#include <linux/types.h>
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/capture/pcapng_block.h"

#define HEAD_WORDS 3 /* type, length, and what every block has after them */

/* Return: the length of a whole block, 0 if there is none, or a negative errno. */
static off_t whole_block(int fd, off_t offset, off_t end)
{
	__u32 head[HEAD_WORDS], trailer;
	ssize_t got = pread(fd, head, sizeof(head), offset);

	if (got < 0)
		return -errno;
	if (got != sizeof(head) || head[1] < sizeof(head) || head[1] % 4 || head[1] > end - offset)
		return 0;
	got = pread(fd, &trailer, sizeof(trailer), offset + head[1] - sizeof(trailer));
	if (got < 0)
		return -errno;
	return trailer == head[1] ? head[1] : 0;
}

int pcapng__cut(int fd)
{
	off_t bytes, offset = 0;
	struct stat file;
	int blocks = 0;

	if (fstat(fd, &file))
		return -errno;
	while ((bytes = whole_block(fd, offset, file.st_size)) > 0) {
		offset += bytes;
		blocks++;
	}
	if (bytes < 0)
		return bytes;
	return ftruncate(fd, offset) ? -errno : blocks;
}
