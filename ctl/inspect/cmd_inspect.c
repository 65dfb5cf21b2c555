// SPDX-License-Identifier: GPL-2.0-only
// cmd_inspect: `xdpctl inspect`.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/attachment.h"
#include "common/attach/xdp_hook.h"
#include "common/base/advice.h"
#include "common/base/clock.h"
#include "common/base/input_file.h"
#include "common/base/number.h"
#include "common/bpf/object.h"
#include "common/netdev/netdev.h"
#include "ctl/commands.h"
#include "ctl/inspect/disassemble.h"
#include "ctl/inspect/inspect.h"
#include "ctl/inspect/object_options.h"
#include "ctl/render/format.h"

#define MAX_WATCH_SECONDS 3600

struct inspect_options {
	__u64 stats_ns;
	bool disassemble;
	struct object_options object;
};

static const struct option_row inspect_options[] = {
	{OPTION_SECONDS(struct inspect_options, stats_ns), .name = "stats", .argument = "SECONDS",
	 .min = 1, .max = MAX_WATCH_SECONDS,
	 .help = "enable BPF run-time statistics for SECONDS; show run count and time per run"},
	{OPTION_FLAG(struct inspect_options, disassemble), .name = "disassemble", .letter = 'd',
	 .help = "show the instructions, with -v the machine code too, using bpftool"},
	OBJECT_OPTION_ALL_TYPES(struct inspect_options, object),
	OBJECT_OPTION_MAX_MAP_MEMORY(struct inspect_options, object),
	{},
};

static const struct inspect_options *options_of(const struct cli *cli)
{
	return cli->options;
}

/* Programs to inspect, opened. */
struct targets {
	struct {
		char interface[IFNAMSIZ];
		enum attach_mode mode;
		int fd;
		struct prog_info before;
	} * rows;
	size_t count;
};

static int add_target(struct targets *targets, const char *interface, enum attach_mode mode,
		      __u32 id, struct errmsg *why)
{
	void *grown = reallocarray(targets->rows, targets->count + 1, sizeof(*targets->rows));
	int fd;

	if (!grown)
		return -ENOMEM;
	targets->rows = grown;
	fd = prog_info__open(id, why);
	if (fd < 0)
		return fd;
	targets->rows[targets->count].mode = mode;
	targets->rows[targets->count].fd = fd;
	targets->rows[targets->count].before = (struct prog_info){};
	snprintf(targets->rows[targets->count].interface, IFNAMSIZ, "%s", interface);
	targets->count++;
	return 0;
}

/* A program and, if it is a dispatcher, its components. */
static int add_program(struct targets *targets, const char *interface, int ifindex,
		       enum attach_mode mode, __u32 id, struct errmsg *why)
{
	struct dispatcher dispatcher = {};
	int err = add_target(targets, interface, mode, id, why);

	if (!err)
		err = dispatcher__read(ifindex, &dispatcher, why);
	if (err || dispatcher.id != id)
		return err;
	for (size_t i = 0; !err && i < dispatcher.count; i++)
		err = add_target(targets, interface, mode, dispatcher.components[i].id, why);
	return err;
}

static int add_interface(struct targets *targets, const char *interface, int ifindex,
			 struct errmsg *why)
{
	struct xdp_hook_state state;
	int err = xdp_hook__query(ifindex, &state, why);

	for (int mode = 0; !err && mode < ATTACH_AUTO; mode++)
		if (state.program_ids[mode])
			err = add_program(targets, interface, ifindex, mode,
					  state.program_ids[mode], why);
	return err;
}

static int add_named_interface(struct targets *targets, const char *name, struct errmsg *why)
{
	char interface[IFNAMSIZ];
	int ifindex = netdev__find(name, interface, why);
	int err;

	if (ifindex < 0)
		return ifindex;
	err = add_interface(targets, interface, ifindex, why);
	if (!err && !targets->count)
		err = errmsg__set(why, -ENOENT,
				  "%s: no XDP program is attached: try 'xdpctl attach %s'",
				  interface, interface);
	return err;
}

static int inspect_namespace(struct targets *targets, struct errmsg *why)
{
	struct if_nameindex *interfaces = if_nameindex();
	int err = 0;

	if (!interfaces)
		return errmsg__set(why, -errno, "listing interfaces: %s", strerror(errno));
	for (struct if_nameindex *i = interfaces; !err && i->if_index; i++)
		err = add_interface(targets, i->if_name, i->if_index, why);
	if_freenameindex(interfaces);
	return err;
}

static void close_targets(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		prog_info__free(&targets->rows[i].before);
		close(targets->rows[i].fd);
	}
	free(targets->rows);
}

/*
 * The kernel counts while the descriptor is open: Ctrl-C ends that, too. The counts are read before
 * it begins and after it has ended, so that all runs in between are in the difference.
 */
static int watch(struct targets *targets, __u64 seconds, __u64 *ret_watched_ns, struct errmsg *why)
{
	int stats_fd, err = 0;
	__u64 start_ns;

	for (size_t i = 0; !err && i < targets->count; i++)
		err = prog_info__read(targets->rows[i].fd, NULL, &targets->rows[i].before, why);
	if (err)
		return err;
	start_ns = clock__now_ns();
	stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (stats_fd < 0)
		return advice__set(why, ADVICE_ENABLE_STATS, stats_fd,
				   "cannot enable BPF run-time statistics");
	while (seconds)
		seconds = sleep(seconds);
	close(stats_fd);
	*ret_watched_ns = clock__now_ns() - start_ns;
	return 0;
}

/* Not every bpftool is built with a disassembler for machine code: that is not an error. */
static int disassemble(const struct cli *cli, struct inspection *inspection, struct errmsg *why)
{
	__u32 id = inspection->info.id;
	struct errmsg refusal = {};
	int err;

	if (!options_of(cli)->disassemble)
		return 0;
	err = disassemble__program(id, "xlated", &inspection->xlated, why);
	if (err || !cli->verbose)
		return err;
	if (disassemble__program(id, "jited", &inspection->jited, &refusal))
		memcpy(inspection->jited_refusal, refusal.text, sizeof(refusal.text));
	return 0;
}

/* Prints an inspection, or adds it to the list. */
static int output_inspection(const struct cli *cli, struct inspection *inspection, json_t *list,
			     struct errmsg *why)
{
	int err = inspection->known_info ? disassemble(cli, inspection, why) : 0;

	if (err)
		return err;
	if (!list)
		print_inspection(inspection);
	else if (json_array_append_new(list, inspection_to_json(inspection)))
		err = errmsg__set(why, -ENOMEM, "printing JSON: out of memory");
	return err;
}

static int inspect_targets(const struct cli *cli, struct targets *targets, json_t *list,
			   struct errmsg *why)
{
	__u64 watched_ns = 0, stats_ns = options_of(cli)->stats_ns;
	int err = 0;

	if (stats_ns && targets->count)
		err = watch(targets, stats_ns / NS_PER_S, &watched_ns, why);
	for (size_t i = 0; !err && i < targets->count; i++) {
		const struct prog_info *before = &targets->rows[i].before;
		struct inspection inspection = {.known_info = true, .watched_ns = watched_ns};

		err = prog_info__read(targets->rows[i].fd, NULL, &inspection.info, why);
		if (err)
			break;
		memcpy(inspection.interface, targets->rows[i].interface, IFNAMSIZ);
		if (inspection.interface[0])
			inspection.mode = attach_mode_names[targets->rows[i].mode];
		inspection.runs = inspection.info.runs - before->runs;
		inspection.run_ns = inspection.info.run_ns - before->run_ns;
		if (i && !list)
			printf("\n");
		err = output_inspection(cli, &inspection, list, why);
		inspection__free(&inspection);
	}
	if (!err && !targets->count && !list)
		printf(NOTHING_ATTACHED "\n");
	return err;
}

static int inspect_program(const struct cli *cli, const struct object_file *file, const char *name,
			   json_t *list, struct errmsg *why)
{
	struct verification verification;
	struct inspection inspection = {.verification = &verification};
	int err;

	err = verification__run(file, name, &verification, why);
	if (err)
		return err;
	if (!verification.err)
		err = prog_info__read(bpf_program__fd(verification.program), verification.object,
				      &inspection.info, why);
	inspection.known_info = !verification.err && !err;
	if (!err)
		err = output_inspection(cli, &inspection, list, why);
	inspection__free(&inspection);
	verification__free(&verification);
	return err;
}

static int inspect_programs(const struct cli *cli, const struct object_file *file,
			    const struct bpf_object *object, json_t *list, struct errmsg *why)
{
	struct bpf_program *program;
	bool first = true;
	int err = 0;

	bpf_object__for_each_program (program, object) {
		if (!object_options__selects(&options_of(cli)->object, program))
			continue;
		if (!list && !first)
			printf("\n");
		first = false;
		err = inspect_program(cli, file, bpf_program__name(program), list, why);
		if (err)
			break;
	}
	return err;
}

static int inspect_object(const struct cli *cli, const char *path, json_t *list,
			  json_t **ret_object, struct errmsg *why)
{
	struct bpf_object *object = NULL;
	struct object_file *file;
	int err;

	if (options_of(cli)->stats_ns)
		return errmsg__usage(why, "--stats: %s: a program in a file does not run", path);
	err = object_file__read(path, &file, why);
	if (err)
		return err;
	/* bpftool opens programs by id, which needs the privileges that are given up below. */
	if (options_of(cli)->disassemble)
		err = disassemble__start_helper(why);
	if (err)
		goto out;
	err = object__confine(why);
	if (err)
		goto out;
	err = object__open(file, &object, why);
	if (err)
		goto out;
	err = object__check_maps(file, object, options_of(cli)->object.max_map_mib, why);
	if (err)
		goto out;
	if (list)
		*ret_object = object_to_json(file, object);
	else
		print_object(file, object);
	err = inspect_programs(cli, file, object, list, why);
out:
	bpf_object__close(object);
	object_file__free(file);
	return err;
}

static bool is_object(const char *operand)
{
	size_t length = strlen(operand);

	return strchr(operand, '/') || input_file__is_stdin(operand) ||
	       (length > 2 && !strcmp(operand + length - 2, ".o"));
}

static bool is_number(const char *operand)
{
	return operand[0] && !operand[strspn(operand, "0123456789")];
}

static int inspect_running(const struct cli *cli, const char *operand, json_t *list,
			   struct errmsg *why)
{
	struct targets targets = {};
	__u64 id;
	int err;

	if (!operand) {
		err = inspect_namespace(&targets, why);
	} else if (is_number(operand)) {
		err = number__u64("ID", operand, 1, (__u32)-1, &id, why);
		if (!err)
			err = add_target(&targets, "", ATTACH_NONE, id, why);
	} else {
		err = add_named_interface(&targets, operand, why);
	}
	if (!err)
		err = inspect_targets(cli, &targets, list, why);
	close_targets(&targets);
	return err;
}

static int run_inspect(const struct cli *cli, const char **operands, struct errmsg *why)
{
	json_t *list = cli->json ? json_array() : NULL, *object = NULL;
	int err;

	if (operands[0] && is_object(operands[0]))
		err = inspect_object(cli, operands[0], list, &object, why);
	else
		err = inspect_running(cli, operands[0], list, why);
	if (!err && list)
		err = cli__print_json(json_pack("{s:i, s:O*, s:O}", "schema", JSON_SCHEMA, "object",
						object, "programs", list),
				      why);
	json_decref(object);
	json_decref(list);
	return err;
}

const struct command inspect_command = {
	.name = "inspect",
	.operands = "[IFACE|ID|OBJ.o]",
	.summary = "show how a program was built, verified and run",
	.max_operands = 1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = inspect_options,
	.options_bytes = sizeof(struct inspect_options),
	.run = run_inspect,
};
