// SPDX-License-Identifier: GPL-2.0-only
// object_prog: an XDP program of an object file, loaded for a test run.
#ifndef COMMON_BPF_OBJECT_PROG_H
#define COMMON_BPF_OBJECT_PROG_H

#include <stdbool.h>

#include "common/base/errmsg.h"

struct object_prog;

/**
 * object_prog__load() - load one XDP program of an object, with maps of its own, pinning nothing
 * @object: "FILE" for its first XDP program, or "FILE:NAME" for the one of that section or function
 * @max_map_mib: see object__check_maps()
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int object_prog__load(const char *object, unsigned long long max_map_mib, struct object_prog **ret,
		      struct errmsg *why);

/** object_prog__program_fd() - the program's descriptor; belongs to @prog. */
int object_prog__program_fd(const struct object_prog *prog);

/** object_prog__name() - the program's function name; belongs to @prog. */
const char *object_prog__name(const struct object_prog *prog);

/** object_prog__close() - unload and free; NULL is fine. */
void object_prog__close(struct object_prog *prog);

#endif
