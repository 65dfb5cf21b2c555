// SPDX-License-Identifier: GPL-2.0-only
// insn: BPF instructions as C initializers, for programs too small for a compiler.
#include "pktgen/send/insn.h"

#include <stdbool.h>

static bool is_jump(const struct bpf_insn *insn)
{
	__u8 op = BPF_OP(insn->code);

	return BPF_CLASS(insn->code) == BPF_JMP && op != BPF_CALL && op != BPF_EXIT;
}

size_t insn__link(struct bpf_insn *program, size_t instructions)
{
	int index_of_label[INSN_MAX_LABELS] = {};
	size_t left = 0;

	for (size_t i = 0; i < instructions; i++) {
		if (program[i].code == INSN_LABEL_CODE)
			index_of_label[program[i].off] = left;
		else
			program[left++] = program[i];
	}
	for (size_t i = 0; i < left; i++)
		if (is_jump(&program[i]))
			program[i].off = index_of_label[program[i].off] - (int)(i + 1);
	return left;
}
