// SPDX-License-Identifier: GPL-2.0-only
// trace_pipe: what BPF programs print by bpf_trace_printk(), read without taking it from others.
#ifndef COMMON_BPF_TRACE_PIPE_H
#define COMMON_BPF_TRACE_PIPE_H

#include <stddef.h>

struct trace_pipe;

/**
 * trace_pipe__open() - a trace pipe of one's own
 *
 * Made in an instance of tracefs, beside the pipe that others read: a line read there is gone.
 * Where tracefs is not mounted, it stays so.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno.
 */
int trace_pipe__open(struct trace_pipe **ret);

/**
 * trace_pipe__read() - the first line with a text in it
 * @timeout_ms: how long to wait for it
 *
 * Return: 0 with @buf filled, without blanks around it; -ETIMEDOUT; or another negative errno.
 */
int trace_pipe__read(struct trace_pipe *pipe, const char *text, int timeout_ms, char *buf,
		     size_t buf_bytes);

/** trace_pipe__close() - remove the instance; NULL is fine. */
void trace_pipe__close(struct trace_pipe *pipe);

#endif
