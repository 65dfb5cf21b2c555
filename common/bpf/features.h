// SPDX-License-Identifier: GPL-2.0-only
// features: what this kernel offers, found by asking for it, never by its version.
//
// Every question is a tiny program to load, a map to create or a type to look up, and nothing of
// it stays. Unless it says otherwise, a probe returns 0 where the kernel offers it, or the negative
// errno with which the kernel refused.
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
 * Return: 0 with the bytes of machine code in *@ret_bytes, 0 of them where it is interpreted or
 * the kernel does not tell; or a negative errno.
 */
int features__jit(__u32 *ret_bytes);

/** features__live_frames() - frames sent by BPF_PROG_TEST_RUN (kernel 5.18). */
int features__live_frames(void);

/** features__freplace() - a program in the place of another's function: what libxdp chains with. */
int features__freplace(void);

/** features__tracing() - a program on a tracepoint that reads its arguments by BTF (kernel 5.5). */
int features__tracing(void);

/** features__raw_tracepoint() - a program on a tracepoint, without BTF. */
int features__raw_tracepoint(void);

/** features__xdp_helper() - whether XDP programs may call a helper: -ENOENT where they may not. */
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
 * That is how buckets were locked from 5.11 to 6.14: with a counter for each CPU (map_locked, in
 * struct bpf_htab) that an interrupted CPU finds taken. Found by that member, in the kernel's BTF.
 *
 * Return: 0 with *@ret set, or a negative errno: -ENOENT where there is no BTF to look it up.
 */
int features__dump_disturbs(bool *ret);

#endif
