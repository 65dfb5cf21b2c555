// SPDX-License-Identifier: GPL-2.0-only
// subprocess: run another program without a shell, and capture its output.
#include "common/base/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int spawn(const char *const argv[], int output_fd, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int err;

	err = posix_spawn_file_actions_init(&actions);
	if (err)
		return -err;
	err = posix_spawnattr_init(&attributes);
	if (err)
		goto free_actions;
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	for (int fd = STDOUT_FILENO; !err && output_fd >= 0 && fd <= STDERR_FILENO; fd++)
		err = posix_spawn_file_actions_adddup2(&actions, output_fd, fd);
	if (!err)
		err = posix_spawnp(ret, argv[0], &actions, &attributes, (char *const *)argv,
				   environ);
	posix_spawnattr_destroy(&attributes);
free_actions:
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

static int read_all(int fd, char **ret)
{
	char *text = NULL, buf[4096];
	size_t text_bytes;
	FILE *stream = open_memstream(&text, &text_bytes);
	ssize_t n;
	int err = 0;

	if (!stream)
		return -errno;
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || fwrite(buf, 1, n, stream) != (size_t)n) {
			err = -errno;
			break;
		}
	}
	if (fclose(stream) && !err)
		err = -errno;
	if (err)
		free(text);
	else
		*ret = text;
	return err;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int subprocess__run(const char *const argv[], char **ret_output)
{
	int pipe_fds[2] = {-1, -1};
	char *output = NULL;
	int err, status;
	pid_t pid;

	if (ret_output && pipe2(pipe_fds, O_CLOEXEC))
		return -errno;
	err = spawn(argv, pipe_fds[1], &pid);
	if (pipe_fds[1] >= 0)
		close(pipe_fds[1]);
	if (!err) {
		if (ret_output)
			err = read_all(pipe_fds[0], &output);
		status = wait_for(pid);
		err = err ?: status;
	}
	if (pipe_fds[0] >= 0)
		close(pipe_fds[0]);
	if (err < 0)
		free(output);
	else if (ret_output)
		*ret_output = output;
	return err;
}
