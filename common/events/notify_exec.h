// SPDX-License-Identifier: GPL-2.0-only
// notify_exec: run a program for each event, one at a time, and never wait for it.
//
// No shell: the program gets its arguments as they are, the event on standard input, and in its
// environment PATH, XDPCTL_EVENT, XDPCTL_PHASE and XDPCTL_ID only. It runs in /, in a process group
// of its own, without capabilities and without other descriptors. A program that takes too long is
// ended with its group.
#ifndef COMMON_EVENTS_NOTIFY_EXEC_H
#define COMMON_EVENTS_NOTIFY_EXEC_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/events/journal_record.h"

#define NOTIFY_EXEC_OUTPUT_BYTES 4096 /* of what a program prints: the rest is dropped */

struct notify_exec;

struct notify_exec_options {
	const char *name;  /* must outlive it, as must the arguments */
	char *const *argv; /* a path, and arguments; ends with NULL */
	__u32 timeout_s;
	int epoll_fd; /* gets the descriptors to wait for */
	/* Called with a line for the user, without a newline: what failed, what it printed. */
	void (*say)(void *context, const char *text);
	void *context;
};

struct notify_exec_counts {
	__u64 started;   /* programs */
	__u64 succeeded; /* of them */
	__u64 failures;  /* of them: another exit status than 0, or ended by a signal */
	__u64 given_up;  /* events that were tried for the last time without success */
	__u64 lost;      /* events that the queue has dropped */
};

/**
 * notify_exec__new() - a hook
 *
 * Return: to be freed by notify_exec__free(), or NULL without memory.
 */
struct notify_exec *notify_exec__new(const struct notify_exec_options *options);

/** notify_exec__push() - queue an event; see notify_queue__push(). */
void notify_exec__push(struct notify_exec *hook, const struct journal_record *record);

/**
 * notify_exec__run() - start, end and retry programs, as far as that is possible without waiting
 * @now_ns: of the monotonic clock
 *
 * To be called once a second, and when one of its descriptors is ready.
 */
void notify_exec__run(struct notify_exec *hook, __u64 now_ns);

/** notify_exec__is_idle() - true if nothing runs and nothing is queued. */
bool notify_exec__is_idle(const struct notify_exec *hook);

/** notify_exec__done() - the highest sequence that was delivered or given up; 0: none. */
__u64 notify_exec__done(const struct notify_exec *hook);

struct notify_exec_counts notify_exec__counts(const struct notify_exec *hook);

/** notify_exec__stop() - ask a running program to end. Return: true if there is one. */
bool notify_exec__stop(struct notify_exec *hook);

/** notify_exec__reap() - without starting another: true if the program still runs. */
bool notify_exec__reap(struct notify_exec *hook);

/** notify_exec__free() - kill a running program with its group, and free; NULL is fine. */
void notify_exec__free(struct notify_exec *hook);

#endif
