// SPDX-License-Identifier: GPL-2.0-only
// endpoint: addresses as text, and their order.
#ifndef COMMON_ADDRESS_ENDPOINT_H
#define COMMON_ADDRESS_ENDPOINT_H

#include "common/abi/abi.h"

#define ENDPOINT_TEXT_BYTES 46

/** endpoint__text() - an address as inet_ntop(3) prints it; @buf has ENDPOINT_TEXT_BYTES. */
const char *endpoint__text(const struct endpoint *endpoint, char *buf);

/** endpoint__parse() - the reverse, with port 0. Return: 0 with *@ret set, or -EINVAL. */
int endpoint__parse(const char *text, struct endpoint *ret);

/** endpoint__compare() - an order for qsort(3): IPv4 first, then by address and port. */
int endpoint__compare(const struct endpoint *a, const struct endpoint *b);

#endif
