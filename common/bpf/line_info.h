// SPDX-License-Identifier: GPL-2.0-only
// line_info: which source line an instruction of an object file comes from.
#ifndef COMMON_BPF_LINE_INFO_H
#define COMMON_BPF_LINE_INFO_H

#include <linux/types.h>

struct line_info;

struct source_line {
	const char *file; /* without directories; belongs to the line_info */
	const char *text; /* likewise */
	int line;
};

/**
 * line_info__open() - read the debug information of an object (its sections .BTF and .BTF.ext)
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno: -ENOENT if it has none.
 */
int line_info__open(const char *path, struct line_info **ret);

/** line_info__close() - NULL is fine. */
void line_info__close(struct line_info *line_info);

/**
 * line_info__find() - the line of an instruction
 * @section: the ELF section of the program
 * @function: the program's name
 * @instruction: index from the program's start
 *
 * Return: 0 with *@ret set, or -ENOENT.
 */
int line_info__find(const struct line_info *line_info, const char *section, const char *function,
		    __u32 instruction, struct source_line *ret);

/** line_info__bytes() - the sizes of the two sections. */
void line_info__bytes(const struct line_info *line_info, __u32 *ret_btf, __u32 *ret_btf_ext);

#endif
