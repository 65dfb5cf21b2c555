// SPDX-License-Identifier: GPL-2.0-only
// answer_notes: on which interfaces of a policy SYNs cannot be answered, and what would help.
#include "ctl/policy/answer_notes.h"

#include <string.h>

#include "common/base/utf8.h"

int answer_notes__take(const struct policy_session *session,
		       const struct policy_members *interfaces, struct answer_notes *ret,
		       struct errmsg *why)
{
	struct answers_obstacle obstacle;
	int err = 0;

	*ret = (struct answer_notes){};
	for (size_t i = 0; !err && i < interfaces->count; i++) {
		err = session__allow_answers(session, interfaces->interfaces[i], &obstacle, why);
		if (err || !obstacle.reason[0])
			continue;
		memcpy(ret->rows[ret->count].interface, interfaces->interfaces[i], IFNAMSIZ);
		ret->rows[ret->count++].obstacle = obstacle;
	}
	return err;
}

void answer_notes__print(const struct answer_notes *notes, const struct cli *cli)
{
	for (size_t i = 0; i < notes->count; i++)
		cli__note(cli,
			  "%s: SYNs that would be answered pass, as 'not_answerable': %s: %s, then "
			  "apply the policy again",
			  UTF8_PRINTABLE(notes->rows[i].interface), notes->rows[i].obstacle.reason,
			  notes->rows[i].obstacle.remedy);
}

json_t *answer_notes__to_json(const struct answer_notes *notes)
{
	json_t *list = json_array();

	for (size_t i = 0; i < notes->count; i++)
		json_array_append_new(list, json_pack("{s:o, s:s, s:s}", "interface",
						      utf8__json(notes->rows[i].interface),
						      "reason", notes->rows[i].obstacle.reason,
						      "remedy", notes->rows[i].obstacle.remedy));
	return list;
}
