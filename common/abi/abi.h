// SPDX-License-Identifier: GPL-2.0-only
// abi: the contract between the XDP programs and user space: map keys, values, classes and limits.
#ifndef COMMON_ABI_ABI_H
#define COMMON_ABI_ABI_H

#include <linux/bpf.h>
#include <linux/types.h>

/* Raised whenever a pinned map's key or value changes its layout or meaning. */
#define ABI_LAYOUT 7

#define MAX_VLAN_TAGS 4       /* the most seen in captures is 3 */
#define MAX_IPV6_EXTENSIONS 8 /* the most seen in captures is 8 */
#define DEFAULT_MAX_SOURCES 131072
#define DEFAULT_MAX_VICTIMS 16384
#define DEFAULT_MAX_DROPPED 16384
#define DEFAULT_MAX_DEVICE_SOURCES 131072 /* halved until the device accepts it */

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

_Static_assert(CLASS_COUNT == 20, "a new class changes the layout: raise ABI_LAYOUT");
_Static_assert(CLASS_SYN == 0 && CLASS_SYN_ACK == 1 && CLASS_FIN == 2 && CLASS_RST == 3,
	       "the classes of handshakes come first: has_detail() compares with the last of them");
_Static_assert(CLASS_COUNT <= 0x10000, "a class fits 16 bits: see tcp_pack()");

#define VERDICT_COUNT (XDP_REDIRECT + 1)

/*
 * What a table counts: a source, whose port is 0, or a victim, with the requested port.
 * ::ffff:192.0.2.1 in IPv6 is not 192.0.2.1 in IPv4.
 */
struct endpoint {
	__be32 address[4]; /* IPv4: in the first word; the others are zero */
	__be16 port;
	__u16 family; /* enum endpoint_family; never 0, so that no endpoint is all zeros */
};

enum endpoint_family { ENDPOINT_IPV4 = 4, ENDPOINT_IPV6 = 6 };

/*
 * The tables; X(constant, name of its maps, name of what it counts in JSON, label of a column,
 * list, class). "list" is the table whose endpoints these are: they are shown in its rows. "class"
 * holds all that the table attributes, CLASS_COUNT if no class does.
 *
 * Sources send SYNs and victims get them. With handshakes, connections that this host completed are
 * counted by source, and the segments that pair with SYNs by victim. With a policy, the frames are
 * counted that it dropped for their source's sake, by source; those need not be SYNs.
 */
#define TABLES(X)                                                                           \
	X(TABLE_SOURCES, sources, "syns", "SYNs", TABLE_SOURCES, CLASS_SYN)                 \
	X(TABLE_VICTIMS, victims, "syns", "SYNs", TABLE_VICTIMS, CLASS_SYN)                 \
	X(TABLE_COMPLETED, completed, "completed", "completed", TABLE_SOURCES, CLASS_COUNT) \
	X(TABLE_SYN_ACKS, syn_acks, "syn_acks", "SYN-ACKs", TABLE_VICTIMS, CLASS_SYN_ACK)   \
	X(TABLE_FINS, fins, "fins", "FINs", TABLE_VICTIMS, CLASS_FIN)                       \
	X(TABLE_RSTS, rsts, "rsts", "RSTs", TABLE_VICTIMS, CLASS_RST)                       \
	X(TABLE_DROPPED, dropped, "dropped", "dropped", TABLE_DROPPED, CLASS_COUNT)

#define TABLE_CONSTANT(constant, maps, name, label, list, class) constant,
enum table { TABLES(TABLE_CONSTANT) TABLE_COUNT };
#undef TABLE_CONSTANT

_Static_assert(TABLE_COUNT == 7, "a new table changes the layout: raise ABI_LAYOUT");

#define TABLE_WAYS 8
#define BUCKET_WAYS 7

/*
 * Front tier: a set of the table that each CPU owns; see xdp/table.bpf.h. A hit touches the first
 * cache line and that of the entry; so does a replacement.
 */
struct table_set {
	__u16 tags[TABLE_WAYS];
	__u32 upper[TABLE_WAYS]; /* SYNs counted here plus error; 0: the way is free */
	__u32 lost_max;          /* no endpoint outside the set has lost more */
	__u32 sequence;          /* odd while an entry is being replaced */
	__u32 unused[2];
	struct table_entry {
		struct endpoint key;
		__u32 error;   /* upper exceeds the true count by at most this */
	} entries[TABLE_WAYS]; /* each at a multiple of 8 bytes, for wide comparisons */
} __attribute__((aligned(64)));

#define IPV4_WAYS 6
#define IPV4_GROUP_SETS 8 /* a power of two */
#define IPV4_CERTAIN_MAX 0xff

/*
 * Front tier of IPv4 sources: their address is the key, so that a set is one cache line. Under a
 * flood few sources have more than one SYN here: of an entry, upper - error fits one byte, and the
 * error is kept aside if it does not. See endpoint__is_ipv4_source().
 */
struct ipv4_set {
	__be32 addresses[IPV4_WAYS]; /* 0: the way is free */
	__u32 upper[IPV4_WAYS];      /* these three as in struct table_set */
	__u32 lost_max;
	__u32 sequence;
	__u8 certain[IPV4_WAYS]; /* upper - error; IPV4_CERTAIN_MAX: at least that */
	__u16 unused;
} __attribute__((aligned(64)));

struct ipv4_group {
	struct ipv4_set sets[IPV4_GROUP_SETS];
	/* Of entries at IPV4_CERTAIN_MAX. */
	__u32 errors[IPV4_GROUP_SETS][IPV4_WAYS];
} __attribute__((aligned(64)));

/* Back tier: a bucket of the table that all CPUs share; its counts are exact. */
struct table_bucket {
	__u32 tags[BUCKET_WAYS]; /* 0: free; odd: in use; else reserved, not yet filled in */
	__u32 unused;
	__u64 counts[BUCKET_WAYS];
	struct table_entry entries[BUCKET_WAYS]; /* without error */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct endpoint) == 20, "a key has no padding that could differ");
_Static_assert(sizeof(struct table_set) == 256, "four cache lines");
_Static_assert(__builtin_offsetof(struct table_set, entries) == 64, "the first line is the head");
_Static_assert(sizeof(struct ipv4_set) == 64, "a cache line");
_Static_assert(sizeof(struct table_bucket) == 256, "four cache lines");
_Static_assert(__builtin_offsetof(struct table_bucket, entries) % 8 == 0, "wide comparisons");

#define TABLE_SEEDS 6

/* The layout of a table: fixed when it is loaded, and the same for all programs on its maps. */
struct table_config {
	__u64 seeds[TABLE_SEEDS]; /* secret: with them an attacker could target a set */
	__u32 sets;               /* per CPU; 0: no front tier */
	__u32 ipv4_sets;          /* likewise, of IPv4 sources */
	__u32 buckets;
	__u32 max_endpoints; /* capacity of the back tier; 0: no such table */
};

/** ipv4_groups() - the groups that hold the sets of all CPUs */
static inline __u32 ipv4_groups(__u32 cpus, const struct table_config *config)
{
	return ((__u64)cpus * config->ipv4_sets + IPV4_GROUP_SETS - 1) / IPV4_GROUP_SETS;
}

/* What runs the program: the CPUs, or a network device. */
enum dataplane_kind { DATAPLANE_CPU, DATAPLANE_DEVICE, DATAPLANE_KINDS };

/* The seeds are zeros here: readers may open the layout, but only root the seeds. */
struct dataplane_layout {
	struct table_config tables[TABLE_COUNT]; /* of a device: only sources' max_endpoints */
	__u32 cpus;
	__u32 kind;         /* enum dataplane_kind */
	__u32 max_prefixes; /* of a family in the policy that rules; 0: none does */
	__u32 sampling;     /* the program copies headers of some frames: see sample.h */
};

struct dataplane_seeds {
	__u64 seeds[TABLE_COUNT][TABLE_SEEDS];
};

#define HLL_BITS 14
#define HLL_REGISTERS (1 << HLL_BITS)

/* SYNs that are about to be counted in a table: their endpoint, how many, and where it belongs. */
struct table_query {
	struct endpoint key;
	__u32 count; /* at most PENDING_MAX */
	__u64 hash;
};

/* At this count SYNs no longer wait: an entry must be able to take them. */
#define PENDING_MAX 0x40000000u

#define VICTIM_SLOTS 8 /* a power of two */

/* What one CPU has seen. Only that CPU writes here, so plain increments lose nothing. */
struct cpu_counters {
	__u64 classes[CLASS_COUNT];
	__u64 verdicts[VERDICT_COUNT];
	__u64 bytes;
	__u64 completed; /* connections; written by the tracing programs, atomically */
	/* SYNs that the tables lack so far: of the last source, and of recent victims. The
	 * sequences are odd while such SYNs move into a table. */
	struct table_query source;
	__u32 source_sequence;
	__u32 victims_sequence;
	struct table_query victims[VICTIM_SLOTS];
	__u32 window_is_open;         /* written by user space: update the window as well */
	__u8 distinct[HLL_REGISTERS]; /* of sources, since the start */
	__u8 window[HLL_REGISTERS];   /* of sources, since user space cleared it */
} __attribute__((aligned(64)));

/* What a device has seen: a single entry, because some devices have room for very few. All its
 * cores add to it. */
struct device_counters {
	__u64 classes[CLASS_COUNT];
	__u64 bytes;
};

_Static_assert(CLASS_COUNT == 20, "a new class changes the layout: raise ABI_LAYOUT");

#endif
