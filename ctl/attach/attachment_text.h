// SPDX-License-Identifier: GPL-2.0-only
// attachment_text: attachments as a table for people.
#ifndef CTL_ATTACH_ATTACHMENT_TEXT_H
#define CTL_ATTACH_ATTACHMENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attach/attachment.h"

/** print_status() - one line for each attachment, under a heading. */
void print_status(const struct attachment *list, size_t count, bool verbose);

/** print_place() - the other components of its dispatcher, or why it runs without one. */
void print_place(const struct attachment *attachment);

#endif
