// SPDX-License-Identifier: GPL-2.0-only
// line_info: which source line an instruction of an object file comes from.
#include "common/bpf/line_info.h"

#include <linux/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What .BTF.ext begins with, as Documentation/bpf/btf.rst has it; offsets count from its end. */
struct ext_header {
	__u16 magic;
	__u8 version;
	__u8 flags;
	__u32 header_bytes;
	__u32 functions_offset;
	__u32 functions_bytes;
	__u32 lines_offset;
	__u32 lines_bytes;
};

/* In front of the records of each ELF section. */
struct ext_section {
	__u32 name;
	__u32 records;
};

struct lineinfo {
	struct btf *btf;
	struct btf_ext *ext;
};

/* The records of one ELF section. In the file, instructions are counted in bytes. */
struct records {
	const char *first;
	__u32 count;
	__u32 bytes_each;
};

int lineinfo__open(const char *path, struct lineinfo **ret)
{
	struct lineinfo *lineinfo = calloc(1, sizeof(*lineinfo));
	int err;

	if (!lineinfo)
		return -ENOMEM;
	lineinfo->btf = btf__parse_elf(path, &lineinfo->ext);
	err = libbpf_get_error(lineinfo->btf);
	if (err)
		lineinfo->btf = NULL;
	if (!err && !lineinfo->ext)
		err = -ENOENT;
	if (err)
		lineinfo__close(lineinfo);
	else
		*ret = lineinfo;
	return err;
}

void lineinfo__close(struct lineinfo *lineinfo)
{
	if (!lineinfo)
		return;
	btf_ext__free(lineinfo->ext);
	btf__free(lineinfo->btf);
	free(lineinfo);
}

void lineinfo__bytes(const struct lineinfo *lineinfo, __u32 *ret_btf, __u32 *ret_btf_ext)
{
	btf__raw_data(lineinfo->btf, ret_btf);
	btf_ext__get_raw_data(lineinfo->ext, ret_btf_ext);
}

static bool find_records(const struct lineinfo *lineinfo, __u32 offset, __u32 bytes,
			 const char *section, size_t least_bytes, struct records *ret)
{
	const char *place;
	const struct ext_section *head;
	const char *end;
	__u32 all;

	place = btf_ext__get_raw_data(lineinfo->ext, &all);
	if (offset > all || bytes > all - offset || bytes < sizeof(__u32))
		return false;
	place += offset;
	end = place + bytes;
	ret->bytes_each = *(const __u32 *)place;
	place += sizeof(__u32);
	if (ret->bytes_each < least_bytes)
		return false;
	while (end - place >= (long)sizeof(*head)) {
		head = (const void *)place;
		place += sizeof(*head);
		if (head->records > (size_t)(end - place) / ret->bytes_each)
			return false;
		ret->first = place;
		ret->count = head->records;
		if (!strcmp(btf__str_by_offset(lineinfo->btf, head->name) ?: "", section))
			return true;
		place += (size_t)head->records * ret->bytes_each;
	}
	return false;
}

static bool find_function(const struct lineinfo *lineinfo, const struct records *functions,
			  const char *name, __u32 *ret_bytes)
{
	for (__u32 i = 0; i < functions->count; i++) {
		const struct bpf_func_info *function =
			(const void *)(functions->first + (size_t)i * functions->bytes_each);
		const struct btf_type *type = btf__type_by_id(lineinfo->btf, function->type_id);

		if (!type || strcmp(btf__str_by_offset(lineinfo->btf, type->name_off) ?: "", name))
			continue;
		*ret_bytes = function->insn_off;
		return true;
	}
	return false;
}

int lineinfo__find(const struct lineinfo *lineinfo, const char *section, const char *function,
		   __u32 instruction, struct source_line *ret)
{
	const struct bpf_line_info *found = NULL;
	struct records functions, lines;
	const struct ext_header *header;
	__u32 bytes, start;

	header = btf_ext__get_raw_data(lineinfo->ext, &bytes);
	if (bytes < sizeof(*header) || header->header_bytes > bytes)
		return -ENOENT;
	if (!find_records(lineinfo, header->header_bytes + header->functions_offset,
			  header->functions_bytes, section, sizeof(struct bpf_func_info),
			  &functions) ||
	    !find_records(lineinfo, header->header_bytes + header->lines_offset,
			  header->lines_bytes, section, sizeof(*found), &lines) ||
	    !find_function(lineinfo, &functions, function, &start))
		return -ENOENT;
	for (__u32 i = 0; i < lines.count; i++) {
		const struct bpf_line_info *line =
			(const void *)(lines.first + (size_t)i * lines.bytes_each);

		if (line->insn_off <= start + instruction * sizeof(struct bpf_insn) &&
		    line->insn_off >= start)
			found = line;
	}
	if (!found)
		return -ENOENT;
	ret->file = btf__str_by_offset(lineinfo->btf, found->file_name_off) ?: "";
	ret->file = strrchr(ret->file, '/') ? strrchr(ret->file, '/') + 1 : ret->file;
	ret->text = btf__str_by_offset(lineinfo->btf, found->line_off) ?: "";
	ret->text += strspn(ret->text, " \t");
	ret->line = BPF_LINE_INFO_LINE_NUM(found->line_col);
	return 0;
}
