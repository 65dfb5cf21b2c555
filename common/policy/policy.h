// SPDX-License-Identifier: GPL-2.0-only
// policy: what an operator allows, denies, limits and protects, as rules in memory.
#ifndef COMMON_POLICY_POLICY_H
#define COMMON_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/abi/policy_names.h"
#include "common/address/prefix.h"

#define POLICY_VERSION 1
#define POLICY_DEFAULT_TRUST_S 600
#define PORT_LIST_MAX 16 /* of a rule */
#define POLICY_MAX_PROTECTS 128
#define POLICY_MAX_PREFIXES (1 << 22) /* of a list */

/* Shadow: count what would have been done, and go on. */
enum policy_mode { POLICY_SHADOW, POLICY_ENFORCE };

enum policy_fragments { FRAGMENTS_SHADOW, FRAGMENTS_DROP, FRAGMENTS_PASS };

/* When a rule of `protect` does something about SYNs. */
enum policy_armed { ARMED_ATTACK, ARMED_ALWAYS };

/* Their words in a policy, with NULL behind the last. */
extern const char *const policy_mode_words[];
extern const char *const policy_fragments_words[];
extern const char *const policy_action_words[];
extern const char *const policy_armed_words[];

/* Where something is written; line 0: nowhere. */
struct policy_origin {
	__u32 file; /* of policy->files */
	__u32 line, column;
};

struct port_list {
	__u16 ports[PORT_LIST_MAX]; /* in host byte order, ascending */
	int count;                  /* 0: all */
};

struct policy_prefix {
	struct prefix prefix;
	struct policy_origin origin;
};

struct policy_list {
	struct policy_prefix *prefixes;
	size_t count, capacity;
	enum policy_mode mode; /* of deny */
};

struct policy_management {
	struct policy_prefix source;
	struct port_list ports;
};

struct limit_rule {
	bool given;
	__u32 rate_pps;
	__u32 burst;
	enum policy_mode mode; /* of the policy's own limit */
	struct policy_origin origin;
};

/* Victims, and what is done about SYNs to them of sources that have not proved their address. */
struct protect_rule {
	char name[POLICY_NAME_BYTES];
	struct policy_origin origin;
	struct policy_list victims;
	struct port_list ports;
	enum policy_armed armed;
	__u32 above_pps, below_pps, hold_s; /* for ARMED_ATTACK */
	enum policy_mode mode;
	enum policy_action action;
	__u32 trust_s;           /* of a source that has proved its address */
	struct limit_rule limit; /* of such a source, while the rule is armed */
};

struct policy {
	char **files; /* that were read; [0] is the policy itself */
	size_t file_count;
	struct policy_management *management;
	size_t management_count;
	struct policy_list allow, deny;
	enum policy_fragments tiny_fragments;
	struct limit_rule limit;
	__u32 answer_limit_pps; /* of each CPU; 0: none */
	struct protect_rule *protects;
	size_t protect_count;
};

/**
 * policy__read() - read a policy and the lists that it names
 * @path: of YAML, which JSON is a part of; the names of lists are relative to its directory; "-" is
 *	  standard input
 * @ret: to be freed by policy__free()
 *
 * A file with a fault is refused whole; policy__check() looks for what is wrong between rules.
 *
 * Return: 0, or a negative errno with @why set, "FILE:LINE:COLUMN: ..." for a fault.
 */
int policy__read(const char *path, struct policy *ret, struct errmsg *why);

/** policy__free() - free what policy__read() has allocated. */
void policy__free(struct policy *policy);

/**
 * policy__add_file() - append a file that was read
 * @path: owned by the policy afterwards
 *
 * Return: 0, or -ENOMEM, and @path is the caller's.
 */
int policy__add_file(struct policy *policy, char *path);

/** policy__add_management() - append a rule of 'management': 0, or -ENOMEM. */
int policy__add_management(struct policy *policy, const struct policy_management *management);

/** policy__has_enforced() - true if anything of it may drop a frame. */
bool policy__has_enforced(const struct policy *policy);

/** policy_action__verifies() - true if its answer lets a source prove its address. */
bool policy_action__verifies(enum policy_action action);

/** policy__has_answers() - true if anything of it may answer a SYN. */
bool policy__has_answers(const struct policy *policy);

/** policy__protect() - the rule of that name, or NULL. */
const struct protect_rule *policy__protect(const struct policy *policy, const char *name);

/**
 * policy_list__add() - append a prefix
 *
 * Return: 0, -ENOMEM, or -E2BIG above POLICY_MAX_PREFIXES.
 */
int policy_list__add(struct policy_list *list, const struct prefix *prefix,
		     struct policy_origin origin);

/** policy_list__free() - free its prefixes. */
void policy_list__free(struct policy_list *list);

#endif
