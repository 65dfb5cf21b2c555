// SPDX-License-Identifier: GPL-2.0-only
// print_object: the sections and maps of a BPF object file, as text or as JSON.
#include <bpf/libbpf.h>
#include <stdio.h>

#include "common/base/utf8.h"
#include "common/bpf/line_info.h"
#include "common/bpf/object.h"
#include "ctl/inspect/inspect.h"

#define INSTRUCTION_BYTES 8

/* Sizes of the debug information; 0: none. */
static void debug_bytes(const struct object_file *file, __u32 *ret_btf, __u32 *ret_btf_ext)
{
	struct line_info *line_info;

	*ret_btf = *ret_btf_ext = 0;
	if (line_info__open(object_file__copy_path(file), &line_info))
		return;
	line_info__bytes(line_info, ret_btf, ret_btf_ext);
	line_info__close(line_info);
}

/* Names in an object file are untrusted. */
static void print_name(const char *kind, const char *name)
{
	printf("  %s %s", kind, UTF8_PADDED(UTF8_PRINTABLE(name), 20));
}

void print_object(const struct object_file *file, const struct bpf_object *object)
{
	struct bpf_program *program;
	const struct bpf_map *map;
	__u32 btf, btf_ext;

	printf("%s\n", object_file__path(file));
	bpf_object__for_each_program (program, object) {
		print_name("section", bpf_program__section_name(program));
		printf(" %8zu bytes: program %s, %zu instructions\n",
		       bpf_program__insn_cnt(program) * INSTRUCTION_BYTES,
		       UTF8_PRINTABLE(bpf_program__name(program)), bpf_program__insn_cnt(program));
	}
	debug_bytes(file, &btf, &btf_ext);
	if (btf)
		printf("  section %-20s %8u bytes: types\n", ".BTF", btf);
	if (btf_ext)
		printf("  section %-20s %8u bytes: functions and source lines\n", ".BTF.ext",
		       btf_ext);
	bpf_object__for_each_map (map, object) {
		print_name("map    ", bpf_map__name(map));
		printf(" %8u entries of %u + %u bytes: %s%s\n", bpf_map__max_entries(map),
		       bpf_map__key_size(map), bpf_map__value_size(map),
		       libbpf_bpf_map_type_str(bpf_map__type(map)) ?: "unknown",
		       bpf_map__is_internal(map) ? ", of global variables" : "");
	}
	printf("\n");
}

static json_t *section_to_json(const char *name, __u64 bytes, const char *program)
{
	return json_pack("{s:o, s:I, s:o*}", "name", utf8__json(name), "bytes", (json_int_t)bytes,
			 "program", program ? utf8__json(program) : NULL);
}

json_t *object_to_json(const struct object_file *file, const struct bpf_object *object)
{
	json_t *sections = json_array(), *maps = json_array();
	struct bpf_program *program;
	const struct bpf_map *map;
	__u32 btf, btf_ext;

	bpf_object__for_each_program (program, object) {
		json_array_append_new(sections, section_to_json(bpf_program__section_name(program),
								bpf_program__insn_cnt(program) *
									INSTRUCTION_BYTES,
								bpf_program__name(program)));
	}
	debug_bytes(file, &btf, &btf_ext);
	if (btf)
		json_array_append_new(sections, section_to_json(".BTF", btf, NULL));
	if (btf_ext)
		json_array_append_new(sections, section_to_json(".BTF.ext", btf_ext, NULL));
	bpf_object__for_each_map (map, object)
		json_array_append_new(
			maps, json_pack("{s:o, s:s, s:I, s:I, s:I, s:b}", "name",
					utf8__json(bpf_map__name(map)), "type",
					libbpf_bpf_map_type_str(bpf_map__type(map)) ?: "unknown",
					"key_bytes", (json_int_t)bpf_map__key_size(map),
					"value_bytes", (json_int_t)bpf_map__value_size(map),
					"max_entries", (json_int_t)bpf_map__max_entries(map),
					"global_variables", bpf_map__is_internal(map)));
	return json_pack("{s:o, s:o, s:o}", "path", utf8__json(object_file__path(file)), "sections",
			 sections, "maps", maps);
}
