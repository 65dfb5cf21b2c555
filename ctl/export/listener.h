// SPDX-License-Identifier: GPL-2.0-only
// listener: a socket that the exporter accepts connections on.
#ifndef CTL_EXPORT_LISTENER_H
#define CTL_EXPORT_LISTENER_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

struct listener {
	int fd;
	bool is_unix;
	/* Where it can be reached: "127.0.0.1:9477", "[::1]:9477" or "unix:/run/xdpctl.sock". */
	char address[NI_MAXHOST + NI_MAXSERV];
	/* A socket file to remove at the end, and what identifies it; "": none. */
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	dev_t device;
	ino_t inode;
};

#endif
