// SPDX-License-Identifier: GPL-2.0-only
// probe: what this kernel offers, found by asking for it, never by its version.
#ifndef COMMON_PROBE_H
#define COMMON_PROBE_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * probe__null_program() - load an XDP program that passes every frame
 * @flags: BPF_F_XDP_HAS_FRAGS, or 0
 *
 * Return: a file descriptor owned by the caller, or a negative errno.
 */
int probe__null_program(__u32 flags);

/** probe__multi_buffer() - XDP on fragmented frames, with its helpers (kernel 5.18). */
bool probe__multi_buffer(void);

#endif
