// SPDX-License-Identifier: GPL-2.0-only
// features: kernel features, probed by using them, never inferred from the version.
//
// A probe loads a tiny program, creates a map or looks up a type, and leaves nothing behind. Unless
// documented otherwise, it returns 0 if the kernel has the feature, or the negative errno with
// which the kernel refused.
#ifndef COMMON_BPF_FEATURES_H
#define COMMON_BPF_FEATURES_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * features__null_program() - load an XDP program that passes every frame
 * @flags: BPF_F_XDP_HAS_FRAGS, or 0
 *
 * Return: a file descriptor owned by the caller, or a negative errno.
 */
int features__null_program(__u32 flags);

/** features__multi_buffer() - XDP on fragmented frames, with its helpers (kernel 5.18). */
bool features__multi_buffer(void);

/**
 * features__jit() - how the kernel compiles the null program
 *
 * Return: 0 with the bytes of machine code in *@ret_bytes (0 if the program is interpreted or the
 * kernel hides the size), or a negative errno.
 */
int features__jit(__u32 *ret_bytes);

/** features__live_frames() - frames sent by BPF_PROG_TEST_RUN (kernel 5.18). */
int features__live_frames(void);

/** features__freplace() - replacing a function of another program, which libxdp's dispatcher needs.
 */
int features__freplace(void);

/**
 * features__freplace_context() - true if a program that replaces a function may have global
 * functions that take its context
 *
 * Linux 5.10 refuses them. Probed once.
 */
bool features__freplace_context(void);

/** features__expect_kernel_btf() - make the heap ready for what libbpf is about to load, if it
 * needs the kernel's BTF: half of the CPU time of an attach with it. */
void features__expect_kernel_btf(void);

/** features__tracing() - a program on a tracepoint that reads its arguments by BTF (kernel 5.5). */
int features__tracing(void);

/** features__raw_tracepoint() - a program on a tracepoint, without BTF. */
int features__raw_tracepoint(void);

/** features__xdp_helper() - whether XDP programs may call a helper: -ENOENT if not. */
int features__xdp_helper(__u32 helper);

/** features__map_type() - a map of a type of enum bpf_map_type. */
int features__map_type(__u32 type);

/**
 * features__memlock() - whether BPF memory counts against RLIMIT_MEMLOCK, as it did before 5.11
 *
 * Return: 0 with *@ret set, or a negative errno.
 */
int features__memlock(bool *ret);

/**
 * features__dump_disturbs() - whether map updates can fail with EBUSY while user space dumps a hash
 *
 * From 5.11 to 6.14, a per-CPU counter (map_locked in struct bpf_htab) guards the buckets, and an
 * interrupt on the same CPU finds it taken. Detected by that member in the kernel's BTF.
 *
 * Return: 0 with *@ret set, or a negative errno: -ENOENT without kernel BTF.
 */
int features__dump_disturbs(bool *ret);

/**
 * features__softirq_lock() - whether a kernel with PREEMPT_RT runs one softirq per CPU at a time
 *
 * From 6.18 on, CONFIG_PREEMPT_RT_NEEDS_BH_LOCK decides that; before, it always does. Detected by a
 * member of struct softirq_ctrl, which only such kernels have.
 *
 * Return: 0 with *@ret set, or a negative errno: -ENOENT without kernel BTF, or without PREEMPT_RT.
 */
int features__softirq_lock(bool *ret);

#endif
