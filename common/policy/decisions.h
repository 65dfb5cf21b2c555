// SPDX-License-Identifier: GPL-2.0-only
// decisions: what holds for an address that several prefixes list, each combination once.
#ifndef COMMON_POLICY_DECISIONS_H
#define COMMON_POLICY_DECISIONS_H

#include <stddef.h>

#include "common/abi/policy.h"
#include "common/policy/policy.h"

struct decisions;

/** decisions__new() - decision 0: nothing is listed. Return: to be freed by decisions__free(). */
struct decisions *decisions__new(void);

/**
 * decisions__port_set() - the number of a set of ports
 *
 * Return: it, or -E2BIG above POLICY_PORT_SETS.
 */
int decisions__port_set(struct decisions *decisions, const struct port_list *ports);

/**
 * decisions__combine() - the number of the decision where both of two hold
 *
 * The order of the two does not matter.
 *
 * Return: it, -E2BIG above POLICY_DECISIONS or POLICY_PORT_SETS, or -ENOSPC if more than
 * POLICY_VICTIM_PROTECTS rules protect the same victim.
 */
int decisions__combine(struct decisions *decisions, __u32 number,
		       const struct policy_decision *other);

/** decisions__count() - decisions so far. */
__u32 decisions__count(const struct decisions *decisions);

/** decisions__copy() - copy decisions and port sets into an image. */
void decisions__copy(const struct decisions *decisions, struct policy_image *image);

/** decisions__free() - free; NULL is fine. */
void decisions__free(struct decisions *decisions);

#endif
