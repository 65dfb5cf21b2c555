// SPDX-License-Identifier: GPL-2.0-only
// libbpf_log: the kernel's own words about a refusal, caught from what libbpf would print.
#ifndef COMMON_BPF_LIBBPF_LOG_H
#define COMMON_BPF_LIBBPF_LOG_H

#include <stdbool.h>

/**
 * libbpf_log__start() - take over libbpf's messages and forget the last reason
 * @verbose: print them to stderr as well
 *
 * libbpf hands out the netlink extended ACK and the verifier's log only as warnings.
 */
void libbpf_log__start(bool verbose);

/**
 * libbpf_log__reason() - the reason of the last failure: the extended ACK or the verifier's last
 * complaint
 *
 * Return: one line, owned here until the next libbpf_log__start(); empty where none was given.
 */
const char *libbpf_log__reason(void);

/** libbpf_log__clear() - forget the last reason, before an attempt whose reason is wanted. */
void libbpf_log__clear(void);

#endif
