// SPDX-License-Identifier: GPL-2.0-only
// source_view: which sources of a tally are shown, and folded into which prefixes.
#include "common/counts/source_view.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"

#define IPV4_BITS 32
#define IPV6_BITS 128

static int address_bits(const struct endpoint *endpoint)
{
	return endpoint->family == ENDPOINT_IPV6 ? IPV6_BITS : IPV4_BITS;
}

/* What an endpoint has in common with its neighbours of a prefix. */
static struct endpoint network_of(const struct endpoint *endpoint, int bits)
{
	struct endpoint network = *endpoint;

	for (int word = 0; word < 4; word++) {
		int kept = bits - 32 * word;

		if (kept <= 0)
			network.address[word] = 0;
		else if (kept < 32)
			network.address[word] &= htonl(~0u << (32 - kept));
	}
	return network;
}

/* Splits at the slash; *@ret_right is NULL without one. False: what is left of it is too long. */
static bool split(const char *text, char left[ENDPOINT_TEXT_BYTES], const char **ret_right)
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

int source_view__set_prefixes(struct source_view *view, const char *what, const char *text,
			      struct errmsg *why)
{
	char left[ENDPOINT_TEXT_BYTES];
	const char *right;
	__u64 ipv4_bits, ipv6_bits = 0;
	int err;

	if (!split(text, left, &right) || !right)
		return errmsg__usage(why, "%s: '%s' is not of the form 24/64: IPv4/IPv6 bits", what,
				     text);
	err = number__u64(what, left, 0, IPV4_BITS, &ipv4_bits, why);
	if (!err)
		err = number__u64(what, right, 0, IPV6_BITS, &ipv6_bits, why);
	if (err)
		return err;
	view->aggregates = true;
	view->ipv4_bits = ipv4_bits;
	view->ipv6_bits = ipv6_bits;
	return 0;
}

int source_view__set_network(struct source_view *view, const char *what, const char *text,
			     struct errmsg *why)
{
	char left[ENDPOINT_TEXT_BYTES];
	struct endpoint address;
	const char *right;
	__u64 bits;
	int err;

	if (!split(text, left, &right) || endpoint__parse(left, &address))
		return errmsg__usage(why, "%s: '%s' is not an address or a prefix", what, text);
	bits = address_bits(&address);
	err = right ? number__u64(what, right, 0, bits, &bits, why) : 0;
	if (err)
		return err;
	view->network_bits = bits;
	view->network = network_of(&address, bits);
	if (!memcmp(&view->network, &address, sizeof(address)))
		return 0;
	return errmsg__usage(why, "%s: '%s' has bits behind its prefix of %llu", what, text, bits);
}

static void select_rows(const struct source_view *view, struct tally *sources)
{
	size_t kept = 0;

	sources->attributed = 0;
	for (size_t i = 0; i < sources->count; i++) {
		const struct tally_row *row = &sources->rows[i];
		struct endpoint network = network_of(&row->endpoint, view->network_bits);

		if (endpoint__compare(&network, &view->network))
			continue;
		sources->attributed += row->at_least;
		sources->rows[kept++] = *row;
	}
	sources->count = kept;
}

static int by_endpoint(const void *a, const void *b)
{
	const struct tally_row *left = a, *right = b;

	return endpoint__compare(&left->endpoint, &right->endpoint);
}

static void fold_rows(const struct source_view *view, struct tally *sources)
{
	struct tally_row *rows = sources->rows;
	size_t kept = 0;

	for (size_t i = 0; i < sources->count; i++)
		rows[i].endpoint =
			network_of(&rows[i].endpoint, rows[i].endpoint.family == ENDPOINT_IPV6
							      ? view->ipv6_bits
							      : view->ipv4_bits);
	qsort(rows, sources->count, sizeof(*rows), by_endpoint);
	for (size_t i = 0; i < sources->count; i++) {
		if (kept && !by_endpoint(&rows[kept - 1], &rows[i])) {
			rows[kept - 1].at_least += rows[i].at_least;
			rows[kept - 1].at_most += rows[i].at_most;
		} else {
			rows[kept++] = rows[i];
		}
	}
	sources->count = kept;
	tally__sort(sources);
}

void source_view__apply(const struct source_view *view, struct tally *sources)
{
	if (!sources->count)
		return;
	if (view->network.family)
		select_rows(view, sources);
	if (view->aggregates && sources->count)
		fold_rows(view, sources);
}

const char *source_view__text(const struct source_view *view, const struct endpoint *source,
			      char buf[SOURCE_VIEW_TEXT_BYTES])
{
	endpoint__text(source, buf);
	if (view->aggregates)
		sprintf(buf + strlen(buf), "/%d",
			source->family == ENDPOINT_IPV6 ? view->ipv6_bits : view->ipv4_bits);
	return buf;
}
