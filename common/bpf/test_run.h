// SPDX-License-Identifier: GPL-2.0-only
// test_run: frames through an XDP program without an interface, by BPF_PROG_TEST_RUN.
#ifndef COMMON_BPF_TEST_RUN_H
#define COMMON_BPF_TEST_RUN_H

#include <linux/types.h>

#include "common/base/errmsg.h"

/* The kernel refuses frames shorter than an Ethernet header (bpf_prog_test_run_xdp). */
#define TEST_RUN_MIN_BYTES 14

struct test_run;

/**
 * test_run__open() - prepare to run frames through a program
 * @program_fd: stays the caller's
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int test_run__open(int program_fd, struct test_run **ret, struct errmsg *why);

/**
 * test_run__max_bytes() - the longest frame that this kernel accepts
 *
 * One page less headroom and tailroom; since Linux 5.18 also the fragments after it.
 */
__u32 test_run__max_bytes(const struct test_run *test_run);

/**
 * test_run__frame() - run one frame
 * @bytes: TEST_RUN_MIN_BYTES to test_run__max_bytes()
 *
 * Return: the verdict (enum xdp_action), or a negative errno with @why set.
 */
int test_run__frame(struct test_run *test_run, const __u8 *data, __u32 bytes, struct errmsg *why);

/** test_run__close() - free; NULL is fine. */
void test_run__close(struct test_run *test_run);

#endif
