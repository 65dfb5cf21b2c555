// SPDX-License-Identifier: GPL-2.0-only
// adopt: recognize a running program of ours, and open its maps without any pins.
#ifndef COMMON_DATAPLANE_ADOPT_H
#define COMMON_DATAPLANE_ADOPT_H

#include <stdbool.h>

#include "common/bpf/prog_info.h"
#include "common/dataplane/dataplane.h"

#define DATAPLANE_PROGRAM_PREFIX "xdpctl_"

/** dataplane__recognizes() - true if a program is one of ours, by its name and those of its maps.
 */
bool dataplane__recognizes(const struct prog_info *info);

/**
 * dataplane__adopt() - open the maps of a running program of ours by their ids
 * @program_fd: remains the caller's
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: -EPROTO if its
 * layout is unknown, because another version has loaded it.
 */
int dataplane__adopt(int program_fd, struct dataplane **ret, struct errmsg *why);

#endif
