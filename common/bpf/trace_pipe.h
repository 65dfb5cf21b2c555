// SPDX-License-Identifier: GPL-2.0-only
// trace_pipe: the output of bpf_trace_printk(), read without consuming that of other readers.
#ifndef COMMON_BPF_TRACE_PIPE_H
#define COMMON_BPF_TRACE_PIPE_H

#include <stddef.h>

struct trace_pipe;

/**
 * trace_pipe__open() - open a private trace pipe
 *
 * It belongs to a new tracefs instance: a line read from the shared pipe would be lost to others.
 * tracefs is not mounted for it.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno.
 */
int trace_pipe__open(struct trace_pipe **ret);

/**
 * trace_pipe__read() - wait for a line that contains a text
 *
 * Return: 0 with @buf filled, without leading blanks; -ETIMEDOUT; or another negative errno.
 */
int trace_pipe__read(struct trace_pipe *pipe, const char *text, int timeout_ms, char *buf,
		     size_t buf_bytes);

/** trace_pipe__close() - remove the instance; NULL is fine. */
void trace_pipe__close(struct trace_pipe *pipe);

#endif
