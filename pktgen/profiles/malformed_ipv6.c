// SPDX-License-Identifier: GPL-2.0-only
// malformed_ipv6: malformed IPv6 headers and extension headers.
#include <endian.h>
#include <string.h>

#include "pktgen/profiles/malformed.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TCP_BYTES 20
#define TCP_BYTES_UP_TO_FLAGS 14
#define EXTENSION_BYTES 8

static const __u8 no_body[EXTENSION_BYTES];

/* Makes a valid SYN after one extension header of 8 bytes; returns its IPv6 header. */
static struct ipv6hdr *whole_extended(struct malformed *state, __u8 type,
				      struct generated_frame *ret)
{
	struct ipv6hdr *ip = start_ipv6(state, ret);

	packet__extension(&ret->packet, type, 0, (const __u8[]){1, 4, 0, 0, 0, 0}, EXTENSION_BYTES);
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
	return ip;
}

static void make_ipv6_version(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv6(state, ret)->version = which < 6 ? which : which + 1;
	ret->class = CLASS_BAD_VERSION;
}

/* 0 is not a jumbogram here: no hop-by-hop header follows. */
static void make_payload_length(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv6(state, ret)->payload_len = htobe16(which);
	if (which < TCP_BYTES_UP_TO_FLAGS)
		ret->class = CLASS_TRUNCATED_L4;
}

static void make_payload_length_beyond(struct malformed *state, __u32 which,
				       struct generated_frame *ret)
{
	static const __u16 lengths[] = {21, 1500, 65535};

	whole_ipv6(state, ret)->payload_len = htobe16(lengths[which]);
}

/* The payload ends inside the extension header or after it; 0 is a jumbogram's. */
static void make_payload_length_extended(struct malformed *state, __u32 which,
					 struct generated_frame *ret)
{
	whole_extended(state, EXTENSION_HOP_BY_HOP, ret)->payload_len = htobe16(which);
	if (which && which < EXTENSION_BYTES)
		ret->class = CLASS_TRUNCATED_L3;
	else if (which && which < EXTENSION_BYTES + TCP_BYTES_UP_TO_FLAGS)
		ret->class = CLASS_TRUNCATED_L4;
}

/* A length of 0 without a hop-by-hop header. */
static void make_no_jumbogram(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	(void)which;
	whole_extended(state, EXTENSION_DESTINATION, ret)->payload_len = 0;
	ret->class = CLASS_TRUNCATED_L3;
}

static void make_jumbogram(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	static const __u8 lengths[] = {0, 28}; /* the option's own length: wrong, right */
	struct ipv6hdr *ip = start_ipv6(state, ret);

	packet__extension(&ret->packet, EXTENSION_HOP_BY_HOP, 0,
			  (const __u8[]){194, 4, 0, 0, 0, lengths[which]}, EXTENSION_BYTES);
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
	ip->payload_len = 0;
}

static const __u8 long_lengths[] = {4, 31, 255};

/* An extension header longer than the frame: TCP, or the next extension, is missing. */
static void make_extension_length(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	bool extended = which >= COUNT_OF(long_lengths);

	start_ipv6(state, ret);
	packet__extension(&ret->packet, EXTENSION_DESTINATION,
			  long_lengths[which % COUNT_OF(long_lengths)], no_body, EXTENSION_BYTES);
	if (extended)
		add_extension(&ret->packet, EXTENSION_HOP_BY_HOP);
	add_syn(state, ret);
	emit_finish(ret, extended ? CLASS_TRUNCATED_L3 : CLASS_TRUNCATED_L4, &state->from6);
}

/* Repeats one type: eight extensions are skipped, nine and ten are too many. */
static void make_extension_chain(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	static const __u8 types[] = {EXTENSION_HOP_BY_HOP, EXTENSION_DESTINATION,
				     EXTENSION_FRAGMENT, EXTENSION_AUTHENTICATION,
				     EXTENSION_ROUTING};
	__u32 extensions = MAX_IPV6_EXTENSIONS + which / COUNT_OF(types);

	start_ipv6(state, ret);
	for (__u32 i = 0; i < extensions; i++)
		add_extension(&ret->packet, types[which % COUNT_OF(types)]);
	add_syn(state, ret);
	emit_finish(ret, extensions > MAX_IPV6_EXTENSIONS ? CLASS_TOO_MANY_EXTENSIONS : CLASS_SYN,
		    &state->from6);
}

/* Later fragments whose payload looks like a SYN; the last two only set reserved bits, or M. */
static void make_ipv6_offset(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	static const __u16 offsets[] = {0x8, 0x9, 0x320, 0xfff8, 0x6, 0x1};
	__be16 field = htobe16(offsets[which]);
	__u8 body[6] = {};

	memcpy(body, &field, sizeof(field));
	start_ipv6(state, ret);
	packet__extension(&ret->packet, EXTENSION_FRAGMENT, 0, body, EXTENSION_BYTES);
	add_syn(state, ret);
	emit_finish(ret, which < 4 ? CLASS_FRAGMENT : CLASS_SYN, &state->from6);
}

/* The length byte of other extensions is reserved in a fragment header. */
static void make_fragment_length(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	(void)which;
	start_ipv6(state, ret);
	packet__extension(&ret->packet, EXTENSION_FRAGMENT, 255, no_body, EXTENSION_BYTES);
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
}

/* AH counts 4-byte words minus two, so its end need not be a multiple of eight. */
static void make_authentication(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	static const __u8 lengths[] = {0, 1, 2, 3, 5};
	static const __u8 body[(5 + 2) * 4 - 2];

	start_ipv6(state, ret);
	packet__extension(&ret->packet, EXTENSION_AUTHENTICATION, lengths[which], body,
			  (lengths[which] + 2) * 4);
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
}

/* Obsolete and unknown types, with segments left. */
static void make_routing(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	const __u8 types[] = {0, 2, 4, 253, 255};
	const __u8 body[22] = {types[which], 1};

	start_ipv6(state, ret);
	packet__extension(&ret->packet, EXTENSION_ROUTING, 2, body, 2 + sizeof(body));
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
}

static const __u8 other_protocols[] = {4, 41, 47, 50, 58, 59, 89, 132, 135, 139, 140, 255};

static void make_ipv6_protocol(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv6(state, ret)->nexthdr = other_protocols[which];
	ret->class = CLASS_IPV6_OTHER;
}

/* ::, ::1, ff02::1, an IPv4-mapped address; then source and destination are the same. */
static void make_ipv6_source(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	const __be32 sources[][4] = {
		{0, 0, 0, 0},
		{0, 0, 0, htobe32(1)},
		{htobe32(0xff020000), 0, 0, htobe32(1)},
		{0, 0, htobe32(0xffff), htobe32(0xc0000201)},
	};

	if (which < COUNT_OF(sources))
		memcpy(state->from6.words, sources[which], sizeof(sources[0]));
	else
		state->from6 = state->to6;
	whole_ipv6(state, ret);
}

const struct malformed_kind malformed_ipv6[] = {
	{"IPv6 version", 15, make_ipv6_version},
	{"payload length", TCP_BYTES, make_payload_length},
	{"payload length beyond the frame", 3, make_payload_length_beyond},
	{"payload length inside an extension", EXTENSION_BYTES + TCP_BYTES,
	 make_payload_length_extended},
	{"no payload length and no jumbogram", 1, make_no_jumbogram},
	{"jumbogram", 2, make_jumbogram},
	{"extension length beyond the frame", 2 * COUNT_OF(long_lengths), make_extension_length},
	{"chain of extensions", 15, make_extension_chain},
	{"IPv6 fragment offset", 6, make_ipv6_offset},
	{"length of a fragment header", 1, make_fragment_length},
	{"length of an authentication header", 5, make_authentication},
	{"routing type", 5, make_routing},
	{"IPv6 next header", COUNT_OF(other_protocols), make_ipv6_protocol},
	{"IPv6 source", 5, make_ipv6_source},
	{},
};
