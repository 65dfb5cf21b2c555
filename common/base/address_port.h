// SPDX-License-Identifier: GPL-2.0-only
// address_port: "192.0.2.1:443" or "[2001:db8::1]:443", in two.
#ifndef COMMON_BASE_ADDRESS_PORT_H
#define COMMON_BASE_ADDRESS_PORT_H

#include <linux/types.h>

#include "common/base/errmsg.h"

#define ADDRESS_PORT_BYTES 46

struct address_port {
	char address[ADDRESS_PORT_BYTES]; /* without brackets; what it is, is not looked at */
	__u16 port;                       /* in host byte order */
};

/**
 * address_port__parse() - find an address and a port from 1 on
 * @what: the operand that it is, for the message
 *
 * Return: 0 with *@ret set, or -EINVAL with @why set.
 */
int address_port__parse(const char *what, const char *text, struct address_port *ret,
			struct errmsg *why);

#endif
