// SPDX-License-Identifier: GPL-2.0-only
// test_advice: the advice of a call and an errno; capabilities are named if they are missing.
#include <cap-ng.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "tests/unit_test.h"

#define DOCTOR ": this kernel lacks what it needs: 'xdpctl doctor' says what"
#define PREPARE ": run as root, or have root run 'chmod 0711 /sys/fs/bpf'"
#define REMOUNT ": make bpffs writable: mount -o remount,rw /sys/fs/bpf"

static void test_rows(void **state)
{
	static const struct {
		enum advice_call call;
		int err;
		const char *text;
	} rows[] = {
		{ADVICE_OPEN_PIN, -EMFILE, ": raise the limit of open files: ulimit -n"},
		{ADVICE_LOAD, -ENFILE,
		 ": raise the system's limit of open files: sysctl fs.file-max"},
		{ADVICE_LOAD, -ENOSYS, ": this kernel has no bpf(): it needs CONFIG_BPF_SYSCALL"},
		{ADVICE_LOAD, -EINVAL, DOCTOR},
		{ADVICE_LOAD, -EOPNOTSUPP, DOCTOR},
		{ADVICE_LOAD, -ENOMEM, ": free memory, or ask for less: --max-sources"},
		{ADVICE_OPEN_PIN, -ENOENT,
		 ": pins are missing: 'xdpctl attach --reset IFACE' makes new ones"},
		{ADVICE_OPEN_PIN, -EACCES, ": run as root, or as a member of the pin's group"},
		{ADVICE_OPEN_PIN, -EROFS, REMOUNT},
		{ADVICE_OPEN_PIN, -EINVAL, DOCTOR},
		{ADVICE_PIN, -ENOENT, ": its directory was removed meanwhile: try again"},
		{ADVICE_PIN, -EROFS, REMOUNT},
		{ADVICE_PIN, -EACCES, PREPARE " and 'install -d -o USER /sys/fs/bpf/xdpctl'"},
		{ADVICE_MAKE_DIRECTORY, -EROFS, REMOUNT},
		{ADVICE_MAKE_DIRECTORY, -EACCES,
		 PREPARE " and 'install -d -o USER /sys/fs/bpf/xdpctl'"},
		{ADVICE_OPEN_DIRECTORY, -EACCES, PREPARE},
		{ADVICE_OPEN_DIRECTORY, -ENOTDIR, ": remove what has its name"},
		{ADVICE_MOUNT_BPFFS, -ENODEV,
		 ": this kernel has no bpffs: it needs CONFIG_BPF_SYSCALL"},
		{ADVICE_MOUNT_BPFFS, -ENOENT, ": mount sysfs first: mount -t sysfs sysfs /sys"},
		{ADVICE_OPEN_PROGRAM, -ENOENT, ": 'bpftool prog' lists loaded programs"},
		{ADVICE_ENABLE_STATS, -EINVAL, ": it needs Linux 5.8"},
		{ADVICE_OPEN_PROGRAM, -EIO, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct errmsg why = {};
		char wanted[512];

		assert_int_equal(advice__set(&why, rows[i].call, rows[i].err, "%s: it", "object"),
				 rows[i].err);
		snprintf(wanted, sizeof(wanted), "object: it: %s%s", strerror(-rows[i].err),
			 rows[i].text);
		assert_string_equal(why.text, wanted);
		assert_int_equal(why.exit_code, EXIT_FAILED);
	}
}

/* Of the rows of a call the kernel's words choose before the errno does. */
static void test_words(void **state)
{
	static const struct {
		enum advice_call call;
		int err;
		const char *reason, *text;
	} rows[] = {
		{ADVICE_ATTACH, -ERANGE, "Peer MTU is too large to set XDP",
		 "lower it, or use -m generic"},
		{ADVICE_ATTACH, -EOPNOTSUPP, "Can't set XDP while host is implementing GRO_HW/CSUM",
		 "disable it on that host (QEMU: guest_tso4=off and similar), or use -m generic"},
		{ADVICE_ATTACH, -EOPNOTSUPP, "XDP is not supported with LRO",
		 "disable it with 'ethtool -K IFACE lro off', or use -m generic"},
		{ADVICE_ATTACH, -EOPNOTSUPP, "",
		 "the driver does not support this mode: use -m generic"},
		{ADVICE_ATTACH, -EBUSY, "MTU",
		 "another program is attached: 'ip link' shows it; detach it first"},
		{ADVICE_ATTACH, -EIO, "", ""},
		{ADVICE_LOAD_OFFLOAD, -ENOMEM, "", "ask for fewer sources with --max-sources N"},
		{ADVICE_LOAD_OFFLOAD, -EINVAL, "",
		 "it cannot run XDP programs itself, or its driver refuses to now: use -m native "
		 "or -m generic"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char advice[ADVICE_BYTES];

		advice__find(rows[i].call, rows[i].err, rows[i].reason, NULL, advice);
		assert_string_equal(advice, rows[i].text);
	}
}

static void test_interface(void **state)
{
	char advice[ADVICE_BYTES];

	(void)state;
	advice__find(ADVICE_ATTACH, -EINVAL, "LRO", "eth0", advice);
	assert_string_equal(advice, "disable it with 'ethtool -K eth0 lro off', or use -m generic");
	advice__find(ADVICE_ATTACH, -EINVAL, "LRO", NULL, advice);
	assert_string_equal(advice,
			    "disable it with 'ethtool -K IFACE lro off', or use -m generic");
}

/* In a child, with no capability but @kept (0: none). Return: the text. */
static void text_with(unsigned int kept, enum advice_call call, char *buf, size_t buf_bytes)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		struct errmsg why = {};

		capng_clear(CAPNG_SELECT_CAPS);
		if (kept)
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept);
		if (capng_apply(CAPNG_SELECT_CAPS))
			_exit(1);
		advice__set(&why, call, -EPERM, "it");
		_exit(write(fds[1], why.text, strlen(why.text)) < 0);
	}
	close(fds[1]);
	buf[read(fds[0], buf, buf_bytes - 1)] = '\0';
	close(fds[0]);
	waitpid(pid, NULL, 0);
}

static void test_missing_capabilities(void **state)
{
	char text[512];

	(void)state;
	text_with(0, ADVICE_LOAD, text, sizeof(text));
	assert_string_equal(text, "it: Operation not permitted: run as root, or with the missing "
				  "CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON");
	text_with(0, ADVICE_OPEN_PROGRAM, text, sizeof(text));
	assert_string_equal(text, "it: Operation not permitted: run as root, or with the missing "
				  "CAP_SYS_ADMIN");
	text_with(0, ADVICE_LOAD_OFFLOAD, text, sizeof(text));
	assert_string_equal(text, "it: Operation not permitted: run as root, or with the missing "
				  "CAP_SYS_ADMIN");
	text_with(0, ADVICE_LOAD_LOCKED, text, sizeof(text));
	assert_string_equal(text, "it: Operation not permitted: run as root, or with the missing "
				  "CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON, CAP_SYS_RESOURCE (this "
				  "kernel counts BPF memory against RLIMIT_MEMLOCK: else raise "
				  "'ulimit -l')");
	if (geteuid())
		skip();
	text_with(CAP_NET_ADMIN, ADVICE_LOAD, text, sizeof(text));
	assert_string_equal(text, "it: Operation not permitted: run as root, or with the missing "
				  "CAP_BPF, CAP_PERFMON");
	text_with(CAP_BPF, ADVICE_OPEN_PIN, text, sizeof(text));
	assert_string_equal(text, "it: Operation not permitted: not for lack of capabilities: a "
				  "seccomp filter, a security module or lockdown forbids it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_missing_capabilities),
	};

	return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
