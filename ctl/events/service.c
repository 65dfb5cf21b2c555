// SPDX-License-Identifier: GPL-2.0-only
// service: tell the service manager how a daemon is: as sd_notify(3) does, and on stderr.
#include "ctl/events/service.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/messages.h"
#include "common/base/utf8.h"

void service__notify(const char *state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length = path ? strlen(path) : 0;
	int fd;

	if (!length || length >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, length);
	/* A name in the abstract namespace begins with a null byte. */
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
	       offsetof(struct sockaddr_un, sun_path) + length);
	close(fd);
}

void service__say(const char *text)
{
	char line[1024];

	snprintf(line, sizeof(line), "xdpctl: %s\n", UTF8_PRINTABLE(text));
	messages__print(line);
}
