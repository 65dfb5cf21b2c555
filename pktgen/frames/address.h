// SPDX-License-Identifier: GPL-2.0-only
// address: an IP address of either family.
#ifndef PKTGEN_FRAMES_ADDRESS_H
#define PKTGEN_FRAMES_ADDRESS_H

#include <linux/types.h>
#include <stdbool.h>

/* ::ffff:192.0.2.1 in IPv6 is not 192.0.2.1 in IPv4. */
struct address {
	__be32 words[4]; /* IPv4: the first, the others zero */
	bool is_ipv6;
};

#endif
