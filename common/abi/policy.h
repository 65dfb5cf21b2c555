// SPDX-License-Identifier: GPL-2.0-only
// policy: the contract with the armed programs: a compiled policy, what it leads to, and its state.
//
// A policy is one map: chunk 0 is struct policy_image, the others hold the ranges of addresses. One
// table serves both ends of a frame: its decision for the source says how it is listed, that for
// the destination which rules protect it. All times are in jiffies (64 bits, bpf_jiffies64()).
#ifndef COMMON_ABI_POLICY_H
#define COMMON_ABI_POLICY_H

#include <linux/bpf.h>
#include <linux/types.h>

#include "common/abi/abi.h"
#include "common/abi/compiler.h"
#include "common/abi/ranges.h"

/*
 * Every frame that a policy has judged ends with exactly one of these reasons; X(constant, JSON
 * name, verdict, label). pass_default is that of frames that no enforced rule matched. A shadow
 * rule counts the reason that it would have given, apart from these.
 */
#define REASONS(X)                                                                               \
	X(REASON_PASS_DEFAULT, "pass_default", XDP_PASS, "no rule matched")                      \
	X(REASON_PASS_MANAGEMENT, "pass_management", XDP_PASS, "management")                     \
	X(REASON_PASS_ALLOW, "pass_allow", XDP_PASS, "allow list")                               \
	X(REASON_PASS_BELOW, "pass_below", XDP_PASS, "SYN below its limits")                     \
	X(REASON_PASS_VERIFIED, "pass_verified", XDP_PASS, "SYN of a verified source")           \
	X(REASON_VERIFIED_NOW, "verified_now", XDP_PASS, "RST that verified its source")         \
	X(REASON_DROP_DENY, "drop_deny", XDP_DROP, "deny list")                                  \
	X(REASON_DROP_TINY_FRAGMENT, "drop_tiny_fragment", XDP_DROP, "tiny fragment")            \
	X(REASON_DROP_LIMIT, "drop_limit", XDP_DROP, "SYN above the source's limit")             \
	X(REASON_DROP_ATTACK, "drop_attack", XDP_DROP, "SYN to a victim under attack")           \
	X(REASON_DROP_ATTACK_LIMIT, "drop_attack_limit", XDP_DROP,                               \
	  "SYN of a verified source above the limit under attack")                               \
	X(REASON_DROP_BAD_CHECKSUM, "drop_bad_checksum", XDP_DROP, "SYN with a wrong checksum")  \
	X(REASON_DROP_ANSWER_LIMIT, "drop_answer_limit", XDP_DROP, "SYN above the answer limit") \
	X(REASON_TX_CHALLENGE, "tx_challenge", XDP_TX, "SYN answered by a challenge")            \
	X(REASON_TX_RESET, "tx_reset", XDP_TX, "answered, to be reset")                          \
	X(REASON_TX_COOKIE, "tx_cookie", XDP_TX, "SYN answered by a SYN cookie")                 \
	X(REASON_COOKIE_REFUSED, "cookie_refused", XDP_PASS, "SYN that got no SYN cookie")       \
	X(REASON_NOT_ANSWERABLE, "not_answerable", XDP_PASS, "SYN that cannot be answered here")

#define REASON_CONSTANT(constant, name, verdict, label) constant,
enum policy_reason { REASONS(REASON_CONSTANT) REASON_COUNT };
#undef REASON_CONSTANT

_Static_assert(REASON_COUNT == 18, "a new reason changes the layout: raise ABI_LAYOUT");
_Static_assert(REASON_PASS_DEFAULT == 0, "what an empty policy leads to");

#define POLICY_DEFAULT_MAX_PREFIXES 131072 /* of each family, victims included */
#define POLICY_MAX_MAX_PREFIXES 1048576
#define POLICY_DECISIONS 4096 /* a power of two; number 0: nothing is listed */
#define POLICY_PORT_SETS 64   /* a power of two; number 0: all ports */
#define POLICY_PROTECTS 128   /* a power of two */
#define POLICY_RULES 256      /* numbers of rules; number 0: none. Names are user space's */
#define POLICY_VICTIM_PROTECTS 4
#define POLICY_DIGEST_BYTES 32
#define POLICY_EPOCH_S 16 /* of cookies: one is accepted in the next epoch, too */
#define POLICY_FOREVER 0xffffffffffffffffull /* an end that never comes */

/* Which policy a frame gets: the candidate until its deadline, else the confirmed one. */
enum policy_slot { POLICY_CANDIDATE, POLICY_CONFIRMED, POLICY_SLOTS };

/* How a source may be listed, besides management; the first that has not ended decides. */
enum policy_listing {
	LISTED_ALLOW,
	LISTED_DENY_SHADOW, /* counts, and goes on */
	LISTED_DENY,
	LISTING_COUNT,
};

/* Destination ports of TCP, a bit each: port n (in host byte order) is bit n % 64 of word n / 64.
 */
struct policy_ports {
	__u64 words[65536 / 64];
};

/* What holds for an address. Of prefixes that list an address in the same way, the one that ends
 * last counts, so that a short one does not end a longer one around it. */
struct policy_decision {
	__u64 until[LISTING_COUNT]; /* not listed any more from then on; POLICY_FOREVER */
	__u8 rules[LISTING_COUNT];  /* by listing; 0: not listed */
	__u8 management_rule;       /* 0: no management */
	__u8 management_ports;      /* number of a port set */
	/* As a victim: protects by number plus 1, in the order in which they are tried; 0: the end.
	 * The first one that is enforced and has the port decides; shadow ones count and go on. */
	__u8 protects[POLICY_VICTIM_PROTECTS];
	__u8 padding[7];
};

/*
 * A limit of a source's SYNs, as a clock that each SYN advances (GCRA). In 1/256 jiffies, period +
 * tolerance below 2^30.
 */
struct policy_limit {
	__u32 period;    /* HZ * 256 / rate, at least 1 */
	__u32 tolerance; /* burst * period */
	__u8 rule;       /* 0: no limit */
	__u8 shadow;
	__u8 padding[6];
};

/* The unit of the clocks of attacks: 2^-24 jiffies. */
#define POLICY_TICK_BITS 24

/* What happens to the SYNs of sources that are not verified; X(constant, name in policies). */
#define POLICY_ACTIONS(X)                       \
	X(POLICY_ACTION_DROP, "drop")           \
	X(POLICY_ACTION_CHALLENGE, "challenge") \
	X(POLICY_ACTION_RESET, "reset")         \
	X(POLICY_ACTION_COOKIE, "cookie")

#define POLICY_ACTION_CONSTANT(constant, name) constant,
enum policy_action { POLICY_ACTIONS(POLICY_ACTION_CONSTANT) POLICY_ACTION_COUNT };
#undef POLICY_ACTION_CONSTANT

/* A rule for victims: above a rate of SYNs an attack begins, which ends after a time below another.
 */
struct policy_protect {
	__u64 above;               /* (HZ << POLICY_TICK_BITS) / rate, at least 1 */
	__u64 below;               /* likewise, so that it is more than above */
	__u64 hold;                /* jiffies */
	__u64 trust;               /* jiffies for which a source stays verified */
	struct policy_limit limit; /* of verified sources during an attack; its rule is this rule */
	__u8 rule;
	__u8 shadow;
	__u8 action; /* enum policy_action */
	__u8 ports;  /* number of a port set */
	__u8 always; /* the action is taken in calm, too */
	__u8 padding[3];
};

/* Which parts of a policy are not empty: the program leaves out the others. */
#define POLICY_HAS_IPV4 0x1u /* prefixes */
#define POLICY_HAS_IPV6 0x2u
#define POLICY_HAS_LISTS 0x4u /* management, allow or deny */
#define POLICY_HAS_PROTECTS 0x8u
#define POLICY_HAS_RESETS 0x10u /* of them, one with the action reset */

/* Times in jiffies. A candidate rules until its deadline, or for good without one (0). */
static __always_inline bool policy_rules_at(__u64 deadline, __u64 now)
{
	return !deadline || now < deadline;
}

struct policy_header {
	__u64 generation;
	__u64 deadline;                   /* see policy_rules_at(). Only a candidate has one */
	__u8 digest[POLICY_DIGEST_BYTES]; /* of the policy's text */
	__u32 hz;                         /* jiffies a second */
	__u32 parts;                      /* POLICY_HAS_... */
	/* First fragments that end before the TCP flags. */
	__u8 tiny_fragment_rule; /* 0: they pass */
	__u8 tiny_fragment_shadow;
	__u8 padding[6];
	struct policy_limit limit; /* of sources, whatever the victim */
	__u64 trust;               /* jiffies, of sources that the limit has challenged */
	__u64 answer_period; /* (HZ << POLICY_TICK_BITS) / answers a second of a CPU; 0: no limit */
	__u64 epoch_step;    /* see policy_epoch_step() */
};

/* Fraction of an epoch, in units of 2^-32, that a jiffy lasts: for a division by multiplying. */
static inline __u64 policy_epoch_step(__u32 hz)
{
	return (1ull << 32) / (POLICY_EPOCH_S * hz);
}

static __always_inline __u64 policy_epoch(const struct policy_header *header, __u64 now)
{
	return now * header->epoch_step >> 32;
}

/* Chunk 0 of a policy. */
struct policy_image {
	struct policy_header header;
	struct policy_protect protects[POLICY_PROTECTS];
	struct policy_decision decisions[POLICY_DECISIONS];
	struct policy_ports port_sets[POLICY_PORT_SETS];
	struct ranges_header ranges;
};

struct policy_chunk {
	__u8 bytes[RANGES_CHUNK_BYTES];
};

_Static_assert(sizeof(struct policy_decision) == 40, "no hidden padding");
_Static_assert(sizeof(struct policy_limit) == 16, "no hidden padding");
_Static_assert(sizeof(struct policy_protect) == 56, "no hidden padding");
_Static_assert(sizeof(struct policy_image) <= sizeof(struct policy_chunk), "it is chunk 0");
_Static_assert(POLICY_DECISIONS <= RANGES_MAX_DECISION, "a range holds a decision's number");

/**
 * policy_chunks() - entries of a policy's map that has room for @max_prefixes of each family
 *
 * A prefix makes two ranges at most. IPv4 has as many as fit beside the first entries of its
 * segments. IPv6: two keys and, below a /64, three low halves. Neither a segment nor the list of a
 * /64 leaves its chunk: gaps at the ends of chunks may leave room for fewer prefixes.
 */
static inline __u32 policy_chunks(__u32 max_prefixes)
{
	__u64 ranges = 2 * (__u64)max_prefixes + 2;
	__u64 v4 = (RANGES_V4_SEGMENTS + ranges) * sizeof(__u32);
	__u64 nodes = (ranges / RANGES_V6_KEYS + RANGES_V6_TREES) * sizeof(struct ranges_node);
	__u64 values = (ranges + RANGES_V6_TREES * RANGES_V6_KEYS) * sizeof(__u32);
	__u64 lows = 3 * (__u64)max_prefixes * sizeof(struct ranges_low);

	/* One for the image, and one more for each kind, which ends within a chunk. */
	return 5 + v4 / RANGES_CHUNK_BYTES + nodes / RANGES_CHUNK_BYTES +
	       values / RANGES_CHUNK_BYTES + lows / RANGES_CHUNK_BYTES;
}

#define POLICY_LINE_WAYS 8

/*
 * Clocks of eight sources, in the maps limits and verified. A clock: the source's tag above 32 bits
 * of time: in limits, 1/256 jiffies until which its SYNs have used its limit up; in verified, the
 * end of its verification, in units of 2^POLICY_TRUST_BITS jiffies: years pass until one that is
 * over looks valid again. A source is an IPv4 address or an IPv6 /64.
 */
#define POLICY_TRUST_BITS 6
struct policy_line {
	__u64 clocks[POLICY_LINE_WAYS];
} __attribute__((aligned(64)));

#define POLICY_DEFAULT_LIMIT_LINES 32768    /* 2 MiB */
#define POLICY_DEFAULT_VERIFIED_LINES 16384 /* 1 MiB */

#define ATTACK_WAYS 4
#define POLICY_DEFAULT_ATTACK_SETS 2048 /* 1 MiB */

/*
 * State of a protected victim (address and port): two buckets of SYNs, each as the time at which it
 * is empty, in 2^-POLICY_TICK_BITS jiffies. Stores of several CPUs may replace each other: SYNs are
 * lost then, which is lenient. An entry in use has an id, which @victim and @rule may follow late.
 */
struct attack {
	__u64 id;         /* hash of the rule and the victim; 0: free */
	__u64 above_at;   /* drains at the rule's `above` */
	__u64 below_at;   /* drains at its `below` */
	__u64 calm_at;    /* jiffies; under attack until then */
	__u64 since;      /* jiffies; when the last attack began; 0: none yet */
	__u64 syns;       /* to the victim */
	__u64 stopped;    /* of them: not passed, or not if the rule were enforced */
	__u64 challenged; /* of them: answered */
	/* The second cache line: written, but not searched. */
	struct endpoint victim;
	__u8 rule;
	__u8 unused[35];
	__u64 verified; /* sources that have answered a challenge, anew or again */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct attack) == 128, "two cache lines");

struct attack_set {
	struct attack ways[ATTACK_WAYS];
};

/* SYNs of a victim that are not in its entry yet: a CPU adds them once a jiffy, or when there are
 * many, so that CPUs do not contend for it. */
struct attack_pending {
	__u64 jiffy; /* in which they came */
	__u64 id;    /* of the entry; 0: none */
	__u32 set;
	__u8 way;
	__u8 protect; /* number in the policy's protects */
	__u8 rule;    /* its rule, unless the policy was replaced since */
	__u8 padding;
	__u32 syns, stopped, challenged;
	__u32 padding_too;
};

#define ATTACK_PENDING_MAX 64
#define ATTACK_SLOTS 8 /* a power of two */

struct rule_counters {
	__u64 matched; /* frames that it decided on */
	__u64 shadow;  /* frames that it would have decided on */
};

/* A frame on its way to the judge. */
struct judged_frame {
	struct endpoint source; /* without a port */
	struct endpoint victim;
	__u16 class;
	__u16 marks; /* enum request_mark */
	__u16 ip_offset;
	__u16 tcp_offset; /* 0: no TCP header, or one that is too far behind the start */
};

#define SYN_TCP_WORDS 15

/* Headers of a SYN, where the kernel can read them. */
struct syn_headers {
	__be32 ip[10];
	__be32 tcp[SYN_TCP_WORDS];
};

/* Which options SYN cookies may have besides the MSS, and ECN. */
#define COOKIE_TIMESTAMPS 0x1u /* the kernel finds the others in their echo */
#define COOKIE_SACK 0x2u
#define COOKIE_WINDOW_SCALE 0x4u
#define COOKIE_ECN 0x8u

/* What SYN cookies of an interface carry: what the kernel of its network namespace would take from
 * the ACK. Zeros: the MSS alone, as for an MTU of 1500. */
struct cookie_settings {
	__u16 mtu;
	__u8 options;      /* COOKIE_...; without COOKIE_TIMESTAMPS: 0 */
	__u8 window_scale; /* the listeners' */
};

/* What a policy decides on a frame. */
struct judgement {
	__u8 reason;        /* enum policy_reason */
	__u8 rule;          /* that led to it; 0: none */
	__u8 shadow_reason; /* what the last shadow rule that matched would have led to, */
	__u8 shadow_rule;   /* and that rule; 0: none */
};

/* A CPU's counters of an interface, in the map verdict_counters. Sums: reasons = frames; matched of
 * all rules = frames - pass_default. A reader reads them before the classes. */
struct verdict_counters {
	__u64 reasons[REASON_COUNT];
	__u64 shadow[REASON_COUNT]; /* what shadow rules would have led to */
	__u64 untracked_syns;       /* to victims without an entry: all ways were under attack */
	__u64 virtual_now;          /* jiffies; the clock of a program with virtual_clock */
	__u64 answers_until;        /* answers as a bucket, see struct attack */
	/* Both written by user space: answers would be lost, so SYNs pass that would get one. */
	__u32 cannot_answer;
	struct cookie_settings cookie;
	struct judged_frame frame;
	struct judgement last;  /* on that frame, of programs with virtual_clock or peek */
	struct syn_headers syn; /* of that frame, if it is to get a SYN cookie */
	struct rule_counters rules[POLICY_RULES];
	struct attack_pending attacks[ATTACK_SLOTS];
} __attribute__((aligned(64)));

/* Constants of the armed programs, the same for all interfaces of a policy, and as long as it
 * exists. */
struct policy_config {
	__u64 seeds[TABLE_SEEDS]; /* secret */
	__u64 cookie_key[2];      /* secret */
	__u32 limit_lines, verified_lines;
	__u32 attack_sets;
	__u32 max_prefixes;
};

#endif
