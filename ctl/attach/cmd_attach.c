// SPDX-License-Identifier: GPL-2.0-only
// cmd_attach: `xdpctl attach`.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "common/abi/abi.h"
#include "common/attach/attach.h"
#include "common/base/utf8.h"
#include "ctl/attach/attachment_json.h"
#include "ctl/attach/attachment_text.h"
#include "ctl/attach/recovery.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"

#define MAX_MAX_SOURCES (1 << 26)

struct attach_options {
	enum attach_mode mode;
	__u64 max_sources;
	__u64 priority;
	bool handshakes;
	bool force;
	bool reset;
};

/* By enum attach_mode, as attach_mode_names. */
static const char *const mode_synonyms[] = {"drv", "skb", "hw", NULL};

static const struct option_row attach_options[] = {
	{OPTION_CHOICE(struct attach_options, mode), .name = "mode", .letter = 'm',
	 .words = attach_mode_names, .synonyms = mode_synonyms, .fallback = "native",
	 .help = "also drv, skb, hw; auto: native, else generic"},
	{OPTION_NUMBER(struct attach_options, max_sources), .name = "max-sources", .argument = "N",
	 .min = 1, .max = MAX_MAX_SOURCES,
	 .unset = "131072; offload: as many as the device accepts",
	 .help = "exact entries for N sources"},
	{OPTION_FLAG(struct attach_options, handshakes), .name = "handshakes",
	 .help = "also count completed connections, and SYN-ACKs, FINs and RSTs per victim"},
	{OPTION_NUMBER(struct attach_options, priority), .name = "priority", .letter = 'p',
	 .argument = "N", .max = UINT32_MAX, .unset = "50; xdp-filter has 10",
	 .help = "order in libxdp's dispatcher, the lowest first"},
	{OPTION_FLAG(struct attach_options, force), .name = "force", .letter = 'f',
	 .help = "detach other XDP programs from the interface first"},
	{OPTION_FLAG(struct attach_options, reset), .name = "reset",
	 .help = "restart counting with new maps, even if another xdpctl version attached it"},
	{},
};

struct attaching {
	struct attach_request request;
	struct registry *registry;
	json_t *interfaces; /* NULL: print lines */
};

static void print_report(const struct attachment *attachment, const struct attach_report *report,
			 bool has_priority)
{
	printf("%s: %s, %s mode\n", UTF8_PRINTABLE(attachment->interface),
	       report->upgraded ? "upgraded" : "attached", attach_mode_names[report->mode]);
	if (report->displaced[0])
		printf("  displaced: %s\n", report->displaced);
	if (report->refusal[0])
		printf("  not native: %s\n", UTF8_PRINTABLE(report->refusal));
	if (report->handshakes_remark[0])
		printf("  handshakes: %s\n", report->handshakes_remark);
	print_unsupported(report->unsupported);
	if (!report->upgraded || has_priority)
		print_place(attachment);
}

static void add_json(json_t *interfaces, const struct attachment *attachment,
		     const struct attach_report *report)
{
	json_t *object = attachment_to_json(attachment);

	json_object_update_new(
		object, json_pack("{s:b, s:s?, s:o, s:s?}", "upgraded", report->upgraded,
				  "native_refusal", report->refusal[0] ? report->refusal : NULL,
				  "not_offered", unsupported_to_json(report->unsupported),
				  "displaced", report->displaced[0] ? report->displaced : NULL));
	json_array_append_new(interfaces, object);
}

static int attach_one(void *opaque, const char *interface, struct errmsg *why)
{
	const struct attaching *attaching = opaque;
	struct attach_report report;
	struct dataplane *dataplane;
	struct attachment attachment;
	int err;

	err = lifecycle__attach(attaching->registry, interface, &attaching->request, &report, why);
	if (!err)
		err = attachment__open(attaching->registry, interface, &dataplane, &attachment,
				       why);
	if (err)
		return err;
	dataplane__close(dataplane);
	if (attaching->interfaces)
		add_json(attaching->interfaces, &attachment, &report);
	else
		print_report(&attachment, &report, attaching->request.has_priority);
	return 0;
}

/* With -v, threads would mix up the verifier's messages. */
static size_t count_operands(const struct cli *cli, const char **operands)
{
	size_t count = 0;

	while (!cli->verbose && operands[count])
		count++;
	return count ?: 1;
}

static int run_attach(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct attach_options *options = cli->options;
	struct attaching attaching = {
		.request =
			{
				.mode = options->mode,
				.max_sources = options->max_sources,
				.has_priority = cli__given(cli, "priority"),
				.priority = options->priority,
				.handshakes = options->handshakes,
				.reset = options->reset,
				.force = options->force,
			},
	};
	int err;

	err = recovery__open_registry(cli, REGISTRY_WRITE, &attaching.registry, NULL, why);
	if (err)
		return err;
	attaching.request.loader = loader__new(count_operands(cli, operands));
	if (!attaching.request.loader) {
		registry__close(attaching.registry);
		return -ENOMEM;
	}
	attaching.interfaces = cli->json ? json_array() : NULL;
	err = cli__each(cli, operands, attach_one, &attaching, why);
	loader__free(attaching.request.loader);
	registry__close(attaching.registry);
	return print_interfaces_json(attaching.interfaces, why) ?: err;
}

const struct command attach_command = {
	.name = "attach",
	.alias = "load",
	.operands = "IFACE...",
	.summary = "count SYNs on interfaces, or upgrade the running program",
	.min_operands = 1,
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.options = attach_options,
	.options_bytes = sizeof(struct attach_options),
	.run = run_attach,
};
