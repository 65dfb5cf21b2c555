// SPDX-License-Identifier: GPL-2.0-only
// attachment_policy: how the policy of an attachment stands.
#include "common/attach/attachment_policy.h"

#include <errno.h>

#include "common/attach/answers.h"
#include "common/attach/attachment.h"
#include "common/dataplane/answering.h"
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

/* Return: 1, 0, or a negative errno if it is unknown. */
static int has_obstacle(const struct attachment *attachment)
{
	struct answers_obstacle obstacle;
	struct netdev netdev;
	int err = netdev__read(attachment->interface, &netdev, NULL);

	return err ? err : answers__find_obstacle(&netdev, attachment->mode, &obstacle);
}

/* Return: 1, 0, or a negative errno. */
static int is_answering(const struct attachment *attachment)
{
	struct attachment opened = *attachment;
	struct dataplane *dataplane;
	int err = attachment__reopen(&opened, &dataplane, NULL);

	if (err)
		return err;
	err = dataplane__is_answering(dataplane, NULL);
	dataplane__close(dataplane);
	return err;
}

int attachment__loses_answers(const struct attachment *attachment,
			      const struct policy_standing *standing)
{
	int err;

	if (!standing->has_answers)
		return 0;
	if (!attachment->exists || attachment->mode == ATTACH_NONE)
		return -ENODEV;
	err = is_answering(attachment);
	return err > 0 ? has_obstacle(attachment) : err;
}

void attachment__read_answers(const struct attachment *attachment, struct policy_counts *policy)
{
	if (policy->counted && attachment->mode == ATTACH_NATIVE)
		policy->tx_failed_known =
			!tx_failed__read(attachment->interface, &policy->tx_failed);
	if (policy->is_armed && policy->standing.has_answers && !policy->cannot_answer)
		policy->answers_lost = has_obstacle(attachment) > 0;
}
