// SPDX-License-Identifier: GPL-2.0-only
// event: something that happened, and a line of JSON for it.
//
// A change of state, not a reading: an attack began, a policy was applied, a table was full.
// Numbers are bounds where the truth is not known: at_least <= true <= at_most.
#ifndef COMMON_EVENTS_EVENT_H
#define COMMON_EVENTS_EVENT_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/abi/policy_names.h"
#include "common/address/prefix.h"
#include "common/base/errmsg.h"

#define EVENT_SCHEMA 1
#define EVENT_MAX_BYTES 4096 /* of a line, with its newline and the terminating null */
#define EVENT_ID_TEXT_BYTES 17
#define EVENT_GATEWAY_BYTES 65 /* HOST_NAME_MAX, and the terminating null */
#define EVENT_SUMMARY_BYTES 256
#define EVENT_FILE_BYTES 128
#define EVENT_TEXT_BYTES 256
#define EVENT_MAX_SOURCES 10

/* X(constant, name). The name is also that of the object with the kind's own fields. */
#define EVENT_KINDS(X)                    \
	X(EVENT_ATTACK, "attack")         \
	X(EVENT_SOURCE, "source")         \
	X(EVENT_POLICY, "policy")         \
	X(EVENT_ATTACHMENT, "attachment") \
	X(EVENT_REGIME, "regime")         \
	X(EVENT_LOSS, "loss")             \
	X(EVENT_TEST, "test")             \
	X(EVENT_SUPPRESSED, "suppressed")

#define EVENT_PHASES(X)           \
	X(PHASE_BEGAN, "began")   \
	X(PHASE_UPDATE, "update") \
	X(PHASE_ENDED, "ended")   \
	X(PHASE_POINT, "point")

#define EVENT_SEVERITIES(X)            \
	X(SEVERITY_INFO, "info")       \
	X(SEVERITY_NOTICE, "notice")   \
	X(SEVERITY_WARNING, "warning") \
	X(SEVERITY_CRITICAL, "critical")

#define ATTACK_CAUSES(X)                  \
	X(CAUSE_RATE, "rate")             \
	X(CAUSE_UNFINISHED, "unfinished") \
	X(CAUSE_KERNEL, "kernel")

#define EVENT_ANSWERS(X)             \
	X(ANSWER_UNKNOWN, "unknown") \
	X(ANSWER_NO, "no")           \
	X(ANSWER_YES, "yes")

/* What an upper bound of finished handshakes was read from. */
#define FINISHED_BY(X)                      \
	X(FINISHED_BY_CLOSINGS, "closings") \
	X(FINISHED_BY_COMPLETED, "completed")

#define POLICY_EVENTS(X)                       \
	X(POLICY_WAS_APPLIED, "applied")       \
	X(POLICY_WAS_CONFIRMED, "confirmed")   \
	X(POLICY_WAS_REVERTED, "reverted")     \
	X(POLICY_REACHED_DEADLINE, "deadline") \
	X(POLICY_IS_OFF, "off")

#define ATTACHMENT_EVENTS(X)               \
	X(ATTACHMENT_ATTACHED, "attached") \
	X(ATTACHMENT_GONE, "gone")         \
	X(ATTACHMENT_MOVED, "moved")       \
	X(ATTACHMENT_REPLACED, "replaced") \
	X(ATTACHMENT_DETACHED, "detached") \
	X(ATTACHMENT_UPGRADED, "upgraded") \
	X(ATTACHMENT_RESET, "reset")

#define LOSS_PLACES(X)             \
	X(LOSS_RING, "ring")       \
	X(LOSS_JOURNAL, "journal") \
	X(LOSS_NOTIFY, "notify")   \
	X(LOSS_DEVICE, "device")   \
	X(LOSS_UNOBSERVED, "unobserved")

#define EVENT_CONSTANT(constant, name) constant,
enum event_kind { EVENT_KINDS(EVENT_CONSTANT) EVENT_KIND_COUNT };
enum event_phase { EVENT_PHASES(EVENT_CONSTANT) EVENT_PHASE_COUNT };
enum event_severity { EVENT_SEVERITIES(EVENT_CONSTANT) EVENT_SEVERITY_COUNT };
enum attack_cause { ATTACK_CAUSES(EVENT_CONSTANT) ATTACK_CAUSE_COUNT };
enum event_answer { EVENT_ANSWERS(EVENT_CONSTANT) EVENT_ANSWER_COUNT };
enum finished_by { FINISHED_BY(EVENT_CONSTANT) FINISHED_BY_COUNT };
enum policy_event { POLICY_EVENTS(EVENT_CONSTANT) POLICY_EVENT_COUNT };
enum attachment_event { ATTACHMENT_EVENTS(EVENT_CONSTANT) ATTACHMENT_EVENT_COUNT };
enum loss_place { LOSS_PLACES(EVENT_CONSTANT) LOSS_PLACE_COUNT };
#undef EVENT_CONSTANT

/* By their constants, with NULL behind the last: words in JSON and in /etc/xdpctl/events.yaml. */
extern const char *const event_kind_names[];
extern const char *const event_phase_names[];
extern const char *const event_severity_names[];
extern const char *const attack_cause_names[];
extern const char *const event_answer_names[];
extern const char *const finished_by_names[];
extern const char *const policy_event_names[];
extern const char *const attachment_event_names[];
extern const char *const loss_place_names[];
extern const char *const event_table_names[]; /* by enum table */

/** event_word__find() - the number of a word in one of these lists. Return: -1 if it has none. */
int event_word__find(const char *const *words, const char *text);

struct event_bounds {
	__u64 at_least, at_most;
};

struct event_source {
	struct endpoint address;
	struct event_bounds syns;
};

/* SYNs to a victim, or to all victims of a prefix. */
struct event_attack {
	struct endpoint victim; /* of a prefix: its network, and port 0 */
	__u8 prefix_bits;       /* 0: one victim */
	__u32 victims;          /* under attack in the prefix; 1: one victim */
	__u64 began_ns;         /* since 1970 */
	__u64 ended_ns;         /* when it was last seen; 0: it has not ended */
	enum attack_cause cause;
	__u64 threshold_pps;      /* that was exceeded: `above`, or `unfinished` */
	__u64 syns_pps, peak_pps; /* in the last interval, and in the busiest one */
	struct event_bounds syns; /* since it began */
	/* Of the busiest interval. */
	bool distinct_known;
	struct event_bounds distinct_sources;
	enum event_answer spoofed;
	struct event_source sources[EVENT_MAX_SOURCES]; /* of the interface, the heaviest first */
	__u32 source_count;
	/* Of the last 10 s. */
	struct event_bounds unfinished;
	enum finished_by unfinished_by;
	/* By the policy's rule. */
	bool answered_known;
	__u64 challenged, verified, dropped;
	char evidence[EVENT_FILE_BYTES]; /* a file; empty: none */
};

struct event_heavy_source {
	struct prefix address; /* an IPv6 source is a /64 */
	__u64 began_ns, ended_ns;
	__u64 syns_pps;
	struct event_bounds syns;
	bool completed_known;
	struct event_bounds completed;
	__u64 threshold_pps;
};

struct event_policy {
	enum policy_event action;
	char policy[POLICY_ID_BYTES];
	__u64 generation;
	char file_digest[POLICY_DIGEST_BYTES * 2 + 1]; /* empty: none */
};

struct event_attachment {
	enum attachment_event state;
	__u32 program_id;                /* 0: unknown */
	char to_netns[EVENT_FILE_BYTES]; /* of ATTACHMENT_MOVED; empty: unknown */
};

/* A table in which not every endpoint has its exact count. */
struct event_regime {
	enum table table;
	__u64 unlisted_at_most;
};

struct event_loss {
	enum loss_place where;
	__u64 count;                 /* of what was lost; 0: not known */
	__u64 from_ns, to_ns;        /* of LOSS_UNOBSERVED */
	char what[EVENT_TEXT_BYTES]; /* a hook, a file, a counter, with the reason; may be empty */
};

struct event_test {
	char hook[POLICY_NAME_BYTES]; /* that it is for; empty: all */
};

/* Events that were held back, see event_cap.h. */
struct event_suppressed {
	__u64 counts[EVENT_KIND_COUNT];
};

/* Texts are untrusted: names of interfaces, files and hooks. Zeros are a valid start. */
struct event {
	__u64 sequence; /* of the journal; 0: not in one */
	__u64 time_ns;  /* since 1970 */
	enum event_kind kind;
	enum event_phase phase;
	__u64 id; /* see event__identify() */
	enum event_severity severity;
	char interface[IFNAMSIZ];
	char gateway[EVENT_GATEWAY_BYTES];
	char rule[POLICY_NAME_BYTES];      /* that fired; empty: none */
	char summary[EVENT_SUMMARY_BYTES]; /* see event__summarize() */
	union {
		struct event_attack attack;
		struct event_heavy_source source;
		struct event_policy policy;
		struct event_attachment attachment;
		struct event_regime regime;
		struct event_loss loss;
		struct event_test test;
		struct event_suppressed suppressed;
	};
};

/** event_function - gets an event, which is valid during the call. */
typedef void event_function(void *context, const struct event *event);

/**
 * event__identify() - set the id: a hash of gateway, interface, kind and subject, and of two times
 * @attached_at_ns: of the interface's program
 * @began_ns: when the state began that the event belongs to
 *
 * All phases of a state have the same id, also after a restart. SipHash-2-4 with a fixed key: it
 * tells events apart, and protects nothing.
 */
void event__identify(struct event *event, __u64 attached_at_ns, __u64 began_ns);

/** event__id_text() - the id as 16 hexadecimal digits. Return: @buf. */
const char *event__id_text(__u64 id, char buf[EVENT_ID_TEXT_BYTES]);

/** event__summarize() - set the summary, one English sentence, from the other fields. */
void event__summarize(struct event *event);

/**
 * event__subject() - what it is about: "192.0.2.1:443", "192.0.2.0/24", a rule, a place
 *
 * Return: @buf.
 */
const char *event__subject(const struct event *event, char buf[EVENT_TEXT_BYTES]);

/**
 * event__write() - a line of JSON, with its newline
 *
 * Fields are in the order of the documentation. Bytes of texts that are not UTF-8 are escaped.
 *
 * Return: its length, or -ENOMEM.
 */
int event__write(const struct event *event, char buf[EVENT_MAX_BYTES]);

/**
 * event__read() - the reverse
 * @line: @bytes long, with or without a newline; of any origin
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int event__read(const char *line, size_t bytes, struct event *ret, struct errmsg *why);

#endif
