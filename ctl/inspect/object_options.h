// SPDX-License-Identifier: GPL-2.0-only
// object_options: options of the commands that load programs of an object file.
#ifndef CTL_INSPECT_OBJECT_OPTIONS_H
#define CTL_INSPECT_OBJECT_OPTIONS_H

#include <bpf/libbpf.h>

#include "common/base/options.h"
#include "common/bpf/object.h"

struct object_options {
	bool all_types;
	__u64 max_map_mib;
};

#define OBJECT_OPTION_ALL_TYPES(struct_type, member)                                              \
	{                                                                                         \
		OPTION_FLAG(struct_type, member.all_types),                                       \
			.name = "all-types", .help = "load programs of other types than XDP, too" \
	}

#define OBJECT_OPTION_MAX_MAP_MEMORY(struct_type, member)                                      \
	{                                                                                      \
		OPTION_NUMBER(struct_type, member.max_map_mib),                                \
			.name = "max-map-memory", .argument = "MIB", .min = 1, .max = 1 << 20, \
			.fallback = OBJECT_MAX_MAP_MIB,                                        \
			.help = "refuse an object whose maps take more kernel memory"          \
	}

/* Whether a program is to be loaded. */
static inline bool object_options__selects(const struct object_options *options,
					   const struct bpf_program *program)
{
	return options->all_types || bpf_program__type(program) == BPF_PROG_TYPE_XDP;
}

#endif
