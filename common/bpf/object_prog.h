// SPDX-License-Identifier: GPL-2.0-only
// object_prog: an XDP program of an object file, loaded for a test run.
#ifndef COMMON_BPF_OBJECT_PROG_H
#define COMMON_BPF_OBJECT_PROG_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/bpf/object.h"

struct object_prog;

/**
 * object_prog__read() - read the file that an operand names
 * @object: "FILE", or "FILE:NAME"
 * @ret_name: NULL, or the operand's NAME, which is a part of @object
 *
 * Return: 0 with *@ret to be freed by object_file__free(), or a negative errno with @why set.
 */
int object_prog__read(const char *object, struct object_file **ret, const char **ret_name,
		      struct errmsg *why);

/**
 * object_prog__load_file() - load one XDP program of an object, with maps of its own, pinning
 * nothing
 * @name: of its section or function; NULL: the first XDP program
 * @max_map_mib: see object__check_maps()
 *
 * To be called after object__confine() if the file is a stranger's.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int object_prog__load_file(const struct object_file *file, const char *name,
			   unsigned long long max_map_mib, struct object_prog **ret,
			   struct errmsg *why);

/** object_prog__load() - read and load at once, for a file that is trusted. */
int object_prog__load(const char *object, unsigned long long max_map_mib, struct object_prog **ret,
		      struct errmsg *why);

/** object_prog__program_fd() - the program's descriptor; belongs to @prog. */
int object_prog__program_fd(const struct object_prog *prog);

/** object_prog__name() - the program's function name; belongs to @prog. */
const char *object_prog__name(const struct object_prog *prog);

/** object_prog__close() - unload and free; NULL is fine. */
void object_prog__close(struct object_prog *prog);

#endif
