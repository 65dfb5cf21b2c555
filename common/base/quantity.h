// SPDX-License-Identifier: GPL-2.0-only
// quantity: numbers with units: rates, durations and sizes. The parsers fit rows of options and
// keys.
#ifndef COMMON_BASE_QUANTITY_H
#define COMMON_BASE_QUANTITY_H

#include <linux/types.h>

#include "common/base/errmsg.h"

#define QUANTITY_MAX_RATE_PPS 1000000000
#define QUANTITY_MAX_SECONDS (365 * 24 * 3600)
#define QUANTITY_MAX_BYTES (1ull << 50)
#define QUANTITY_TEXT_BYTES 24

/**
 * quantity__rate() - parse "2000/s"
 * @what: the key or option that it belongs to, for the message
 * @ret_pps: a __u32: at least 1, at most QUANTITY_MAX_RATE_PPS
 *
 * Return: 0, or -EINVAL with @why set.
 */
int quantity__rate(const char *what, const char *text, void *ret_pps, struct errmsg *why);

/**
 * quantity__duration() - parse "90s", "10m", "1h" or "2d"
 * @what: as above
 * @ret_s: a __u32: at least 1, at most QUANTITY_MAX_SECONDS
 *
 * Return: 0, or -EINVAL with @why set.
 */
int quantity__duration(const char *what, const char *text, void *ret_s, struct errmsg *why);

/**
 * quantity__bytes() - parse "512KiB", "64MiB" or "1GiB"
 * @what: as above
 * @ret_bytes: a __u64: at least 1 KiB, at most QUANTITY_MAX_BYTES
 *
 * Return: 0, or -EINVAL with @why set.
 */
int quantity__bytes(const char *what, const char *text, void *ret_bytes, struct errmsg *why);

/** quantity__duration_text() - "10m", which quantity__duration() reads. Return: @buf. */
const char *quantity__duration_text(__u32 seconds, char buf[QUANTITY_TEXT_BYTES]);

#endif
