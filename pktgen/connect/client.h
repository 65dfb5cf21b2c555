// SPDX-License-Identifier: GPL-2.0-only
// client: TCP connections of this host's kernel, each from another source, and how long they took.
#ifndef PKTGEN_CONNECT_CLIENT_H
#define PKTGEN_CONNECT_CLIENT_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>

#include "common/base/errmsg.h"

union client_address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

struct client_order {
	union client_address target;
	/* Of the first connection; each further one has the next address. Family 0: the kernel
	 * chooses one for all. */
	union client_address first_source;
	__u32 count;
	__u32 rate_pps; /* connections that are begun each second */
	__u64 timeout_ns;
};

struct client_result {
	__u32 begun; /* fewer than ordered after a signal */
	__u32 completed;
	__u32 failed;    /* refused, reset, unreachable */
	__u32 timed_out; /* not completed within the timeout */
	__u64 elapsed_ns;
	__u64 *times_ns; /* of those that were completed, ascending; owned */
};

/**
 * client__parse() - "192.0.2.1:80", "[2001:db8::1]:80"; without a port, an address
 * @what: for the message
 *
 * Return: 0, or -EINVAL with @why set (EXIT_USAGE).
 */
int client__parse(const char *what, const char *text, bool with_port, union client_address *ret,
		  struct errmsg *why);

/**
 * client__run() - open all connections, at a steady rate
 *
 * A connection is closed as soon as it is completed.
 *
 * Return: 0 with *@ret to be freed by client_result__free(), or a negative errno with @why set.
 */
int client__run(const struct client_order *order, struct client_result *ret, struct errmsg *why);

/** client_result__percentile() - the time that @percent of the completed ones took at most; 0: none
 * was. */
__u64 client_result__percentile(const struct client_result *result, int percent);

/** client_result__free() - free the times. */
void client_result__free(struct client_result *result);

#endif
