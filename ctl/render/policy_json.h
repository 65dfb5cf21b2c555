// SPDX-License-Identifier: GPL-2.0-only
// policy_json: what a policy has decided on an interface as JSON.
#ifndef CTL_RENDER_POLICY_JSON_H
#define CTL_RENDER_POLICY_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "common/counts/interval.h"
#include "common/counts/snapshot.h"

/** policy_standing_to_json() - which policy rules, as a new object; NULL without memory. */
json_t *policy_standing_to_json(const struct policy_standing *standing);

/**
 * policy_counts_to_json() - policy, rules, reasons and attacks, as a new object
 * @top: list at most this many attacks
 *
 * Return: empty if no policy has ever ruled; NULL without memory.
 */
json_t *policy_counts_to_json(const struct policy_counts *policy, size_t top);

/** attacks_to_json() - a list of at most @top; with rates, unless @interval is NULL. */
json_t *attacks_to_json(const struct policy_counts *policy, const struct interval *interval,
			size_t top);

/** policy_interval_to_json() - the reasons of an interval alone; empty if no policy has ever ruled.
 */
json_t *policy_interval_to_json(const struct policy_counts *policy,
				const struct interval *interval);

#endif
