// SPDX-License-Identifier: GPL-2.0-only
// notify_journald: events for the systemd journal, by its native datagrams.
#include "common/events/notify_journald.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* NAME=VALUE; or, with a newline in it: NAME, the length as 64 bits, VALUE. Each ends a line. */
static size_t put_field(const struct journald_field *field, char *ret, size_t ret_bytes)
{
	size_t name_bytes = strlen(field->name), value_bytes = strlen(field->value);
	__u64 length = htole64(value_bytes);
	char *at = ret;

	if (name_bytes + value_bytes + sizeof(length) + 3 > ret_bytes)
		return 0;
	at = mempcpy(at, field->name, name_bytes);
	if (strchr(field->value, '\n')) {
		*at++ = '\n';
		at = mempcpy(at, &length, sizeof(length));
	} else {
		*at++ = '=';
	}
	at = mempcpy(at, field->value, value_bytes);
	*at++ = '\n';
	return at - ret;
}

size_t journald__message(const struct journald_field *fields, char ret[JOURNALD_MESSAGE_BYTES])
{
	size_t bytes = 0, added;

	for (; fields->name; fields++) {
		if (!fields->value)
			continue;
		added = put_field(fields, ret + bytes, JOURNALD_MESSAGE_BYTES - bytes);
		if (!added)
			return 0;
		bytes += added;
	}
	return bytes;
}

int journald__open(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? -errno : fd;
}

int journald__send(int fd, const char *path, const char *message, size_t bytes)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	if (sendto(fd, message, bytes, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
		   sizeof(address)) != (ssize_t)bytes)
		return errno ? -errno : -EIO;
	return 0;
}
