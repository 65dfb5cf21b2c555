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

/* Header of .BTF.ext (Documentation/bpf/btf.rst); offsets are relative to its end. */
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

/* Precedes the records of each ELF section. */
struct ext_section {
	__u32 name;
	__u32 records;
};

struct line_info {
	struct btf *btf;
	struct btf_ext *ext;
};

/* The records of one ELF section. Their instruction offsets are in bytes. */
struct records {
	const char *first;
	__u32 count;
	__u32 bytes_each;
};

int line_info__open(const char *path, struct line_info **ret)
{
	struct line_info *line_info = calloc(1, sizeof(*line_info));
	int err;

	if (!line_info)
		return -ENOMEM;
	line_info->btf = btf__parse_elf(path, &line_info->ext);
	err = libbpf_get_error(line_info->btf);
	if (err)
		line_info->btf = NULL;
	if (!err && !line_info->ext)
		err = -ENOENT;
	if (err)
		line_info__close(line_info);
	else
		*ret = line_info;
	return err;
}

void line_info__close(struct line_info *line_info)
{
	if (!line_info)
		return;
	btf_ext__free(line_info->ext);
	btf__free(line_info->btf);
	free(line_info);
}

void line_info__bytes(const struct line_info *line_info, __u32 *ret_btf, __u32 *ret_btf_ext)
{
	btf__raw_data(line_info->btf, ret_btf);
	btf_ext__get_raw_data(line_info->ext, ret_btf_ext);
}

static bool find_records(const struct line_info *line_info, __u32 offset, __u32 bytes,
			 const char *section, size_t least_bytes, struct records *ret)
{
	const char *at;
	const struct ext_section *head;
	const char *end;
	__u32 all;

	at = btf_ext__get_raw_data(line_info->ext, &all);
	if (offset > all || bytes > all - offset || bytes < sizeof(__u32))
		return false;
	at += offset;
	end = at + bytes;
	ret->bytes_each = *(const __u32 *)at;
	at += sizeof(__u32);
	if (ret->bytes_each < least_bytes)
		return false;
	while (end - at >= (long)sizeof(*head)) {
		head = (const void *)at;
		at += sizeof(*head);
		if (head->records > (size_t)(end - at) / ret->bytes_each)
			return false;
		ret->first = at;
		ret->count = head->records;
		if (!strcmp(btf__str_by_offset(line_info->btf, head->name) ?: "", section))
			return true;
		at += (size_t)head->records * ret->bytes_each;
	}
	return false;
}

static bool find_function(const struct line_info *line_info, const struct records *functions,
			  const char *name, __u32 *ret_bytes)
{
	for (__u32 i = 0; i < functions->count; i++) {
		const struct bpf_func_info *function =
			(const void *)(functions->first + (size_t)i * functions->bytes_each);
		const struct btf_type *type = btf__type_by_id(line_info->btf, function->type_id);

		if (!type || strcmp(btf__str_by_offset(line_info->btf, type->name_off) ?: "", name))
			continue;
		*ret_bytes = function->insn_off;
		return true;
	}
	return false;
}

static void describe_line(const struct line_info *line_info, const struct bpf_line_info *line,
			  struct source_line *ret)
{
	const char *file = btf__str_by_offset(line_info->btf, line->file_name_off) ?: "";
	const char *text = btf__str_by_offset(line_info->btf, line->line_off) ?: "";
	const char *slash = strrchr(file, '/');

	*ret = (struct source_line){
		.file = slash ? slash + 1 : file,
		.text = text + strspn(text, " \t"),
		.line = BPF_LINE_INFO_LINE_NUM(line->line_col),
	};
}

int line_info__find(const struct line_info *line_info, const char *section, const char *function,
		    __u32 instruction, struct source_line *ret)
{
	const struct bpf_line_info *found = NULL;
	struct records functions, lines;
	const struct ext_header *header;
	__u32 bytes, start;

	header = btf_ext__get_raw_data(line_info->ext, &bytes);
	if (bytes < sizeof(*header) || header->header_bytes > bytes)
		return -ENOENT;
	if (!find_records(line_info, header->header_bytes + header->functions_offset,
			  header->functions_bytes, section, sizeof(struct bpf_func_info),
			  &functions) ||
	    !find_records(line_info, header->header_bytes + header->lines_offset,
			  header->lines_bytes, section, sizeof(*found), &lines) ||
	    !find_function(line_info, &functions, function, &start))
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
	describe_line(line_info, found, ret);
	return 0;
}
