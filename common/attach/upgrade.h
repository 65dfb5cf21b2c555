// SPDX-License-Identifier: GPL-2.0-only
// upgrade: replace the program of an attachment, on the same maps or on new ones, with or without
// a policy.
#ifndef COMMON_ATTACH_UPGRADE_H
#define COMMON_ATTACH_UPGRADE_H

#include "common/attach/attachment.h"
#include "common/attach/request.h"

/**
 * lifecycle__upgrade() - replace the program of an attachment that runs, and keep its policy
 * @asked: the record of what is requested
 * @report: filled in
 *
 * Return: 0, or a negative errno with @why set and nothing changed.
 */
int lifecycle__upgrade(const struct attachment *attachment, const struct attachment_record *asked,
		       const struct attach_request *request, struct attach_report *report,
		       struct errmsg *why);

/**
 * lifecycle__arm() - let an attachment's program decide by a policy
 * @attachment: found while the registry is locked, after attachment__recover_interface()
 * @id: of the policy, shorter than POLICY_ID_BYTES; it is kept in the record
 * @report: filled in
 *
 * A program that decides replaces the present one in one step, and no count is lost. Every later
 * upgrade keeps the policy. An attachment that has a policy gets this one instead.
 *
 * Return: 0, or a negative errno with @why set and nothing changed: -EOPNOTSUPP in offload mode.
 */
int lifecycle__arm(const struct attachment *attachment, const struct policy_maps *policy,
		   const char *id, struct attach_report *report, struct errmsg *why);

/**
 * lifecycle__disarm() - let every frame pass again
 * @attachment: as for lifecycle__arm(); without a policy, its program is replaced all the same
 *
 * What was counted stays.
 *
 * Return: 0, or a negative errno with @why set and nothing changed.
 */
int lifecycle__disarm(const struct attachment *attachment, struct errmsg *why);

/**
 * lifecycle__sample() - let an attachment's program take samples, or no more
 * @attachment: as for lifecycle__arm()
 * @sampling: SAMPLING_NEW or SAMPLING_OFF
 *
 * The counts, the policy and the handshakes are kept. Later upgrades keep the samples as long as
 * their sampler lives: see common/attach/sampler.h.
 *
 * Return: 0, or a negative errno with @why set and nothing changed: -EOPNOTSUPP in offload mode.
 */
int lifecycle__sample(const struct attachment *attachment, enum sampling sampling,
		      struct errmsg *why);

#endif
