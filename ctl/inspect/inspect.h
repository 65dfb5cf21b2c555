// SPDX-License-Identifier: GPL-2.0-only
// inspect: what is known of one program: size, verification, machine code, maps, runs.
#ifndef CTL_INSPECT_INSPECT_H
#define CTL_INSPECT_INSPECT_H

#include <jansson.h>
#include <net/if.h>

#include "common/bpf/prog_info.h"
#include "common/bpf/verifier.h"

struct object_file;

struct inspection {
	char interface[IFNAMSIZ]; /* it is attached to, or empty */
	const char *mode;         /* of the attachment, or NULL */
	/* NULL for a program that was loaded before; else it comes from an object file. */
	const struct verification *verification;
	bool known_info;
	struct prog_info info;
	__u64 watched_ns; /* 0: not watched; runs and run_ns are of this time */
	__u64 runs;
	__u64 run_ns;
	char *xlated; /* disassembly, or NULL */
	char *jited;
	char jited_refusal[sizeof(
		((struct errmsg *)0)->text)]; /* why there is none, if requested */
};

/** inspection__free() - free everything but the verification; an empty one is fine. */
void inspection__free(struct inspection *inspection);

/** print_inspection() - print as text. */
void print_inspection(const struct inspection *inspection);

/** inspection_to_json() - a new object; NULL without memory. */
json_t *inspection_to_json(const struct inspection *inspection);

/** print_object() - print an object file's sections and maps as text. */
void print_object(const struct object_file *file, const struct bpf_object *object);

/** object_to_json() - the same, as a new object; NULL without memory. */
json_t *object_to_json(const struct object_file *file, const struct bpf_object *object);

#endif
