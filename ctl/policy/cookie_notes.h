// SPDX-License-Identifier: GPL-2.0-only
// cookie_notes: whether this host can give the SYN cookies that a policy asks for.
#ifndef CTL_POLICY_COOKIE_NOTES_H
#define CTL_POLICY_COOKIE_NOTES_H

#include "common/base/cli.h"
#include "common/policy/policy.h"

/** cookie_notes__print() - a note for each thing that makes SYNs pass without a cookie; of this
 * network namespace. */
void cookie_notes__print(const struct policy *policy, const struct cli *cli);

#endif
