// SPDX-License-Identifier: GPL-2.0-only
// dataplane: the XDP program and its maps: configured, loaded, pinned, reopened.
#ifndef COMMON_DATAPLANE_DATAPLANE_H
#define COMMON_DATAPLANE_DATAPLANE_H

#include <linux/types.h>

#include "common/abi/abi.h"
#include "common/base/errmsg.h"
#include "common/dataplane/dataplane_config.h"

/**
 * dataplane__load() - load the program and its maps
 * @config: NULL for all defaults
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int dataplane__load(const struct dataplane_config *config, struct dataplane **ret,
		    struct errmsg *why);

/**
 * dataplane__in_process() - the tables alone, in memory of this process instead of the kernel's
 * @config: cpus, max_sources and pairs apply; with cpus of 0, privileges are needed
 *
 * For a program that runs in this process. It is read and closed like one that was loaded, has a
 * window, and can do nothing else.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int dataplane__in_process(const struct dataplane_config *config, struct dataplane **ret,
			  struct errmsg *why);

/**
 * dataplane__values() - the writable elements of a table in this process, zeros at first
 * @name: its map's name in the program
 *
 * Return: valid until the dataplane is closed; NULL with no entries if the layout does without it.
 */
void *dataplane__values(struct dataplane *dataplane, const char *name, __u32 *ret_value_bytes,
			__u32 *ret_entries);

/**
 * dataplane__pin() - pin the program and every map into a directory of a bpffs
 *
 * Return: 0, or a negative errno with @why set; pins that were made stay.
 */
int dataplane__pin(const struct dataplane *dataplane, const char *directory, struct errmsg *why);

/**
 * dataplane__reopen() - open what dataplane__pin() pinned, by this or an earlier process
 *
 * A caller that may open the maps but not the program can still read the counts. Pins are
 * untrusted: maps whose sizes differ from the layout's are refused.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int dataplane__reopen(const char *directory, struct dataplane **ret, struct errmsg *why);

/**
 * dataplane__pinned_program() - open the program alone, whichever version pinned it
 *
 * Return: a file descriptor owned by the caller, or a negative errno with @why set.
 */
int dataplane__pinned_program(const char *directory, struct errmsg *why);

/**
 * dataplane__is_held() - true if anything but its pin holds a program, such as an interface
 * @id: the program's
 *
 * The program is unpinned, and pinned again if it is still there: it is lost if nothing holds it.
 */
bool dataplane__is_held(const char *directory, __u32 id);

/**
 * dataplane__close_unused() - close the descriptors that reading and windows do not need
 * @dataplane: from dataplane__reopen()
 *
 * What is read through memory is mapped first. Then it cannot be pinned, or used for another load.
 *
 * Return: 0, or a negative errno with @why set.
 */
int dataplane__close_unused(struct dataplane *dataplane, struct errmsg *why);

/**
 * dataplane__take_policy() - go on reading after the program was replaced by one with another
 * policy
 * @from: reopened since, on the same maps and those that were added; to be closed by the caller
 *
 * Both have gone through dataplane__close_unused().
 */
void dataplane__take_policy(struct dataplane *dataplane, struct dataplane *from);

/** dataplane__close() - close the file descriptors and free; NULL is fine. Pins stay. */
void dataplane__close(struct dataplane *dataplane);

int dataplane__program_fd(const struct dataplane *dataplane);

/** dataplane__map_fd() - a map by its name in the program; -1 if there is none. */
int dataplane__map_fd(const struct dataplane *dataplane, const char *name);

/** dataplane__is_sampling() - true if the program copies headers of some frames. */
bool dataplane__is_sampling(const struct dataplane *dataplane);

/** dataplane__policy() - the policy by which the program decides; NULL: every frame passes. */
const struct policy_maps *dataplane__policy(const struct dataplane *dataplane);

const struct dataplane_layout *dataplane__layout(const struct dataplane *dataplane);

/**
 * dataplane__unsupported() - the features that this kind of dataplane lacks
 *
 * Return: by enum feature why it is not supported, or NULL: it is; NULL for all: everything is.
 */
const char *const *dataplane__unsupported(const struct dataplane *dataplane);

/**
 * dataplane__cpu_counters() - the live counters of each CPU
 * @ret_cpus: number of elements
 *
 * Return: valid until the dataplane is closed; NULL if there are none, as on a device.
 */
const struct cpu_counters *dataplane__cpu_counters(struct dataplane *dataplane, __u32 *ret_cpus);

/**
 * dataplane__restart_window() - start to estimate the distinct sources of a new window
 *
 * There is one window, owned by the last caller that restarted it. It costs a few ns per SYN until
 * dataplane__end_window(). A SYN that arrives during this call may be missed.
 *
 * Return: 0, or a negative errno with @why set: -EOPNOTSUPP without FEATURE_WINDOWS.
 */
int dataplane__restart_window(struct dataplane *dataplane, struct errmsg *why);

/** dataplane__end_window() - stop estimating them. */
void dataplane__end_window(struct dataplane *dataplane);

/** dataplane__memory_bytes() - the kernel memory of its maps, fixed when it is loaded. */
__u64 dataplane__memory_bytes(const struct dataplane *dataplane);

/** dataplane__max_sources() - the number of sources that are counted exactly. */
__u32 dataplane__max_sources(const struct dataplane *dataplane);

#endif
