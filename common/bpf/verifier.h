// SPDX-License-Identifier: GPL-2.0-only
// verifier: a program of an object file shown to the kernel's verifier, and what came of it.
#ifndef COMMON_BPF_VERIFIER_H
#define COMMON_BPF_VERIFIER_H

#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/bpf/verifier_log.h"

struct bpf_object;
struct bpf_program;

/* One program, loaded or refused. */
struct verification {
	struct bpf_object *object;
	struct bpf_program *program; /* of the object */
	int err;                     /* 0: accepted, and loaded until verification__free() */
	bool judged;                 /* the verifier said why; else libbpf or a system call did */
	__u32 instructions;          /* as it was given to the verifier, with what it calls */
	struct verifier_statistics statistics;
	char complaint[1024]; /* why it was refused: the verifier's words, or libbpf's */
	struct verifier_place place;
	char *log; /* all of the verifier's words where it was refused, or NULL */
};

/**
 * verification__run() - load one program of an object with its maps, and nothing else
 * @path: the object file
 * @name: the program's function
 *
 * Nothing is attached or pinned. A refusal is a result, not an error.
 *
 * Return: 0 with *@ret to be freed by verification__free(), or a negative errno with @why set.
 */
int verification__run(const char *path, const char *name, struct verification *ret,
		      struct errmsg *why);

/** verification__free() - unload and free; an empty one is fine. */
void verification__free(struct verification *verification);

#endif
