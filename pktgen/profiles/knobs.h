// SPDX-License-Identifier: GPL-2.0-only
// knobs: the options of profiles, as typed rows.
#ifndef PKTGEN_PROFILES_KNOBS_H
#define PKTGEN_PROFILES_KNOBS_H

#include <stdio.h>

#include "common/base/errmsg.h"
#include "common/base/options.h"
#include "pktgen/frames/population.h"

enum distribution { DISTRIBUTION_UNIFORM, DISTRIBUTION_ZIPF, DISTRIBUTION_SPOOFED };
enum order { ORDER_FIRST, ORDER_LAST, ORDER_MIXED };

#define MAX_HEAVY_GROUPS 16
#define MAX_WEIGHTS 16
#define MAX_SEED 0x7fffffffffffffffull /* JSON integers are signed */
#define MAX_COUNT 4000000000ull        /* one source's SYNs fit in 32 bits */

/* @sources senders with @syns SYNs each. */
struct heavy_group {
	__u32 sources;
	__u32 syns;
};

struct heavy {
	int groups;
	struct heavy_group group[MAX_HEAVY_GROUPS];
};

struct weight {
	char profile[24];
	__u32 weight;
};

struct weights {
	int members;
	struct weight member[MAX_WEIGHTS];
};

/* The rows in the order of help: X(id, option, argument, default, help). */
#define KNOBS(X)                                                                                  \
	X(COUNT, "count", "N", NULL, "number of frames; without it, the profile's (see 'list')")  \
	X(SEED, "seed", "S", "1", "the same seed makes the same frames")                          \
	X(SRC_MAC, "src-mac", "MAC", "02:00:00:00:00:01", "source of the Ethernet headers")       \
	X(DST_MAC, "dst-mac", "MAC", "02:00:00:00:00:02", "destination of the Ethernet headers")  \
	X(SOURCES, "sources", "N", "65536", "number of senders to choose from")                   \
	X(DISTRIBUTION, "distribution", "uniform|zipf|spoofed", "uniform",                        \
	  "how senders are chosen; spoofed: a new one for each frame")                            \
	X(FAMILY, "family", "ipv4|ipv6|dual", "ipv4", "address family of the senders")            \
	X(VICTIMS, "victims", "N", "1", "number of receivers, at consecutive addresses")          \
	X(VICTIM, "victim", "ADDR", NULL, "first receiver; without it, 198.18.0.1 and 2001:2::1") \
	X(PORT, "port", "LIST", "80", "destination ports, as in 80,443,8000-8080")                \
	X(SIZE, "size", "BYTES", "0", "frame size without FCS; 0: no payload")                    \
	X(SPOOFED, "spoofed", "N", "870000", "number of senders of one SYN each")                 \
	X(HEAVY, "heavy", "LIST", "25:2000,160:500", "heavy senders: SENDERS:SYNS,...")           \
	X(ORDER, "order", "first|last|mixed", "mixed", "when the heavy senders send")             \
	X(CONCURRENT, "concurrent", "N", "64", "number of concurrent conversations")              \
	X(TAGS, "tags", "N", NULL, "VLAN tags on every frame; without it, 0 to 5")                \
	X(WEIGHTS, "weights", "LIST", "handshakes:6,imix:3,syn-flood:1",                          \
	  "profiles with their shares: PROFILE:WEIGHT,...")

#define KNOB_ID(id, option, argument, text, help) KNOB_##id,
enum knob_id { KNOBS(KNOB_ID) KNOBS_TOTAL };
#undef KNOB_ID

#define KNOB_BIT(id) (1u << KNOB_##id)

/* Every profile takes these. */
#define KNOBS_OF_ALL (KNOB_BIT(COUNT) | KNOB_BIT(SEED) | KNOB_BIT(SRC_MAC) | KNOB_BIT(DST_MAC))
#define KNOBS_OF_VICTIMS (KNOB_BIT(VICTIMS) | KNOB_BIT(VICTIM) | KNOB_BIT(PORT))

struct knobs {
	__u32 given;                    /* KNOB_BIT() of each that the user has set */
	const char *texts[KNOBS_TOTAL]; /* as given by the user; not owned */
	__u64 count;
	__u64 seed;
	struct macs macs;
	__u32 sources;
	enum distribution distribution;
	enum family family;
	struct victims victims;
	__u32 size_bytes;
	__u32 spoofed;
	struct heavy heavy;
	enum order order;
	__u32 concurrent;
	int tags; /* -1: any number */
	struct weights weights;
};

/* The knobs on the command line, by enum knob_id; NULL: not given. */
struct knob_texts {
	const char *text_of[KNOBS_TOTAL];
};

/* Rows that fill a struct knob_texts. */
extern const struct option_row knob_options[];

struct knob_row {
	const char *option;
	const char *argument;
	const char *default_text; /* NULL: none */
	const char *help;
};

extern const struct knob_row knob_rows[KNOBS_TOTAL];

/**
 * knobs__defaults() - the default value of every knob
 *
 * Return: a negative errno with @why set if a row's default is not valid, which tests exclude.
 */
int knobs__defaults(struct knobs *ret, struct errmsg *why);

/** knobs__set() - set a knob from @text, which must outlive @knobs. Return: 0 or -EINVAL. */
int knobs__set(struct knobs *knobs, enum knob_id id, const char *text, struct errmsg *why);

/** knobs__from_options() - set the knobs that were given; keeps their texts. Return: 0 or -EINVAL.
 */
int knobs__from_options(struct knobs *knobs, const struct knob_texts *texts, struct errmsg *why);

/** knobs__names() - "--count, --seed, ..." for a set of bits; written to @buf. */
const char *knobs__names(__u32 bits, char *buf, size_t buf_bytes);

#endif
