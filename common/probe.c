// SPDX-License-Identifier: GPL-2.0-only
// probe: what this kernel offers, found by asking for it, never by its version.
#include "probe.h"

#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <unistd.h>

int probe__null_program(__u32 flags)
{
	static const struct bpf_insn pass[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = flags);

	return bpf_prog_load(BPF_PROG_TYPE_XDP, NULL, "GPL", pass, 2, &opts);
}

bool probe__multi_buffer(void)
{
	int fd = probe__null_program(BPF_F_XDP_HAS_FRAGS);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}
