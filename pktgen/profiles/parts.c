// SPDX-License-Identifier: GPL-2.0-only
// parts: frame parts that several profiles use.
#include "pktgen/profiles/parts.h"

#include <endian.h>
#include <string.h>

#define FIRST_CLIENT_PORT 1024

__u16 random_port(struct rng *rng)
{
	return FIRST_CLIENT_PORT + rng__below(rng, 65536 - FIRST_CLIENT_PORT);
}

struct segment random_segment(const struct knobs *knobs, struct rng *rng, __u8 flags)
{
	__u64 random = rng__next(rng);
	__u16 source_port = random_port(rng);

	return (struct segment){
		.source_port = source_port,
		.destination_port = ports__pick(&knobs->victims.ports, rng),
		.sequence = random,
		.acknowledgement = flags & TCP_ACK ? random >> 32 : 0,
		.window = 64240, /* Linux's initial window with an MSS of 1460 */
		.flags = flags,
	};
}

struct extension_row {
	__u8 type;
	__u8 length_field;
	__u8 bytes;
	__u8 body[22];
};

static const struct extension_row extension_rows[] = {
	{EXTENSION_HOP_BY_HOP, 0, 8, {1, 4}},    /* PadN of 4 bytes */
	{EXTENSION_DESTINATION, 1, 16, {1, 12}}, /* PadN of 12 bytes */
	{EXTENSION_ROUTING, 2, 24, {4, 0}}, /* a segment routing header without segments left */
	{EXTENSION_FRAGMENT, 0, 8, {0}},    /* offset 0, M clear: an atomic fragment */
	{EXTENSION_AUTHENTICATION, 4, 24, {0, 0, 0, 0, 1, 0}}, /* SPI 256 and 12 bytes of ICV */
};

#define EXTENSION_ROWS (sizeof(extension_rows) / sizeof(extension_rows[0]))

void add_extension(struct packet *packet, __u8 type)
{
	const struct extension_row *row = extension_rows;

	while (row->type != type)
		row++;
	packet__extension(packet, type, row->length_field, row->body, row->bytes);
}

__u8 random_extension(struct rng *rng)
{
	return extension_rows[rng__below(rng, EXTENSION_ROWS)].type;
}

void add_fragment_header(struct packet *packet, __u32 offset_bytes, bool more, __u32 id)
{
	struct {
		__be16 offset;
		__be32 id;
	} __attribute__((packed)) body = {htobe16(offset_bytes | more), htobe32(id)};

	packet__extension(packet, EXTENSION_FRAGMENT, 0, (const __u8 *)&body, 8);
}

__u32 random_ip_options(struct rng *rng, __u8 *ret)
{
	/* The option that fills the space; the rest are NOPs or end of list. */
	enum { NOPS, RECORD_ROUTE, TIMESTAMP, ROUTER_ALERT, KINDS };
	__u32 bytes = 4 * rng__below(rng, MAX_OPTION_BYTES / 4 + 1);

	memset(ret, 1, MAX_OPTION_BYTES);
	if (!bytes)
		return 0;
	switch (rng__below(rng, KINDS)) {
	case RECORD_ROUTE:
		memset(ret, 0, bytes);
		memcpy(ret, (__u8[]){7, bytes - 1, 4}, 3);
		break;
	case TIMESTAMP:
		memset(ret, 0, bytes);
		memcpy(ret, (__u8[]){68, bytes, 5, 0}, 4);
		break;
	case ROUTER_ALERT:
		memcpy(ret, (__u8[]){148, 4, 0, 0}, 4);
		break;
	}
	return bytes;
}

struct tcp_option_row {
	__u8 bytes;
	__u8 start[4]; /* random bytes follow */
};

static const struct tcp_option_row tcp_option_rows[] = {
	{4, {2, 4, 5, 180}},  /* MSS 1460 */
	{4, {1, 1, 4, 2}},    /* SACK permitted */
	{4, {1, 3, 3, 7}},    /* window scale */
	{4, {1, 1, 1, 1}},    /* no operation */
	{12, {1, 1, 8, 10}},  /* timestamps */
	{12, {1, 1, 34, 10}}, /* a Fast Open cookie */
	{12, {30, 12, 0, 1}}, /* MPTCP: MP_CAPABLE */
	{20, {1, 1, 19, 18}}, /* MD5 signature */
};

#define TCP_OPTION_ROWS (sizeof(tcp_option_rows) / sizeof(tcp_option_rows[0]))

__u32 random_tcp_options(struct rng *rng, __u8 *ret)
{
	__u32 limit = 4 * rng__below(rng, MAX_OPTION_BYTES / 4 + 1), used = 0;

	for (;;) {
		const struct tcp_option_row *row =
			&tcp_option_rows[rng__below(rng, TCP_OPTION_ROWS)];

		if (used + row->bytes > limit)
			return used;
		memcpy(ret + used, row->start, 4);
		for (int i = 4; i < row->bytes; i++)
			ret[used + i] = rng__next(rng);
		used += row->bytes;
	}
}

enum frame_class other_class(const struct address *source)
{
	return source->is_ipv6 ? CLASS_IPV6_OTHER : CLASS_IPV4_OTHER;
}

int check_size(const struct knobs *knobs, __u32 header_bytes, struct errmsg *why)
{
	if (!knobs->size_bytes || knobs->size_bytes >= header_bytes)
		return 0;
	return errmsg__usage(why, "--size: %u is less than the %u bytes of the headers",
			     knobs->size_bytes, header_bytes);
}
