// SPDX-License-Identifier: GPL-2.0-only
// test_run: frames through an XDP program without an interface, by BPF_PROG_TEST_RUN.
#ifndef COMMON_BPF_TEST_RUN_H
#define COMMON_BPF_TEST_RUN_H

#include <linux/types.h>

#include "common/base/errmsg.h"

/* The kernel refuses frames shorter than an Ethernet header (bpf_prog_test_run_xdp). */
#define TESTRUN_MIN_BYTES 14

struct testrun;

/**
 * testrun__open() - prepare to run frames through a program
 * @program_fd: stays the caller's
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int testrun__open(int program_fd, struct testrun **ret, struct errmsg *why);

/**
 * testrun__max_bytes() - the longest frame that this kernel takes
 *
 * One page less head- and tailroom, and from 5.18 on fragments behind it.
 */
__u32 testrun__max_bytes(const struct testrun *testrun);

/**
 * testrun__frame() - run one frame
 * @bytes: TESTRUN_MIN_BYTES to testrun__max_bytes()
 *
 * Return: the verdict (enum xdp_action), or a negative errno with @why set.
 */
int testrun__frame(struct testrun *testrun, const __u8 *data, __u32 bytes, struct errmsg *why);

/** testrun__close() - free; NULL is fine. */
void testrun__close(struct testrun *testrun);

#endif
