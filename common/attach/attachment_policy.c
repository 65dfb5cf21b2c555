// SPDX-License-Identifier: GPL-2.0-only
// attachment_policy: how the policy of an attachment stands.
#include "common/attach/attachment_policy.h"

#include "common/attach/answers.h"
#include "common/dataplane/policy_read.h"
#include "common/netdev/tx_failed.h"

int attachment__standing(const struct attachment *attachment, struct policy_standing *ret,
			 struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	struct policy_maps *maps;
	int err = policy_maps__reopen(registry__path(&attachment->entry, directory), &maps, why);

	if (err)
		return err;
	err = policy_maps__standing(maps, ret, why);
	policy_maps__close(maps);
	return err;
}

void attachment__read_answers(const struct attachment *attachment, struct policy_counts *policy)
{
	struct answers_obstacle obstacle;
	struct netdev netdev;

	if (policy->counted && attachment->mode == ATTACH_NATIVE)
		policy->tx_failed_known =
			!tx_failed__read(attachment->interface, &policy->tx_failed);
	if (policy->is_armed && !policy->cannot_answer &&
	    !netdev__read(attachment->interface, &netdev, NULL))
		policy->answers_lost = answers__find_obstacle(&netdev, attachment->mode, &obstacle);
}
