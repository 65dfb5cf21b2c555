// SPDX-License-Identifier: GPL-2.0-only
// libbpf_log: why libbpf or the kernel refused, from the messages that libbpf would print.
#include "common/bpf/libbpf_log.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xdp/libxdp.h>

#include "common/base/messages.h"

#define TEXT_BYTES (1 << 16) /* a verifier log is cut after this */

static bool is_verbose;

/* libbpf's print function takes no context, and runs in the thread that called libbpf. */
static _Thread_local struct {
	char reason[256];
	char *warning; /* NULL: not wanted */
	size_t warning_bytes;
} state;

static void keep_reason(const char *line, size_t length)
{
	snprintf(state.reason, sizeof(state.reason), "%.*s", (int)length, line);
}

static void keep_warning(const char *text)
{
	static const char prefix[] = "libbpf: ";

	if (!state.warning || state.warning[0])
		return;
	if (!strncmp(text, prefix, strlen(prefix)))
		text += strlen(prefix);
	snprintf(state.warning, state.warning_bytes, "%.*s", (int)strcspn(text, "\n"), text);
}

static void keep_extended_ack(const char *text)
{
	static const char prefix[] = "Kernel error message: ";
	const char *ack = strstr(text, prefix);

	if (!ack)
		return;
	ack += strlen(prefix);
	keep_reason(ack, strcspn(ack, "\n"));
}

/* The verifier's complaint is the last line before its statistics. */
static void keep_verifier_complaint(const char *text)
{
	const char *line = strstr(text, "BEGIN PROG LOAD LOG");
	const char *next;

	if (!line)
		return;
	for (line = strchr(line, '\n'); line; line = next) {
		size_t length = strcspn(++line, "\n");

		next = line[length] ? line + length : NULL;
		if (!strncmp(line, "processed ", 10) || !strncmp(line, "verification time", 17) ||
		    !strncmp(line, "-- END", 6))
			return;
		if (length)
			keep_reason(line, length);
	}
}

__attribute__((format(printf, 2, 0))) static int print_libbpf(enum libbpf_print_level level,
							      const char *fmt, va_list args)
{
	char *text = level == LIBBPF_DEBUG ? NULL : malloc(TEXT_BYTES);

	if (!text)
		return 0;
	vsnprintf(text, TEXT_BYTES, fmt, args);
	keep_extended_ack(text);
	keep_verifier_complaint(text);
	if (level == LIBBPF_WARN)
		keep_warning(text);
	if (is_verbose)
		messages__print(text);
	free(text);
	return 0;
}

/* The functions of libxdp return what its messages say. */
__attribute__((format(printf, 2, 0))) static int print_libxdp(enum libxdp_print_level level,
							      const char *fmt, va_list args)
{
	char *text;

	if (!is_verbose || level == LIBXDP_DEBUG || vasprintf(&text, fmt, args) < 0)
		return 0;
	messages__print(text);
	free(text);
	return 0;
}

void libbpf_log__start(bool verbose)
{
	is_verbose = verbose;
	libbpf_log__clear();
	libbpf_set_print(print_libbpf);
	libxdp_set_print(print_libxdp);
}

void libbpf_log__clear(void)
{
	state.reason[0] = '\0';
}

const char *libbpf_log__reason(void)
{
	return state.reason;
}

int libbpf_log__explain_load(int err, struct errmsg *why)
{
	const char *reason = libbpf_log__reason();

	if (err == -E2BIG)
		return errmsg__set(why, err,
				   "loading a BPF program: it takes this kernel's verifier more "
				   "steps than it allows%s%s (-v prints its full log)",
				   reason[0] ? ": " : "", reason);
	if (reason[0])
		return errmsg__set(why, err,
				   "loading a BPF program: the kernel's verifier refuses it: %s: "
				   "%s (-v prints its full log)",
				   LIBBPF_STRERROR(err), reason);
	return errmsg__set(why, err,
			   "loading a BPF program: %s: is this a kernel from 5.10 up with "
			   "CONFIG_BPF_SYSCALL? (-v prints what libbpf says)",
			   LIBBPF_STRERROR(err));
}

void libbpf_log__keep_warning(char *buf, size_t buf_bytes)
{
	state.warning = buf;
	state.warning_bytes = buf_bytes;
	if (buf)
		buf[0] = '\0';
}

const char *libbpf_log__strerror(int err, char *buf, size_t buf_bytes)
{
	libbpf_strerror(err, buf, buf_bytes);
	return buf;
}
