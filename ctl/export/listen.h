// SPDX-License-Identifier: GPL-2.0-only
// listen: the sockets that the exporter accepts connections on.
#ifndef CTL_EXPORT_LISTEN_H
#define CTL_EXPORT_LISTEN_H

#include <stddef.h>

#include "common/base/errmsg.h"
#include "ctl/export/listener.h"

#define MAX_LISTENERS 16

struct listeners {
	struct listener list[MAX_LISTENERS];
	size_t count;
};

/**
 * listeners__open() - listen on one more address
 * @what: the option that gave the address, for messages
 * @address: as in 127.0.0.1:9477, [::1]:9477 (port 0: any free port) or unix:PATH
 *
 * Return: 0, or a negative errno with @why set.
 */
int listeners__open(struct listeners *listeners, const char *what, const char *address,
		    struct errmsg *why);

/**
 * listeners__inherit() - take over the sockets that systemd has passed to this process
 *
 * Return: how many, 0 if none were passed, or a negative errno with @why set.
 */
int listeners__inherit(struct listeners *listeners, struct errmsg *why);

/** listeners__close() - stop listening; socket files are removed. */
void listeners__close(struct listeners *listeners);

#endif
