// SPDX-License-Identifier: GPL-2.0-only
// verifier: a program of an object file shown to the kernel's verifier, and what came of it.
#include "common/bpf/verifier.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bpf/line_info.h"

/* Of the kernel's internal <linux/bpf_verifier.h>, and documented with bpf(2)'s log_level. */
#define LOG_INSTRUCTIONS 1
#define LOG_STATISTICS 4

#define SHORT_LOG_BYTES (64 << 10)
#define LONG_LOG_BYTES ((16 << 20) - 1) /* the most that any kernel takes */

static libbpf_print_fn_t report_to;
static char first_warning[256];

/* libbpf says why it gave up in its first warning; the later ones say that it did. */
__attribute__((format(printf, 2, 0))) static int keep_warning(enum libbpf_print_level level,
							      const char *fmt, va_list args)
{
	static const char prefix[] = "libbpf: ";
	va_list copy;

	if (level == LIBBPF_WARN && !first_warning[0]) {
		va_copy(copy, args);
		vsnprintf(first_warning, sizeof(first_warning), fmt, copy);
		va_end(copy);
		if (!strncmp(first_warning, prefix, strlen(prefix)))
			memmove(first_warning, first_warning + strlen(prefix),
				strlen(first_warning + strlen(prefix)) + 1);
		first_warning[strcspn(first_warning, "\n")] = '\0';
	}
	return report_to ? report_to(level, fmt, args) : 0;
}

static int open_object(const char *path, const char *name, struct verification *ret,
		       struct errmsg *why)
{
	struct bpf_program *program;
	struct bpf_map *map;

	ret->object = bpf_object__open_file(path, NULL);
	if (!ret->object)
		return errmsg__set(why, -errno, "%s: opening it as a BPF object: %s", path,
				   first_warning[0] ? first_warning : strerror(errno));
	bpf_object__for_each_program (program, ret->object) {
		bool wanted = !strcmp(bpf_program__name(program), name);

		bpf_program__set_autoload(program, wanted);
		if (wanted)
			ret->program = program;
	}
	bpf_object__for_each_map (map, ret->object)
		bpf_map__set_pin_path(map, NULL);
	if (!ret->program)
		return errmsg__set(why, -ENOENT, "%s: no program '%s' in it", path, name);
	return 0;
}

/* Return: 0 with the refusal, if any, in ret->err; the log is written to @log. */
static int load(const char *path, const char *name, __u32 level, char *log, size_t log_bytes,
		struct verification *ret, struct errmsg *why)
{
	int err;

	first_warning[0] = '\0';
	log[0] = '\0';
	report_to = libbpf_set_print(keep_warning);
	err = open_object(path, name, ret, why);
	if (!err) {
		bpf_program__set_log_buf(ret->program, log, log_bytes);
		bpf_program__set_log_level(ret->program, level);
		ret->err = bpf_object__load(ret->object);
		ret->instructions = bpf_program__insn_cnt(ret->program);
		/* It is the caller's, who may not keep it. */
		bpf_program__set_log_buf(ret->program, NULL, 0);
	}
	libbpf_set_print(report_to);
	return err;
}

/* What the log does not name, the debug information of the object may. */
static void find_line(const char *path, struct verification *verification)
{
	struct verifier_place *place = &verification->place;
	struct line_info *line_info;
	struct source_line line;

	if (place->line || place->instruction < 0 || line_info__open(path, &line_info))
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
 * A second load, whose log lists the instructions up to the one that was refused. That log is long
 * and, before 6.4, cut at its end (ENOSPC): the complaint comes from the first load, and the place
 * is not known, but where it is any of those that were walked through too often (E2BIG).
 */
static void find_place(const char *path, const char *name, struct verification *verification)
{
	struct verification listed = {};
	char *log = malloc(LONG_LOG_BYTES);

	if (!log ||
	    load(path, name, LOG_INSTRUCTIONS | LOG_STATISTICS, log, LONG_LOG_BYTES, &listed, NULL))
		goto out;
	if (listed.err != -ENOSPC || verification->err == -E2BIG) {
		verifier_log__place(log, &verification->place);
		find_line(path, verification);
	}
	verification->log = strdup(log);
out:
	verification__free(&listed);
	free(log);
}

int verification__run(const char *path, const char *name, struct verification *ret,
		      struct errmsg *why)
{
	struct verification verification = {.place.instruction = -1};
	char *log = malloc(SHORT_LOG_BYTES);
	int err = -ENOMEM;

	if (!log)
		goto out;
	err = load(path, name, LOG_STATISTICS, log, SHORT_LOG_BYTES, &verification, why);
	if (err)
		goto out;
	verifier_log__statistics(log, &verification.statistics);
	if (verification.err) {
		verifier_log__complaint(log, verification.complaint,
					sizeof(verification.complaint));
		verification.judged = verification.complaint[0];
		if (verification.judged)
			find_place(path, name, &verification);
		else
			snprintf(verification.complaint, sizeof(verification.complaint), "%s",
				 first_warning);
	}
	*ret = verification;
	verification = (struct verification){};
out:
	verification__free(&verification);
	free(log);
	return err;
}

void verification__free(struct verification *verification)
{
	bpf_object__close(verification->object);
	free(verification->log);
	*verification = (struct verification){};
}
