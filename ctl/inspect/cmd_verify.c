// SPDX-License-Identifier: GPL-2.0-only
// cmd_verify: `xdpctl verify`.
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/object.h"
#include "common/bpf/verifier.h"
#include "ctl/commands.h"
#include "ctl/inspect/object_options.h"
#include "ctl/inspect/print_verifier.h"
#include "ctl/inspect/verifier_rules.h"
#include "ctl/render/format.h"

#define PERMISSION "run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON"

struct verify_options {
	const char *section;
	struct object_options object;
};

static const struct option_row verify_options[] = {
	{OPTION_TEXT(struct verify_options, section), .name = "section", .letter = 's',
	 .argument = "NAME", .help = "only the programs of this ELF section"},
	OBJECT_OPTION_ALL_TYPES(struct verify_options, object),
	OBJECT_OPTION_MAX_MAP_MEMORY(struct verify_options, object),
	{},
};

/* The report, as it grows by one program after the other. */
struct output {
	json_t *programs; /* NULL: print text */
	const struct verify_options *options;
	bool verbose;
	int accepted;
	int refused;
	int not_loaded; /* of other types than XDP */
};

/* NULL if the verifier did not judge the program, or no rule is known. */
static const struct rule *rule_of(const struct verification *verification)
{
	return verification->judged ? verifier_rules__explain(verification->complaint) : NULL;
}

static const char *remedy_of(const struct verification *verification, const struct rule *rule)
{
	if (rule)
		return rule->remedy;
	if (!verification->judged && verification->err == -EPERM)
		return PERMISSION;
	return NULL;
}

/* Lines of a message under one heading. */
static void print_lines(const char *heading, const char *text)
{
	while (*text) {
		int length = strcspn(text, "\n");

		printf("  %-12s ", heading);
		utf8__write(stdout, text, length);
		printf("\n");
		heading = "";
		text += length + (text[length] == '\n');
	}
}

static void print_log(const char *log)
{
	printf("\n");
	utf8__write(stdout, log, strlen(log));
	printf("\n");
}

static void print_refusal(const struct verification *verification, bool verbose)
{
	const struct verifier_place *place = &verification->place;
	const struct rule *rule = rule_of(verification);
	const char *remedy = remedy_of(verification, rule);

	if (rule)
		printf("  %-12s %s: %s\n", "rule", rule->name, rule->rule);
	if (place->line)
		printf("  %-12s %s:%d: %s\n", "where", UTF8_PRINTABLE(place->file), place->line,
		       UTF8_PRINTABLE(place->text));
	else if (place->text[0])
		printf("  %-12s %s\n", "where", UTF8_PRINTABLE(place->text));
	if (remedy)
		printf("  %-12s %s\n", "remedy", remedy);
	/* After a refusal by the verifier, the errno adds nothing. */
	if (!verification->judged)
		printf("  %-12s %s\n", "kernel", LIBBPF_STRERROR(verification->err));
	print_lines(verification->judged ? "verifier" : "libbpf", verification->complaint);
	if (verbose && verification->log)
		print_log(verification->log);
}

static json_t *refusal_to_json(const struct verification *verification, bool verbose)
{
	const struct verifier_place *place = &verification->place;
	const struct rule *rule = rule_of(verification);

	return json_pack(
		"{s:s?, s:s?, s:s?, s:o, s:o, s:o, s:o, s:s?, s:b, s:o, s:o*}", "rule",
		rule ? rule->name : NULL, "explanation", rule ? rule->rule : NULL, "remedy",
		remedy_of(verification, rule), "file", utf8__json(place->line ? place->file : NULL),
		"line", place->line ? json_integer(place->line) : json_null(), "source",
		utf8__json(place->text[0] ? place->text : NULL), "instruction",
		place->instruction >= 0 ? json_integer(place->instruction) : json_null(), "kernel",
		verification->judged ? NULL : LIBBPF_STRERROR(verification->err), "judged",
		verification->judged, "complaint", utf8__json(verification->complaint), "log",
		verbose && verification->log ? utf8__json(verification->log) : NULL);
}

static void output_add(struct output *output, const struct bpf_program *program,
		       const struct verification *verification)
{
	const char *type = libbpf_bpf_prog_type_str(bpf_program__type(program));
	bool accepted = !verification->err;

	*(accepted ? &output->accepted : &output->refused) += 1;
	if (output->programs) {
		json_t *object = json_pack("{s:o, s:o, s:s, s:b}", "name",
					   utf8__json(bpf_program__name(program)), "section",
					   utf8__json(bpf_program__section_name(program)), "type",
					   type ?: "unknown", "accepted", accepted);

		json_object_update_new(object, statistics_to_json(verification));
		if (!accepted)
			json_object_update_new(object,
					       refusal_to_json(verification, output->verbose));
		json_array_append_new(output->programs, object);
		return;
	}
	printf("%s%s, of type %s in section %s: %s\n",
	       output->accepted + output->refused > 1 ? "\n" : "",
	       UTF8_PRINTABLE(bpf_program__name(program)), type ?: "unknown",
	       UTF8_PRINTABLE(bpf_program__section_name(program)),
	       accepted ? "accepted" : "refused");
	if (!accepted)
		print_refusal(verification, output->verbose);
	if (accepted || verification->judged)
		print_statistics(verification);
}

static int refuse_empty(const char *path, const struct output *output, struct errmsg *why)
{
	const char *section = output->options->section;

	return errmsg__set(why, -ENOENT, "%s: no %sprogram%s%s in it%s", path,
			   output->options->object.all_types ? "" : "XDP ",
			   section ? " of section " : "", section ?: "",
			   output->not_loaded ? ": --all-types loads programs of other types" : "");
}

static int verify_programs(const struct object_file *file, const struct bpf_object *object,
			   struct output *output, struct errmsg *why)
{
	const char *section = output->options->section;
	struct bpf_program *program;
	int err = 0;

	bpf_object__for_each_program (program, object) {
		struct verification verification;

		if (section && strcmp(section, bpf_program__section_name(program)))
			continue;
		if (!object_options__selects(&output->options->object, program)) {
			output->not_loaded++;
			continue;
		}
		err = verification__run(file, bpf_program__name(program), &verification, why);
		if (err)
			return err;
		output_add(output, program, &verification);
		verification__free(&verification);
	}
	if (output->accepted + output->refused)
		return 0;
	return refuse_empty(object_file__path(file), output, why);
}

static int output_finish(const struct output *output, const char *path, struct errmsg *why)
{
	int err = 0;

	if (output->programs)
		err = cli__print_json(json_pack("{s:i, s:o, s:b, s:O, s:i}", "schema", JSON_SCHEMA,
						"object", utf8__json(path), "accepted",
						!output->refused, "programs", output->programs,
						"not_loaded", output->not_loaded),
				      why);
	else if (output->not_loaded)
		printf("\n%d of other types than XDP not loaded: see --all-types\n",
		       output->not_loaded);
	if (!err && output->refused)
		err = errmsg__set(why, -EACCES, "%s: %d of %d programs refused", path,
				  output->refused, output->accepted + output->refused);
	return err;
}

static int run_verify(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct verify_options *options = cli->options;
	struct output output = {.options = options, .verbose = cli->verbose};
	struct bpf_object *object = NULL;
	struct object_file *file;
	int err;

	err = object_file__read(operands[0], &file, why);
	if (err)
		return err;
	err = object__confine(why);
	if (err)
		goto out;
	err = object__open(file, &object, why);
	if (err)
		goto out;
	err = object__check_maps(file, object, options->object.max_map_mib, why);
	if (err)
		goto out;
	output.programs = cli->json ? json_array() : NULL;
	err = verify_programs(file, object, &output, why);
	if (err)
		goto out;
	err = output_finish(&output, operands[0], why);
out:
	json_decref(output.programs);
	bpf_object__close(object);
	object_file__free(file);
	return err;
}

const struct command verify_command = {
	.name = "verify",
	.operands = "OBJ.o",
	.summary = "load a program without attaching it, and explain a rejection",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_VERBOSE,
	.options = verify_options,
	.options_bytes = sizeof(struct verify_options),
	.run = run_verify,
};
