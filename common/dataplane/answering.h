// SPDX-License-Identifier: GPL-2.0-only
// answering: whether the program of an interface answers SYNs, or lets pass what it would answer,
// and what its SYN cookies carry.
#ifndef COMMON_DATAPLANE_ANSWERING_H
#define COMMON_DATAPLANE_ANSWERING_H

#include <stdbool.h>

#include "common/abi/policy.h"
#include "common/dataplane/dataplane.h"

/**
 * dataplane__set_answering() - let SYNs get their answers, or pass instead
 * @dataplane: decides by a policy
 *
 * Return: 0, or a negative errno with @why set.
 */
int dataplane__set_answering(const struct dataplane *dataplane, bool forbidden,
			     const struct cookie_settings *cookie, struct errmsg *why);

/**
 * dataplane__is_answering() - what dataplane__set_answering() was given last
 *
 * Return: 1 if SYNs get their answers, 0 if they pass, or a negative errno with @why set.
 */
int dataplane__is_answering(const struct dataplane *dataplane, struct errmsg *why);

#endif
