// SPDX-License-Identifier: GPL-2.0-only
// fuzz_line_info: damaged debug information of a BPF object, looked up by instruction. The input is
// the length of its .BTF section, that section, and its .BTF.ext.
#include "tests/fuzz/fuzz.h"

/* To start after the ELF parser, which is libelf's. */
#include "common/bpf/line_info.c"

static void look_up(const struct line_info *line_info)
{
	static const struct {
		const char *section, *function;
	} functions[] = {{"xdp", "xdpctl_feed"}, {"xdp", "xdpctl"}, {"", ""}};
	struct source_line line;

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		for (__u32 instruction = 0; instruction < 8; instruction++) {
			if (line_info__find(line_info, functions[i].section, functions[i].function,
					    instruction * 16, &line))
				continue;
			MUST(strlen(line.file) < 1 << 20 && strlen(line.text) < 1 << 20);
			MUST(line.line >= 0);
		}
}

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct line_info line_info = {};
	__u32 btf_bytes;

	if (size < sizeof(btf_bytes))
		return 0;
	libbpf_set_print(quiet);
	memcpy(&btf_bytes, data, sizeof(btf_bytes));
	data += sizeof(btf_bytes);
	size -= sizeof(btf_bytes);
	if (btf_bytes > size)
		return 0;
	line_info.btf = btf__new(data, btf_bytes);
	if (libbpf_get_error(line_info.btf))
		return 0;
	line_info.ext = btf_ext__new(data + btf_bytes, size - btf_bytes);
	if (!libbpf_get_error(line_info.ext)) {
		look_up(&line_info);
		btf_ext__free(line_info.ext);
	}
	btf__free(line_info.btf);
	return 0;
}
