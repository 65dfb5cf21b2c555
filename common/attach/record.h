// SPDX-License-Identifier: GPL-2.0-only
// record: what is remembered of an attachment, next to its pins.
#ifndef COMMON_ATTACH_RECORD_H
#define COMMON_ATTACH_RECORD_H

#include <linux/types.h>
#include <net/if.h>

#include "common/abi/policy_names.h"

enum handshakes_state {
	HANDSHAKES_OFF,
	HANDSHAKES_VICTIMS, /* SYN-ACKs, FINs and RSTs by victim, but no completed connections */
	HANDSHAKES_ON,
};

#define REGISTRY_RECORD "attachment" /* name of the record's map, and of its pin */

/* A map value in bpffs: changing its layout raises ABI_LAYOUT. */
struct attachment_record {
	__u32 layout; /* writer's ABI_LAYOUT; must remain the first field */
	__u32 ifindex;
	__u32 mode_asked; /* enum attach_mode */
	__u32 max_sources;
	__u64 memory_bytes;   /* of its maps, in the kernel */
	__u64 attached_at_ns; /* since 1970, UTC */
	__u32 program_id;
	__u32 behind_dispatcher;      /* or 0: the only program at its hook */
	__u32 priority;               /* behind a dispatcher: the lowest runs first */
	__u32 handshakes;             /* enum handshakes_state */
	char alone_because[128];      /* why not behind a dispatcher, or empty */
	char handshakes_remark[256];  /* why they are counted in part, or what is counted; or empty
				       */
	char interface[IFNAMSIZ];     /* its name when it was attached */
	char policy[POLICY_ID_BYTES]; /* the id of the policy that rules here, or empty */
};

#endif
