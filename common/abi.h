// SPDX-License-Identifier: GPL-2.0-only
// abi: the contract between the XDP programs and user space: map keys, values, classes and limits.
#ifndef COMMON_ABI_H
#define COMMON_ABI_H

#include <linux/bpf.h>
#include <linux/types.h>

/* Raised whenever a pinned map's key or value changes its layout or meaning. */
#define ABI_LAYOUT 1

#define MAX_VLAN_TAGS 4       /* the most seen in captures is 3 */
#define MAX_IPV6_EXTENSIONS 8 /* the most seen in captures is 8 */
#define DEFAULT_MAX_SOURCES 131072

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

/* What one CPU has seen. Only that CPU writes it, so plain increments lose nothing. */
struct counters {
	__u64 classes[CLASS_COUNT];
	__u64 verdicts[VERDICT_COUNT];
	__u64 bytes;
	__u64 source_failures; /* SYNs whose source found no place in the map: full, or busy */
};

enum source_family { SOURCE_IPV4 = 4, SOURCE_IPV6 = 6 };

/* The key of a source. ::ffff:192.0.2.1 in IPv6 is not 192.0.2.1 in IPv4. */
struct source {
	__be32 address[4]; /* IPv4: in the first word, the others zero */
	__u32 family;      /* enum source_family */
};

_Static_assert(sizeof(struct source) == 20, "a map key has no padding that could differ");
_Static_assert(CLASS_COUNT == 20, "a new class changes the layout: raise ABI_LAYOUT");

#endif
