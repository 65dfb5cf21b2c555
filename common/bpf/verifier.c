// SPDX-License-Identifier: GPL-2.0-only
// verifier: load a program of an object file, and report what the verifier says of it.
#include "common/bpf/verifier.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bpf/libbpf_log.h"
#include "common/bpf/line_info.h"
#include "common/bpf/object.h"

/* log_level of bpf(2); the names are in the kernel's internal <linux/bpf_verifier.h>. */
#define LOG_INSTRUCTIONS 1
#define LOG_STATISTICS 4

#define SHORT_LOG_BYTES (64 << 10)
#define LONG_LOG_BYTES ((16 << 20) - 1) /* the largest that every kernel accepts */

/* Return: 0 with the refusal, if any, in ret->err; the log is written to @log. */
static int verification_load(const struct object_file *file, const char *name, __u32 level,
			     char *log, size_t log_bytes, struct verification *ret,
			     struct errmsg *why)
{
	int err = object__open(file, &ret->object, why);

	log[0] = '\0';
	if (err)
		return err;
	ret->program = object__program(ret->object, name);
	if (!ret->program)
		return errmsg__set(why, -ENOENT, "%s: no program '%s' in it",
				   object_file__path(file), name);
	bpf_program__set_autoload(ret->program, true);
	bpf_program__set_log_buf(ret->program, log, log_bytes);
	bpf_program__set_log_level(ret->program, level);
	libbpf_log__keep_warning(ret->warning, sizeof(ret->warning));
	ret->err = bpf_object__load(ret->object);
	libbpf_log__keep_warning(NULL, 0);
	ret->instructions = bpf_program__insn_cnt(ret->program);
	/* The log is the caller's, and may be freed before the program. */
	bpf_program__set_log_buf(ret->program, NULL, 0);
	return 0;
}

/* A line that the log does not name may be in the object's debug information. */
static void verification_find_line(const struct object_file *file,
				   struct verification *verification)
{
	struct verifier_place *place = &verification->place;
	struct line_info *line_info;
	struct source_line line;

	if (place->line || place->instruction < 0 ||
	    line_info__open(object_file__copy_path(file), &line_info))
		return;
	if (!line_info__find(line_info, bpf_program__section_name(verification->program),
			     bpf_program__name(verification->program), place->instruction, &line)) {
		place->line = line.line;
		snprintf(place->file, sizeof(place->file), "%s", line.file);
		snprintf(place->text, sizeof(place->text), "%s", line.text);
	}
	line_info__close(line_info);
}

/*
 * A second load, whose log lists the instructions up to the refused one. That log is long and,
 * before 6.4, cut at its end (ENOSPC): the complaint comes from the first load, and the place stays
 * unknown, unless the program is too complex (E2BIG), where any instruction of the loop will do.
 */
static void verification_find_place(const struct object_file *file, const char *name,
				    struct verification *verification)
{
	struct verification listed = {};
	char *log = malloc(LONG_LOG_BYTES);

	if (!log || verification_load(file, name, LOG_INSTRUCTIONS | LOG_STATISTICS, log,
				      LONG_LOG_BYTES, &listed, NULL))
		goto out;
	if (listed.err != -ENOSPC || verification->err == -E2BIG) {
		verifier_log__place(log, &verification->place);
		verification_find_line(file, verification);
	}
	verification->log = strdup(log);
out:
	verification__free(&listed);
	free(log);
}

/* If the verifier did not get as far as a complaint, libbpf's warning says what failed. */
static void verification_explain(const struct object_file *file, const char *name, const char *log,
				 struct verification *verification)
{
	verifier_log__complaint(log, verification->complaint, sizeof(verification->complaint));
	verification->judged = verification->complaint[0];
	if (verification->judged)
		verification_find_place(file, name, verification);
	else
		snprintf(verification->complaint, sizeof(verification->complaint), "%s",
			 verification->warning);
}

int verification__run(const struct object_file *file, const char *name, struct verification *ret,
		      struct errmsg *why)
{
	struct verification verification = {.place.instruction = -1};
	char *log = malloc(SHORT_LOG_BYTES);
	int err;

	if (!log)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", object_file__path(file));
	err = verification_load(file, name, LOG_STATISTICS, log, SHORT_LOG_BYTES, &verification,
				why);
	if (err) {
		verification__free(&verification);
		goto out;
	}
	verifier_log__statistics(log, &verification.statistics);
	if (verification.err)
		verification_explain(file, name, log, &verification);
	*ret = verification;
out:
	free(log);
	return err;
}

void verification__free(struct verification *verification)
{
	bpf_object__close(verification->object);
	free(verification->log);
	*verification = (struct verification){};
}
