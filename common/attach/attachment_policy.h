// SPDX-License-Identifier: GPL-2.0-only
// attachment_policy: how the policy of an attachment stands.
#ifndef COMMON_ATTACH_ATTACHMENT_POLICY_H
#define COMMON_ATTACH_ATTACHMENT_POLICY_H

#include "common/attach/attachment_info.h"
#include "common/counts/policy_counts.h"

/**
 * attachment__standing() - read how the policy of an attachment stands, without privileges
 * @attachment: its record names a policy
 *
 * Return: 0, or a negative errno with @why set.
 */
int attachment__standing(const struct attachment *attachment, struct policy_standing *ret,
			 struct errmsg *why);

/**
 * attachment__loses_answers() - find out whether the answers of a policy are lost now
 * @standing: of the policy of the attachment
 *
 * They are if something else than the attachment has changed since the policy was applied, as a
 * program at the other end of a veth.
 *
 * Return: 1, 0, or a negative errno if it is unknown, as in another network namespace.
 */
int attachment__loses_answers(const struct attachment *attachment,
			      const struct policy_standing *standing);

/**
 * attachment__read_answers() - complete the counts of a policy: what becomes of its answers now
 *
 * Those that the driver lost, which it knows of native mode alone; and whether they are lost, as
 * attachment__loses_answers() finds it.
 */
void attachment__read_answers(const struct attachment *attachment, struct policy_counts *policy);

#endif
