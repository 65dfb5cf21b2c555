// SPDX-License-Identifier: GPL-2.0-only
// selftest: the life of a BPF program, step by step, on a tiny one that reports an exec.
#include "ctl/doctor/selftest.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/pseudofs.h"
#include "common/base/subprocess.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/object.h"
#include "common/bpf/prog_info.h"
#include "common/bpf/trace_pipe.h"
#include "common/bpf/verifier.h"
#include "ctl/doctor/selftest_program.h"

#define PERMISSION "run as root, or with CAP_BPF and CAP_PERFMON"
#define LINE_TIMEOUT_MS 1000
#define UNLOAD_TIMEOUT_MS 1000

/* State between the steps. */
struct selftest {
	char directory[256];
	char source[288];
	char object[288];
	bool compiled;
	struct verification verification; /* of the compiled program */
	struct verifier_statistics statistics;
	int program_fd; /* of a compiled program: owned by the verification */
	int map_fd;
	int attachment_fd;
	struct prog_info info;
	struct trace_pipe *pipe;
};

static void selftest_write_source(struct selftest *test, struct finding *ret)
{
	const char *parent = getenv("TMPDIR");
	FILE *file = NULL;

	snprintf(test->directory, sizeof(test->directory), "%s/xdpctl-self-test.XXXXXX",
		 parent ?: "/tmp");
	if (!mkdtemp(test->directory)) {
		finding__set(ret, CHECK_PROBLEM, "set TMPDIR to a writable directory", "%s: %s",
			     test->directory, strerror(errno));
		test->directory[0] = '\0';
		return;
	}
	snprintf(test->source, sizeof(test->source), "%s/self_test.bpf.c", test->directory);
	snprintf(test->object, sizeof(test->object), "%s/self_test.bpf.o", test->directory);
	file = fopen(test->source, "we");
	if (!file || fputs(selftest_source, file) < 0 || fflush(file))
		finding__set(ret, CHECK_PROBLEM, "set TMPDIR to a directory with free space",
			     "%s: %s", test->source, strerror(errno));
	else
		finding__set(ret, CHECK_OK, NULL, "%zu bytes of C, which report an exec of '%s'",
			     strlen(selftest_source), SELFTEST_COMMAND);
	if (file)
		fclose(file);
}

static void selftest_compile(struct selftest *test, struct finding *ret)
{
	const char *const argv[] = {"clang", "-target", "bpf",        "-mcpu=v3",   "-O2", "-g",
				    "-c",    "-o",      test->object, test->source, NULL};
	char *output = NULL;
	struct stat object;
	int status = subprocess__run(argv, &output);

	if (!status && !stat(test->object, &object)) {
		test->compiled = true;
		finding__set(ret, CHECK_OK, NULL, "clang wrote an object of %lld bytes",
			     (long long)object.st_size);
	} else if (status == -ENOENT) {
		finding__set(ret, CHECK_WARNING, "install clang to compile programs",
			     "clang is not installed: using built-in instructions");
	} else {
		finding__set(ret, CHECK_WARNING, "try 'clang -target bpf'",
			     "clang failed, using built-in instructions: %.*s",
			     output ? (int)strcspn(output, "\n") : 0, output ?: "");
	}
	free(output);
}

static int selftest_load_object(struct selftest *test, struct errmsg *why)
{
	struct verification *verification = &test->verification;
	struct object_file *file;
	int err;

	err = object_file__read(test->object, &file, why);
	if (err)
		return err;
	err = verification__run(file, SELFTEST_FUNCTION, verification, why);
	object_file__free(file);
	if (err)
		return err;
	if (verification->err)
		return errmsg__set(why, verification->err, "%s: %s",
				   LIBBPF_STRERROR(verification->err), verification->complaint);
	test->statistics = verification->statistics;
	test->program_fd = bpf_program__fd(verification->program);
	test->map_fd = bpf_object__find_map_fd_by_name(verification->object, SELFTEST_MAP);
	return 0;
}

static int selftest_load_instructions(struct selftest *test, struct errmsg *why)
{
	struct bpf_insn instructions[SELFTEST_MAX_INSTRUCTIONS];
	char log[4096] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log),
		    .log_level = 4);
	size_t count;

	test->map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, SELFTEST_MAP, sizeof(__u32),
				      sizeof(__u64), 1, NULL);
	if (test->map_fd < 0)
		return errmsg__set(why, test->map_fd, "creating the map: %s",
				   strerror(-test->map_fd));
	count = selftest_program__assemble(test->map_fd, instructions);
	test->program_fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, SELFTEST_FUNCTION, "GPL",
					 instructions, count, &opts);
	if (test->program_fd < 0)
		return errmsg__set(why, test->program_fd, "%s: %.*s", strerror(-test->program_fd),
				   (int)strcspn(log, "\n"), log);
	verifier_log__statistics(log, &test->statistics);
	return 0;
}

static void selftest_load(struct selftest *test, struct finding *ret)
{
	struct errmsg why = {};
	int err = test->compiled ? selftest_load_object(test, &why)
				 : selftest_load_instructions(test, &why);

	if (!err)
		err = prog_info__read(test->program_fd, NULL, &test->info, &why);
	if (err)
		finding__set(ret, CHECK_PROBLEM, err == -EPERM ? PERMISSION : NULL, "%s", why.text);
	else
		finding__set(ret, CHECK_OK, NULL, "program %u, with map %u, in %s", test->info.id,
			     test->info.map_count ? test->info.maps[0].id : 0,
			     test->compiled ? "the object" : "built-in instructions");
}

static void selftest_show_verifier(struct selftest *test, struct finding *ret)
{
	const struct verifier_statistics *statistics = &test->statistics;

	finding__set(ret, CHECK_OK, NULL,
		     "processed %u of at most %u instructions in %u us, %u states, %u bytes of "
		     "stack; %u instructions remain",
		     statistics->processed, statistics->limit, statistics->verification_us,
		     statistics->total_states, statistics->stack_bytes[0], test->info.instructions);
}

static void selftest_show_jit(struct selftest *test, struct finding *ret)
{
	if (test->info.machine_bytes)
		finding__set(ret, CHECK_OK, NULL, "%u bytes of machine code",
			     test->info.machine_bytes);
	else
		finding__set(ret, CHECK_WARNING,
			     "'sysctl net.core.bpf_jit_enable=1' in the initial network namespace",
			     "no machine code: the program is interpreted, or the size is hidden");
}

static void selftest_open_pipe(struct selftest *test, struct finding *ret)
{
	char mount_point[128];
	bool mounted = !pseudofs__mount_point("tracefs", mount_point, sizeof(mount_point));
	int err = trace_pipe__open(&test->pipe);

	if (err)
		finding__set(ret, CHECK_WARNING, "mount -t tracefs tracefs /sys/kernel/tracing",
			     "no trace pipe (%s): the program's map will show whether it ran",
			     strerror(-err));
	else if (mounted)
		finding__set(ret, CHECK_OK, NULL, "a private instance in %s", mount_point);
	else
		finding__set(ret, CHECK_OK, NULL,
			     "tracefs is not mounted: opened by a private, detached mount");
}

static void selftest_attach(struct selftest *test, struct finding *ret)
{
	test->attachment_fd = bpf_raw_tracepoint_open(SELFTEST_TRACEPOINT, test->program_fd);
	if (test->attachment_fd < 0)
		finding__set(ret, CHECK_PROBLEM, "use a kernel with CONFIG_BPF_EVENTS",
			     "tracepoint %s: %s", SELFTEST_TRACEPOINT,
			     strerror(-test->attachment_fd));
	else
		finding__set(ret, CHECK_OK, NULL, "to the tracepoint %s", SELFTEST_TRACEPOINT);
}

static void selftest_trigger(struct selftest *test, struct finding *ret)
{
	static const char *const argv[] = {"/bin/" SELFTEST_COMMAND, NULL};
	int status = subprocess__run(argv, NULL);

	(void)test;
	if (status)
		finding__set(ret, CHECK_PROBLEM, NULL, "running '%s': %s", SELFTEST_COMMAND,
			     status < 0 ? strerror(-status) : "it failed");
	else
		finding__set(ret, CHECK_OK, NULL, "ran '%s'", SELFTEST_COMMAND);
}

static __u64 selftest_read_mark(const struct selftest *test)
{
	__u64 mark = 0;
	__u32 zero = 0;

	bpf_map_lookup_elem(test->map_fd, &zero, &mark);
	return mark;
}

static void selftest_read_line(struct selftest *test, struct finding *ret)
{
	char line[192];

	if (!selftest_read_mark(test))
		finding__set(ret, CHECK_PROBLEM, NULL, "the program has not run");
	else if (!test->pipe)
		finding__set(ret, CHECK_OK, NULL, "the program ran, according to its map");
	else if (trace_pipe__read(test->pipe, SELFTEST_TEXT, LINE_TIMEOUT_MS, line, sizeof(line)))
		finding__set(ret, CHECK_WARNING, "check 'cat /sys/kernel/tracing/tracing_on'",
			     "the program ran, according to its map, but printed no line");
	else
		finding__set(ret, CHECK_OK, NULL, "%s", line);
}

/* Proved by another exec, which the program must not see. */
static void selftest_detach(struct selftest *test, struct finding *ret)
{
	__u64 none = 0;
	__u32 zero = 0;

	close(test->attachment_fd);
	test->attachment_fd = -1;
	bpf_map_update_elem(test->map_fd, &zero, &none, BPF_ANY);
	selftest_trigger(test, ret);
	if (ret->state != CHECK_OK)
		return;
	if (selftest_read_mark(test))
		finding__set(ret, CHECK_PROBLEM, NULL, "the program ran once more");
	else
		finding__set(ret, CHECK_OK, NULL, "the next '%s' was not reported",
			     SELFTEST_COMMAND);
}

static void selftest_release(struct selftest *test)
{
	if (test->attachment_fd >= 0)
		close(test->attachment_fd);
	if (!test->compiled && test->program_fd >= 0)
		close(test->program_fd);
	if (!test->compiled && test->map_fd >= 0)
		close(test->map_fd);
	test->attachment_fd = test->program_fd = test->map_fd = -1;
	verification__free(&test->verification);
	prog_info__free(&test->info);
	trace_pipe__close(test->pipe);
	test->pipe = NULL;
	if (!test->directory[0])
		return;
	unlink(test->source);
	unlink(test->object);
	rmdir(test->directory);
	test->directory[0] = '\0';
}

/* The kernel frees a program some time after its last descriptor is closed. */
static void selftest_unload(struct selftest *test, struct finding *ret)
{
	__u32 id = test->info.id;
	int fd = 0;

	selftest_release(test);
	for (int waited_ms = 0; waited_ms < UNLOAD_TIMEOUT_MS; waited_ms++) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			break;
		close(fd);
		poll(NULL, 0, 1);
	}
	if (fd == -ENOENT)
		finding__set(ret, CHECK_OK, NULL,
			     "program %u is unloaded, and its files are deleted", id);
	else if (fd < 0)
		finding__set(ret, CHECK_UNKNOWN, "run as root",
			     "closed; cannot check that it is unloaded: %s", strerror(-fd));
	else
		finding__set(ret, CHECK_WARNING, NULL,
			     "program %u is still loaded: something else holds it", id);
}

static const struct {
	const char *name;
	void (*run)(struct selftest *test, struct finding *ret);
} steps[] = {
	{"write", selftest_write_source}, {"compile", selftest_compile},
	{"load", selftest_load},          {"verifier", selftest_show_verifier},
	{"jit", selftest_show_jit},       {"trace-pipe", selftest_open_pipe},
	{"attach", selftest_attach},      {"trigger", selftest_trigger},
	{"read", selftest_read_line},     {"detach", selftest_detach},
	{"unload", selftest_unload},
};

static int selftest_run_steps(struct selftest *test, struct findings *findings)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct finding *finding = findings__add(findings, steps[i].name);
		__u64 start_ns = clock__now_ns();

		if (!finding)
			return -ENOMEM;
		steps[i].run(test, finding);
		finding->duration_ns = clock__now_ns() - start_ns;
		if (finding->state == CHECK_PROBLEM)
			break;
	}
	return 0;
}

int selftest__run(struct findings *findings)
{
	struct selftest test = {.program_fd = -1, .map_fd = -1, .attachment_fd = -1};
	sigset_t signals, before;
	int err;

	/* Signals are delivered after the clean-up. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &before);
	err = selftest_run_steps(&test, findings);
	selftest_release(&test);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
