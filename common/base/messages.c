// SPDX-License-Identifier: GPL-2.0-only
// messages: lines for stderr, which never wait for its reader while a lock is held.
#include "common/base/messages.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	pthread_mutex_t mutex;
	int holds;
	char *kept;
	size_t bytes;
} messages = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* What a pipe or terminal that is ready takes whole. */
static bool write_at_once(const char *text, size_t bytes)
{
	struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};

	return bytes <= PIPE_BUF && poll(&ready, 1, 0) == 1 && ready.revents == POLLOUT &&
	       write(STDERR_FILENO, text, bytes) == (ssize_t)bytes;
}

/* Without memory the text is lost. */
static void keep(const char *text, size_t bytes)
{
	char *grown = realloc(messages.kept, messages.bytes + bytes + 1);

	if (!grown)
		return;
	memcpy(grown + messages.bytes, text, bytes + 1);
	messages.kept = grown;
	messages.bytes += bytes;
}

/* Outside of the mutex: another thread may take a lock while the reader of stderr waits. */
static void print_kept(void)
{
	char *kept;

	pthread_mutex_lock(&messages.mutex);
	kept = messages.kept;
	messages.kept = NULL;
	messages.bytes = 0;
	pthread_mutex_unlock(&messages.mutex);
	if (kept)
		fputs(kept, stderr);
	free(kept);
}

void messages__print(const char *text)
{
	size_t bytes = strlen(text);
	bool held;

	pthread_mutex_lock(&messages.mutex);
	held = messages.holds;
	if (held && (messages.kept || !write_at_once(text, bytes)))
		keep(text, bytes);
	pthread_mutex_unlock(&messages.mutex);
	if (!held)
		fputs(text, stderr);
}

void messages__hold(void)
{
	static bool at_exit; /* a command that fails may exit with the lock */

	pthread_mutex_lock(&messages.mutex);
	messages.holds++;
	if (!at_exit)
		at_exit = !atexit(print_kept);
	pthread_mutex_unlock(&messages.mutex);
}

void messages__release(void)
{
	bool held;

	pthread_mutex_lock(&messages.mutex);
	held = --messages.holds;
	pthread_mutex_unlock(&messages.mutex);
	if (!held)
		print_kept();
}
