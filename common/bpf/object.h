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

/** object__program() - the program of a function, or NULL. */
struct bpf_program *object__program(const struct bpf_object *object, const char *function);

#endif
