// SPDX-License-Identifier: GPL-2.0-only
// upgrade: replace the program of an attachment, on the same maps or on new ones.
#ifndef COMMON_ATTACH_UPGRADE_H
#define COMMON_ATTACH_UPGRADE_H

#include "common/attach/attachment.h"
#include "common/attach/request.h"

/**
 * lifecycle__upgrade() - replace the program of an attachment that runs
 * @asked: the record of what is requested
 * @report: filled in
 *
 * Return: 0, or a negative errno with @why set and nothing changed.
 */
int lifecycle__upgrade(const struct attachment *attachment, const struct attachment_record *asked,
		       const struct attach_request *request, struct attach_report *report,
		       struct errmsg *why);

#endif
