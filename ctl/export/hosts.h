// SPDX-License-Identifier: GPL-2.0-only
// hosts: the names that a request may address the exporter by.
#ifndef CTL_EXPORT_HOSTS_H
#define CTL_EXPORT_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * hosts__allows() - whether a request for this host is answered
 * @host: without port and brackets
 * @names: allowed in addition to numeric addresses and localhost
 *
 * A web page whose name its owner points at this machine's address (DNS rebinding) makes the
 * browser send that name; it cannot make it send an address.
 */
bool hosts__allows(const char *host, const char *const *names, size_t count);

#endif
