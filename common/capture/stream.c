// SPDX-License-Identifier: GPL-2.0-only
// stream: exact reads from a capture file, which may be a pipe.
#include "common/capture/stream.h"

#include <errno.h>
#include <string.h>

static int read_failed(FILE *file, __u64 wanted, __u64 got, struct errmsg *why)
{
	int err = -errno;

	if (ferror(file))
		return errmsg__set(why, err, "cannot read: %s", strerror(-err));
	return errmsg__set(why, -EBADMSG,
			   "the capture is truncated here (wanted %llu bytes, %llu are left)",
			   wanted, got);
}

int stream__begin(FILE *file, void *buf, size_t bytes, struct errmsg *why)
{
	size_t got = fread_unlocked(buf, 1, bytes, file);

	if (got == bytes)
		return 1;
	if (!got && !ferror(file))
		return 0;
	return read_failed(file, bytes, got, why);
}

int stream__read(FILE *file, void *buf, size_t bytes, struct errmsg *why)
{
	size_t got = fread_unlocked(buf, 1, bytes, file);

	return got == bytes ? 0 : read_failed(file, bytes, got, why);
}

int stream__skip(FILE *file, __u64 bytes, struct errmsg *why)
{
	char forgotten[1 << 14];
	__u64 left = bytes;

	while (left) {
		size_t part = left < sizeof(forgotten) ? left : sizeof(forgotten);
		size_t got = fread_unlocked(forgotten, 1, part, file);

		left -= got;
		if (got < part)
			return read_failed(file, bytes, bytes - left, why);
	}
	return 0;
}
