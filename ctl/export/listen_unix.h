// SPDX-License-Identifier: GPL-2.0-only
// listen_unix: a Unix socket that has its name only while a process listens.
#ifndef CTL_EXPORT_LISTEN_UNIX_H
#define CTL_EXPORT_LISTEN_UNIX_H

#include "common/base/errmsg.h"
#include "ctl/export/listener.h"

/**
 * listen_unix__open() - listen on a socket file of mode 0660
 * @what: the option that gave the path, for messages
 *
 * A socket file that no process listens on is replaced, atomically; anything else at that path is
 * an error.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int listen_unix__open(const char *what, const char *path, struct listener *ret, struct errmsg *why);

/** listen_unix__remove() - remove the socket file, unless it has been replaced. */
void listen_unix__remove(const struct listener *listener);

#endif
