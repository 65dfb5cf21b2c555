// SPDX-License-Identifier: GPL-2.0-only
// notify_exec: run a program for each event, one at a time, and never wait for it.
#include "common/events/notify_exec.h"

#include <linux/capability.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/events/notify_queue.h"

#define KILL_AFTER_NS (2 * NS_PER_S) /* since it was asked to end */
#define PATH_OF_HOOKS "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define CANNOT_START 127
#define SAID_BYTES 512

static const __u64 retry_after_ns[] = {1 * NS_PER_S, 10 * NS_PER_S, 60 * NS_PER_S};

#define MAX_RETRIES (sizeof(retry_after_ns) / sizeof(retry_after_ns[0]))

struct notify_exec {
	struct notify_exec_options options;
	struct notify_queue queue;
	struct notify_exec_counts counts;
	__u64 done;
	size_t retries; /* of the first event in the queue */
	__u64 next_ns;  /* when it may be started */
	pid_t pid;      /* 0: none runs */
	int pid_fd;     /* readable when it has ended */
	int output_fd;  /* what it prints */
	__u64 term_ns;  /* when it is asked to end */
	__u64 kill_ns;  /* when it is killed */
	bool was_asked; /* to end */
	size_t printed; /* bytes in the buffer */
	char output[NOTIFY_EXEC_OUTPUT_BYTES];
};

struct notify_exec *notify_exec__new(const struct notify_exec_options *options)
{
	struct notify_exec *hook = calloc(1, sizeof(*hook));

	if (!hook)
		return NULL;
	hook->options = *options;
	hook->pid_fd = hook->output_fd = -1;
	return hook;
}

static void exec_say(const struct notify_exec *hook, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void exec_say(const struct notify_exec *hook, const char *fmt, ...)
{
	char text[SAID_BYTES], line[SAID_BYTES + 64];
	va_list arguments;

	va_start(arguments, fmt);
	vsnprintf(text, sizeof(text), fmt, arguments);
	va_end(arguments);
	snprintf(line, sizeof(line), "hook %s: %s", hook->options.name, text);
	hook->options.say(hook->options.context, line);
}

/* The event as a file in memory: writing it waits for nobody, whether it is read or not. */
static int open_input(const char *line)
{
	size_t bytes = strlen(line);
	int fd = memfd_create("event", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, line, bytes) != (ssize_t)bytes || write(fd, "\n", 1) != 1 ||
	    lseek(fd, 0, SEEK_SET)) {
		close(fd);
		return -EIO;
	}
	return fd;
}

/* Even root gets none back at the start of the program, since it may not gain privileges. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_capset, &header, none);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the new process: only calls that are safe after fork(). */
static void exec_child(const struct notify_exec *hook, int input_fd, int output_fd,
		       char *const *environment)
{
	static const char failed[] = "cannot be started: ";
	const char *reason;

	setpgid(0, 0);
	reset_signals();
	if (dup2(input_fd, STDIN_FILENO) < 0 || dup2(output_fd, STDOUT_FILENO) < 0 ||
	    dup2(output_fd, STDERR_FILENO) < 0 || chdir("/") ||
	    syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0) || drop_capabilities())
		_exit(CANNOT_START);
	execve(hook->options.argv[0], hook->options.argv, environment);
	reason = strerrordesc_np(errno);
	if (write(STDERR_FILENO, failed, sizeof(failed) - 1) > 0 && reason &&
	    write(STDERR_FILENO, reason, strlen(reason)) > 0)
		_exit(CANNOT_START);
	_exit(CANNOT_START);
}

static void watch_fd(const struct notify_exec *hook, int fd)
{
	struct epoll_event ready = {.events = EPOLLIN};

	epoll_ctl(hook->options.epoll_fd, EPOLL_CTL_ADD, fd, &ready);
}

static int exec_fork(struct notify_exec *hook, int input_fd, int output_fd)
{
	const struct notify_item *item = &hook->queue.items[0];
	char event[64], phase[64], id[64];
	char *environment[] = {PATH_OF_HOOKS, event, phase, id, NULL};
	pid_t pid;

	snprintf(event, sizeof(event), "XDPCTL_EVENT=%s", item->event);
	snprintf(phase, sizeof(phase), "XDPCTL_PHASE=%s", event_phase_names[item->phase]);
	snprintf(id, sizeof(id), "XDPCTL_ID=%s", item->id);
	pid = fork();
	if (!pid)
		exec_child(hook, input_fd, output_fd, environment);
	if (pid < 0)
		return -errno;
	setpgid(pid, pid); /* whichever of the two comes first */
	hook->pid = pid;
	hook->pid_fd = syscall(SYS_pidfd_open, pid, 0);
	return 0;
}

static int exec_spawn(struct notify_exec *hook)
{
	int input_fd = open_input(hook->queue.items[0].line), pipe_fds[2], err;

	if (input_fd < 0)
		return input_fd;
	err = pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) ? -errno : 0;
	if (!err) {
		/* The program's end is an ordinary one. */
		fcntl(pipe_fds[1], F_SETFL, 0);
		err = exec_fork(hook, input_fd, pipe_fds[1]);
		close(pipe_fds[1]);
		if (err)
			close(pipe_fds[0]);
	}
	close(input_fd);
	if (err)
		return err;
	hook->output_fd = pipe_fds[0];
	watch_fd(hook, hook->output_fd);
	if (hook->pid_fd >= 0)
		watch_fd(hook, hook->pid_fd);
	return 0;
}

static void exec_close(struct notify_exec *hook)
{
	if (hook->pid_fd >= 0)
		close(hook->pid_fd);
	if (hook->output_fd >= 0)
		close(hook->output_fd);
	hook->pid_fd = hook->output_fd = -1;
	hook->pid = 0;
}

/* The first event is done with, one way or the other. */
static void exec_finish(struct notify_exec *hook)
{
	if (hook->queue.items[0].sequence > hook->done)
		hook->done = hook->queue.items[0].sequence;
	notify_queue__pop(&hook->queue);
	hook->retries = 0;
	hook->next_ns = 0;
}

static void exec_failed(struct notify_exec *hook, __u64 now_ns)
{
	hook->counts.failures++;
	if (hook->retries < MAX_RETRIES) {
		hook->next_ns = now_ns + retry_after_ns[hook->retries++];
		return;
	}
	hook->counts.given_up++;
	exec_say(hook, "given up after %zu attempts: event %s, id %s", MAX_RETRIES + 1,
		 hook->queue.items[0].event, hook->queue.items[0].id);
	exec_finish(hook);
}

static void exec_start(struct notify_exec *hook, __u64 now_ns)
{
	int err;

	hook->queue.first_is_busy = true;
	hook->printed = 0;
	hook->was_asked = false;
	hook->term_ns = now_ns + hook->options.timeout_s * NS_PER_S;
	hook->kill_ns = hook->term_ns + KILL_AFTER_NS;
	hook->counts.started++;
	err = exec_spawn(hook);
	if (!err)
		return;
	exec_say(hook, "cannot be started: %s", strerror(-err));
	exec_failed(hook, now_ns);
}

/* What it has printed so far; what does not fit is dropped. */
static void exec_read_output(struct notify_exec *hook)
{
	char more[1024];
	ssize_t bytes;

	/* Bounded, as a program may print faster than it is read. */
	for (int i = 0; i < 64; i++) {
		bytes = read(hook->output_fd, more, sizeof(more));
		if (bytes <= 0)
			break;
		if (bytes > (ssize_t)(sizeof(hook->output) - hook->printed))
			bytes = sizeof(hook->output) - hook->printed;
		memcpy(hook->output + hook->printed, more, bytes);
		hook->printed += bytes;
	}
	/* At its end it stays readable: it is not waited for any more. */
	if (!bytes)
		epoll_ctl(hook->options.epoll_fd, EPOLL_CTL_DEL, hook->output_fd, NULL);
}

static void exec_say_output(const struct notify_exec *hook)
{
	const char *line = hook->output, *end = hook->output + hook->printed;
	char raw[SAID_BYTES];

	while (line < end) {
		const char *newline = memchr(line, '\n', end - line) ?: end;

		snprintf(raw, sizeof(raw), "%.*s", (int)(newline - line), line);
		if (raw[0])
			exec_say(hook, "%s", UTF8_PRINTABLE(raw));
		line = newline + 1;
	}
}

/* True if the program has ended; its group goes with it, before its number can be used again. */
static bool exec_has_ended(const struct notify_exec *hook, siginfo_t *ret)
{
	*ret = (siginfo_t){};
	if (waitid(P_PID, hook->pid, ret, WEXITED | WNOHANG | WNOWAIT) || !ret->si_pid)
		return false;
	kill(-hook->pid, SIGKILL);
	return !waitid(P_PID, hook->pid, ret, WEXITED);
}

static void exec_take_end(struct notify_exec *hook, const siginfo_t *end, __u64 now_ns)
{
	bool by_signal = end->si_code != CLD_EXITED;

	exec_read_output(hook);
	exec_say_output(hook);
	exec_close(hook);
	if (!by_signal && !end->si_status) {
		hook->counts.succeeded++;
		exec_finish(hook);
		return;
	}
	exec_say(hook, "%s %d%s: event %s, id %s", by_signal ? "ended by signal" : "exit status",
		 end->si_status, hook->was_asked ? " after its timeout" : "",
		 hook->queue.items[0].event, hook->queue.items[0].id);
	exec_failed(hook, now_ns);
}

bool notify_exec__stop(struct notify_exec *hook)
{
	if (!hook->pid)
		return false;
	hook->was_asked = true;
	kill(-hook->pid, SIGTERM);
	return true;
}

static void exec_enforce_timeout(struct notify_exec *hook, __u64 now_ns)
{
	if (now_ns >= hook->kill_ns)
		kill(-hook->pid, SIGKILL);
	else if (now_ns >= hook->term_ns && !hook->was_asked)
		notify_exec__stop(hook);
}

void notify_exec__run(struct notify_exec *hook, __u64 now_ns)
{
	siginfo_t end;

	if (hook->pid) {
		exec_read_output(hook);
		if (exec_has_ended(hook, &end))
			exec_take_end(hook, &end, now_ns);
		else
			exec_enforce_timeout(hook, now_ns);
	}
	if (!hook->pid && hook->queue.count && now_ns >= hook->next_ns)
		exec_start(hook, now_ns);
}

bool notify_exec__reap(struct notify_exec *hook)
{
	siginfo_t end;

	if (hook->pid && exec_has_ended(hook, &end))
		exec_take_end(hook, &end, clock__now_ns());
	return hook->pid;
}

void notify_exec__push(struct notify_exec *hook, const struct journal_record *record)
{
	notify_queue__push(&hook->queue, record);
}

bool notify_exec__is_idle(const struct notify_exec *hook)
{
	return !hook->pid && !hook->queue.count;
}

__u64 notify_exec__done(const struct notify_exec *hook)
{
	return hook->done;
}

struct notify_exec_counts notify_exec__counts(const struct notify_exec *hook)
{
	struct notify_exec_counts counts = hook->counts;

	counts.lost = hook->queue.lost;
	return counts;
}

void notify_exec__free(struct notify_exec *hook)
{
	if (!hook)
		return;
	if (hook->pid) {
		kill(-hook->pid, SIGKILL);
		waitpid(hook->pid, NULL, 0);
		exec_close(hook);
	}
	notify_queue__free(&hook->queue);
	free(hook);
}
