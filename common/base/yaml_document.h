// SPDX-License-Identifier: GPL-2.0-only
// yaml_document: a file of one YAML document, which may be hostile, in memory.
#ifndef COMMON_BASE_YAML_DOCUMENT_H
#define COMMON_BASE_YAML_DOCUMENT_H

#include <stddef.h>
#include <yaml.h>

#include "common/base/errmsg.h"

/**
 * yaml_document__load() - read a file of at most @max_bytes; "-" is standard input
 *
 * Return: 0, or a negative errno with @why set to "FILE:LINE:COLUMN: ...", -EFBIG to "FILE: ...".
 * *@ret is to be freed by yaml_document_delete() in any case.
 */
int yaml_document__load(const char *path, size_t max_bytes, yaml_document_t *ret,
			struct errmsg *why);

#endif
