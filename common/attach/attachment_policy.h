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
 * attachment__read_answers() - complete the counts of a policy: what becomes of its answers now
 *
 * Those that the driver lost, which it knows of native mode alone; and whether they are lost since
 * something else than the attachment has changed, as a program at the other end of a veth.
 */
void attachment__read_answers(const struct attachment *attachment, struct policy_counts *policy);

#endif
