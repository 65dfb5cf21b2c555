// SPDX-License-Identifier: GPL-2.0-only
// loader: loads programs for one command, ahead of need and on all CPUs if it has many interfaces.
#ifndef COMMON_ATTACH_LOADER_H
#define COMMON_ATTACH_LOADER_H

#include <stddef.h>

#include "common/dataplane/dataplane.h"

struct loader;

/**
 * loader__new() - a loader for the interfaces of one command
 * @programs: number of loads that are expected; with 1, no thread is started
 *
 * Verifying a program takes almost all of the time of an attachment. Most interfaces get the same
 * configuration, so once one program is loaded, threads load the others while the caller attaches.
 * They hold no lock, and make nothing that outlives the process.
 *
 * Return: owned by the caller; NULL if there is no memory.
 */
struct loader *loader__new(size_t programs);

/**
 * loader__target() - dispatcher__target(), once for all interfaces
 *
 * Return: a file descriptor that belongs to the loader, or a negative errno with @why set.
 */
int loader__target(struct loader *loader, struct errmsg *why);

/**
 * loader__load() - as dataplane__load()
 * @loader: NULL: nothing is loaded ahead
 */
int loader__load(struct loader *loader, const struct dataplane_config *config,
		 struct dataplane **ret, struct errmsg *why);

/** loader__free() - stop its threads and unload what was not needed; NULL is fine. */
void loader__free(struct loader *loader);

#endif
