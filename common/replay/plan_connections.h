// SPDX-License-Identifier: GPL-2.0-only
// plan_connections: connections of a capture, and those that it shows as established.
#ifndef COMMON_REPLAY_PLAN_CONNECTIONS_H
#define COMMON_REPLAY_PLAN_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/abi/policy.h"

/* A set of connections, each by its addresses, ports and initial sequence number. */
struct plan_connections {
	__u64 *hashes; /* 0: free */
	size_t count, capacity;
};

/* Zero at first. */
struct plan_handshakes {
	struct plan_connections requested, established;
};

/**
 * plan_connections__add() - a connection request
 * @data: an Ethernet frame of the class CLASS_SYN
 *
 * Return: 1 if it is new, 0 if it has been seen, or -ENOMEM.
 */
int plan_connections__add(struct plan_connections *connections, const struct judged_frame *frame,
			  const __u8 *data, __u32 bytes);

/** plan_connections__free() - free it. */
void plan_connections__free(struct plan_connections *connections);

/**
 * plan_handshakes__add() - the next frame, of any class
 *
 * A connection is established when its client acknowledges something and sends from one behind its
 * initial sequence number on (RFC 9293, 3.5): whoever forges an address does not see the answer.
 *
 * Return: 0 or -ENOMEM.
 */
int plan_handshakes__add(struct plan_handshakes *handshakes, const struct judged_frame *frame,
			 const __u8 *data, __u32 bytes);

/** plan_handshakes__established() - true if the connection that a SYN asks for is established. */
bool plan_handshakes__established(const struct plan_handshakes *handshakes,
				  const struct judged_frame *frame, const __u8 *data, __u32 bytes);

/** plan_handshakes__free() - free it. */
void plan_handshakes__free(struct plan_handshakes *handshakes);

#endif
