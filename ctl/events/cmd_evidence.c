// SPDX-License-Identifier: GPL-2.0-only
// cmd_evidence: `xdpctl evidence list`, `evidence show` and `evidence export`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/output_file.h"
#include "common/base/utf8.h"
#include "common/capture/linktype.h"
#include "common/counts/snapshot.h"
#include "common/events/evidence_files.h"
#include "common/events/evidence_read.h"
#include "common/replay/runner_host.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"

static int run_evidence_list(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const char *directory = operands[0] ?: EVIDENCE_DIRECTORY;
	json_t *files = cli->json ? json_array() : NULL;
	char time[TIME_TEXT_BYTES], bytes[NUMBER_BYTES];
	struct evidence_file *list;
	size_t count;
	int err = evidence_files__list(directory, &list, &count, why);

	for (size_t i = 0; !err && i < count; i++) {
		const struct evidence_file *file = &list[i];

		if (files)
			json_array_append_new(files,
					      json_pack("{s:o, s:I, s:I, s:b}", "name",
							utf8__json(file->name), "bytes",
							(json_int_t)file->bytes, "modified_ns",
							(json_int_t)file->modified_ns, "complete",
							!file->is_part));
		else
			printf("%s %12s %s%s\n", time__text(file->modified_ns, time),
			       number__grouped(file->bytes, bytes), UTF8_PRINTABLE(file->name),
			       file->is_part ? " (not complete)" : "");
	}
	free(list);
	if (err) {
		json_decref(files);
		return err;
	}
	if (!files && !count)
		printf("no evidence in %s\n", directory);
	return files ? cli__print_json(json_pack("{s:i, s:s, s:o}", "schema", JSON_SCHEMA,
						 "directory", directory, "files", files),
				       why)
		     : 0;
}

_Static_assert(PCAPNG_PACKET_MAX <= RUNNER_HOST_DESCRIBED, "packets are looked at as a whole");

#define MAX_GROUPS 4096
#define GROUP_BYTES 64

/* Packets by one of their properties. */
struct groups {
	struct group {
		char key[GROUP_BYTES];
		__u64 packets;
	} list[MAX_GROUPS];
	size_t count;
	__u64 others; /* beyond MAX_GROUPS */
};

enum { BY_VERDICT, BY_REASON, BY_RULE, BY_CLASS, BY_VICTIM, GROUPINGS };

static const struct {
	const char *name; /* in JSON */
	const char *label;
} groupings[GROUPINGS] = {
	[BY_VERDICT] = {"verdicts", "by verdict"},
	[BY_REASON] = {"reasons", "by reason"},
	[BY_RULE] = {"rules", "by rule"},
	[BY_CLASS] = {"classes", "by class"},
	[BY_VICTIM] = {"victims", "by destination"},
};

struct show {
	struct groups groups[GROUPINGS];
	__u64 packets, lost;
	__u64 first_ns, last_ns;
	json_t *devices;
	bool is_json;
	char names[EVIDENCE_MAX_DEVICES][IFNAMSIZ];
	__u32 device_count;
	struct pcapng_statistics statistics[EVIDENCE_MAX_DEVICES]; /* the last ones */
};

static void group_add(struct groups *groups, const char *key)
{
	size_t i = 0;

	if (!key[0])
		return;
	while (i < groups->count && strcmp(groups->list[i].key, key))
		i++;
	if (i == MAX_GROUPS) {
		groups->others++;
		return;
	}
	if (i == groups->count) {
		snprintf(groups->list[i].key, sizeof(groups->list[i].key), "%s", key);
		groups->count++;
	}
	groups->list[i].packets++;
}

static int compare_groups(const void *a, const void *b)
{
	const struct group *first = a, *second = b;

	if (first->packets != second->packets)
		return first->packets > second->packets ? -1 : 1;
	return strcmp(first->key, second->key);
}

static const char *victim_label(const struct capture_frame *frame, char buf[GROUP_BYTES])
{
	struct endpoint source, victim;

	runner_host__describe(frame->data, frame->captured_bytes, frame->linktype == LINKTYPE_RAW,
			      &source, &victim);
	if (!victim.family)
		return "";
	return endpoint__label(&victim, victim.port ? TABLE_VICTIMS : TABLE_SOURCES, NULL, buf);
}

static int show_device(void *opaque, const struct pcapng_device *device, struct errmsg *why)
{
	struct show *show = opaque;

	(void)why;
	snprintf(show->names[show->device_count], IFNAMSIZ, "%s", device->name ?: "");
	show->device_count++;
	return 0;
}

static int show_packet(void *opaque, const struct capture_frame *frame,
		       const struct pcapng_packet *packet, struct errmsg *why)
{
	char victim[ENDPOINT_LABEL_BYTES];
	struct show *show = opaque;
	struct evidence_outcome outcome;
	const char *keys[GROUPINGS];

	(void)why;
	evidence__outcome(packet->comment, &outcome);
	keys[BY_VERDICT] = outcome.verdict;
	keys[BY_REASON] = outcome.reason;
	keys[BY_RULE] = outcome.rule;
	keys[BY_CLASS] = outcome.class;
	keys[BY_VICTIM] = victim_label(frame, victim);
	for (int i = 0; i < GROUPINGS; i++)
		group_add(&show->groups[i], keys[i]);
	if (!show->packets++)
		show->first_ns = frame->timestamp_ns;
	show->last_ns = frame->timestamp_ns;
	show->lost += packet->dropped;
	return 0;
}

static int show_statistics(void *opaque, const struct pcapng_statistics *statistics,
			   struct errmsg *why)
{
	struct show *show = opaque;

	(void)why;
	show->statistics[statistics->device] = *statistics;
	return 0;
}

static json_t *groups_to_json(const struct groups *groups)
{
	json_t *object = json_object();

	for (size_t i = 0; i < groups->count; i++)
		json_object_set_new(object, groups->list[i].key,
				    json_integer(groups->list[i].packets));
	return object;
}

static json_t *evidence_interface_to_json(const struct show *show, __u32 device)
{
	const struct pcapng_statistics *statistics = &show->statistics[device];

	return json_pack("{s:o, s:I, s:I, s:I, s:I}", "interface", utf8__json(show->names[device]),
			 "frames", (json_int_t)statistics->received, "taken",
			 (json_int_t)statistics->accepted, "overrun",
			 (json_int_t)statistics->dropped, "written",
			 (json_int_t)statistics->delivered);
}

static int show_as_json(const struct show *show, struct errmsg *why)
{
	json_t *interfaces = json_array();
	json_t *document = json_pack("{s:i, s:I, s:I, s:o, s:o}", "schema", JSON_SCHEMA, "packets",
				     (json_int_t)show->packets, "lost", (json_int_t)show->lost,
				     "first_ns", integer_or_null(show->first_ns), "last_ns",
				     integer_or_null(show->last_ns));

	for (int i = 0; i < GROUPINGS; i++)
		json_object_set_new(document, groupings[i].name, groups_to_json(&show->groups[i]));
	for (__u32 i = 0; i < show->device_count; i++)
		json_array_append_new(interfaces, evidence_interface_to_json(show, i));
	json_object_set_new(document, "interfaces", interfaces);
	return cli__print_json(document, why);
}

#define SHOWN_GROUPS 20

static void print_groups(const struct groups *groups, const char *label)
{
	char number[NUMBER_BYTES];

	if (!groups->count)
		return;
	printf("%s\n", label);
	for (size_t i = 0; i < groups->count && i < SHOWN_GROUPS; i++)
		printf("  %12s %s\n", number__grouped(groups->list[i].packets, number),
		       UTF8_PRINTABLE(groups->list[i].key));
	if (groups->count > SHOWN_GROUPS || groups->others)
		printf("  and %s%zu more\n", groups->others ? "at least " : "",
		       groups->count - SHOWN_GROUPS);
}

static void show_as_text(const struct show *show)
{
	char first[TIME_TEXT_BYTES], last[TIME_TEXT_BYTES];

	printf("%llu packets", show->packets);
	if (show->packets)
		printf(" from %s to %s", time__text(show->first_ns, first),
		       time__text(show->last_ns, last));
	printf(", %llu lost between them\n", show->lost);
	for (__u32 i = 0; i < show->device_count; i++) {
		const struct pcapng_statistics *statistics = &show->statistics[i];

		printf("%s: %llu written of %llu samples of %llu packets, %llu overrun\n",
		       UTF8_PRINTABLE(show->names[i]), statistics->delivered, statistics->accepted,
		       statistics->received, statistics->dropped);
	}
	for (int i = 0; i < GROUPINGS; i++)
		print_groups(&show->groups[i], groupings[i].label);
}

static int run_evidence_show(const struct cli *cli, const char **operands, struct errmsg *why)
{
	static const struct evidence_actions actions = {
		.device = show_device, .packet = show_packet, .statistics = show_statistics};
	struct show *show = calloc(1, sizeof(*show));
	int err;

	if (!show)
		return errmsg__set(why, -ENOMEM, "out of memory");
	err = evidence__read(operands[0], &actions, show, why);
	for (int i = 0; i < GROUPINGS; i++)
		qsort(show->groups[i].list, show->groups[i].count, sizeof(struct group),
		      compare_groups);
	if (!err && cli->json)
		err = show_as_json(show, why);
	else if (!err)
		show_as_text(show);
	free(show);
	return err;
}

struct export_options {
	bool plain;
};

static const struct option_row export_options[] = {
	{OPTION_FLAG(struct export_options, plain), .name = "plain",
	 .help = "leave out the verdict options, which Wireshark before 4.2 writes wrongly"},
	{},
};

struct export
{
	FILE *out;
	bool plain;
};

static int export_section(void *opaque, const struct pcapng_section *section, struct errmsg *why)
{
	struct export *export = opaque;

	(void)why;
	pcapng__write_section(export->out, section);
	return 0;
}

static int export_device(void *opaque, const struct pcapng_device *device, struct errmsg *why)
{
	struct export *export = opaque;

	(void)why;
	pcapng__write_device(export->out, device);
	return 0;
}

static int export_packet(void *opaque, const struct capture_frame *frame,
			 const struct pcapng_packet *packet, struct errmsg *why)
{
	struct export *export = opaque;
	struct pcapng_packet copy = *packet;

	(void)why;
	if (export->plain)
		copy.verdict = -1;
	pcapng__write_packet(export->out, frame, &copy);
	return 0;
}

static int export_statistics(void *opaque, const struct pcapng_statistics *statistics,
			     struct errmsg *why)
{
	struct export *export = opaque;

	(void)why;
	pcapng__write_statistics(export->out, statistics);
	return 0;
}

/* The file gets its name when all of it is read and written. */
static int export_file(const char *from, const char *to, struct export *export, struct errmsg *why)
{
	static const struct evidence_actions actions = {.section = export_section,
							.device = export_device,
							.packet = export_packet,
							.statistics = export_statistics};
	struct output_file *output;
	int err = output_file__open(to, EVIDENCE_MODE, &output, why);

	if (err)
		return err;
	err = output_file__stream(output, &export->out, why);
	if (err)
		goto out;
	err = evidence__read(from, &actions, export, why);
	if (!err && (fflush(export->out) || ferror(export->out)))
		err = errmsg__set(why, errno ? -errno : -EIO, "%s: cannot write: %s", to,
				  strerror(errno));
	fclose(export->out);
	if (!err)
		err = output_file__commit(output, why);
out:
	output_file__close(output);
	return err;
}

static int run_evidence_export(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct export_options *options = cli->options;
	struct export export = {.plain = options->plain};

	return export_file(operands[0], operands[1], &export, why);
}

const struct command evidence_list_command = {
	.name = "evidence list",
	.operands = "[DIRECTORY]",
	.summary = "list files of evidence",
	.max_operands = 1,
	.takes = TAKES_JSON,
	.run = run_evidence_list,
};

const struct command evidence_show_command = {
	.name = "evidence show",
	.operands = "FILE",
	.summary = "count a file's packets by verdict, reason, rule and destination",
	.min_operands = 1,
	.max_operands = 1,
	.takes = TAKES_JSON,
	.run = run_evidence_show,
};

const struct command evidence_export_command = {
	.name = "evidence export",
	.operands = "FILE OUT",
	.summary = "copy a file of evidence for other tools",
	.min_operands = 2,
	.max_operands = 2,
	.options = export_options,
	.options_bytes = sizeof(struct export_options),
	.run = run_evidence_export,
};
