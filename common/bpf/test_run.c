// SPDX-License-Identifier: GPL-2.0-only
// test_run: frames through an XDP program without an interface, by BPF_PROG_TEST_RUN.
#include "common/bpf/test_run.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/features.h"

/* Above the limit of any kernel: MAX_SKB_FRAGS pages after the first. */
#define PROBE_BYTES (1 << 17)

struct test_run {
	int program_fd;
	__u32 max_bytes;
};

static int run_frame(int program_fd, const void *data, __u32 bytes)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = data, .data_size_in = bytes, .repeat = 1);
	int err = bpf_prog_test_run_opts(program_fd, &opts);

	return err ? err : (int)opts.retval;
}

static __u32 probe_max_bytes(int null_fd, const __u8 *data)
{
	__u32 accepted = TEST_RUN_MIN_BYTES, refused = PROBE_BYTES;

	while (refused - accepted > 1) {
		__u32 middle = (accepted + refused) / 2;

		if (run_frame(null_fd, data, middle) >= 0)
			accepted = middle;
		else
			refused = middle;
	}
	return accepted;
}

int test_run__open(int program_fd, struct test_run **ret, struct errmsg *why)
{
	struct test_run *test_run = calloc(1, sizeof(*test_run));
	__u8 *data = calloc(1, PROBE_BYTES);
	int err = -ENOMEM, fd = -1;

	if (!test_run || !data)
		goto out;
	/* Probe with another program: the one under test must not count probes. */
	err = fd = features__null_program(0);
	if (err < 0) {
		errmsg__set(why, err, "loading a BPF program: %s", strerror(-err));
		goto out;
	}
	err = run_frame(fd, data, TEST_RUN_MIN_BYTES);
	if (err < 0) {
		errmsg__set(why, err, "BPF_PROG_TEST_RUN: %s: replay needs it", strerror(-err));
		goto out;
	}
	test_run->program_fd = program_fd;
	test_run->max_bytes = probe_max_bytes(fd, data);
	*ret = test_run;
	test_run = NULL;
	err = 0;
out:
	if (fd >= 0)
		close(fd);
	free(data);
	free(test_run);
	return err;
}

__u32 test_run__max_bytes(const struct test_run *test_run)
{
	return test_run->max_bytes;
}

int test_run__frame(struct test_run *test_run, const __u8 *data, __u32 bytes, struct errmsg *why)
{
	int verdict = run_frame(test_run->program_fd, data, bytes);

	if (verdict >= 0)
		return verdict;
	return errmsg__set(why, verdict, "BPF_PROG_TEST_RUN of %u bytes: %s", bytes,
			   strerror(-verdict));
}

void test_run__close(struct test_run *test_run)
{
	free(test_run);
}
