// SPDX-License-Identifier: GPL-2.0-only
// dataplane: the XDP program and its maps: configured, loaded, pinned, reopened.
#ifndef COMMON_DATAPLANE_H
#define COMMON_DATAPLANE_H

#include <linux/types.h>
#include <stdbool.h>

#include "abi.h"
#include "errmsg.h"
#include "tally.h"

struct dataplane;

struct dataplane_config {
	__u32 max_sources; /* 0: DEFAULT_MAX_SOURCES */
	/* Load for the hardware of this interface; 0: for the CPU. */
	int offload_ifindex;
	/* Count into the maps of this dataplane, which stays the caller's; NULL: into new ones. */
	const struct dataplane *maps_of;
};

/* Everything that a dataplane counts, mapped into memory; valid until it is closed. */
struct dataplane_memory {
	__u32 cpus;
	const struct cpu_counters *counters; /* by CPU */
	struct tally_memory tables[TABLE_COUNT];
};

/* A loaded program, as the kernel names it. */
struct program_identity {
	__u32 id;
	char name[16];
	char tag[17]; /* hexadecimal */
};

/**
 * dataplane__load() - load the program and its maps
 * @config: NULL for all defaults
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int dataplane__load(const struct dataplane_config *config, struct dataplane **ret,
		    struct errmsg *why);

/**
 * dataplane__pin() - pin the program and every map into a directory of a bpffs
 *
 * Return: 0, or a negative errno with @why set; what was pinned until then stays.
 */
int dataplane__pin(const struct dataplane *dataplane, const char *directory, struct errmsg *why);

/**
 * dataplane__reopen() - open what dataplane__pin() pinned, by this or an earlier process
 *
 * Who may open the maps but not the program can read what is counted, and no more.
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

/** dataplane__close() - close the file descriptors and free; NULL is fine. Pins stay. */
void dataplane__close(struct dataplane *dataplane);

int dataplane__program_fd(const struct dataplane *dataplane);

/**
 * dataplane__memory() - map what it counts into memory, once
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int dataplane__memory(struct dataplane *dataplane, const struct dataplane_memory **ret,
		      struct errmsg *why);

/**
 * dataplane__restart_window() - from now on count the distinct sources of a new window
 *
 * There is one window, which belongs to who restarted it last; it costs a few ns a SYN until
 * dataplane__end_window(). A SYN that arrives just then may be missed: the count is an estimate.
 *
 * Return: 0, or a negative errno with @why set.
 */
int dataplane__restart_window(struct dataplane *dataplane, struct errmsg *why);

/** dataplane__end_window() - nobody wants to know any more. */
void dataplane__end_window(struct dataplane *dataplane);

/** dataplane__memory_bytes() - what its maps take in the kernel, fixed when it is loaded. */
__u64 dataplane__memory_bytes(const struct dataplane *dataplane);

/** dataplane__max_sources() - how many sources find a place. */
__u32 dataplane__max_sources(const struct dataplane *dataplane);

/** program_identity__read() - what the kernel says of a program. Return: 0 or a negative errno. */
int program_identity__read(int program_fd, struct program_identity *ret);

#endif
