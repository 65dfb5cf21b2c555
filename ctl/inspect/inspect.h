// SPDX-License-Identifier: GPL-2.0-only
// inspect: one program's life so far, for printing: written, verified, compiled, run.
#ifndef CTL_INSPECT_INSPECT_H
#define CTL_INSPECT_INSPECT_H

#include <jansson.h>
#include <net/if.h>

#include "common/bpf/prog_info.h"
#include "common/bpf/verifier.h"

struct object_file;

struct inspection {
	char interface[IFNAMSIZ]; /* that runs it, or empty */
	const char *mode;         /* how, or NULL */
	/* Of an object file, loaded for the inspection alone; NULL for what was loaded before. */
	const struct verification *verification;
	bool known_info;
	struct prog_info info;
	/* What it did while it was watched. */
	__u64 watched_ns; /* 0: it was not */
	__u64 runs;
	__u64 run_ns;
	char *xlated; /* disassembled, or NULL */
	char *jited;
	char jited_refusal[sizeof(((struct errmsg *)0)->text)]; /* why not, if it was asked for */
};

/** inspection__free() - all but the verification; an empty one is fine. */
void inspection__free(struct inspection *inspection);

/** print_inspection() - sections of lines for people. */
void print_inspection(const struct inspection *inspection);

/** inspection_to_json() - a new object; NULL without memory. */
json_t *inspection_to_json(const struct inspection *inspection);

/** print_object() - what is in an object file: sections and maps. */
void print_object(const struct object_file *file, const struct bpf_object *object);

/** object_to_json() - the same, as a new object; NULL without memory. */
json_t *object_to_json(const struct object_file *file, const struct bpf_object *object);

#endif
