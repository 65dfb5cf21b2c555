// SPDX-License-Identifier: GPL-2.0-only
// cmd_policy_trust: `xdpctl policy trust`.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/address/prefix.h"
#include "common/base/clock.h"
#include "common/base/quantity.h"
#include "common/base/utf8.h"
#include "common/dataplane/policy_verified.h"
#include "ctl/commands.h"
#include "ctl/policy/session.h"
#include "ctl/render/format.h"

#define DEFAULT_TRUST "10m"

/* A source to trust, and for how long. */
struct trust_order {
	struct prefix source;
	__u32 trust_s;
};

/* An IPv4 address, or an IPv6 /64, which an IPv6 address stands for. */
static int trust_parse(const char *text, struct prefix *ret, struct errmsg *why)
{
	int err = prefix__parse("address", text, ret, why), bits;

	if (err)
		return err;
	bits = ret->network.family == ENDPOINT_IPV4 ? 32 : 64;
	if (ret->network.family == ENDPOINT_IPV6 && !strchr(text, '/'))
		*ret = prefix__of(&ret->network, 64);
	if (ret->bits == bits)
		return 0;
	return errmsg__usage(
		why,
		"address: '%s': one source is trusted at a time: an IPv4 address or an "
		"IPv6 /64; 'policy allow' passes prefixes",
		text);
}

static int trust_report(const struct cli *cli, const struct attachment *attachment,
			const struct trust_order *order, struct errmsg *why)
{
	char source[PREFIX_TEXT_BYTES], duration[QUANTITY_TEXT_BYTES];

	prefix__text(&order->source, source);
	if (cli->json)
		return cli__print_json(json_pack("{s:i, s:o, s:s, s:I}", "schema", JSON_SCHEMA,
						 "interface", utf8__json(attachment->interface),
						 "source", source, "trust_ns",
						 (json_int_t)(order->trust_s * NS_PER_S)),
				       why);
	printf("%s: %s is trusted for %s\n", UTF8_PRINTABLE(attachment->interface), source,
	       quantity__duration_text(order->trust_s, duration));
	return 0;
}

/* A session_work. */
static int trust_source(const struct cli *cli, struct policy_session *session,
			const struct attachment *attachment, void *context, struct errmsg *why)
{
	const struct trust_order *order = context;
	int err =
		policy_maps__trust(session->home.maps, &order->source.network, order->trust_s, why);

	if (err)
		return err;
	session__unlock(session);
	return trust_report(cli, attachment, order, why);
}

static int run_policy_trust(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct trust_order order;
	int err = trust_parse(operands[1], &order.source, why);

	if (!err)
		err = quantity__duration("TIME", operands[2] ?: DEFAULT_TRUST, &order.trust_s, why);
	return err ? err : session__run(cli, operands[0], trust_source, &order, why);
}

const struct command policy_trust_command = {
	.name = "policy trust",
	.operands = "IFACE ADDRESS [TIME]",
	.summary = "pass a source's SYNs as if it had answered a challenge, for 10m or TIME",
	.min_operands = 2,
	.max_operands = 3,
	.takes = TAKES_JSON | TAKES_NETNS,
	.run = run_policy_trust,
};
