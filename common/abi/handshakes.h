// SPDX-License-Identifier: GPL-2.0-only
// handshakes: the contract with the programs that count completed connections.
#ifndef COMMON_ABI_HANDSHAKES_H
#define COMMON_ABI_HANDSHAKES_H

#include <linux/types.h>

/* The fields of the tracepoint's record that are read: X(constant, name in its format file). */
#define RECORD_FIELDS(X)               \
	X(FIELD_OLD_STATE, "oldstate") \
	X(FIELD_NEW_STATE, "newstate") \
	X(FIELD_FAMILY, "family")      \
	X(FIELD_PROTOCOL, "protocol")  \
	X(FIELD_IPV4, "daddr")         \
	X(FIELD_IPV6, "daddr_v6")

#define RECORD_FIELD_CONSTANT(constant, name) constant,
enum record_field { RECORD_FIELDS(RECORD_FIELD_CONSTANT) RECORD_FIELD_COUNT };
#undef RECORD_FIELD_CONSTANT

#define HANDSHAKES_INTERFACES 16

/* Constants of the programs, set before the load. */
struct handshakes_config {
	__u32 netns;                            /* inode */
	__s32 ifindexes[HANDSHAKES_INTERFACES]; /* 0: none */
	__u32 offsets[RECORD_FIELD_COUNT];      /* in the record */
	__u32 padding;
};

_Static_assert(sizeof(struct handshakes_config) % 8 == 0, "the last constant, without a gap");

#endif
