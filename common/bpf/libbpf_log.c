// SPDX-License-Identifier: GPL-2.0-only
// libbpf_log: the kernel's own words about a refusal, caught from what libbpf would print.
#include "common/bpf/libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <xdp/libxdp.h>

static char reason[256];
static bool print_all;

static void keep(const char *line, size_t length)
{
	snprintf(reason, sizeof(reason), "%.*s", (int)length, line);
}

static void keep_extended_ack(const char *text)
{
	static const char prefix[] = "Kernel error message: ";
	const char *words = strstr(text, prefix);

	if (!words)
		return;
	words += strlen(prefix);
	keep(words, strcspn(words, "\n"));
}

/* The verifier says what is wrong in the last line before its statistics. */
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
			keep(line, length);
	}
}

__attribute__((format(printf, 2, 0))) static int catch (enum libbpf_print_level level,
							const char *fmt, va_list args)
{
	/* Static: a verifier log is larger than a stack frame should be. */
	static char text[1 << 16];

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), fmt, args);
	keep_extended_ack(text);
	keep_verifier_complaint(text);
	return print_all ? fputs(text, stderr) : 0;
}

/* libxdp only tells what its functions return as well. */
__attribute__((format(printf, 2, 0))) static int catch_libxdp(enum libxdp_print_level level,
							      const char *fmt, va_list args)
{
	return print_all && level != LIBXDP_DEBUG ? vfprintf(stderr, fmt, args) : 0;
}

void libbpf_log__start(bool verbose)
{
	print_all = verbose;
	libbpf_log__clear();
	libbpf_set_print(catch);
	libxdp_set_print(catch_libxdp);
}

void libbpf_log__clear(void)
{
	reason[0] = '\0';
}

const char *libbpf_log__reason(void)
{
	return reason;
}
