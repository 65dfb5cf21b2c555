// SPDX-License-Identifier: GPL-2.0-only
// answer_test: whether this kernel loads and runs a program that answers a SYN.
#ifndef COMMON_DATAPLANE_ANSWER_TEST_H
#define COMMON_DATAPLANE_ANSWER_TEST_H

#include "common/base/errmsg.h"

/**
 * answer_test__run() - let a program of its own, with a policy of its own, challenge a SYN
 *
 * By BPF_PROG_TEST_RUN: nothing is attached or sent, and no interface counts it.
 *
 * Return: the verdict (enum xdp_action), or a negative errno with @why set.
 */
int answer_test__run(struct errmsg *why);

#endif
