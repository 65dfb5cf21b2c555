// SPDX-License-Identifier: GPL-2.0-only
// prefix: addresses with a prefix length, parsed, compared and printed.
#ifndef COMMON_ADDRESS_PREFIX_H
#define COMMON_ADDRESS_PREFIX_H

#include <stdbool.h>

#include "common/address/endpoint.h"
#include "common/base/errmsg.h"

#define PREFIX_TEXT_BYTES (ENDPOINT_TEXT_BYTES + 4) /* with "/128" */

struct prefix {
	struct endpoint network; /* host bits and port are zero */
	int bits;
};

/* One prefix length for each family. */
struct prefix_lengths {
	int ipv4_bits;
	int ipv6_bits;
};

/**
 * prefix__parse() - a prefix, or one address; fits rows of keys
 * @what: the option or operand that it belongs to, for the message
 * @text: "192.0.2.0/24", "2001:db8::/32", "192.0.2.1"
 * @ret_prefix: a struct prefix
 *
 * Return: 0 with *@ret_prefix set, or -EINVAL with @why set (EXIT_USAGE).
 */
int prefix__parse(const char *what, const char *text, void *ret_prefix, struct errmsg *why);

/** prefix__parse_lengths() - the same for two lengths, "24/64": IPv4/IPv6. */
int prefix__parse_lengths(const char *what, const char *text, struct prefix_lengths *ret,
			  struct errmsg *why);

/** prefix__of() - the prefix of an endpoint with @bits, at most those of its family. */
struct prefix prefix__of(const struct endpoint *endpoint, int bits);

/** prefix__contains() - true if the address is of the prefix's family and inside it. */
bool prefix__contains(const struct prefix *prefix, const struct endpoint *endpoint);

/** prefix__text() - "192.0.2.0/24". Return: @buf. */
const char *prefix__text(const struct prefix *prefix, char buf[PREFIX_TEXT_BYTES]);

#endif
