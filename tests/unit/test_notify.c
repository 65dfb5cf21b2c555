// SPDX-License-Identifier: GPL-2.0-only
// test_notify: how events are handed on: hooks, the systemd journal, files and pipes.
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/events/cursor.h"
#include "common/events/journal.h"
#include "common/events/notify_exec.h"
#include "common/events/notify_journald.h"
#include "common/events/notify_queue.h"
#include "common/events/notify_stream.h"
#include "tests/scratch.h"

#define ID "0123456789abcdef"
#define LINE "{\"a line\":1}"

static struct journal_record make_record(__u64 sequence, enum event_phase phase, const char *id)
{
	struct journal_record record = {.line = LINE,
					.bytes = strlen(LINE),
					.sequence = sequence,
					.phase = phase,
					.event = "attack"};

	snprintf(record.id, sizeof(record.id), "%s", id);
	return record;
}

static void push(struct notify_queue *queue, __u64 sequence, enum event_phase phase, int id)
{
	char text[17];
	struct journal_record record;

	snprintf(text, sizeof(text), "%016x", id);
	record = make_record(sequence, phase, text);
	notify_queue__push(queue, &record);
}

/* 62 points, and a beginning and an update of one attack. */
static void fill(struct notify_queue *queue)
{
	for (int i = 0; i < NOTIFY_QUEUE_ITEMS - 2; i++)
		push(queue, i + 1, PHASE_POINT, i);
	push(queue, 63, PHASE_BEGAN, 1000);
	push(queue, 64, PHASE_UPDATE, 1000);
}

static void test_queue_overflows(void **state)
{
	struct notify_queue queue = {};

	(void)state;
	fill(&queue);
	assert_int_equal(queue.lost, 0);
	/* First the update goes, */
	push(&queue, 65, PHASE_POINT, 7);
	assert_int_equal(queue.lost, 1);
	assert_int_equal(queue.count, NOTIFY_QUEUE_ITEMS);
	assert_int_equal(queue.items[62].sequence, 63);
	assert_int_equal(queue.items[63].sequence, 65);
	/* then the beginning, as its end comes, */
	push(&queue, 66, PHASE_ENDED, 1000);
	assert_int_equal(queue.items[62].sequence, 65);
	assert_int_equal(queue.items[63].sequence, 66);
	/* then the oldest, but not the one that is being delivered. */
	queue.first_is_busy = true;
	push(&queue, 67, PHASE_BEGAN, 2000);
	assert_int_equal(queue.items[0].sequence, 1);
	assert_int_equal(queue.items[1].sequence, 3);
	assert_int_equal(queue.lost, 3);
	notify_queue__pop(&queue);
	assert_int_equal(queue.items[0].sequence, 3);
	notify_queue__free(&queue);
	assert_int_equal(queue.count, 0);
}

/* A hook, and what it said. */
struct hooked {
	struct notify_exec *hook;
	int epoll_fd;
	char said[1024];
};

static void hear(void *context, const char *text)
{
	struct hooked *hooked = context;

	size_t length = strlen(hooked->said);

	snprintf(hooked->said + length, sizeof(hooked->said) - length, "%s\n", text);
}

/* The hook runs a script, as a file: hooks have no shell of their own. */
static void start_hook(struct scratch *scratch, const char *script, struct hooked *ret)
{
	static char *argv[4];

	ret->said[0] = '\0';
	ret->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	store(scratch__name(scratch, "script"), script, strlen(script));
	argv[0] = "/bin/sh";
	argv[1] = scratch->path;
	argv[2] = "an $argument; with 'signs'";
	ret->hook = notify_exec__new(&(struct notify_exec_options){.name = "h",
								   .argv = argv,
								   .timeout_s = 10,
								   .epoll_fd = ret->epoll_fd,
								   .say = hear,
								   .context = ret});
	assert_non_null(ret->hook);
}

static void stop_hook(struct hooked *hooked)
{
	notify_exec__free(hooked->hook);
	close(hooked->epoll_fd);
}

static void hook_event(struct hooked *hooked, __u64 sequence)
{
	struct journal_record record = make_record(sequence, PHASE_BEGAN, ID);

	notify_exec__push(hooked->hook, &record);
}

/* Runs it as of a moment until that many failures, or until nothing is left to do. */
static void run_hook(struct hooked *hooked, __u64 now_ns, __u64 failures)
{
	struct epoll_event ready;

	notify_exec__run(hooked->hook, now_ns);
	while (!notify_exec__is_idle(hooked->hook) &&
	       notify_exec__counts(hooked->hook).failures < failures) {
		assert_int_equal(epoll_wait(hooked->epoll_fd, &ready, 1, 60000), 1);
		notify_exec__run(hooked->hook, now_ns);
	}
}

static void read_file(struct scratch *scratch, const char *name, char *ret, size_t ret_bytes)
{
	FILE *file = fopen(scratch__name(scratch, name), "r");

	assert_non_null(file);
	ret[fread(ret, 1, ret_bytes - 1, file)] = '\0';
	fclose(file);
}

/* Arguments, input, environment, directory, group, capabilities and descriptors. */
static void test_hook_gets(void **state)
{
	struct scratch *scratch = *state;
	char script[1024], want[1024], got[1024];
	struct hooked hooked;
	int leaked;

	snprintf(script, sizeof(script),
		 "exec >%s/out\n"
		 "cat; echo \"$1\"; pwd; /usr/bin/env | grep -v -e PWD -e SHLVL -e _= | sort\n"
		 "[ $(ps -o pgid= -p $$) = $$ ] && echo group\n"
		 "grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status\n"
		 "ls /proc/$$/fd | tr '\\n' ' '\n",
		 scratch->dir);
	leaked = dup(0);
	start_hook(scratch, script, &hooked);
	hook_event(&hooked, 5);
	assert_int_equal(notify_exec__done(hooked.hook), 0);
	run_hook(&hooked, 1, 1);
	close(leaked);
	assert_string_equal(hooked.said, "");
	assert_int_equal(notify_exec__done(hooked.hook), 5);
	read_file(scratch, "out", got, sizeof(got));
	snprintf(want, sizeof(want),
		 LINE "\nan $argument; with 'signs'\n/\n"
		      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
		      "XDPCTL_EVENT=attack\nXDPCTL_ID=" ID "\nXDPCTL_PHASE=began\ngroup\n"
		      "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
		      "CapEff:\t0000000000000000\nCapAmb:\t0000000000000000\n");
	assert_memory_equal(got, want, strlen(want));
	/* 10 or so is the script, which the shell reads. */
	assert_memory_equal(got + strlen(want), "0 1 ", 4);
	assert_null(strstr(got + strlen(want), " 3 4 "));
	stop_hook(&hooked);
}

/* An exit status other than 0: again after 1, 10 and 60 s, then given up. */
static void test_hook_is_retried(void **state)
{
	static const __u64 moments_s[] = {100, 101, 111, 171};
	struct hooked hooked;

	start_hook(*state, "echo trouble; exit 3\n", &hooked);
	hook_event(&hooked, 5);
	hook_event(&hooked, 6);
	for (size_t i = 0; i < COUNT_OF(moments_s); i++) {
		run_hook(&hooked, moments_s[i] * NS_PER_S, i + 1);
		if (i + 1 == COUNT_OF(moments_s))
			break;
		assert_int_equal(notify_exec__counts(hooked.hook).started, i + 1);
		notify_exec__run(hooked.hook, moments_s[i + 1] * NS_PER_S - 1);
		assert_int_equal(notify_exec__counts(hooked.hook).started, i + 1);
	}
	/* The next event has its turn. */
	assert_int_equal(notify_exec__counts(hooked.hook).started, 5);
	assert_int_equal(notify_exec__counts(hooked.hook).given_up, 1);
	assert_int_equal(notify_exec__done(hooked.hook), 5);
	assert_non_null(strstr(hooked.said, "hook h: trouble\nhook h: exit status 3: event "
					    "attack, id " ID "\n"));
	assert_non_null(strstr(hooked.said, "hook h: given up after 4 attempts: event attack, id "
					    "" ID "\n"));
	stop_hook(&hooked);
}

static void test_hook_is_missing(void **state)
{
	static char *argv[] = {"/nonexistent/hook", NULL};
	struct hooked hooked = {.epoll_fd = epoll_create1(EPOLL_CLOEXEC)};

	(void)state;
	hooked.hook = notify_exec__new(&(struct notify_exec_options){.name = "h",
								     .argv = argv,
								     .timeout_s = 10,
								     .epoll_fd = hooked.epoll_fd,
								     .say = hear,
								     .context = &hooked});
	hook_event(&hooked, 1);
	run_hook(&hooked, 1, 1);
	assert_non_null(
		strstr(hooked.said, "hook h: cannot be started: No such file or directory\n"));
	stop_hook(&hooked);
}

/* Deaf to TERM, with a child of the same kind: the whole group is killed after 2 s more. */
static void test_hook_hangs(void **state)
{
	struct scratch *scratch = *state;
	char script[256], ready[96], child[32] = "";
	struct hooked hooked;
	int fifo;

	snprintf(ready, sizeof(ready), "%s", scratch__name(scratch, "ready"));
	assert_int_equal(mkfifo(ready, 0600), 0);
	fifo = open(ready, O_RDWR);
	snprintf(script, sizeof(script),
		 "trap '' TERM; (echo $(exec sh -c 'echo $PPID') >%s; sleep 1000) & "
		 "while :; do sleep 1000; done\n",
		 ready);
	start_hook(scratch, script, &hooked);
	hook_event(&hooked, 1);
	notify_exec__run(hooked.hook, 1);
	assert_true(read(fifo, child, sizeof(child) - 1) > 1);
	notify_exec__run(hooked.hook, 9 * NS_PER_S);
	assert_int_equal(kill(atoi(child), 0), 0);
	notify_exec__run(hooked.hook, 10 * NS_PER_S + 1);
	assert_int_equal(notify_exec__counts(hooked.hook).failures, 0);
	notify_exec__run(hooked.hook, 12 * NS_PER_S + 1);
	run_hook(&hooked, 12 * NS_PER_S + 1, 1);
	assert_int_equal(notify_exec__counts(hooked.hook).failures, 1);
	assert_string_equal(hooked.said,
			    "hook h: ended by signal 9 after its timeout: event attack, "
			    "id " ID "\n");
	/* The child is gone too; whoever adopted it takes its end in time. */
	for (int i = 0; i < 6000 && !kill(atoi(child), 0); i++) {
		char path[64], text[256] = "";
		FILE *stat;

		snprintf(path, sizeof(path), "/proc/%s", child);
		path[strcspn(path, "\n")] = '\0';
		strcat(path, "/stat");
		stat = fopen(path, "r");
		if (!stat || (fgets(text, sizeof(text), stat) && strstr(text, ") Z "))) {
			if (stat)
				fclose(stat);
			break;
		}
		fclose(stat);
		poll(NULL, 0, 10);
		assert_int_not_equal(i, 5999);
	}
	close(fifo);
	stop_hook(&hooked);
}

/* It neither reads its input nor ends with what it started, and prints more than is kept. */
static void test_hook_is_careless(void **state)
{
	struct hooked hooked;

	start_hook(*state,
		   "exec <&-; sleep 1000 & i=0\n"
		   "while [ $i -lt 2000 ]; do echo 0123456789; i=$((i + 1)); done\n",
		   &hooked);
	hook_event(&hooked, 1);
	run_hook(&hooked, 1, 1);
	assert_int_equal(notify_exec__counts(hooked.hook).failures, 0);
	assert_int_equal(notify_exec__done(hooked.hook), 1);
	assert_memory_equal(hooked.said, "hook h: 0123456789\nhook h: ", 27);
	stop_hook(&hooked);
}

static void test_journald_message(void **state)
{
	static const struct journald_field fields[] = {
		{"MESSAGE", "one"}, {"EMPTY", ""}, {"NONE", NULL}, {"TWO", "a\nEVIL=1"}, {}};
	static const char want[] = "MESSAGE=one\nEMPTY=\nTWO\n\x08\0\0\0\0\0\0\0a\nEVIL=1\n";
	char message[JOURNALD_MESSAGE_BYTES], *large = calloc(1, JOURNALD_MESSAGE_BYTES + 1);
	const struct journald_field too_large[] = {{"X", large}, {}};

	(void)state;
	assert_int_equal(journald__message(fields, message), sizeof(want) - 1);
	assert_memory_equal(message, want, sizeof(want) - 1);
	memset(large, 'x', JOURNALD_MESSAGE_BYTES);
	assert_int_equal(journald__message(too_large, message), 0);
	free(large);
}

static void test_journald_send(void **state)
{
	struct scratch *scratch = *state;
	int fd = journald__open(), server = socket(AF_UNIX, SOCK_DGRAM, 0), err = 0;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char got[64] = "";

	scratch__name(scratch, "socket");
	assert_int_equal(journald__send(fd, scratch->path, "A=1\n", 4), -ENOENT);
	strcpy(address.sun_path, scratch->path);
	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(journald__send(fd, scratch->path, "A=1\n", 4), 0);
	assert_int_equal(recv(server, got, sizeof(got), 0), 4);
	assert_string_equal(got, "A=1\n");
	/* One that does not read is not waited for. */
	for (int i = 0; i < 100000 && !err; i++)
		err = journald__send(fd, scratch->path, "A=1\n", 4);
	assert_int_equal(err, -EAGAIN);
	close(server);
	assert_int_equal(journald__send(fd, scratch->path, "A=1\n", 4), -ECONNREFUSED);
	close(fd);
}

static struct journal *make_journal(struct scratch *scratch)
{
	struct journal *journal;

	assert_int_equal(journal__open(scratch->dir, &(struct journal_options){}, &journal, NULL),
			 0);
	return journal;
}

static void append(struct journal *journal, int count)
{
	struct journal_line line;

	while (count--) {
		snprintf(line.text, sizeof(line.text),
			 JOURNAL_UNNUMBERED "\"time_ns\":1,\"event\":\"test\",\"phase\":\"point\","
					    "\"id\":\"" ID "\",\"summary\":\"%2000s\"}",
			 "");
		journal__append(journal, &line, 1, 1);
	}
}

/* Reads what there is in a pipe. Return: the number of lines; the last one is whole. */
static int drain(int fd)
{
	static char buf[1 << 20];
	ssize_t bytes = read(fd, buf, sizeof(buf));
	int lines = 0;

	for (ssize_t i = 0; i < bytes; i++)
		lines += buf[i] == '\n';
	if (bytes > 0)
		assert_int_equal(buf[bytes - 1], '\n');
	return lines;
}

/* A pipe that is not read stalls its own stream alone, and loses nothing. */
static void test_stream_is_stuck(void **state)
{
	struct scratch *scratch = *state;
	struct journal *journal = make_journal(scratch);
	struct notify_stream *stream;
	struct errmsg why = {};
	char path[96];
	int lines = 0, reader;

	snprintf(path, sizeof(path), "%s", scratch__name(scratch, "fifo"));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(notify_stream__open(scratch->dir, path, 0, &stream, &why), -ENXIO);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	append(journal, 100);
	assert_int_equal(notify_stream__open(scratch->dir, path, 0, &stream, &why), 0);
	assert_int_equal(notify_stream__run(stream, &why), 0);
	assert_in_range(notify_stream__done(stream), 1, 99);
	append(journal, 20);
	notify_stream__add(stream, LINE, strlen(LINE));
	assert_int_equal(notify_stream__lost(stream), 1);
	for (int i = 0; i < 10; i++) {
		lines += drain(reader);
		assert_int_equal(notify_stream__run(stream, &why), 0);
	}
	assert_int_equal(lines, 120);
	assert_int_equal(notify_stream__done(stream), 120);
	notify_stream__add(stream, LINE, strlen(LINE));
	assert_int_equal(drain(reader), 1);
	assert_int_equal(notify_stream__lost(stream), 1);
	signal(SIGPIPE, SIG_IGN);
	close(reader);
	append(journal, 1);
	assert_int_equal(notify_stream__run(stream, &why), -EPIPE);
	notify_stream__close(stream);
	journal__close(journal);
}

/* Renamed and opened again: nothing is lost, and nothing written twice. */
static void test_stream_is_rotated(void **state)
{
	struct scratch *scratch = *state;
	struct journal *journal = make_journal(scratch);
	char path[96], old[128];
	struct notify_stream *stream;
	struct stat status;
	int fd;

	snprintf(path, sizeof(path), "%s", scratch__name(scratch, "out"));
	snprintf(old, sizeof(old), "%s.1", path);
	append(journal, 3);
	assert_int_equal(notify_stream__open(scratch->dir, path, 1, &stream, NULL), 0);
	assert_int_equal(notify_stream__run(stream, NULL), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(rename(path, old), 0);
	append(journal, 2);
	assert_int_equal(notify_stream__run(stream, NULL), 0);
	assert_int_equal(notify_stream__reopen(stream, NULL), 0);
	append(journal, 4);
	assert_int_equal(notify_stream__run(stream, NULL), 0);
	fd = open(old, O_RDONLY);
	assert_int_equal(drain(fd), 4);
	close(fd);
	fd = open(path, O_RDONLY);
	assert_int_equal(drain(fd), 4);
	close(fd);
	notify_stream__close(stream);
	journal__close(journal);
}

static void test_cursor(void **state)
{
	struct scratch *scratch = *state;
	__u64 sequence;

	assert_int_equal(cursor__load(scratch->dir, "a", &sequence), -ENOENT);
	assert_int_equal(cursor__store(scratch->dir, "a", 12345), 0);
	assert_int_equal(cursor__store(scratch->dir, "b", 1), 0);
	assert_int_equal(cursor__load(scratch->dir, "a", &sequence), 0);
	assert_int_equal(sequence, 12345);
	store(scratch__name(scratch, "cursor.a"), "12x\n", 4);
	assert_int_equal(cursor__load(scratch->dir, "a", &sequence), -EBADMSG);
	assert_int_equal(cursor__store("/nonexistent", "a", 1), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queue_overflows),
		SCRATCH_TEST(hook_gets),
		SCRATCH_TEST(hook_is_retried),
		cmocka_unit_test(test_hook_is_missing),
		SCRATCH_TEST(hook_hangs),
		SCRATCH_TEST(hook_is_careless),
		cmocka_unit_test(test_journald_message),
		SCRATCH_TEST(journald_send),
		SCRATCH_TEST(stream_is_stuck),
		SCRATCH_TEST(stream_is_rotated),
		SCRATCH_TEST(cursor),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
