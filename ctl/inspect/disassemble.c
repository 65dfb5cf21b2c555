// SPDX-License-Identifier: GPL-2.0-only
// disassemble: a loaded program's instructions as text, by bpftool.
#include "ctl/inspect/disassemble.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/subprocess.h"

/* What the helper is asked, and how it answers; the output follows. */
struct request {
	__u32 id;
	bool jited;
};

struct answer {
	int err;
	__u32 output_bytes; /* with the final zero; 0: none */
	struct errmsg why;
};

static int helper_fd = -1; /* to the helper, if there is one */

/* The PATH of users often lacks /usr/sbin. */
static const char *const tools[] = {"bpftool", "/usr/sbin/bpftool"};

static int run_bpftool(__u32 id, const char *what, char **ret, struct errmsg *why)
{
	char *output = NULL, id_text[16];
	int status = -ENOENT;

	snprintf(id_text, sizeof(id_text), "%u", id);
	for (size_t i = 0; status == -ENOENT && i < sizeof(tools) / sizeof(tools[0]); i++) {
		const char *const argv[] = {tools[i], "prog", "dump", what, "id", id_text, NULL};

		status = subprocess__run(argv, &output);
	}
	if (status == -ENOENT)
		return errmsg__set(why, status, "disassembling: bpftool is not installed");
	if (status < 0)
		return errmsg__set(why, status, "disassembling: running bpftool: %s",
				   strerror(-status));
	if (!status) {
		*ret = output;
		return 0;
	}
	output[strcspn(output, "\n")] = '\0';
	errmsg__set(why, -EIO, "program %u: bpftool prog dump %s: %s", id, what, output);
	free(output);
	return -EIO;
}

static bool transfer(int fd, void *buf, size_t bytes, bool out)
{
	char *at = buf;

	while (bytes) {
		ssize_t n = out ? send(fd, at, bytes, MSG_NOSIGNAL) : read(fd, at, bytes);

		if (n <= 0)
			return false;
		at += n;
		bytes -= n;
	}
	return true;
}

/* The requests come from a process that has parsed an untrusted file: they are an id and a flag. */
static void help(int fd)
{
	struct request request;

	while (transfer(fd, &request, sizeof(request), false)) {
		struct answer answer = {};
		char *output = NULL;

		answer.err = run_bpftool(request.id, request.jited ? "jited" : "xlated", &output,
					 &answer.why);
		if (output)
			answer.output_bytes = strlen(output) + 1;
		if (transfer(fd, &answer, sizeof(answer), true) && output)
			transfer(fd, output, answer.output_bytes, true);
		free(output);
	}
}

int disassemble__start_helper(struct errmsg *why)
{
	int fds[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return errmsg__set(why, -errno, "disassembling: %s", strerror(errno));
	fflush(stdout);
	child = fork();
	if (child < 0) {
		close(fds[0]);
		close(fds[1]);
		return errmsg__set(why, -errno, "disassembling: %s", strerror(errno));
	}
	if (!child) {
		close(fds[0]);
		help(fds[1]);
		_exit(0);
	}
	close(fds[1]);
	helper_fd = fds[0];
	return 0;
}

static int ask_helper(__u32 id, const char *what, char **ret, struct errmsg *why)
{
	struct request request = {.id = id, .jited = !strcmp(what, "jited")};
	struct answer answer = {};
	char *output;

	if (!transfer(helper_fd, &request, sizeof(request), true) ||
	    !transfer(helper_fd, &answer, sizeof(answer), false))
		return errmsg__set(why, -EIO, "disassembling: the helper process is gone");
	if (answer.err) {
		if (why)
			*why = answer.why;
		return answer.err;
	}
	output = answer.output_bytes ? malloc(answer.output_bytes) : NULL;
	if (!output || !transfer(helper_fd, output, answer.output_bytes, false)) {
		free(output);
		return errmsg__set(why, -EIO, "disassembling: the helper process is gone");
	}
	*ret = output;
	return 0;
}

int disassemble__program(__u32 id, const char *what, char **ret, struct errmsg *why)
{
	return helper_fd < 0 ? run_bpftool(id, what, ret, why) : ask_helper(id, what, ret, why);
}
