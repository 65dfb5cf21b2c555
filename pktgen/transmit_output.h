// SPDX-License-Identifier: GPL-2.0-only
// transmit_output: the result of a transmission as text and as JSON.
#ifndef PKTGEN_TRANSMIT_OUTPUT_H
#define PKTGEN_TRANSMIT_OUTPUT_H

#include <jansson.h>

#include "pktgen/send/transmit_plan.h"

/** transmit_result__to_json() - the result as an object; the command adds its own fields. */
json_t *transmit_result__to_json(const struct iface *iface, const struct transmit_result *result);

/** transmit_result__print() - the result as text, with a warning if frames seem to be lost. */
void transmit_result__print(const struct iface *iface, const struct transmit_result *result);

#endif
