// SPDX-License-Identifier: GPL-2.0-only
// policy_values: the scalars of a policy. The parsers fit rows of keys.
#ifndef COMMON_POLICY_POLICY_VALUES_H
#define COMMON_POLICY_POLICY_VALUES_H

#include "common/base/errmsg.h"

#define POLICY_MAX_BURST 1000000

/*
 * policy_value__*() - parse a value
 * @what: the key that it belongs to, for the message
 * @ret: its type is in the comment
 *
 * Return: 0, or -EINVAL with @why set.
 */

/** policy_value__mode() - enum policy_mode. */
int policy_value__mode(const char *what, const char *text, void *ret, struct errmsg *why);

/** policy_value__fragments() - enum policy_fragments. */
int policy_value__fragments(const char *what, const char *text, void *ret, struct errmsg *why);

/** policy_value__burst() - __u32, at most POLICY_MAX_BURST. */
int policy_value__burst(const char *what, const char *text, void *ret, struct errmsg *why);

/** policy_value__action() - enum policy_action. */
int policy_value__action(const char *what, const char *text, void *ret, struct errmsg *why);

/** policy_value__armed() - enum policy_armed. */
int policy_value__armed(const char *what, const char *text, void *ret, struct errmsg *why);

/** policy_value__version() - int: POLICY_VERSION. */
int policy_value__version(const char *what, const char *text, void *ret, struct errmsg *why);

/** policy_value__rule_name() - char[POLICY_NAME_BYTES]. */
int policy_value__rule_name(const char *what, const char *text, void *ret, struct errmsg *why);

#endif
