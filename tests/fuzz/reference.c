// SPDX-License-Identifier: GPL-2.0-only
// reference: a second parser, which shares no code with the dataplane's.
//
// It reads fields by the bit numbers of the RFCs' diagrams, and parses the layers by recursion.
#include "tests/fuzz/reference.h"

#include <stdbool.h>
#include <string.h>

#include "common/address/endpoint.h"

/* The header to read is at @at; the lower layer claims no bytes after @claimed. */
struct reader {
	const __u8 *bytes;
	__u32 at, captured, claimed;
	struct parsed_frame *result;
};

static bool has(const struct reader *reader, __u32 bytes)
{
	return reader->at + bytes <= reader->captured && reader->at + bytes <= reader->claimed;
}

/* Bits @first to @first + @count of the header, at most 16, as a number. */
static __u32 bits(const struct reader *reader, __u32 first, __u32 count)
{
	__u32 number = 0;

	for (__u32 bit = first; bit < first + count; bit++)
		number = number << 1 | (reader->bytes[reader->at + bit / 8] >> (7 - bit % 8) & 1);
	return number;
}

static void note_endpoints(struct reader *reader, enum endpoint_family family, __u32 first_byte,
			   __u32 address_bytes)
{
	const __u8 *source = reader->bytes + reader->at + first_byte;

	memcpy(reader->result->source.address, source, address_bytes);
	memcpy(reader->result->victim.address, source + address_bytes, address_bytes);
	reader->result->source.family = reader->result->victim.family = family;
}

/* RFC 9293, 3.1. */
static enum frame_class read_tcp(struct reader *reader)
{
	bool ack, rst, syn, fin;

	if (!has(reader, 14))
		return CLASS_TRUNCATED_L4;
	if (bits(reader, 96, 4) < 5)
		return CLASS_BAD_DATA_OFFSET;
	ack = bits(reader, 107, 1);
	rst = bits(reader, 109, 1);
	syn = bits(reader, 110, 1);
	fin = bits(reader, 111, 1);
	memcpy(&reader->result->victim.port, reader->bytes + reader->at + 2, 2);
	if (syn)
		return ack ? CLASS_SYN_ACK : CLASS_SYN;
	return rst ? CLASS_RST : fin ? CLASS_FIN : CLASS_TCP_OTHER;
}

/* RFC 791, 3.1. */
static enum frame_class read_ipv4(struct reader *reader)
{
	__u32 header_bytes, total_bytes;

	if (!has(reader, 20))
		return CLASS_TRUNCATED_L3;
	if (bits(reader, 0, 4) != 4)
		return CLASS_BAD_VERSION;
	header_bytes = 4 * bits(reader, 4, 4);
	if (header_bytes < 20)
		return CLASS_BAD_IHL;
	total_bytes = bits(reader, 16, 16);
	if (total_bytes < header_bytes)
		return CLASS_BAD_TOTAL_LENGTH;
	if (bits(reader, 51, 13) != 0)
		return CLASS_FRAGMENT;
	if (bits(reader, 72, 8) != 6)
		return CLASS_IPV4_OTHER;
	note_endpoints(reader, ENDPOINT_IPV4, 12, 4);
	reader->claimed = reader->at + total_bytes;
	reader->at += header_bytes;
	return read_tcp(reader);
}

/* Extension headers are (length field + @plus) * @unit bytes long (RFC 8200, 4; RFC 4302, 2.2). */
static const struct extension {
	__u32 number, plus, unit;
	bool is_fragment; /* which has no length field */
} extensions[] = {
	{.number = 0, .plus = 1, .unit = 8},  {.number = 43, .plus = 1, .unit = 8},
	{.number = 44, .is_fragment = true},  {.number = 51, .plus = 2, .unit = 4},
	{.number = 60, .plus = 1, .unit = 8},
};

static const struct extension *extension_of(__u32 number)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (extensions[i].number == number)
			return &extensions[i];
	return NULL;
}

static enum frame_class read_next_header(struct reader *reader, __u32 number, __u32 left)
{
	const struct extension *extension = extension_of(number);
	__u32 next;

	if (!extension)
		return number == 6 ? read_tcp(reader) : CLASS_IPV6_OTHER;
	if (!left)
		return CLASS_TOO_MANY_EXTENSIONS;
	if (!has(reader, 8))
		return CLASS_TRUNCATED_L3;
	if (extension->is_fragment && bits(reader, 16, 13) != 0)
		return CLASS_FRAGMENT;
	next = bits(reader, 0, 8);
	reader->at += extension->is_fragment
			      ? 8
			      : (bits(reader, 8, 8) + extension->plus) * extension->unit;
	return read_next_header(reader, next, left - 1);
}

/* RFC 8200, 3; a length of 0 followed by options may be a jumbogram (RFC 2675). */
static enum frame_class read_ipv6(struct reader *reader)
{
	__u32 payload_bytes, next;

	if (!has(reader, 40))
		return CLASS_TRUNCATED_L3;
	if (bits(reader, 0, 4) != 6)
		return CLASS_BAD_VERSION;
	payload_bytes = bits(reader, 32, 16);
	next = bits(reader, 48, 8);
	note_endpoints(reader, ENDPOINT_IPV6, 8, 16);
	if (payload_bytes || next)
		reader->claimed = reader->at + 40 + payload_bytes;
	reader->at += 40;
	return read_next_header(reader, next, 8);
}

/* At @reader an EtherType (IEEE 802.1Q: a tag is its own EtherType and two bytes). */
static enum frame_class read_ethertype(struct reader *reader, __u32 tags_left)
{
	__u32 type = bits(reader, 0, 16);

	reader->at += 2;
	switch (type) {
	case 0x0800:
		return read_ipv4(reader);
	case 0x86dd:
		return read_ipv6(reader);
	case 0x8100:
	case 0x88a8:
	case 0x9100:
		if (!tags_left)
			return CLASS_TOO_MANY_TAGS;
		if (!has(reader, 4))
			return CLASS_TRUNCATED_L2;
		reader->at += 2;
		return read_ethertype(reader, tags_left - 1);
	}
	return CLASS_NON_IP;
}

struct parsed_frame reference__judge(const __u8 *bytes, __u32 length)
{
	struct parsed_frame result = {.class = CLASS_RUNT};
	struct reader reader = {
		.bytes = bytes,
		.at = 12,
		.captured = length,
		.claimed = length,
		.result = &result,
	};

	if (length >= 14)
		result.class = read_ethertype(&reader, 4);
	if (result.class != CLASS_SYN)
		result = (struct parsed_frame){.class = result.class};
	return result;
}

#define CLASS_CONSTANT(constant, name, label, remark) [constant] = #constant,
static const char *const class_constants[CLASS_COUNT] = {FRAME_CLASSES(CLASS_CONSTANT)};

void judgement__print_case(FILE *out, const __u8 *bytes, __u32 length)
{
	struct parsed_frame judgement = reference__judge(bytes, length);
	char text[ENDPOINT_TEXT_BYTES];

	fprintf(out, "\t{\"found by fuzzing\",\n\t \"");
	for (__u32 i = 0; i < length; i++)
		fprintf(out, "%02x", bytes[i]);
	fprintf(out, "\",\n\t %s, ", class_constants[judgement.class]);
	if (judgement.class == CLASS_SYN)
		fprintf(out, "\"%s\", 0, 0, 0},\n", endpoint__text(&judgement.source, text));
	else
		fprintf(out, "NULL, 0, 0, 0},\n");
}
