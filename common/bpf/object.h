// SPDX-License-Identifier: GPL-2.0-only
// object: a BPF object file, read once, and opened as often as programs of it are loaded.
#ifndef COMMON_BPF_OBJECT_H
#define COMMON_BPF_OBJECT_H

#include "common/base/errmsg.h"

struct bpf_object;
struct bpf_program;
struct object_file;

/**
 * object_file__read() - read a file that should be a BPF object
 *
 * The copy stays readable when privileges have been given up. Its content is looked at just far
 * enough to say what it is if it is something else.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int object_file__read(const char *path, struct object_file **ret, struct errmsg *why);

/** object_file__path() - the path as given, for messages; belongs to the file. */
const char *object_file__path(const struct object_file *file);

/** object_file__copy_path() - where the copy is, for other readers; belongs to the file. */
const char *object_file__copy_path(const struct object_file *file);

/** object_file__free() - NULL is fine. */
void object_file__free(struct object_file *file);

/**
 * object__open() - open an object, so that loading it loads none of its programs and pins no map
 *
 * Return: 0 with *@ret to be closed with bpf_object__close(), or a negative errno with @why set.
 */
int object__open(const struct object_file *file, struct bpf_object **ret, struct errmsg *why);

/**
 * object__confine() - give up all privileges that loading programs does not need, for good
 *
 * Before object__open(): the content is untrusted, and libbpf's parser is in this process.
 *
 * Return: 0, or a negative errno with @why set.
 */
int object__confine(struct errmsg *why);

/* The default limit, as text of an option. */
#define OBJECT_MAX_MAP_MIB "256"

/**
 * object__check_maps() - refuse an object whose maps would take too much kernel memory
 * @max_mib: the limit in MiB
 *
 * Return: 0, or -EFBIG with @why set.
 */
int object__check_maps(const struct object_file *file, const struct bpf_object *object,
		       unsigned long long max_mib, struct errmsg *why);

/** object__program() - the program of a function, or NULL. */
struct bpf_program *object__program(const struct bpf_object *object, const char *function);

#endif
