// SPDX-License-Identifier: GPL-2.0-only
// insn: BPF instructions as C initializers, for programs too small for a compiler.
#ifndef PKTGEN_SEND_INSN_H
#define PKTGEN_SEND_INSN_H

#include <linux/bpf.h>
#include <stddef.h>

#define INSN(op, dst, src, offset, immediate) \
	((struct bpf_insn){.code = (op),      \
			   .dst_reg = (dst),  \
			   .src_reg = (src),  \
			   .off = (offset),   \
			   .imm = (immediate)})

#define INSN_MOV_REG(dst, src) INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define INSN_MOV_IMM(dst, value) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define INSN_ALU_REG(op, dst, src) INSN(BPF_ALU64 | (op) | BPF_X, dst, src, 0, 0)
#define INSN_ALU_IMM(op, dst, value) INSN(BPF_ALU64 | (op) | BPF_K, dst, 0, 0, value)
#define INSN_LOAD(size, dst, src, offset) INSN(BPF_LDX | (size) | BPF_MEM, dst, src, offset, 0)
#define INSN_STORE(size, dst, offset, src) INSN(BPF_STX | (size) | BPF_MEM, dst, src, offset, 0)
#define INSN_ATOMIC(op, dst, offset, src) INSN(BPF_STX | BPF_DW | BPF_ATOMIC, dst, src, offset, op)
#define INSN_CALL(helper) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define INSN_EXIT() INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* Jumps refer to a label, which insn__link() turns into an offset. */
#define INSN_LABEL_CODE 0xff
#define INSN_LABEL(label) INSN(INSN_LABEL_CODE, 0, 0, label, 0)
#define INSN_JUMP_REG(op, dst, src, label) INSN(BPF_JMP | (op) | BPF_X, dst, src, label, 0)
#define INSN_JUMP_IMM(op, dst, value, label) INSN(BPF_JMP | (op) | BPF_K, dst, 0, label, value)

/* The address of the only value of an array map; two instructions. */
#define INSN_MAP_VALUE(dst, map_fd) \
	INSN(BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_VALUE, 0, map_fd), INSN(0, 0, 0, 0, 0)

#define INSN_MAX_LABELS 16

/**
 * insn__link() - drop the labels of @program and resolve its jumps
 *
 * Return: the number of instructions left.
 */
size_t insn__link(struct bpf_insn *program, size_t instructions);

#endif
