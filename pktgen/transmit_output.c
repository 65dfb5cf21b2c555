// SPDX-License-Identifier: GPL-2.0-only
// transmit_output: the result of a transmission as text and as JSON.
#include "pktgen/transmit_output.h"

#include <stdio.h>

#include "common/base/utf8.h"
#include "pktgen/commands.h"

static double transmit_result_pps(const struct transmit_result *result)
{
	return result->seconds > 0 ? result->sent / result->seconds : 0;
}

json_t *transmit_result__to_json(const struct iface *iface, const struct transmit_result *result)
{
	return json_pack("{s:i, s:o, s:s?, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:I, s:b}",
			 "schema", SCHEMA, "interface", utf8__json(iface->name), "sender",
			 result->sender, "sent", (json_int_t)result->sent, "failed",
			 (json_int_t)result->failed, "too_short", (json_int_t)result->too_short,
			 "too_long", (json_int_t)result->too_long, "bytes",
			 (json_int_t)result->bytes, "interface_packets",
			 (json_int_t)result->interface_packets, "interface_dropped",
			 (json_int_t)result->interface_dropped, "seconds", result->seconds,
			 "packets_per_second", (json_int_t)transmit_result_pps(result),
			 "interrupted", result->interrupted);
}

void transmit_result__print(const struct iface *iface, const struct transmit_result *result)
{
	printf("%s: sent %llu frames, %llu bytes by %s in %.2f s: %.0f packets/s; %llu failed\n",
	       UTF8_PRINTABLE(iface->name), result->sent, result->bytes, result->sender,
	       result->seconds, transmit_result_pps(result), result->failed);
	if (result->too_short || result->too_long)
		printf("  not sent: %llu too short for Ethernet, %llu too long for an MTU of %u or "
		       "for the sender\n",
		       result->too_short, result->too_long, iface->mtu);
	if (result->interface_packets < result->sent || result->interface_dropped)
		printf("  but the interface counted %llu sent and %llu dropped\n",
		       result->interface_packets, result->interface_dropped);
}
