// SPDX-License-Identifier: GPL-2.0-only
// plan_connections: connections of a capture, and those that it shows as established.
#include "common/replay/plan_connections.h"

#include <linux/tcp.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/abi/hash.h"

#define FIRST_CAPACITY 1024 /* a power of two, as all capacities */

static __u64 hash_endpoint(const struct endpoint *endpoint, __u64 more)
{
	__u64 hash = more;

	for (int i = 0; i < 4; i++)
		hash = hash__mix(hash + endpoint->address[i] * 0x9e3779b97f4a7c15ull);
	return hash__mix(hash + endpoint->family + ((__u64)endpoint->port << 16));
}

/* Never 0. */
static __u64 connection_hash(const struct judged_frame *frame, __be16 source_port, __u32 sequence)
{
	__u64 id = (__u64)source_port << 32 | sequence;

	return hash_endpoint(&frame->victim, hash_endpoint(&frame->source, id)) | 1;
}

/* All zeros where the frame ends before. */
static struct tcphdr tcp_header(const struct judged_frame *frame, const __u8 *data, size_t bytes)
{
	struct tcphdr tcp = {};

	if (frame->tcp_offset && frame->tcp_offset + sizeof(tcp) <= bytes)
		memcpy(&tcp, data + frame->tcp_offset, sizeof(tcp));
	return tcp;
}

static size_t connection_slot(const struct plan_connections *connections, __u64 hash)
{
	size_t slot = hash & (connections->capacity - 1);

	while (connections->hashes[slot] && connections->hashes[slot] != hash)
		slot = (slot + 1) & (connections->capacity - 1);
	return slot;
}

static bool plan_connections_have(const struct plan_connections *connections, __u64 hash)
{
	return connections->capacity && connections->hashes[connection_slot(connections, hash)];
}

static int connections_grow(struct plan_connections *connections)
{
	struct plan_connections grown = {
		.count = connections->count,
		.capacity = connections->capacity ? 2 * connections->capacity : FIRST_CAPACITY,
	};

	if (connections->count < connections->capacity / 2)
		return 0;
	grown.hashes = calloc(grown.capacity, sizeof(*grown.hashes));
	if (!grown.hashes)
		return -ENOMEM;
	for (size_t i = 0; i < connections->capacity; i++)
		if (connections->hashes[i])
			grown.hashes[connection_slot(&grown, connections->hashes[i])] =
				connections->hashes[i];
	free(connections->hashes);
	*connections = grown;
	return 0;
}

/* Return: 1 if it is new, 0 if it has been seen, or -ENOMEM. */
static int plan_connections_add_hash(struct plan_connections *connections, __u64 hash)
{
	int err = connections_grow(connections);
	size_t slot;

	if (err)
		return err;
	slot = connection_slot(connections, hash);
	if (connections->hashes[slot])
		return 0;
	connections->hashes[slot] = hash;
	connections->count++;
	return 1;
}

int plan_connections__add(struct plan_connections *connections, const struct judged_frame *frame,
			  const __u8 *data, __u32 bytes)
{
	struct tcphdr tcp = tcp_header(frame, data, bytes);

	return plan_connections_add_hash(connections,
					 connection_hash(frame, tcp.source, ntohl(tcp.seq)));
}

void plan_connections__free(struct plan_connections *connections)
{
	free(connections->hashes);
	*connections = (struct plan_connections){};
}

int plan_handshakes__add(struct plan_handshakes *handshakes, const struct judged_frame *frame,
			 const __u8 *data, __u32 bytes)
{
	struct tcphdr tcp;
	int err = 0;
	__u64 hash;

	if (frame->class == CLASS_SYN)
		err = plan_connections__add(&handshakes->requested, frame, data, bytes);
	if (frame->class != CLASS_TCP_OTHER && frame->class != CLASS_FIN)
		return err < 0 ? err : 0;
	tcp = tcp_header(frame, data, bytes);
	hash = connection_hash(frame, tcp.source, ntohl(tcp.seq) - 1);
	if (tcp.ack && plan_connections_have(&handshakes->requested, hash))
		err = plan_connections_add_hash(&handshakes->established, hash);
	return err < 0 ? err : 0;
}

bool plan_handshakes__established(const struct plan_handshakes *handshakes,
				  const struct judged_frame *frame, const __u8 *data, __u32 bytes)
{
	struct tcphdr tcp = tcp_header(frame, data, bytes);

	return plan_connections_have(&handshakes->established,
				     connection_hash(frame, tcp.source, ntohl(tcp.seq)));
}

void plan_handshakes__free(struct plan_handshakes *handshakes)
{
	plan_connections__free(&handshakes->requested);
	plan_connections__free(&handshakes->established);
}
