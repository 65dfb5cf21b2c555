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
 * attachment__read_tx_failed() - complete the counts of a policy: the answers that the driver lost
 *
 * The driver knows of native mode alone.
 */
void attachment__read_tx_failed(const struct attachment *attachment, struct policy_counts *policy);

#endif
