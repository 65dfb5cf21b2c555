// SPDX-License-Identifier: GPL-2.0-only
// mutate: small changes to frames, mostly in fields that the parser reads.
#include "tests/fuzz/mutate.h"

#include <stddef.h>
#include <string.h>

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TAG_BYTES 4
#define HEADERS_BYTES 128 /* where most of the headers are */

struct change {
	struct rng *rng;
	__u8 *frame;
	__u32 bytes, max;
	__u32 l3; /* end of the EtherTypes */
};

/* Fields by offset from the start of layer 3, with interesting values. */
static const struct field {
	int at;
	__u32 bytes;
	__u16 values[10];
} fields[] = {
	/* The EtherType, or the last tag's. */
	{-2, 2, {0x0800, 0x86dd, 0x8100, 0x88a8, 0x9100, 0x0806, 0x0800, 0x86dd, 46, 0}},
	/* IPv4: version and IHL, total length, fragment, protocol; TCP's offset and flags. */
	{0, 1, {0x45, 0x46, 0x4f, 0x44, 0x40, 0x55, 0x65, 0x60, 0x6f, 0}},
	{2, 2, {0, 19, 20, 23, 24, 33, 34, 39, 40, 0xffff}},
	{6, 2, {0, 1, 0x2000, 0x2001, 0x4000, 0x8000, 0x1fff, 0x0100, 0x3fff, 0xffff}},
	{9, 1, {6, 6, 0, 1, 4, 17, 41, 44, 51, 60}},
	{32, 1, {0x50, 0x40, 0x4f, 0x00, 0x5f, 0xf0, 0x60, 0x10, 0x30, 0xa0}},
	{33, 1, {2, 2, 0x12, 0x10, 3, 6, 1, 4, 0xc2, 0}},
	/* IPv6: payload length, next header; that of the first extension; TCP's. */
	{4, 2, {0, 7, 8, 13, 14, 19, 20, 21, 22, 0xffff}},
	{6, 1, {6, 0, 43, 44, 51, 60, 59, 50, 17, 135}},
	{40, 1, {6, 0, 43, 44, 51, 60, 59, 50, 17, 135}},
	{41, 1, {0, 1, 2, 3, 4, 5, 127, 128, 254, 255}},
	{42, 2, {0, 1, 7, 8, 6, 0xfff8, 0xffff, 0x8000, 0x0100, 9}},
	{48, 1, {6, 0, 43, 44, 51, 60, 59, 50, 17, 135}},
	{52, 1, {0x50, 0x40, 0x4f, 0x00, 0x5f, 0xf0, 0x60, 0x10, 0x30, 0xa0}},
	{53, 1, {2, 2, 0x12, 0x10, 3, 6, 1, 4, 0xc2, 0}},
};

static const __u16 tpids[] = {0x8100, 0x88a8, 0x9100};
static const __u8 extension_types[] = {0, 43, 44, 51, 60};

static __u32 below(const struct change *change, __u32 limit)
{
	return rng__below(change->rng, limit);
}

static void put16(__u8 *at, __u16 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static __u32 find_l3(const struct change *change)
{
	__u32 l3 = 14;

	while (l3 + TAG_BYTES <= change->bytes)
		for (size_t i = 0;; i++) {
			if (i == N_OF(tpids))
				return l3;
			if ((change->frame[l3 - 2] << 8 | change->frame[l3 - 1]) != tpids[i])
				continue;
			l3 += TAG_BYTES;
			break;
		}
	return l3;
}

/* A random offset, mostly within the headers. */
static __u32 somewhere(const struct change *change)
{
	__u32 end = change->bytes;

	if (end > HEADERS_BYTES && below(change, 8))
		end = HEADERS_BYTES;
	return below(change, end);
}

static void set_field(struct change *change)
{
	const struct field *field = &fields[below(change, N_OF(fields))];
	__u32 at = change->l3 + field->at;
	__u16 value = field->values[below(change, N_OF(field->values))];

	if (at + field->bytes > change->bytes)
		return;
	if (field->bytes == 2)
		put16(change->frame + at, value);
	else
		change->frame[at] = value;
}

static void flip_bit(struct change *change)
{
	change->frame[somewhere(change)] ^= 1 << below(change, 8);
}

static void set_byte(struct change *change)
{
	change->frame[somewhere(change)] = rng__next(change->rng);
}

static void step_byte(struct change *change)
{
	change->frame[somewhere(change)] += below(change, 2) ? 1 : -1;
}

static void cut(struct change *change)
{
	change->bytes = 1 + somewhere(change);
}

static void grow(struct change *change)
{
	__u32 more = 1 + below(change, 64);

	for (; more && change->bytes < change->max; more--)
		change->frame[change->bytes++] = below(change, 2) ? 0 : rng__next(change->rng);
}

/* Makes room for @bytes at @at by moving the rest, which may be cut. Returns 0 without space. */
static int make_room(struct change *change, __u32 at, __u32 bytes)
{
	if (at > change->bytes || at + bytes > change->max)
		return 0;
	if (change->bytes + bytes > change->max)
		change->bytes = change->max - bytes;
	memmove(change->frame + at + bytes, change->frame + at, change->bytes - at);
	change->bytes += bytes;
	return 1;
}

static void insert_tag(struct change *change)
{
	__u8 *tag = change->frame + 12;

	if (!make_room(change, 12, TAG_BYTES))
		return;
	put16(tag, tpids[below(change, N_OF(tpids))]);
	put16(tag + 2, rng__next(change->rng));
}

static void remove_bytes(struct change *change)
{
	__u32 at = somewhere(change), bytes = 1 + below(change, 16);

	if (at + bytes > change->bytes)
		return;
	memmove(change->frame + at, change->frame + at + bytes, change->bytes - at - bytes);
	change->bytes -= bytes;
}

/* After the IPv6 header, mostly short, sometimes of the maximum length. */
static void insert_extension(struct change *change)
{
	__u8 *ip = change->frame + change->l3, *extension = ip + 40;
	__u8 length = below(change, 16) ? below(change, 4) : 255;
	__u32 bytes = (length + 1) * 8, payload;

	if (change->l3 + 40 > change->bytes || !make_room(change, change->l3 + 40, bytes))
		return;
	memset(extension, 0, bytes);
	extension[0] = ip[6];
	extension[1] = length;
	ip[6] = extension_types[below(change, N_OF(extension_types))];
	payload = (ip[4] << 8 | ip[5]) + bytes;
	if (below(change, 8))
		put16(ip + 4, payload);
}

/* Mostly fields, because they decide the class. */
static void (*const changes[])(struct change *) = {
	set_field,    set_field,        set_field,        set_field, set_field,
	flip_bit,     set_byte,         step_byte,        cut,       insert_tag,
	remove_bytes, insert_extension, insert_extension, grow,
};

__u32 mutate(struct rng *rng, __u8 *frame, __u32 bytes, __u32 max)
{
	struct change change = {.rng = rng, .frame = frame, .bytes = bytes, .max = max};

	if (bytes < 14)
		grow(&change);
	else
		change.l3 = find_l3(&change), changes[below(&change, N_OF(changes))](&change);
	return change.bytes;
}
