// SPDX-License-Identifier: GPL-2.0-only
// attachment_json: attachments as JSON.
#ifndef CTL_ATTACH_ATTACHMENT_JSON_H
#define CTL_ATTACH_ATTACHMENT_JSON_H

#include <jansson.h>

#include "common/attach/attachment.h"

/** attachment_to_json() - one interface of `status`, as a new object; NULL without memory. */
json_t *attachment_to_json(const struct attachment *attachment);

#endif
