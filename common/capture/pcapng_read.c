// SPDX-License-Identifier: GPL-2.0-only
// pcapng_read: the frames of a pcapng file; capture is its only user.
//
// Each type of block has a reader, which is called with at least the block's fixed fields in the
// body, and checks the rest.
#include "common/capture/pcapng_read.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/capture/linktype.h"
#include "common/capture/pcapng_block.h"

#define DEFAULT_TSRESOL 6 /* microseconds */
#define NS_PER_S 1000000000
#define NS_DIGITS 9
#define U64_DIGITS 19 /* the largest power of ten in 64 bits */
#define INTERFACES_MAX 65536U
#define OPTION_HEAD_BYTES 4U

struct interface {
	__s64 offset_s; /* added to every timestamp */
	__u32 snaplen;  /* 0: none */
	__u16 linktype;
	/* Nanoseconds are ticks * mul >> shift / div. */
	__u8 shift;
	__u64 mul;
	__u64 div;
};

struct pcapng {
	struct pcapng_blocks blocks;
	struct interface *interfaces; /* of this section */
	__u32 n_interfaces;
	__u32 max_interfaces; /* allocated */
};

/* A packet as its block describes it, not checked. */
struct packet {
	const __u8 *data;
	__u32 available_bytes; /* from data to the block's end */
	__u32 captured_bytes;
	__u32 wire_bytes;
	__u64 timestamp_ns;
};

static __u64 power_of_10(unsigned int exponent)
{
	__u64 power = 1;

	while (exponent--)
		power *= 10;
	return power;
}

/* if_tsresol: 10^-n seconds, or 2^-n with the top bit set. */
static void set_tsresol(struct interface *interface, __u8 tsresol)
{
	__u8 exponent = tsresol & 0x7f;
	bool binary = tsresol & 0x80;

	interface->shift = binary ? exponent : 0;
	interface->mul = 1;
	interface->div = 1;
	if (binary)
		interface->mul = NS_PER_S;
	else if (exponent <= NS_DIGITS)
		interface->mul = power_of_10(NS_DIGITS - exponent);
	else if (exponent - NS_DIGITS <= U64_DIGITS)
		interface->div = power_of_10(exponent - NS_DIGITS);
	else
		interface->mul = 0; /* any 64-bit value is less than a nanosecond */
}

/* Nanoseconds of any 64-bit value fit into 128 bits: only the result is clamped. */
static __u64 ticks_to_ns(const struct interface *interface, __u64 ticks)
{
	unsigned __int128 scaled = (unsigned __int128)ticks * interface->mul >> interface->shift;
	__int128 ns;

	if (interface->div > 1)
		scaled /= interface->div;
	ns = (__int128)scaled + (__int128)interface->offset_s * NS_PER_S;
	if (ns < 0)
		return 0;
	return ns > (__u64)-1 ? (__u64)-1 : (__u64)ns;
}

static int read_section(struct pcapng *reader, const struct pcapng_block *block,
			struct capture_frame *ret, struct errmsg *why)
{
	__u16 major = block__u16(block, 4);

	(void)ret;
	if (major != PCAPNG_VERSION_MAJOR)
		return errmsg__set(why, -EPROTONOSUPPORT, "pcapng version %u.%u is not supported",
				   major, block__u16(block, 6));
	reader->n_interfaces = 0;
	return 0;
}

static int read_option(const struct pcapng_block *block, __u32 at, __u16 code, __u16 bytes,
		       struct interface *interface, struct errmsg *why)
{
	switch (code) {
	case PCAPNG_OPTION_TSRESOL:
		if (bytes != sizeof(__u8))
			break;
		set_tsresol(interface, block->body[at]);
		return 0;
	case PCAPNG_OPTION_TSOFFSET:
		if (bytes != sizeof(interface->offset_s))
			break;
		interface->offset_s = (__s64)block__u64(block, at);
		return 0;
	default:
		return 0;
	}
	return errmsg__set(why, -EBADMSG, "an interface's option %u has %u bytes", code, bytes);
}

/* Blocks and options are padded: the remaining bytes are a multiple of 4. */
static int read_options(const struct pcapng_block *block, __u32 at, struct interface *interface,
			struct errmsg *why)
{
	while (block->bytes - at >= OPTION_HEAD_BYTES) {
		__u16 code = block__u16(block, at);
		__u16 bytes = block__u16(block, at + 2);
		int err;

		if (code == PCAPNG_OPTION_END)
			break;
		at += OPTION_HEAD_BYTES;
		if (bytes > block->bytes - at)
			return errmsg__set(
				why, -EBADMSG,
				"an interface's option %u has %u bytes, its block holds %u", code,
				bytes, block->bytes - at);
		err = read_option(block, at, code, bytes, interface, why);
		if (err)
			return err;
		at += pcapng__pad(bytes);
	}
	return 0;
}

static int reserve_interface(struct pcapng *reader, struct errmsg *why)
{
	__u32 max = reader->max_interfaces ? 2 * reader->max_interfaces : 4;
	struct interface *interfaces;

	if (reader->n_interfaces < reader->max_interfaces)
		return 0;
	if (max > INTERFACES_MAX)
		return errmsg__set(why, -E2BIG, "more than %u interfaces", INTERFACES_MAX);
	interfaces = reallocarray(reader->interfaces, max, sizeof(*interfaces));
	if (!interfaces)
		return errmsg__set(why, -ENOMEM, "out of memory");
	reader->interfaces = interfaces;
	reader->max_interfaces = max;
	return 0;
}

static int read_interface(struct pcapng *reader, const struct pcapng_block *block,
			  struct capture_frame *ret, struct errmsg *why)
{
	struct interface interface = {
		.linktype = block__u16(block, 0),
		.snaplen = block__u32(block, 4),
	};
	int err;

	(void)ret;
	if (block->loaded < block->bytes)
		return errmsg__set(why, -EFBIG, "an interface description of %u bytes",
				   block->bytes);
	set_tsresol(&interface, DEFAULT_TSRESOL);
	err = read_options(block, 8, &interface, why);
	if (!err)
		err = reserve_interface(reader, why);
	if (!err)
		reader->interfaces[reader->n_interfaces++] = interface;
	return err;
}

static const struct interface *find_interface(const struct pcapng *reader, __u32 index,
					      struct errmsg *why)
{
	if (index < reader->n_interfaces)
		return &reader->interfaces[index];
	errmsg__set(why, -EBADMSG, "captured on interface %u, but only %u are described", index,
		    reader->n_interfaces);
	return NULL;
}

static int return_packet(const struct interface *interface, const struct packet *packet,
			 struct capture_frame *ret, struct errmsg *why)
{
	if (packet->captured_bytes > packet->available_bytes)
		return errmsg__set(why, -EBADMSG, "%u bytes captured, but its block holds %u",
				   packet->captured_bytes, packet->available_bytes);
	*ret = (struct capture_frame){
		.data = packet->data,
		.captured_bytes = packet->captured_bytes,
		.wire_bytes = packet->wire_bytes,
		.timestamp_ns = packet->timestamp_ns,
		.linktype = interface->linktype,
	};
	return 1;
}

/* Enhanced packet blocks and the obsolete packet blocks differ in the interface field only. */
static int read_timed_packet(const struct pcapng *reader, __u32 index,
			     const struct pcapng_block *block, struct capture_frame *ret,
			     struct errmsg *why)
{
	const struct interface *interface = find_interface(reader, index, why);
	struct packet packet = {
		.captured_bytes = block__u32(block, 12),
		.wire_bytes = block__u32(block, 16),
		.data = block->body + 20,
		.available_bytes = block->loaded - 20,
	};
	__u64 ticks = (__u64)block__u32(block, 4) << 32 | block__u32(block, 8);

	if (!interface)
		return -EBADMSG;
	packet.timestamp_ns = ticks_to_ns(interface, ticks);
	return return_packet(interface, &packet, ret, why);
}

static int read_enhanced_packet(struct pcapng *reader, const struct pcapng_block *block,
				struct capture_frame *ret, struct errmsg *why)
{
	return read_timed_packet(reader, block__u32(block, 0), block, ret, why);
}

static int read_packet(struct pcapng *reader, const struct pcapng_block *block,
		       struct capture_frame *ret, struct errmsg *why)
{
	return read_timed_packet(reader, block__u16(block, 0), block, ret, why);
}

/* No timestamp, always interface 0, whose snaplen limits the captured length. */
static int read_simple_packet(struct pcapng *reader, const struct pcapng_block *block,
			      struct capture_frame *ret, struct errmsg *why)
{
	const struct interface *interface = find_interface(reader, 0, why);
	struct packet packet = {
		.wire_bytes = block__u32(block, 0),
		.data = block->body + 4,
		.available_bytes = block->loaded - 4,
	};

	if (!interface)
		return -EBADMSG;
	packet.captured_bytes = packet.wire_bytes;
	if (interface->snaplen && interface->snaplen < packet.wire_bytes)
		packet.captured_bytes = interface->snaplen;
	return return_packet(interface, &packet, ret, why);
}

static const struct block_kind {
	__u32 type;
	__u32 fixed_bytes; /* of body, before options or data */
	/* Return: 1 with *ret set, 0 if the block has no frame, or a negative errno. */
	int (*read)(struct pcapng *reader, const struct pcapng_block *block,
		    struct capture_frame *ret, struct errmsg *why);
} block_kinds[] = {
	{PCAPNG_ENHANCED_PACKET, 20, read_enhanced_packet},
	{PCAPNG_SIMPLE_PACKET, 4, read_simple_packet},
	{PCAPNG_PACKET, 20, read_packet},
	{PCAPNG_INTERFACE, 8, read_interface},
	{PCAPNG_SECTION_HEADER, 16, read_section},
};
#define N_BLOCK_KINDS (sizeof(block_kinds) / sizeof(block_kinds[0]))

/* Other types (statistics, names, secrets, vendor blocks) have no frames. */
static int use_block(struct pcapng *reader, const struct pcapng_block *block,
		     struct capture_frame *ret, struct errmsg *why)
{
	for (size_t i = 0; i < N_BLOCK_KINDS; i++) {
		const struct block_kind *kind = &block_kinds[i];

		if (kind->type != block->type)
			continue;
		if (block->bytes < kind->fixed_bytes)
			return errmsg__set(
				why, -EBADMSG,
				"a block of type 0x%x has a body of %u bytes, less than %u",
				block->type, block->bytes, kind->fixed_bytes);
		return kind->read(reader, block, ret, why);
	}
	return 0;
}

static int read_first_section(struct pcapng *reader, struct errmsg *why)
{
	struct pcapng_block block = {};
	int err = blocks__next(&reader->blocks, &block, why);

	if (err < 0)
		return err;
	if (!err || block.type != PCAPNG_SECTION_HEADER)
		return errmsg__set(why, -EBADMSG, "does not start with a section header");
	return use_block(reader, &block, NULL, why);
}

int pcapng__open(FILE *file, struct pcapng **ret, struct errmsg *why)
{
	struct pcapng *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader)
		return errmsg__set(why, -ENOMEM, "out of memory");
	reader->blocks.file = file;
	err = read_first_section(reader, why);
	if (err)
		pcapng__close(reader);
	else
		*ret = reader;
	return err;
}

int pcapng__next(struct pcapng *reader, struct capture_frame *ret, struct errmsg *why)
{
	struct pcapng_block block = {};
	int got;

	do {
		got = blocks__next(&reader->blocks, &block, why);
		if (got <= 0)
			return got;
		got = use_block(reader, &block, ret, why);
	} while (!got);
	return got;
}

void pcapng__close(struct pcapng *reader)
{
	if (!reader)
		return;
	free(reader->interfaces);
	blocks__free(&reader->blocks);
	free(reader);
}
