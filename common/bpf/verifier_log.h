// SPDX-License-Identifier: GPL-2.0-only
// verifier_log: the log of the kernel's verifier, parsed.
//
// The texts are those of kernel/bpf/verifier.c, log.c and disasm.c, 5.10 to 6.18.
#ifndef COMMON_BPF_VERIFIER_LOG_H
#define COMMON_BPF_VERIFIER_LOG_H

#include <linux/types.h>

#define VERIFIER_MAX_FUNCTIONS 16

/* The cost of verification. Values that a kernel does not report are 0. */
struct verifier_statistics {
	__u32 processed; /* instructions, once for each state they were visited in */
	__u32 limit;
	__u32 total_states;
	__u32 peak_states;
	__u32 max_states_per_instruction;
	__u32 verification_us;
	__u32 functions;
	__u32 stack_bytes[VERIFIER_MAX_FUNCTIONS]; /* by function, main first */
};

/* The place of the refused instruction. */
struct verifier_place {
	int instruction; /* -1: not known */
	int line;        /* 0: not known */
	char file[128];
	char text[160]; /* of the source line */
};

/** verifier_log__statistics() - parse a log with BPF_LOG_STATS (4) in its level. */
void verifier_log__statistics(const char *log, struct verifier_statistics *ret);

/**
 * verifier_log__complaint() - extract why the program was refused
 * @log: of level BPF_LOG_STATS alone, which lists no instructions
 *
 * Lines are separated by newlines; the last has none.
 */
void verifier_log__complaint(const char *log, char *buf, unsigned int buf_bytes);

/**
 * verifier_log__place() - extract the last place that the log names
 * @log: of level BPF_LOG_LEVEL1 (1), which lists instructions and source lines
 */
void verifier_log__place(const char *log, struct verifier_place *ret);

#endif
