// SPDX-License-Identifier: GPL-2.0-only
// events_values: the scalars of events.yaml. The parsers fit rows of keys and of options.
#ifndef COMMON_EVENTS_EVENTS_VALUES_H
#define COMMON_EVENTS_EVENTS_VALUES_H

#include "common/base/errmsg.h"

#define EVIDENCE_MAX_SAMPLES 100000

/*
 * events_value__*() - parse a value
 * @what: the key that it belongs to, for the message
 * @ret: its type is in the comment
 *
 * Return: 0, or -EINVAL with @why set.
 */

/** events_value__rate_or_off() - __u32: "100/s", or "off", which is 0. */
int events_value__rate_or_off(const char *what, const char *text, void *ret, struct errmsg *why);

/** events_value__name() - char[POLICY_NAME_BYTES], of a rule or a hook. */
int events_value__name(const char *what, const char *text, void *ret, struct errmsg *why);

/** events_value__samples() - __u32: a number of samples; 0 is one. */
int events_value__samples(const char *what, const char *text, void *ret, struct errmsg *why);

/** events_value__snap() - __u32: one of the two sizes of a sample. */
int events_value__snap(const char *what, const char *text, void *ret, struct errmsg *why);

/** events_value__yes() - bool: "true" or "false". */
int events_value__yes(const char *what, const char *text, void *ret, struct errmsg *why);

#endif
