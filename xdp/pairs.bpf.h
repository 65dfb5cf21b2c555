// SPDX-License-Identifier: GPL-2.0-only
// pairs: SYN-ACKs, FINs and RSTs by the victim whose connections they belong to.
//
// A connection that begins also ends: there are as many FINs or RSTs as SYNs, unless the SYNs are a
// flood (Wang, Zhang, Shin, "Detecting SYN Flooding Attacks", INFOCOM 2002). To compare the two for
// each victim, connection ends are counted per victim like its SYNs; without any state per
// connection, because a flood would fill that. Each connection must add one to both sides. A FIN is
// answered by another FIN, so only one of the two may count:
//   - A SYN-ACK comes from the server.
//   - A FIN or RST to an endpoint that SYNs were sent to travels in their direction, from client to
//     server, and pairs with them. It is credited to its destination. An interface that faces the
//     clients sees no other kind.
//   - An RST from an endpoint that has sent SYN-ACKs ends a connection, and is not answered. It is
//     credited to its source. An RST from a closed port refuses a connection, and must not count as
//     an end (the paper calls it passive): that endpoint sends no SYN-ACKs.
//   - A FIN from an endpoint that has sent SYN-ACKs, but got no SYNs here, pairs with the SYN-ACK:
//     the interface faces the servers. It is credited to its source.
//   - Any other is not credited: the server's FIN, where both directions pass.
// An RST to a victim is not always an end: a host whose address a flood spoofs answers the victim's
// SYN-ACK with one. That is why FINs and RSTs are counted separately.
//
// The back tiers tell victims and servers apart from other endpoints: with handshakes, a victim
// gets an entry there with its first SYN (a server with its first SYN-ACK), instead of when it is
// evicted. Once such a tier is full, an endpoint outside it may nevertheless be one, and is
// credited: the bounds stay right.
#ifndef XDP_PAIRS_BPF_H
#define XDP_PAIRS_BPF_H

#include "xdp/count.bpf.h"
#include "xdp/maps.bpf.h"
#include "xdp/parse.bpf.h"

static __always_inline bool is_server(const struct table_maps *maps, const struct endpoint *key)
{
	const volatile struct table_config *config = &table_configs[maps->table];
	struct table_shared *shared = find_shared(maps->table);

	return shared && (back__is_full(config, shared) || back__has(config, maps->back, key));
}

static __always_inline void count_syn_ack(__u32 cpu, const struct endpoint *server)
{
	struct table_query query;

	make_query(TABLE_SYN_ACKS, server, &query);
	if (!count_endpoint(&MAPS_OF(TABLE_SYN_ACKS, syn_acks), cpu, &query))
		note_server(&MAPS_OF(TABLE_SYN_ACKS, syn_acks), server);
}

static __always_inline void count_end(__u32 cpu, enum frame_class class,
				      const struct endpoint *server)
{
	struct table_query query;

	if (class == CLASS_FIN) {
		make_query(TABLE_FINS, server, &query);
		count_endpoint(&MAPS_OF(TABLE_FINS, fins), cpu, &query);
	} else {
		make_query(TABLE_RSTS, server, &query);
		count_endpoint(&MAPS_OF(TABLE_RSTS, rsts), cpu, &query);
	}
}

/**
 * count_pair() - count a SYN-ACK, FIN or RST for the server that it belongs to
 * @request: its source gets its port, because here the source may be a server
 */
static __always_inline void count_pair(__u32 cpu, enum frame_class class, struct request *request)
{
	request->source.port = request->source_port;
	if (class == CLASS_SYN_ACK)
		count_syn_ack(cpu, &request->source);
	else if (is_server(&MAPS_OF(TABLE_VICTIMS, victims), &request->victim))
		count_end(cpu, class, &request->victim);
	else if (is_server(&MAPS_OF(TABLE_SYN_ACKS, syn_acks), &request->source) &&
		 (class == CLASS_RST ||
		  !is_server(&MAPS_OF(TABLE_VICTIMS, victims), &request->source)))
		count_end(cpu, class, &request->source);
}

#endif
