// SPDX-License-Identifier: GPL-2.0-only
// print_program: an inspection, as text or as JSON.
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/utf8.h"
#include "ctl/inspect/inspect.h"
#include "ctl/inspect/print_verifier.h"

static const char *program_type(__u32 type)
{
	return libbpf_bpf_prog_type_str(type) ?: "unknown";
}

static const char *map_type(__u32 type)
{
	return libbpf_bpf_map_type_str(type) ?: "unknown";
}

static __u64 total_map_memory(const struct prog_info *info)
{
	__u64 bytes = 0;

	for (size_t i = 0; i < info->map_count; i++)
		bytes += info->maps[i].memory_bytes;
	return bytes;
}

void inspection__free(struct inspection *inspection)
{
	prog_info__free(&inspection->info);
	free(inspection->xlated);
	free(inspection->jited);
	*inspection = (struct inspection){};
}

static void print_heading(const struct inspection *inspection)
{
	const struct prog_info *info = &inspection->info;
	const struct verification *verification = inspection->verification;

	if (inspection->interface[0])
		printf("%s, %s mode: ", UTF8_PRINTABLE(inspection->interface), inspection->mode);
	if (verification)
		printf("%s, of type %s in section %s\n",
		       UTF8_PRINTABLE(bpf_program__name(verification->program)),
		       program_type(bpf_program__type(verification->program)),
		       UTF8_PRINTABLE(bpf_program__section_name(verification->program)));
	else
		printf("%s, of type %s, id %u, tag %s\n", info->name, program_type(info->type),
		       info->id, info->tag);
}

/* Known from the object file only, or from the kernel only. */
static void print_verifier(const struct inspection *inspection)
{
	if (inspection->verification) {
		print_statistics(inspection->verification);
		return;
	}
	printf("  %-12s not known for a loaded program; see 'xdpctl inspect FILE.o'\n", "written");
	if (inspection->info.processed)
		printf("  %-12s %u instructions\n", "processed", inspection->info.processed);
	else
		printf("  %-12s not known before Linux 5.16\n", "processed");
}

static void print_code(const struct prog_info *info)
{
	printf("  %-12s %.1f s after the machine's start, by user %u, %s\n", "loaded",
	       info->loaded_ns / 1e9, info->owner, info->gpl ? "under the GPL" : "not GPL");
	if (info->instructions)
		printf("  %-12s %u instructions, in %u function%s\n", "verified",
		       info->instructions, info->functions, info->functions == 1 ? "" : "s");
	else
		printf("  %-12s not reported without more privileges\n", "verified");
	if (info->machine_bytes)
		printf("  %-12s %u bytes\n", "machine code", info->machine_bytes);
	else
		printf("  %-12s none (interpreted), or not reported without more privileges\n",
		       "machine code");
	printf("  %-12s %llu bytes for the program, %llu for its maps\n", "memory",
	       info->memory_bytes, total_map_memory(info));
}

static void print_runs(const struct inspection *inspection)
{
	const struct prog_info *info = &inspection->info;
	__u64 runs = inspection->watched_ns ? inspection->runs : info->runs;
	__u64 run_ns = inspection->watched_ns ? inspection->run_ns : info->run_ns;

	if (inspection->verification)
		return;
	if (inspection->watched_ns)
		printf("  %-12s %llu in %.1f s", "runs", runs, inspection->watched_ns / 1e9);
	else if (runs)
		printf("  %-12s %llu while statistics were enabled", "runs", runs);
	else
		printf("  %-12s not counted: use --stats SECONDS", "runs");
	if (runs)
		printf(", %.1f ns each", (double)run_ns / runs);
	printf("\n");
	if (info->missed_runs)
		printf("  %-12s %llu runs\n", "missed", info->missed_runs);
}

static void print_maps(const struct prog_info *info)
{
	for (size_t i = 0; i < info->map_count; i++) {
		const struct prog_map *map = &info->maps[i];

		printf("  %-12s %s, %s, id %u: %u entries of %u + %u bytes, %llu bytes of memory\n",
		       i ? "" : "maps", map->name[0] ? map->name : "(no name)", map_type(map->type),
		       map->id, map->max_entries, map->key_bytes, map->value_bytes,
		       map->memory_bytes);
	}
}

void print_inspection(const struct inspection *inspection)
{
	print_heading(inspection);
	print_verifier(inspection);
	if (inspection->known_info) {
		print_code(&inspection->info);
		print_maps(&inspection->info);
		print_runs(inspection);
	} else {
		printf("  %-12s %s\n", "refused", inspection->verification->complaint);
	}
	if (inspection->xlated)
		printf("\n  after the verifier:\n%s", inspection->xlated);
	if (inspection->jited)
		printf("\n  machine code:\n%s", inspection->jited);
	if (inspection->jited_refusal[0])
		printf("\n  machine code: %s\n", inspection->jited_refusal);
}

static json_t *maps_to_json(const struct prog_info *info)
{
	json_t *list = json_array();

	for (size_t i = 0; i < info->map_count; i++) {
		const struct prog_map *map = &info->maps[i];

		json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I}", "id",
						      (json_int_t)map->id, "name", map->name,
						      "type", map_type(map->type), "key_bytes",
						      (json_int_t)map->key_bytes, "value_bytes",
						      (json_int_t)map->value_bytes, "max_entries",
						      (json_int_t)map->max_entries, "memory_bytes",
						      (json_int_t)map->memory_bytes));
	}
	return list;
}

static json_t *prog_info_to_json(const struct prog_info *info)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
			 "id", (json_int_t)info->id, "name", info->name, "tag", info->tag, "type",
			 program_type(info->type), "loaded_after_boot_ns",
			 (json_int_t)info->loaded_ns, "owner_uid", (json_int_t)info->owner, "gpl",
			 info->gpl, "functions", (json_int_t)info->functions,
			 "verified_instructions", (json_int_t)info->instructions,
			 "processed_instructions", (json_int_t)info->processed,
			 "machine_code_bytes", (json_int_t)info->machine_bytes,
			 "program_memory_bytes", (json_int_t)info->memory_bytes, "map_memory_bytes",
			 (json_int_t)total_map_memory(info), "maps", maps_to_json(info));
}

json_t *inspection_to_json(const struct inspection *inspection)
{
	const struct verification *verification = inspection->verification;
	const struct prog_info *info = &inspection->info;
	bool watched = inspection->watched_ns;
	json_t *object = json_pack(
		"{s:o, s:s?, s:I, s:I, s:I, s:s?, s:s?, s:s?}", "interface",
		utf8__json(inspection->interface[0] ? inspection->interface : NULL), "mode",
		inspection->mode, "watched_ns", (json_int_t)inspection->watched_ns, "runs",
		(json_int_t)(watched ? inspection->runs : info->runs), "run_time_ns",
		(json_int_t)(watched ? inspection->run_ns : info->run_ns), "disassembly",
		inspection->xlated, "machine_code", inspection->jited, "machine_code_refusal",
		inspection->jited_refusal[0] ? inspection->jited_refusal : NULL);

	if (inspection->known_info)
		json_object_update_new(object, prog_info_to_json(info));
	if (!verification)
		return object;
	json_object_update_new(object, statistics_to_json(verification));
	json_object_update_new(
		object, json_pack("{s:o, s:o, s:b, s:o}", "name",
				  utf8__json(bpf_program__name(verification->program)), "section",
				  utf8__json(bpf_program__section_name(verification->program)),
				  "accepted", !verification->err, "complaint",
				  utf8__json(verification->err ? verification->complaint : NULL)));
	return object;
}
