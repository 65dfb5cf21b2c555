// SPDX-License-Identifier: GPL-2.0-only
// trace_pipe: the output of bpf_trace_printk(), read without consuming that of other readers.
#include "common/bpf/trace_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/pseudofs.h"

/* bpf_trace_printk() is a trace event since Linux 5.9. */
#define PRINTK_EVENT "events/bpf_trace/bpf_trace_printk/enable"

struct trace_pipe {
	int root_fd;
	int instance_fd;
	int pipe_fd;
	char instance[64];
};

static int enable_event(int instance_fd)
{
	int fd = openat(instance_fd, PRINTK_EVENT, O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = write(fd, "1", 1) < 0 ? -errno : 0;
	close(fd);
	return err;
}

static int make_instance(struct trace_pipe *pipe)
{
	char path[64];

	snprintf(path, sizeof(path), "instances/xdpctl-%d", getpid());
	if (mkdirat(pipe->root_fd, path, 0700))
		return -errno;
	memcpy(pipe->instance, path, sizeof(path));
	pipe->instance_fd = openat(pipe->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return pipe->instance_fd < 0 ? -errno : 0;
}

int trace_pipe__open(struct trace_pipe **ret)
{
	struct trace_pipe *pipe = calloc(1, sizeof(*pipe));
	int err;

	if (!pipe)
		return -ENOMEM;
	pipe->instance_fd = pipe->pipe_fd = -1;
	err = pipe->root_fd = pseudofs__open("tracefs");
	if (err >= 0)
		err = make_instance(pipe);
	if (!err)
		err = enable_event(pipe->instance_fd);
	if (!err) {
		pipe->pipe_fd =
			openat(pipe->instance_fd, "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		err = pipe->pipe_fd < 0 ? -errno : 0;
	}
	if (err)
		trace_pipe__close(pipe);
	else
		*ret = pipe;
	return err;
}

static int extract_line(char *lines, const char *text, char *buf, size_t buf_bytes)
{
	char *found = strstr(lines, text), *start = found;

	if (!found)
		return -EAGAIN;
	while (start > lines && start[-1] != '\n')
		start--;
	start += strspn(start, " ");
	snprintf(buf, buf_bytes, "%.*s", (int)strcspn(start, "\n"), start);
	return 0;
}

int trace_pipe__read(struct trace_pipe *pipe, const char *text, int timeout_ms, char *buf,
		     size_t buf_bytes)
{
	__u64 end_ns = clock__now_ns() + timeout_ms * 1000000ull;
	char lines[4096];

	while (clock__now_ns() < end_ns) {
		ssize_t n = read(pipe->pipe_fd, lines, sizeof(lines) - 1);

		if (n > 0) {
			lines[n] = '\0';
			if (!extract_line(lines, text, buf, buf_bytes))
				return 0;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			return -errno;
		} else {
			poll(NULL, 0, 10);
		}
	}
	return -ETIMEDOUT;
}

void trace_pipe__close(struct trace_pipe *pipe)
{
	if (!pipe)
		return;
	if (pipe->pipe_fd >= 0)
		close(pipe->pipe_fd);
	if (pipe->instance_fd >= 0)
		close(pipe->instance_fd);
	if (pipe->instance[0])
		unlinkat(pipe->root_fd, pipe->instance, AT_REMOVEDIR);
	if (pipe->root_fd >= 0)
		close(pipe->root_fd);
	free(pipe);
}
