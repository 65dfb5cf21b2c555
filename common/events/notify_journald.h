// SPDX-License-Identifier: GPL-2.0-only
// notify_journald: events for the systemd journal, by its native datagrams.
#ifndef COMMON_EVENTS_NOTIFY_JOURNALD_H
#define COMMON_EVENTS_NOTIFY_JOURNALD_H

#include <linux/types.h>
#include <stddef.h>

#define JOURNALD_SOCKET "/run/systemd/journal/socket"
#define JOURNALD_MESSAGE_BYTES 16384

/* A field of a message. */
struct journald_field {
	const char *name; /* capitals and underscores */
	const char *value;
};

/**
 * journald__message() - write fields as the journal takes them
 * @fields: ends with a name of NULL; those with a value of NULL are left out
 *
 * A value with a newline is preceded by its length, so that no value can add a field.
 *
 * Return: the length, or 0 if it does not fit.
 */
size_t journald__message(const struct journald_field *fields, char ret[JOURNALD_MESSAGE_BYTES]);

/**
 * journald__open() - a socket for journald__send()
 *
 * Return: a descriptor owned by the caller, or a negative errno.
 */
int journald__open(void);

/**
 * journald__send() - send a message, without waiting
 * @path: of the journal's socket
 *
 * Return: 0, or a negative errno: -EAGAIN if the journal is busy, -ENOENT or -ECONNREFUSED if there
 * is none.
 */
int journald__send(int fd, const char *path, const char *message, size_t bytes);

#endif
