// SPDX-License-Identifier: GPL-2.0-only
// malformed_ipv6: lies of IPv6 headers and of their extensions.
#include <endian.h>
#include <string.h>

#include "pktgen/profiles/malformed.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TCP_BYTES 20
#define TCP_BYTES_UP_TO_FLAGS 14
#define EXTENSION_BYTES 8

static const __u8 no_body[EXTENSION_BYTES];

/* The IPv6 header of a good SYN behind one extension header of 8 bytes, finished. */
static struct ipv6hdr *whole_extended(struct malformed *state, __u8 type,
				      struct generated_frame *ret)
{
	struct ipv6hdr *ip = start_ipv6(state, ret);

	packet__extension(&ret->packet, type, 0, (const __u8[]){1, 4, 0, 0, 0, 0}, EXTENSION_BYTES);
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
	return ip;
}

static void make_version(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv6(state, ret)->version = which < 6 ? which : which + 1;
	ret->class = CLASS_BAD_VERSION;
}

/* A length of 0 claims nothing here: no hop-by-hop header follows. */
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

/* Ends inside the extension header, or behind it; a length of 0 is a jumbogram's. */
static void make_payload_length_extended(struct malformed *state, __u32 which,
					 struct generated_frame *ret)
{
	whole_extended(state, EXTENSION_HOP_BY_HOP, ret)->payload_len = htobe16(which);
	if (which && which < EXTENSION_BYTES)
		ret->class = CLASS_TRUNCATED_L3;
	else if (which && which < EXTENSION_BYTES + TCP_BYTES_UP_TO_FLAGS)
		ret->class = CLASS_TRUNCATED_L4;
}

/* A length of 0, and no hop-by-hop header in front. */
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

/* An extension header that reaches beyond the frame: TCP, or the next extension, is not there. */
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

/* The same type again and again: eight are stepped over, nine and ten are not. */
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

/* Later fragments that look like SYNs; the last two have only the reserved bits, or M, set. */
static void make_offset(struct malformed *state, __u32 which, struct generated_frame *ret)
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

/* The byte that is a length elsewhere is reserved in a fragment header. */
static void make_fragment_length(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	(void)which;
	start_ipv6(state, ret);
	packet__extension(&ret->packet, EXTENSION_FRAGMENT, 255, no_body, EXTENSION_BYTES);
	add_syn(state, ret);
	emit_finish(ret, CLASS_SYN, &state->from6);
}

/* AH counts in words less two, so that it can end between two multiples of eight. */
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

/* Types that are obsolete or unknown, with segments left. */
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

static void make_protocol(struct malformed *state, __u32 which, struct generated_frame *ret)
{
	whole_ipv6(state, ret)->nexthdr = other_protocols[which];
	ret->class = CLASS_IPV6_OTHER;
}

/* ::, ::1, ff02::1 and an IPv4 address that stays one of IPv6; then the victim to itself. */
static void make_source(struct malformed *state, __u32 which, struct generated_frame *ret)
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

const struct lie lies_of_ipv6[] = {
	{"IPv6 version", 15, make_version},
	{"payload length", TCP_BYTES, make_payload_length},
	{"payload length beyond the frame", 3, make_payload_length_beyond},
	{"payload length inside an extension", EXTENSION_BYTES + TCP_BYTES,
	 make_payload_length_extended},
	{"no payload length and no jumbogram", 1, make_no_jumbogram},
	{"jumbogram", 2, make_jumbogram},
	{"extension length beyond the frame", 2 * COUNT_OF(long_lengths), make_extension_length},
	{"chain of extensions", 15, make_extension_chain},
	{"IPv6 fragment offset", 6, make_offset},
	{"length of a fragment header", 1, make_fragment_length},
	{"length of an authentication header", 5, make_authentication},
	{"routing type", 5, make_routing},
	{"IPv6 next header", COUNT_OF(other_protocols), make_protocol},
	{"IPv6 source", 5, make_source},
	{},
};
