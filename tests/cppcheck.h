// SPDX-License-Identifier: GPL-2.0-only
// cppcheck: stand-ins for the macros of system headers, which cppcheck does not read.
#define VERSION ""
#define LIBBPF_OPTS(type, name, ...) struct type name = {__VA_ARGS__}
#define bpf_object__for_each_program(prog, object) \
	for (prog = first(object); prog; prog = next(prog))
#define bpf_object__for_each_map(map, object) for (map = first(object); map; map = next(map))
