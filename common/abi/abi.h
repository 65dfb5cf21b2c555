// SPDX-License-Identifier: GPL-2.0-only
// abi: the contract between the XDP programs and user space: map keys, values, classes and limits.
#ifndef COMMON_ABI_ABI_H
#define COMMON_ABI_ABI_H

#include <linux/bpf.h>
#include <linux/types.h>

/* Raised whenever a pinned map's key or value changes its layout or meaning. */
#define ABI_LAYOUT 2

#define MAX_VLAN_TAGS 4       /* the most seen in captures is 3 */
#define MAX_IPV6_EXTENSIONS 8 /* the most seen in captures is 8 */
#define DEFAULT_MAX_SOURCES 131072
#define DEFAULT_MAX_VICTIMS 16384
#define DEFAULT_MAX_DEVICE_SOURCES 131072 /* halved until the device takes it */

/*
 * Every frame ends in exactly one of these classes; X(constant, JSON name, label, remark).
 * The order is the one in which they are shown.
 */
#define FRAME_CLASSES(X)                                                                      \
	X(CLASS_SYN, "syn", "SYN", "connection requests, counted per source")                 \
	X(CLASS_SYN_ACK, "syn_ack", "SYN-ACK", "")                                            \
	X(CLASS_FIN, "fin", "FIN", "")                                                        \
	X(CLASS_RST, "rst", "RST", "")                                                        \
	X(CLASS_TCP_OTHER, "tcp_other", "TCP other", "data and acknowledgements")             \
	X(CLASS_IPV4_OTHER, "ipv4_other", "IPv4 other", "not TCP")                            \
	X(CLASS_IPV6_OTHER, "ipv6_other", "IPv6 other", "not TCP")                            \
	X(CLASS_FRAGMENT, "fragment", "later fragment", "no TCP header inside")               \
	X(CLASS_NON_IP, "non_ip", "non-IP", "")                                               \
	X(CLASS_RUNT, "runt", "runt", "shorter than an Ethernet header")                      \
	X(CLASS_TRUNCATED_L2, "truncated_l2", "truncated in L2", "cut inside a VLAN tag")     \
	X(CLASS_TRUNCATED_L3, "truncated_l3", "truncated in L3", "cut inside the IP headers") \
	X(CLASS_TRUNCATED_L4, "truncated_l4", "truncated in L4", "cut before the TCP flags")  \
	X(CLASS_BAD_VERSION, "bad_version", "bad IP version", "not what the EtherType says")  \
	X(CLASS_BAD_IHL, "bad_ihl", "bad IHL", "below 5")                                     \
	X(CLASS_BAD_TOTAL_LENGTH, "bad_total_length", "bad total length", "below its header") \
	X(CLASS_BAD_DATA_OFFSET, "bad_data_offset", "bad data offset", "below 5")             \
	X(CLASS_TOO_MANY_TAGS, "too_many_tags", "too many tags", "more than 4 VLAN tags")     \
	X(CLASS_TOO_MANY_EXTENSIONS, "too_many_extensions", "too many ext. headers",          \
	  "more than 8 in IPv6")                                                              \
	X(CLASS_NOT_REPLAYABLE, "not_replayable", "not replayable",                           \
	  "no Ethernet frame in a capture")

#define FRAME_CLASS_CONSTANT(constant, name, label, remark) constant,
enum frame_class { FRAME_CLASSES(FRAME_CLASS_CONSTANT) CLASS_COUNT };
#undef FRAME_CLASS_CONSTANT

#define VERDICT_COUNT (XDP_REDIRECT + 1)

/*
 * What a table counts: a source, whose port is 0, or a victim, with the port that is asked for.
 * ::ffff:192.0.2.1 in IPv6 is not 192.0.2.1 in IPv4.
 */
struct endpoint {
	__be32 address[4]; /* IPv4: in the first word, the others zero */
	__be16 port;
	__u16 family; /* enum endpoint_family; never 0, so that no endpoint is all zeros */
};

enum endpoint_family { ENDPOINT_IPV4 = 4, ENDPOINT_IPV6 = 6 };

/*
 * The tables: who sends SYNs, and who gets them; and where handshakes are counted, which of the
 * sources' connections this host completed, and what else belongs to the victims' connections.
 */
enum table {
	TABLE_SOURCES,
	TABLE_VICTIMS,
	TABLE_COMPLETED, /* by source */
	TABLE_SYN_ACKS,  /* by victim, as the rest */
	TABLE_FINS,
	TABLE_RSTS,
	TABLE_COUNT
};

#define TABLE_WAYS 8
#define BUCKET_WAYS 7

/*
 * Front tier: a set of the table that each CPU has for itself; see xdp/table.bpf.h. A hit touches
 * the first cache line and the entry's own; so does a replacement.
 */
struct table_set {
	__u16 tags[TABLE_WAYS];
	__u32 upper[TABLE_WAYS]; /* SYNs counted here plus error; 0: nothing to keep */
	__u32 lost_max;          /* an endpoint that is not in the set has not lost more */
	__u32 sequence;          /* odd while an entry is being replaced */
	__u32 unused[2];
	struct table_entry {
		struct endpoint key;
		__u32 error;   /* how much of upper may be too much */
	} entries[TABLE_WAYS]; /* each at a multiple of 8 bytes, for wide comparisons */
} __attribute__((aligned(64)));

/* Back tier: a bucket of the table that all CPUs share, exact. */
struct table_bucket {
	__u32 tags[BUCKET_WAYS]; /* 0: free; odd: in use; else taken, but not yet filled in */
	__u32 unused;
	__u64 counts[BUCKET_WAYS];
	struct table_entry entries[BUCKET_WAYS]; /* without error */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct endpoint) == 20, "a key has no padding that could differ");
_Static_assert(sizeof(struct table_set) == 256, "four cache lines");
_Static_assert(__builtin_offsetof(struct table_set, entries) == 64, "the first line is the head");
_Static_assert(sizeof(struct table_bucket) == 256, "four cache lines");
_Static_assert(__builtin_offsetof(struct table_bucket, entries) % 8 == 0, "wide comparisons");

#define TABLE_SEEDS 6

/* How a table is laid out; fixed when it is loaded, the same for all programs on its maps. */
struct table_config {
	__u64 seeds[TABLE_SEEDS]; /* secret: who knows them can aim at a set */
	__u32 sets;               /* per CPU; 0: it has no front */
	__u32 buckets;
	__u32 max_endpoints; /* how many the back tier keeps; 0: the table is not there */
	__u32 padding;
};

/* Who runs the program: a machine's CPUs, or a network device. */
enum dataplane_kind { DATAPLANE_CPU, DATAPLANE_DEVICE, DATAPLANE_KINDS };

struct dataplane_layout {
	struct table_config tables[TABLE_COUNT]; /* in a device: max_endpoints of sources alone */
	__u32 cpus;
	__u32 kind; /* enum dataplane_kind */
};

#define HLL_BITS 14
#define HLL_REGISTERS (1 << HLL_BITS)

/* A SYN on its way into a table: what is counted, and where it belongs. */
struct table_query {
	struct endpoint key;
	__s32 full_way; /* where it is, if it has an entry that can count no more, else -1 */
	__u64 hash;
};

/* What one CPU has seen. Only that CPU writes it, so plain increments lose nothing. */
struct cpu_counters {
	__u64 classes[CLASS_COUNT];
	__u64 verdicts[VERDICT_COUNT];
	__u64 bytes;
	__u64 completed; /* connections; not written by the XDP program, and atomically */
	struct table_query pending; /* the last SYN's source, which is not in the table yet */
	__u32 pending_sequence;     /* odd while it is being replaced */
	__u32 window_is_open; /* written by user space: somebody wants to know about a window */
	__u8 distinct[HLL_REGISTERS]; /* of sources, since the start */
	__u8 window[HLL_REGISTERS];   /* of sources, since user space cleared it */
} __attribute__((aligned(64)));

/* What a device has seen: one entry, because some keep very few. All its cores add to it. */
struct device_counters {
	__u64 classes[CLASS_COUNT];
	__u64 bytes;
};

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

/* What the programs that count completed connections are told before they are loaded. */
struct handshakes_config {
	__u32 netns;                            /* inode */
	__s32 ifindexes[HANDSHAKES_INTERFACES]; /* 0: none */
	__u32 offsets[RECORD_FIELD_COUNT];      /* in the record */
	__u32 padding;
};

_Static_assert(sizeof(struct handshakes_config) % 8 == 0, "the last of constants, without a gap");

_Static_assert(CLASS_COUNT == 20, "a new class changes the layout: raise ABI_LAYOUT");

#endif
