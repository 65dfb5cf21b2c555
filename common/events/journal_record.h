// SPDX-License-Identifier: GPL-2.0-only
// journal_record: a line of the journal, and what it says of itself.
#ifndef COMMON_EVENTS_JOURNAL_RECORD_H
#define COMMON_EVENTS_JOURNAL_RECORD_H

#include <linux/types.h>
#include <net/if.h>
#include <stddef.h>

#include "common/events/event.h"

#define JOURNAL_LINE_BYTES 4096 /* with its newline */

/* A line without a sequence, as it is handed to the journal, begins so. */
#define JOURNAL_UNNUMBERED "{\"schema\":1,\"sequence\":0,"

struct journal_record {
	const char *line; /* without its newline, not terminated; of whoever had it parsed */
	size_t bytes;
	__u64 sequence; /* 0: it has none */
	__u64 time_ns;  /* since 1970 */
	enum event_phase phase;
	char event[16]; /* the kind; lower case letters and underscores */
	char id[EVENT_ID_TEXT_BYTES];
	char interface[IFNAMSIZ];
};

/**
 * journal_record__parse() - what a line says of itself
 * @line: one JSON object; untrusted
 *
 * Return: 0 with *@ret set, or -EBADMSG if it is not a record.
 */
int journal_record__parse(const char *line, size_t bytes, struct journal_record *ret);

/**
 * journal_record__number() - give a line its sequence
 * @line: begins with JOURNAL_UNNUMBERED
 * @ret: the line with a newline, terminated
 *
 * Return: its length, or 0 if the line does not begin so or is too long.
 */
size_t journal_record__number(const char *line, __u64 sequence, char ret[JOURNAL_LINE_BYTES + 1]);

#endif
