// SPDX-License-Identifier: GPL-2.0-only
// live_ring: the BPF program that sends the frames of the ring.
//
// Written as instructions, so that pktgen needs no BPF compiler:
//
//	if (position == produced_seen) {
//		produced_seen = atomic read of produced;
//		if (position == produced_seen) {
//			consumed = position, by an atomic exchange;
//			return XDP_DROP;
//		}
//	}
//	if (position >= publish_at) {
//		consumed = position, by an atomic exchange;
//		publish_at = position + RING_PUBLISH_BYTES;
//	}
//	record = records + position % RING_BYTES;
//	position += the record's bytes;
//	set the frame's length and copy the record into it: short ones inline, word by word, as
//	calling the helper costs a sixth of everything else;
//	return bpf_redirect(ifindex, 0);
//
// The atomic operations order the records' bytes between the CPUs: BPF has no other acquire or
// release before 6.15. All of them are older than live frames (5.18).
#include "pktgen/send/live_ring.h"

#include <bpf/bpf.h>
#include <errno.h>

#include "pktgen/send/insn.h"
#include "pktgen/send/sender.h"

#define AT(field) offsetof(struct live_ring, field)

/* Copies one word of the record into the frame, unless the frame ends inside it. */
#define COPY_WORD(n)                                                                     \
	INSN_MOV_REG(R3, R1), INSN_ALU_IMM(BPF_ADD, R3, 8 * (n) + 8),                    \
		INSN_JUMP_REG(BPF_JGT, R3, R2, LAST),                                    \
		INSN_LOAD(BPF_DW, R0, RECORD, offsetof(struct record, frame) + 8 * (n)), \
		INSN_STORE(BPF_DW, R1, 8 * (n), R0)
#define COPY_WORDS_4(n) COPY_WORD(n), COPY_WORD((n) + 1), COPY_WORD((n) + 2), COPY_WORD((n) + 3)

#define INLINE_BYTES 128 /* covered by the sixteen words above */

enum { PUBLISH, TAKE, COPY, LAST, CALL, SEND, REFUSE };
enum { R0, R1, R2, R3, R4, R5, CONTEXT, RING, POSITION, RECORD, STACK };

static int live_ring_load(const char *name, struct bpf_insn *program, size_t instructions)
{
	size_t linked = insn__link(program, instructions);
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, name, "GPL", program, linked, NULL);

	return fd < 0 ? -errno : fd;
}

static int live_ring_load_sized(int map_fd, int ifindex, int inline_bytes)
{
	struct bpf_insn program[] = {
		INSN_MOV_REG(CONTEXT, R1),
		INSN_MAP_VALUE(RING, map_fd),
		INSN_LOAD(BPF_DW, POSITION, RING, AT(position)),
		INSN_LOAD(BPF_DW, R1, RING, AT(produced_seen)),
		INSN_JUMP_REG(BPF_JNE, POSITION, R1, PUBLISH),
		INSN_MOV_IMM(R1, 0),
		INSN_ATOMIC(BPF_ADD | BPF_FETCH, RING, AT(produced), R1),
		INSN_STORE(BPF_DW, RING, AT(produced_seen), R1),
		INSN_JUMP_REG(BPF_JNE, POSITION, R1, PUBLISH),
		INSN_ATOMIC(BPF_XCHG, RING, AT(consumed), POSITION),
		INSN_MOV_IMM(R0, XDP_DROP),
		INSN_EXIT(),
		INSN_LABEL(PUBLISH),
		INSN_LOAD(BPF_DW, R1, RING, AT(publish_at)),
		INSN_JUMP_REG(BPF_JGT, R1, POSITION, TAKE),
		INSN_MOV_REG(R1, POSITION),
		INSN_MOV_REG(R2, POSITION),
		INSN_ATOMIC(BPF_XCHG, RING, AT(consumed), R1),
		INSN_ALU_IMM(BPF_ADD, R2, RING_PUBLISH_BYTES),
		INSN_STORE(BPF_DW, RING, AT(publish_at), R2),
		INSN_LABEL(TAKE),
		INSN_MOV_REG(RECORD, POSITION),
		INSN_ALU_IMM(BPF_AND, RECORD,
			     RING_BYTES - 8), /* tells the verifier: a multiple of 8 */
		INSN_ALU_REG(BPF_ADD, RECORD, RING),
		INSN_ALU_IMM(BPF_ADD, RECORD, AT(records)),
		INSN_LOAD(BPF_W, R4, RECORD, offsetof(struct record, bytes)),
		INSN_JUMP_IMM(BPF_JGT, R4, RING_MAX_FRAME_BYTES, REFUSE),
		INSN_JUMP_IMM(BPF_JLT, R4, SENDER_MIN_BYTES, REFUSE),
		INSN_MOV_REG(R1, R4),
		INSN_ALU_IMM(BPF_ADD, R1, sizeof(struct record) + 7),
		INSN_ALU_IMM(BPF_AND, R1, -8),
		INSN_ALU_REG(BPF_ADD, POSITION, R1),
		INSN_STORE(BPF_DW, RING, AT(position), POSITION),
		/* The frame already has the length of the first one. */
		INSN_LOAD(BPF_W, R1, CONTEXT, offsetof(struct xdp_md, data)),
		INSN_LOAD(BPF_W, R3, CONTEXT, offsetof(struct xdp_md, data_end)),
		INSN_ALU_REG(BPF_SUB, R3, R1),
		INSN_MOV_REG(R2, R4),
		INSN_ALU_REG(BPF_SUB, R2, R3),
		INSN_JUMP_IMM(BPF_JEQ, R2, 0, COPY),
		INSN_STORE(BPF_DW, STACK, -8, R4),
		INSN_MOV_REG(R1, CONTEXT),
		INSN_CALL(BPF_FUNC_xdp_adjust_tail),
		INSN_JUMP_IMM(BPF_JNE, R0, 0, REFUSE),
		INSN_LOAD(BPF_DW, R4, STACK, -8),
		INSN_LABEL(COPY),
		INSN_JUMP_IMM(BPF_JGT, R4, inline_bytes, CALL),
		INSN_LOAD(BPF_W, R1, CONTEXT, offsetof(struct xdp_md, data)),
		INSN_LOAD(BPF_W, R2, CONTEXT, offsetof(struct xdp_md, data_end)),
		COPY_WORDS_4(0),
		COPY_WORDS_4(4),
		COPY_WORDS_4(8),
		COPY_WORDS_4(12),
		/* The last word may overlap the one before. */
		INSN_LABEL(LAST),
		INSN_ALU_IMM(BPF_SUB, R4, 8),
		INSN_ALU_REG(BPF_ADD, R1, R4),
		INSN_ALU_REG(BPF_ADD, RECORD, R4),
		INSN_MOV_REG(R3, R1),
		INSN_ALU_IMM(BPF_ADD, R3, 8),
		INSN_JUMP_REG(BPF_JGT, R3, R2, REFUSE),
		INSN_LOAD(BPF_DW, R0, RECORD, offsetof(struct record, frame)),
		INSN_STORE(BPF_DW, R1, 0, R0),
		INSN_JUMP_IMM(BPF_JA, 0, 0, SEND),
		INSN_LABEL(CALL),
		INSN_MOV_REG(R1, CONTEXT),
		INSN_MOV_IMM(R2, 0),
		INSN_MOV_REG(R3, RECORD),
		INSN_ALU_IMM(BPF_ADD, R3, offsetof(struct record, frame)),
		INSN_CALL(BPF_FUNC_xdp_store_bytes),
		INSN_JUMP_IMM(BPF_JNE, R0, 0, REFUSE),
		INSN_LABEL(SEND),
		INSN_MOV_IMM(R1, ifindex),
		INSN_MOV_IMM(R2, 0),
		INSN_CALL(BPF_FUNC_redirect),
		INSN_EXIT(),
		INSN_LABEL(REFUSE),
		INSN_MOV_IMM(R1, 1),
		INSN_ATOMIC(BPF_ADD, RING, AT(refused), R1),
		INSN_MOV_IMM(R0, XDP_DROP),
		INSN_EXIT(),
	};

	return live_ring_load("pktgen_ring", program, sizeof(program) / sizeof(program[0]));
}

/* On CPUs without unaligned access the verifier rejects the inline copy (-EACCES). With a size of 0
 * that code is unreachable, and the verifier skips it. */
int live_ring__program(int map_fd, int ifindex)
{
	int fd = live_ring_load_sized(map_fd, ifindex, INLINE_BYTES);

	return fd == -EACCES ? live_ring_load_sized(map_fd, ifindex, 0) : fd;
}

int live_ring__bare_program(int ifindex)
{
	struct bpf_insn program[] = {
		INSN_MOV_IMM(R1, ifindex),
		INSN_MOV_IMM(R2, 0),
		INSN_CALL(BPF_FUNC_redirect),
		INSN_EXIT(),
	};

	return live_ring_load("pktgen_bare", program, sizeof(program) / sizeof(program[0]));
}
