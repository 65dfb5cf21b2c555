// SPDX-License-Identifier: GPL-2.0-only
// test_load_errors: what is said when the kernel refuses the program, and messages under a lock.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/base/messages.h"
#include "common/bpf/libbpf_log.h"
#include "tests/unit_test.h"

static void expect_refusal(int err, const char *want)
{
	struct errmsg why = {};

	libbpf_log__clear();
	assert_int_equal(libbpf_log__explain_load(err, &why), err);
	assert_string_equal(why.text, want);
}

static void test_reasons(void **state)
{
	(void)state;
	expect_refusal(-E2BIG,
		       "loading a BPF program: it takes this kernel's verifier more steps than "
		       "it allows (-v prints its full log)");
	expect_refusal(
		-ENOSYS,
		"loading a BPF program: Function not implemented: is this a kernel from 5.10 up "
		"with CONFIG_BPF_SYSCALL? (-v prints what libbpf says)");
}

/* Until a pipe takes no more. */
static void fill(int fd)
{
	static char page[4096];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (write(fd, page, sizeof(page)) > 0)
		;
	fcntl(fd, F_SETFL, 0);
}

static size_t drain(int fd, char *buf, size_t bytes)
{
	size_t total = 0;
	ssize_t got;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((got = read(fd, buf, bytes)) > 0)
		total = got;
	return total;
}

/* A reader of stderr that has stopped keeps nobody waiting before the last lock is released. */
static void test_messages_under_locks(void **state)
{
	static char buf[4096];
	int ends[2], saved = dup(STDERR_FILENO);
	size_t got;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	messages__hold();
	messages__hold();
	messages__print("at once\n");
	got = read(ends[0], buf, sizeof(buf));
	assert_int_equal(got, strlen("at once\n"));
	fill(ends[1]);
	messages__print("kept, ");
	messages__release();
	messages__print("also\n");
	drain(ends[0], buf, sizeof(buf));
	messages__release();
	got = drain(ends[0], buf, sizeof(buf));
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(got, strlen("kept, also\n"));
	assert_memory_equal(buf, "kept, also\n", got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_messages_under_locks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
