// SPDX-License-Identifier: GPL-2.0-only
// yaml_document: a file of one YAML document, which may be hostile, in memory.
#ifndef COMMON_BASE_YAML_DOCUMENT_H
#define COMMON_BASE_YAML_DOCUMENT_H

#include <yaml.h>

#include "common/base/errmsg.h"

/**
 * yaml_document__load() - read a file of at most 64 KiB; "-" is standard input
 *
 * Return: 0, or a negative errno with @why set to one line with the file and the line in it. *@ret
 * is to be freed by yaml_document_delete() in any case.
 */
int yaml_document__load(const char *path, yaml_document_t *ret, struct errmsg *why);

#endif
