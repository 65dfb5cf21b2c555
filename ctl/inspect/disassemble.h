// SPDX-License-Identifier: GPL-2.0-only
// disassemble: a loaded program's instructions as text, by bpftool.
#ifndef CTL_INSPECT_DISASSEMBLE_H
#define CTL_INSPECT_DISASSEMBLE_H

#include <linux/types.h>

#include "common/base/errmsg.h"

/**
 * disassemble__start_helper() - from now on, disassemble in a child process
 *
 * The child keeps the privileges that this process has now, and ends with it.
 *
 * Return: 0, or a negative errno with @why set.
 */
int disassemble__start_helper(struct errmsg *why);

/**
 * disassemble__program() - disassemble a program with bpftool
 * @id: of the loaded program
 * @what: "xlated": instructions after the verifier; "jited": machine code
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno with @why set: -ENOENT without
 * bpftool.
 */
int disassemble__program(__u32 id, const char *what, char **ret, struct errmsg *why);

#endif
