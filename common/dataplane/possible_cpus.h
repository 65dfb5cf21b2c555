// SPDX-License-Identifier: GPL-2.0-only
// possible_cpus: the CPUs on which a frame may arrive while the program is loaded.
#ifndef COMMON_DATAPLANE_POSSIBLE_CPUS_H
#define COMMON_DATAPLANE_POSSIBLE_CPUS_H

#include <linux/types.h>

#include "common/base/errmsg.h"

/* The CPUs of a list such as "0-3,8". */
struct possible_cpus {
	__u32 count;
	__u32 rows; /* that an array by CPU id needs: the highest id plus one, as ids may have gaps
		     */
};

/** possible_cpus__parse() - a list of CPUs, which may end in a newline. Return: 0 or -EINVAL. */
int possible_cpus__parse(const char *text, struct possible_cpus *ret);

/**
 * possible_cpus__read() - the possible CPUs of this machine
 *
 * The list in sysfs is compared with the number of values that the kernel returns for a per-CPU
 * map, because container managers replace files of sysfs.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set: -EPROTO if the two disagree.
 */
int possible_cpus__read(struct possible_cpus *ret, struct errmsg *why);

#endif
