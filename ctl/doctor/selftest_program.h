// SPDX-License-Identifier: GPL-2.0-only
// selftest_program: the program of the self-test, as source and as instructions.
#ifndef CTL_DOCTOR_SELFTEST_PROGRAM_H
#define CTL_DOCTOR_SELFTEST_PROGRAM_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stddef.h>

#define SELFTEST_TRACEPOINT "sched_process_exec"
#define SELFTEST_FUNCTION "self_test"
#define SELFTEST_MAP "runs"
#define SELFTEST_COMMAND "true" /* whose exec it reports */
#define SELFTEST_TEXT "xdpctl self-test"
#define SELFTEST_MAX_INSTRUCTIONS 64

extern const char selftest_source[];

/**
 * selftest_program__assemble() - the same program, without a compiler
 * @map_fd: an array of one __u64
 *
 * Return: the number of instructions written to @ret.
 */
size_t selftest_program__assemble(int map_fd, struct bpf_insn ret[SELFTEST_MAX_INSTRUCTIONS]);

#endif
