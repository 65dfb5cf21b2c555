// SPDX-License-Identifier: GPL-2.0-only
// verifier: load a program of an object file, and report what the verifier says of it.
#ifndef COMMON_BPF_VERIFIER_H
#define COMMON_BPF_VERIFIER_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/bpf/verifier_log.h"

struct bpf_object;
struct bpf_program;
struct object_file;

/* One program, loaded or refused. */
struct verification {
	struct bpf_object *object;
	struct bpf_program *program; /* of the object */
	int err;                     /* 0: accepted, and loaded until verification__free() */
	bool judged;                 /* by the verifier; else libbpf or a system call failed */
	__u32 instructions;          /* given to the verifier, with the functions it calls */
	struct verifier_statistics statistics;
	char complaint[1024]; /* why it was refused: the verifier's words, or libbpf's */
	char warning[256];    /* libbpf's first one, or empty */
	struct verifier_place place;
	char *log; /* the complete verifier log of a refused program, or NULL */
};

/**
 * verification__run() - load one program of an object with its maps, and nothing else
 * @name: the program's function
 *
 * Nothing is attached or pinned. A refusal is a result, not an error.
 *
 * Return: 0 with *@ret to be freed by verification__free(), or a negative errno with @why set.
 */
int verification__run(const struct object_file *file, const char *name, struct verification *ret,
		      struct errmsg *why);

/** verification__free() - unload and free; an empty one is fine. */
void verification__free(struct verification *verification);

#endif
