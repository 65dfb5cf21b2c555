// SPDX-License-Identifier: GPL-2.0-only
// address_port: "192.0.2.1:443" or "[2001:db8::1]:443", in two.
#include "common/base/address_port.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"

int address_port__parse(const char *what, const char *text, struct address_port *ret,
			struct errmsg *why)
{
	const char *colon = strrchr(text, ':');
	bool in_brackets = text[0] == '[' && colon && colon > text + 1 && colon[-1] == ']';
	size_t bytes = colon ? colon - text - 2 * in_brackets : 0;
	__u64 port;
	int err;

	if (!bytes || bytes >= sizeof(ret->address) || (strchr(text, ':') != colon && !in_brackets))
		return errmsg__usage(why,
				     "%s: '%s': give ADDRESS:PORT, and an IPv6 address in brackets",
				     what, text);
	err = number__u64("port", colon + 1, 1, 65535, &port, why);
	if (err)
		return err;
	snprintf(ret->address, sizeof(ret->address), "%.*s", (int)bytes, text + in_brackets);
	ret->port = port;
	return 0;
}
