// SPDX-License-Identifier: GPL-2.0-only
// journal_reader: the records of a journal in order, while it may be written to.
#ifndef COMMON_EVENTS_JOURNAL_READER_H
#define COMMON_EVENTS_JOURNAL_READER_H

#include "common/base/errmsg.h"
#include "common/events/journal_record.h"

struct journal_reader;

/**
 * journal_reader__open() - begin behind a record
 * @after: only records of a higher sequence are read
 *
 * Return: 0 with *@ret to be closed by the caller, or a negative errno with @why set: -ENOENT if
 * there is no such directory.
 */
int journal_reader__open(const char *directory, __u64 after, struct journal_reader **ret,
			 struct errmsg *why);

/**
 * journal_reader__next() - the next record
 * @ret: valid until the next call
 *
 * Lines that are no records, or whose sequence does not grow, are skipped and counted. The last
 * line is not read before its newline is there.
 *
 * Return: 1 with *@ret set; 0: there is none yet; or a negative errno with @why set.
 */
int journal_reader__next(struct journal_reader *reader, struct journal_record *ret,
			 struct errmsg *why);

/** journal_reader__damaged() - how many lines were skipped. */
__u64 journal_reader__damaged(const struct journal_reader *reader);

/** journal_reader__sequence() - that of the last record that was read, or where it began. */
__u64 journal_reader__sequence(const struct journal_reader *reader);

/** journal_reader__close() - close and free; NULL is fine. */
void journal_reader__close(struct journal_reader *reader);

#endif
