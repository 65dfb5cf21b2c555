// SPDX-License-Identifier: GPL-2.0-only
// syn_frame: a SYN as a frame, to be judged without an interface.
#ifndef COMMON_DATAPLANE_SYN_FRAME_H
#define COMMON_DATAPLANE_SYN_FRAME_H

#include <linux/types.h>

#include "common/abi/abi.h"

#define SYN_FRAME_BYTES (14 + 40 + 20) /* Ethernet, IPv6, TCP */

/**
 * syn_frame__write() - write a SYN without options and with checksums of 0
 * @source: of the same family as @victim, which has a port
 *
 * Return: its bytes.
 */
__u32 syn_frame__write(const struct endpoint *source, const struct endpoint *victim,
		       __u8 out[SYN_FRAME_BYTES]);

#endif
