// SPDX-License-Identifier: GPL-2.0-only
// backend: what the kinds of dataplane have in common, for dataplane.c and the kinds themselves.
#ifndef COMMON_DATAPLANE_BACKEND_H
#define COMMON_DATAPLANE_BACKEND_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "common/counts/snapshot.h"
#include "common/counts/tally.h"
#include "common/dataplane/dataplane.h"

#define BACKEND_MAX_MAPS 16

struct mapping {
	void *start;
	size_t bytes;
};

/* Everything that CPUs count, mapped into memory. */
struct cpu_memory {
	const struct cpu_counters *counters; /* by CPU */
	struct tally_memory tables[TABLE_COUNT];
};

struct dataplane {
	const struct dataplane_backend *backend;
	struct bpf_object *object; /* NULL when reopened from pins; and of it: */
	struct bpf_program *program;
	int program_fd;
	int layout_fd;
	int hook_fd; /* of handshakes, -1: none */
	int map_fds[BACKEND_MAX_MAPS];
	struct dataplane_layout layout;
	/* Of DATAPLANE_CPU: */
	struct mapping mappings[BACKEND_MAX_MAPS];
	struct cpu_memory memory;
	bool is_mapped;
};

/* One of the program's maps: its name as a pin, and in the object. */
struct backend_map {
	const char *pin;
	const char *name;
	size_t entry_bytes;
};

/* A kind of dataplane: its program and maps, and how they are made and read. */
struct dataplane_backend {
	const void *(*elf_bytes)(size_t *ret_bytes);
	const struct backend_map *maps;
	int map_count;
	const char *const *unsupported; /* see dataplane__unsupported() */

	/* Sizes and seeds of new maps. Return: 0 or a negative errno. */
	int (*lay_out)(const struct dataplane_config *config, struct dataplane_layout *ret);
	/* Which of the object's programs counts into the tables of a layout. */
	const char *(*program)(const struct dataplane_layout *layout);
	/* How many entries a map has; 0: there is no such map. */
	__u32 (*map_entries)(const struct dataplane_layout *layout, int map);
	/* What only this kind needs, before the load. Return: 0 or a negative errno with @why. */
	int (*configure)(struct dataplane *dataplane, const struct dataplane_config *config,
			 struct errmsg *why);
	/* Why the kernel, or the device, refused the program. Return: @err, with @why set. */
	int (*explain_load)(int err, const struct dataplane_config *config, struct errmsg *why);

	/* See snapshot.h: what is not the same sum for every kind. @histories: NULL, or where the
	 * heaviest are enough. */
	int (*read)(struct dataplane *dataplane, struct table_history *histories,
		    struct snapshot *snapshot, struct errmsg *why);
	int (*read_counts)(struct dataplane *dataplane, struct snapshot *snapshot,
			   struct errmsg *why);

	/* See dataplane.h; NULL where there are no windows, or no counters of each CPU. */
	int (*set_window)(struct dataplane *dataplane, bool open);
	const struct cpu_counters *(*cpu_counters)(struct dataplane *dataplane);
};

extern const struct dataplane_backend backend_cpu, backend_offload;

/** dataplane__map() - a map of an object that is not loaded yet. */
struct bpf_map *dataplane__map(const struct dataplane *dataplane, int map);

#endif
