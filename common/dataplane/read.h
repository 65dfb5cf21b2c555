// SPDX-License-Identifier: GPL-2.0-only
// read: everything that a dataplane has counted, read out of its maps into a snapshot.
#ifndef COMMON_DATAPLANE_READ_H
#define COMMON_DATAPLANE_READ_H

#include "common/base/errmsg.h"
#include "common/counts/heaviest.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/dataplane.h"

/**
 * dataplane__read() - read the maps, without stopping the programs that write them
 *
 * Return: 0 with *@ret to be freed by snapshot__free(), or a negative errno with @why set.
 */
int dataplane__read(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why);

/**
 * dataplane__read_heaviest() - the same at little cost, with rows only for the heaviest endpoints
 * @histories: one for each table, kept by the caller from one reading to the next, and freed by it
 *	       before the dataplane is closed
 */
int dataplane__read_heaviest(struct dataplane *dataplane, struct table_history *histories,
			     struct snapshot *ret, struct errmsg *why);

/**
 * dataplane__read_counts() - only frames, bytes, verdicts, classes and SYNs, in microseconds
 *
 * Return: 0 with *@ret set, which holds nothing to be freed, or a negative errno with @why set.
 */
int dataplane__read_counts(struct dataplane *dataplane, struct snapshot *ret, struct errmsg *why);

#endif
