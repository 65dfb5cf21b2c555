// SPDX-License-Identifier: GPL-2.0-only
// endpoint: addresses as text, and their order.
#include "common/address/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static int family_of(const struct endpoint *endpoint)
{
	return endpoint->family == ENDPOINT_IPV6 ? AF_INET6 : AF_INET;
}

const char *endpoint__text(const struct endpoint *endpoint, char *buf)
{
	return inet_ntop(family_of(endpoint), endpoint->address, buf, ENDPOINT_TEXT_BYTES);
}

int endpoint__parse(const char *text, struct endpoint *ret)
{
	struct endpoint endpoint = {};

	endpoint.family = strchr(text, ':') ? ENDPOINT_IPV6 : ENDPOINT_IPV4;
	if (inet_pton(family_of(&endpoint), text, endpoint.address) != 1)
		return -EINVAL;
	*ret = endpoint;
	return 0;
}

int endpoint__compare(const struct endpoint *a, const struct endpoint *b)
{
	int order;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	order = memcmp(a->address, b->address, sizeof(a->address));
	return order ? order : memcmp(&a->port, &b->port, sizeof(a->port));
}
