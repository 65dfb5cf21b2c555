// SPDX-License-Identifier: GPL-2.0-only
// cmd_attach: `xdpctl attach`.
#include <stdint.h>
#include <stdio.h>

#include "common/abi/abi.h"
#include "common/attach/attach.h"
#include "common/base/number.h"
#include "common/base/utf8.h"
#include "ctl/attach/attachment_json.h"
#include "ctl/attach/attachment_text.h"
#include "ctl/attach/recovery.h"
#include "ctl/commands.h"
#include "ctl/render/format.h"

#define MAX_MAX_SOURCES (1 << 26)

static const char *mode_text = "native";
static const char *max_sources_text;
static const char *priority_text;
static int reset_wanted;
static int force_wanted;
static int handshakes_wanted;

const struct poptOption attach_options[] = {
	{"mode", 'm', POPT_ARG_STRING, &mode_text, 0,
	 "also drv, skb, hw; auto: native, else generic; default native",
	 "native|generic|offload|auto"},
	{"max-sources", '\0', POPT_ARG_STRING, &max_sources_text, 0,
	 "exact entries for N sources; default 131072, offload: as many as the device accepts",
	 "N"},
	{"handshakes", '\0', POPT_ARG_NONE, &handshakes_wanted, 0,
	 "also count completed connections, and SYN-ACKs, FINs and RSTs by victim", NULL},
	{"priority", 'p', POPT_ARG_STRING, &priority_text, 0,
	 "order in libxdp's dispatcher, the lowest first; default 50, xdp-filter has 10", "N"},
	{"force", 'f', POPT_ARG_NONE, &force_wanted, 0,
	 "detach other XDP programs from the interface first", NULL},
	{"reset", '\0', POPT_ARG_NONE, &reset_wanted, 0,
	 "restart counting with new maps, even if another xdpctl version attached it", NULL},
	CLI_OPTIONS_END,
};

struct attaching {
	struct attach_request request;
	struct registry *registry;
	json_t *interfaces; /* NULL: print lines */
};

static void print_report(const struct attachment *attachment, const struct attach_report *report)
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
	if (!report->upgraded || priority_text)
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
		print_report(&attachment, &report);
	return 0;
}

static int parse_request(struct attach_request *ret, struct errmsg *why)
{
	struct attach_request request = {
		.handshakes = handshakes_wanted,
		.reset = reset_wanted,
		.force = force_wanted,
		.has_priority = priority_text,
	};
	__u64 max_sources = 0, priority = 0;
	int err;

	err = attach_mode__parse(mode_text, &request.mode, why);
	if (err)
		return err;
	if (max_sources_text)
		err = number__u64("--max-sources", max_sources_text, 1, MAX_MAX_SOURCES,
				  &max_sources, why);
	if (err)
		return err;
	if (priority_text)
		err = number__u64("--priority", priority_text, 0, UINT32_MAX, &priority, why);
	if (err)
		return err;
	request.max_sources = max_sources;
	request.priority = priority;
	*ret = request;
	return 0;
}

int cmd_attach(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct attaching attaching = {};
	int err;

	err = parse_request(&attaching.request, why);
	if (!err)
		err = recovery__open_registry(cli, &attaching.registry, NULL, why);
	if (err)
		return err;
	attaching.interfaces = cli->json ? json_array() : NULL;
	err = cli__each(cli, operands, attach_one, &attaching, why);
	registry__close(attaching.registry);
	return print_interfaces_json(attaching.interfaces, why) ?: err;
}
