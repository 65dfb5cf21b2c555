// SPDX-License-Identifier: GPL-2.0-only
// verifier_log: the log of the kernel's verifier, parsed.
#include "common/bpf/verifier_log.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : NULL;
}

static bool begins(const char *line, const char *prefix)
{
	return !strncmp(line, prefix, strlen(prefix));
}

/* "64+0+16", followed by a remark in newer kernels. */
static void parse_stack(const char *text, struct verifier_statistics *statistics)
{
	char *end;

	while (statistics->functions < VERIFIER_MAX_FUNCTIONS) {
		unsigned long bytes = strtoul(text, &end, 10);

		if (end == text)
			return;
		statistics->stack_bytes[statistics->functions++] = bytes;
		if (*end != '+')
			return;
		text = end + 1;
	}
}

void verifier_log__statistics(const char *log, struct verifier_statistics *ret)
{
	*ret = (struct verifier_statistics){};
	for (const char *line = log; line; line = next_line(line)) {
		if (begins(line, "stack depth ")) {
			ret->functions = 0;
			parse_stack(line + strlen("stack depth "), ret);
		}
		sscanf(line, "verification time %u usec", &ret->verification_us);
		sscanf(line,
		       "processed %u insns (limit %u) max_states_per_insn %u total_states %u "
		       "peak_states %u",
		       &ret->processed, &ret->limit, &ret->max_states_per_instruction,
		       &ret->total_states, &ret->peak_states);
	}
}

void verifier_log__complaint(const char *log, char *buf, unsigned int buf_bytes)
{
	static const char *const not_complaints[] = {
		"; ", "processed ", "stack depth ", "verification time ", "\n",
	};
	size_t used = 0;

	buf[0] = '\0';
	for (const char *line = log; line && *line; line = next_line(line)) {
		bool is_complaint = true;

		for (size_t i = 0; i < sizeof(not_complaints) / sizeof(not_complaints[0]); i++)
			is_complaint &= !begins(line, not_complaints[i]);
		if (!is_complaint || used >= buf_bytes)
			continue;
		used += snprintf(buf + used, buf_bytes - used, "%s%.*s", used ? "\n" : "",
				 (int)strcspn(line, "\n"), line);
	}
}

/*
 * "12: (71) r1 = *(u8 *)(r1 +0)", but not the state "12: R1=ctx()". Not by sscanf(), which takes
 * the length of the whole string, here megabytes, on every call.
 */
static int instruction_of(const char *line)
{
	char *end;
	long instruction = strtol(line, &end, 10);

	return end > line && begins(end, ": (") ? instruction : -1;
}

/*
 * A source line is "; text @ file:line", or "; text" before Linux 6.9, on a line of its own or
 * after a jump. Registers follow a semicolon as well, but never with an @ or at the start of a
 * line.
 */
static void parse_source(const char *line, struct verifier_place *place)
{
	int length = strcspn(line, "\n"), file_end;
	const char *text = memmem(line, length, "; ", 2);
	const char *at, *colon;

	if (!text)
		return;
	text += 2;
	length -= text - line;
	at = memmem(text, length, " @ ", 3);
	if (!at && text != line + 2)
		return;
	place->line = 0;
	place->file[0] = '\0';
	snprintf(place->text, sizeof(place->text), "%.*s", at ? (int)(at - text) : length, text);
	colon = at ? memrchr(at, ':', length - (at - text)) : NULL;
	if (!colon)
		return;
	file_end = colon - (at + 3);
	snprintf(place->file, sizeof(place->file), "%.*s", file_end, at + 3);
	place->line = atoi(colon + 1);
}

/* Complaints that come before any instruction name it: "unreachable insn 3". */
static int instruction_in_complaint(const char *line)
{
	static const char marker[] = " insn ";
	const char *found = memmem(line, strcspn(line, "\n"), marker, strlen(marker));

	if (!found)
		return -1;
	found += strlen(marker);
	return *found >= '0' && *found <= '9' ? atoi(found) : -1;
}

void verifier_log__place(const char *log, struct verifier_place *ret)
{
	int complained_of = -1;

	*ret = (struct verifier_place){.instruction = -1};
	for (const char *line = log; line; line = next_line(line)) {
		int instruction = instruction_of(line);

		if (instruction >= 0)
			ret->instruction = instruction;
		else if (instruction_in_complaint(line) >= 0)
			complained_of = instruction_in_complaint(line);
		parse_source(line, ret);
	}
	if (ret->instruction < 0)
		ret->instruction = complained_of;
}
