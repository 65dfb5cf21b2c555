// SPDX-License-Identifier: GPL-2.0-only
// backend: the operations of a kind of dataplane, and the struct that all kinds share.
#ifndef COMMON_DATAPLANE_BACKEND_H
#define COMMON_DATAPLANE_BACKEND_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/counts/heaviest.h"
#include "common/counts/snapshot.h"
#include "common/counts/tally.h"
#include "common/dataplane/dataplane_config.h"
#include "common/dataplane/pin.h"
#include "common/dataplane/policy_maps.h"

#define BACKEND_MAX_MAPS 24

struct mapping {
	void *start;
	size_t bytes;
};

/* The maps that CPUs count into, mapped into memory. */
struct cpu_memory {
	const struct cpu_counters *counters; /* by CPU */
	const __u64 *unaccounted;
	struct tally_memory tables[TABLE_COUNT];
};

struct dataplane {
	const struct dataplane_backend *backend;
	struct bpf_object *object; /* NULL if reopened from pins; it owns these: */
	struct bpf_program *program;
	int program_fd;
	int layout_fd;
	int seeds_fd;               /* -1: not permitted; layout.tables[].seeds are zeros then */
	int hook_fd;                /* of handshakes; -1: none */
	struct policy_maps *policy; /* by which the program decides; NULL: every frame passes */
	int map_fds[BACKEND_MAX_MAPS];
	struct dataplane_layout layout;
	/* Only DATAPLANE_CPU: */
	struct mapping mappings[BACKEND_MAX_MAPS];
	struct cpu_memory memory;
	bool is_mapped;
	__u32 window_owner; /* 0: it has not opened a window */
};

/* A kind of dataplane. */
struct dataplane_backend {
	const void *(*elf_bytes)(size_t *ret_bytes);
	const struct backend_map *maps;
	int map_count;
	const char *const *unsupported; /* see dataplane__unsupported() */
	bool can_sample;

	/* Chooses sizes and seeds of new maps. Return: 0 or a negative errno with @why. */
	int (*lay_out)(const struct dataplane_config *config, struct dataplane_layout *ret,
		       struct errmsg *why);
	/* Adds the tables of a program that decides by a policy; NULL if no program does. */
	void (*lay_out_policy)(struct dataplane_layout *layout);
	/* The name of the object's program for the tables of a layout. */
	const char *(*program)(const struct dataplane_layout *layout);
	/* The size of a map; 0: the layout does without it. */
	__u64 (*map_entries)(const struct dataplane_layout *layout, int map);
	/* Prepares the load. Return: 0 or a negative errno with @why. */
	int (*configure)(struct dataplane *dataplane, const struct dataplane_config *config,
			 struct errmsg *why);
	/* Says why the kernel or the device refused the program. Return: @err, with @why set. */
	int (*explain_load)(int err, const struct dataplane_config *config, struct errmsg *why);

	/* Read what dataplane__read*() does not derive from the rest. @histories: NULL to read all
	 * endpoints, else only the heaviest. */
	int (*read)(struct dataplane *dataplane, struct table_history *histories,
		    struct snapshot *snapshot, struct errmsg *why);
	int (*read_counts)(struct dataplane *dataplane, struct snapshot *snapshot,
			   struct errmsg *why);

	/* Copies the verdict counters of each CPU. Return: 0 or a negative errno: -ENOENT if no
	 * policy has ever ruled. NULL if none can. */
	int (*copy_verdicts)(const struct dataplane *dataplane, struct verdict_counters *ret);

	/* Map everything that is read; NULL if reading needs the maps' descriptors. */
	int (*map_memory)(struct dataplane *dataplane, struct errmsg *why);
	int window_map;   /* whose descriptor set_window() needs */
	int verdicts_map; /* whose descriptor copy_verdicts() needs */

	/* See dataplane.h; NULL if the kind has no windows, or no counters for each CPU. */
	int (*set_window)(struct dataplane *dataplane, __u32 owner); /* 0: close it */
	const struct cpu_counters *(*cpu_counters)(struct dataplane *dataplane);
};

extern const struct dataplane_backend backend_cpu, backend_offload;
extern const struct dataplane_backend *const dataplane_backends[DATAPLANE_KINDS];

#define DATAPLANE_LAYOUT_MAP "layout_map"
#define DATAPLANE_SEEDS_MAP "seeds_map"

/** dataplane__new() - one without program and maps. Return: it, or NULL. */
struct dataplane *dataplane__new(void);

/** dataplane__set_seeds() - complete a layout that was read. */
void dataplane__set_seeds(struct dataplane *dataplane, const struct dataplane_seeds *seeds);

/** dataplane__map_entries() - the elements of a map of the layout; 0: it does without the map. */
__u64 dataplane__map_entries(const struct dataplane *dataplane, int map);

/** dataplane__map() - a map of the object, before it is loaded; NULL if it has none. */
struct bpf_map *dataplane__map(const struct dataplane *dataplane, int map);

#endif
