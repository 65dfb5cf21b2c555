// SPDX-License-Identifier: GPL-2.0-only
// line_info: which source line an instruction of an object file comes from.
#ifndef COMMON_BPF_LINE_INFO_H
#define COMMON_BPF_LINE_INFO_H

#include <linux/types.h>

struct lineinfo;

struct source_line {
	const char *file; /* without directories; belongs to the lineinfo */
	const char *text; /* likewise */
	int line;
};

/**
 * lineinfo__open() - read the debug information of an object (its sections .BTF and .BTF.ext)
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno: -ENOENT where it has none.
 */
int lineinfo__open(const char *path, struct lineinfo **ret);

/** lineinfo__close() - NULL is fine. */
void lineinfo__close(struct lineinfo *lineinfo);

/**
 * lineinfo__find() - the line of an instruction
 * @section: where the program is
 * @function: the program's name
 * @instruction: counted from the program's start
 *
 * Return: 0 with *@ret set, or -ENOENT.
 */
int lineinfo__find(const struct lineinfo *lineinfo, const char *section, const char *function,
		   __u32 instruction, struct source_line *ret);

/** lineinfo__bytes() - how large the two sections are. */
void lineinfo__bytes(const struct lineinfo *lineinfo, __u32 *ret_btf, __u32 *ret_btf_ext);

#endif
