// SPDX-License-Identifier: GPL-2.0-only
// test_run: frames through an XDP program without an interface, by BPF_PROG_TEST_RUN.
#include "common/bpf/test_run.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/features.h"

/* No kernel takes more: MAX_SKB_FRAGS pages behind the first one. */
#define PROBE_BYTES (1 << 17)

struct testrun {
	int program_fd;
	__u32 max_bytes;
};

static int run(int program_fd, const void *data, __u32 bytes)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = data, .data_size_in = bytes, .repeat = 1);
	int err = bpf_prog_test_run_opts(program_fd, &opts);

	return err ? err : (int)opts.retval;
}

static __u32 find_max_bytes(int null_fd, const __u8 *data)
{
	__u32 accepted = TESTRUN_MIN_BYTES, refused = PROBE_BYTES;

	while (refused - accepted > 1) {
		__u32 middle = (accepted + refused) / 2;

		if (run(null_fd, data, middle) >= 0)
			accepted = middle;
		else
			refused = middle;
	}
	return accepted;
}

int testrun__open(int program_fd, struct testrun **ret, struct errmsg *why)
{
	struct testrun *testrun = calloc(1, sizeof(*testrun));
	__u8 *data = calloc(1, PROBE_BYTES);
	int err = -ENOMEM, fd = -1;

	if (!testrun || !data)
		goto out;
	/* A program that touches nothing is asked, so that the one under test counts no probe. */
	err = fd = probe__null_program(0);
	if (err < 0) {
		errmsg__set(why, err, "loading a BPF program: %s", strerror(-err));
		goto out;
	}
	err = run(fd, data, TESTRUN_MIN_BYTES);
	if (err < 0) {
		errmsg__set(why, err, "BPF_PROG_TEST_RUN: %s: replay needs it", strerror(-err));
		goto out;
	}
	testrun->program_fd = program_fd;
	testrun->max_bytes = find_max_bytes(fd, data);
	*ret = testrun;
	testrun = NULL;
	err = 0;
out:
	if (fd >= 0)
		close(fd);
	free(data);
	free(testrun);
	return err;
}

__u32 testrun__max_bytes(const struct testrun *testrun)
{
	return testrun->max_bytes;
}

int testrun__frame(struct testrun *testrun, const __u8 *data, __u32 bytes, struct errmsg *why)
{
	int verdict = run(testrun->program_fd, data, bytes);

	if (verdict >= 0)
		return verdict;
	return errmsg__set(why, verdict, "BPF_PROG_TEST_RUN of %u bytes: %s", bytes,
			   strerror(-verdict));
}

void testrun__close(struct testrun *testrun)
{
	free(testrun);
}
