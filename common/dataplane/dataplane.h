// SPDX-License-Identifier: GPL-2.0-only
// dataplane: the XDP program and its maps: configured, loaded, pinned, reopened.
#ifndef COMMON_DATAPLANE_DATAPLANE_H
#define COMMON_DATAPLANE_DATAPLANE_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/abi/abi.h"
#include "common/base/errmsg.h"

struct dataplane;

struct dataplane_config {
	enum dataplane_kind kind;
	/* Of DATAPLANE_DEVICE: whose hardware runs it; 0: none, it can be tried on the CPU. */
	__u32 device_ifindex;
	__u32 max_sources; /* 0: the default of its kind; of a device no more than it takes */
	/* Of DATAPLANE_CPU: */
	bool pairs;     /* count SYN-ACKs, FINs and RSTs by victim, too */
	bool completed; /* have a table for completed connections */
	/* Load for the place of this function of that program (freplace); 0 or less: for itself. */
	int target_fd;
	const char *target_function;
	/* Count into the maps of this dataplane, which stays the caller's; NULL: into new ones. Its
	 * kind and its tables count, too. */
	const struct dataplane *maps_of;
};

/* What not every kind of dataplane offers; X(constant, name in JSON). */
#define FEATURES(X)                                \
	X(FEATURE_VICTIMS, "victims")              \
	X(FEATURE_REPLACEMENT, "replacement")      \
	X(FEATURE_DISTINCT, "distinct_sources")    \
	X(FEATURE_WINDOWS, "distinct_in_interval") \
	X(FEATURE_CPUS, "cpus")                    \
	X(FEATURE_FRAGMENTS, "fragments")

#define FEATURE_CONSTANT(constant, name) constant,
enum feature { FEATURES(FEATURE_CONSTANT) FEATURE_COUNT };
#undef FEATURE_CONSTANT

extern const char *const feature_names[FEATURE_COUNT];

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

/** dataplane__map_fd() - a map by its name in the program; -1 where there is none. */
int dataplane__map_fd(const struct dataplane *dataplane, const char *name);

const struct dataplane_layout *dataplane__layout(const struct dataplane *dataplane);

/**
 * dataplane__unsupported() - what is not offered
 *
 * Return: by enum feature a sentence, or NULL: it is offered; NULL for all: everything is.
 */
const char *const *dataplane__unsupported(const struct dataplane *dataplane);

/**
 * dataplane__cpu_counters() - what each CPU has counted, as it goes on
 * @ret_cpus: how many there are
 *
 * Return: valid until it is closed; NULL where it cannot be had, as of a device.
 */
const struct cpu_counters *dataplane__cpu_counters(struct dataplane *dataplane, __u32 *ret_cpus);

/**
 * dataplane__restart_window() - from now on count the distinct sources of a new window
 *
 * There is one window, which belongs to who restarted it last; it costs a few ns a SYN until
 * dataplane__end_window(). A SYN that arrives just then may be missed: the count is an estimate.
 *
 * Return: 0, or a negative errno with @why set: -EOPNOTSUPP without FEATURE_WINDOWS.
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

/** program_identity__id() - its id; 0: there is none, or the kernel does not say. */
__u32 program_identity__id(int program_fd);

#endif
