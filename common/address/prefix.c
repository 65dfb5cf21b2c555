// SPDX-License-Identifier: GPL-2.0-only
// prefix: addresses with a prefix length, parsed, compared and printed.
#include "common/address/prefix.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"

#define IPV4_BITS 32
#define IPV6_BITS 128

static int address_bits(const struct endpoint *endpoint)
{
	return endpoint->family == ENDPOINT_IPV6 ? IPV6_BITS : IPV4_BITS;
}

/* Splits at the slash; *@ret_right is NULL without one. Return: false if the left part is too long.
 */
static bool prefix_split(const char *text, char left[ENDPOINT_TEXT_BYTES], const char **ret_right)
{
	const char *slash = strchr(text, '/');
	size_t length = slash ? (size_t)(slash - text) : strlen(text);

	if (length >= ENDPOINT_TEXT_BYTES)
		return false;
	memcpy(left, text, length);
	left[length] = 0;
	*ret_right = slash ? slash + 1 : NULL;
	return true;
}

int prefix__parse(const char *what, const char *text, void *ret_prefix, struct errmsg *why)
{
	char left[ENDPOINT_TEXT_BYTES];
	struct endpoint address;
	struct prefix prefix;
	const char *right;
	__u64 bits;
	int err;

	if (!prefix_split(text, left, &right) || endpoint__parse(left, &address))
		return errmsg__usage(why, "%s: '%s' is not an address or a prefix", what, text);
	bits = address_bits(&address);
	err = right ? number__u64(what, right, 0, bits, &bits, why) : 0;
	if (err)
		return err;
	prefix = prefix__of(&address, bits);
	if (endpoint__compare(&prefix.network, &address))
		return errmsg__usage(why, "%s: '%s' has host bits set beyond /%llu", what, text,
				     bits);
	*(struct prefix *)ret_prefix = prefix;
	return 0;
}

int prefix__parse_lengths(const char *what, const char *text, struct prefix_lengths *ret,
			  struct errmsg *why)
{
	char left[ENDPOINT_TEXT_BYTES];
	const char *right;
	__u64 ipv4_bits, ipv6_bits;
	int err;

	if (!prefix_split(text, left, &right) || !right)
		return errmsg__usage(why, "%s: '%s' is not of the form 24/64: IPv4/IPv6 bits", what,
				     text);
	err = number__u64(what, left, 0, IPV4_BITS, &ipv4_bits, why);
	if (err)
		return err;
	err = number__u64(what, right, 0, IPV6_BITS, &ipv6_bits, why);
	if (err)
		return err;
	*ret = (struct prefix_lengths){.ipv4_bits = ipv4_bits, .ipv6_bits = ipv6_bits};
	return 0;
}

struct prefix prefix__of(const struct endpoint *endpoint, int bits)
{
	struct prefix prefix = {.network = *endpoint, .bits = bits};

	prefix.network.port = 0;
	for (int word = 0; word < 4; word++) {
		int kept = bits - 32 * word;

		if (kept <= 0)
			prefix.network.address[word] = 0;
		else if (kept < 32)
			prefix.network.address[word] &= htonl(~0u << (32 - kept));
	}
	return prefix;
}

bool prefix__contains(const struct prefix *prefix, const struct endpoint *endpoint)
{
	struct prefix other = prefix__of(endpoint, prefix->bits);

	return !endpoint__compare(&other.network, &prefix->network);
}

const char *prefix__text(const struct prefix *prefix, char buf[PREFIX_TEXT_BYTES])
{
	endpoint__text(&prefix->network, buf);
	snprintf(buf + strlen(buf), PREFIX_TEXT_BYTES - strlen(buf), "/%d", prefix->bits);
	return buf;
}
