// SPDX-License-Identifier: GPL-2.0-only
// answering: whether the program of an interface answers SYNs, or lets pass what it would answer.
#ifndef COMMON_DATAPLANE_ANSWERING_H
#define COMMON_DATAPLANE_ANSWERING_H

#include <stdbool.h>

#include "common/dataplane/dataplane.h"

/**
 * dataplane__forbid_answers() - let SYNs pass that would get an answer, or let them get it
 * @dataplane: decides by a policy
 *
 * Return: 0, or a negative errno with @why set.
 */
int dataplane__forbid_answers(const struct dataplane *dataplane, bool forbidden,
			      struct errmsg *why);

#endif
