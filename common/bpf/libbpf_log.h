// SPDX-License-Identifier: GPL-2.0-only
// libbpf_log: why libbpf or the kernel refused, from the messages that libbpf would print.
#ifndef COMMON_BPF_LIBBPF_LOG_H
#define COMMON_BPF_LIBBPF_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"

/**
 * libbpf_log__start() - take over the messages of libbpf and libxdp, and forget the last reason
 * @verbose: print them to stderr as well
 *
 * libbpf passes the netlink extended ACK and the verifier's log to its print function only.
 */
void libbpf_log__start(bool verbose);

/**
 * libbpf_log__reason() - the reason of the last failure: the extended ACK or the verifier's last
 * complaint
 *
 * Return: one line, valid until the next call of libbpf; empty if none was given.
 */
const char *libbpf_log__reason(void);

/**
 * libbpf_log__explain_load() - say why the kernel refused a built-in program
 *
 * Return: @err, with @why set.
 */
int libbpf_log__explain_load(int err, struct errmsg *why);

/** libbpf_log__clear() - forget the last reason, before an attempt whose reason is wanted. */
void libbpf_log__clear(void);

/**
 * libbpf_log__keep_warning() - have libbpf's next warning copied
 * @buf: gets the first line of the warning; emptied now. NULL: stop.
 *
 * The first warning says why libbpf failed; later ones only say that it did.
 */
void libbpf_log__keep_warning(char *buf, size_t buf_bytes);

/**
 * libbpf_log__strerror() - the text of a negative errno, or of one of libbpf's own errors
 *
 * Return: @buf.
 */
const char *libbpf_log__strerror(int err, char *buf, size_t buf_bytes);

/* The same in a buffer that lasts as long as the enclosing block. */
#define LIBBPF_STRERROR(err) libbpf_log__strerror(err, (char[128]){}, 128)

#endif
