// SPDX-License-Identifier: GPL-2.0-only
// object_prog: anyone's XDP program out of an object file, loaded for a test run.
#ifndef COMMON_BPF_OBJECT_PROG_H
#define COMMON_BPF_OBJECT_PROG_H

#include <stdbool.h>

#include "common/base/errmsg.h"

struct foreign;

/**
 * foreign__load() - load one XDP program of an object, with maps of its own, pinning nothing
 * @object: "FILE" for its first XDP program, or "FILE:NAME" for the one of that section or function
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int foreign__load(const char *object, struct foreign **ret, struct errmsg *why);

/** foreign__program_fd() - the program; stays the foreign's. */
int foreign__program_fd(const struct foreign *foreign);

/** foreign__name() - the program's function name; stays the foreign's. */
const char *foreign__name(const struct foreign *foreign);

/** foreign__close() - unload and free; NULL is fine. */
void foreign__close(struct foreign *foreign);

#endif
