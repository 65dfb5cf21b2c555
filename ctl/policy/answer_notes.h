// SPDX-License-Identifier: GPL-2.0-only
// answer_notes: on which interfaces of a policy SYNs cannot be answered, and what would help.
#ifndef CTL_POLICY_ANSWER_NOTES_H
#define CTL_POLICY_ANSWER_NOTES_H

#include <jansson.h>

#include "common/base/cli.h"
#include "common/policy/policy.h"
#include "ctl/policy/session.h"

struct answer_notes {
	struct {
		char interface[IFNAMSIZ];
		struct answers_obstacle obstacle;
	} rows[POLICY_MAX_INTERFACES];
	size_t count;
};

/**
 * answer_notes__take() - look at the interfaces again, and let those answer that can
 * @interfaces: armed
 * @ret: the others
 *
 * Return: 0, or a negative errno with @why set.
 */
int answer_notes__take(const struct policy_session *session,
		       const struct policy_members *interfaces, struct answer_notes *ret,
		       struct errmsg *why);

/** answer_notes__print() - one note for each, on standard error. */
void answer_notes__print(const struct answer_notes *notes, const struct cli *cli);

/** answer_notes__to_json() - a new array; NULL without memory. */
json_t *answer_notes__to_json(const struct answer_notes *notes);

#endif
