// SPDX-License-Identifier: GPL-2.0-only
// pairs: SYN-ACKs, FINs and RSTs by the victim whose connections they belong to.
//
// A connection that begins also ends: as many FINs or RSTs follow as there were SYNs, unless the
// SYNs are a flood (Wang, Zhang, Shin, "Detecting SYN Flooding Attacks", INFOCOM 2002). So that the
// pairs can be read off for each victim, its ends are counted beside its SYNs; without any state of
// a connection, because a flood would fill that. What the pairs need is that a connection adds one
// to either side. A FIN is answered by another, so only one of the two may count:
//   - A SYN-ACK comes from the server.
//   - A FIN or RST to an endpoint that SYNs have been sent to travels as they did, from client to
//     server, and pairs with them. It is credited to its destination. On the interface that clients
//     are behind, this is all there is.
//   - A RST from an endpoint that has sent SYN-ACKs ends a connection, and is not answered. It is
//     credited to its source. One of a closed port refuses a connection, and must not pass for its
//     end (the paper calls it passive): it comes from where no SYN-ACK does.
//   - A FIN from an endpoint that has sent SYN-ACKs, but got no SYNs here, pairs with the SYN-ACK:
//     that is the interface that servers are behind. It is credited to its source.
//   - Any other is credited to nobody: where both directions pass, the server's FIN.
// A RST to a victim is not always an end: a host whose address a flood has borrowed answers the
// victim's SYN-ACK with one. That is why FINs and RSTs are counted apart.
//
// Which endpoints those are, the back tiers tell: with handshakes, a victim gets a place there with
// its first SYN (a server with its first SYN-ACK), instead of when it is evicted. Once such a tier
// is full, who is not in it may belong there nevertheless, and is credited: bounds stay right.
#ifndef XDP_PAIRS_BPF_H
#define XDP_PAIRS_BPF_H

#include "xdp/count.bpf.h"
#include "xdp/maps.bpf.h"
#include "xdp/parse.bpf.h"

static __always_inline int is_server(enum table table, void *back, const struct endpoint *key)
{
	const volatile struct table_config *config = &table_configs[table];
	__u32 number = table;
	struct table_shared *shared = bpf_map_lookup_elem(&shared_map, &number);

	return shared && (back__is_full(config, shared) || back__has(config, back, key));
}

static __always_inline void count_syn_ack(__u32 cpu, const struct endpoint *server)
{
	struct table_query query;

	make_query(TABLE_SYN_ACKS, server, &query);
	if (!count_endpoint(TABLE_SYN_ACKS, &syn_acks_front, &syn_acks_back, cpu, &query))
		note_server(TABLE_SYN_ACKS, &syn_acks_back, &query);
}

static __always_inline void count_end(__u32 cpu, enum frame_class class,
				      const struct endpoint *server)
{
	struct table_query query;

	if (class == CLASS_FIN) {
		make_query(TABLE_FINS, server, &query);
		count_endpoint(TABLE_FINS, &fins_front, &fins_back, cpu, &query);
	} else {
		make_query(TABLE_RSTS, server, &query);
		count_endpoint(TABLE_RSTS, &rsts_front, &rsts_back, cpu, &query);
	}
}

/**
 * count_pair() - a SYN-ACK, FIN or RST for the server it belongs to
 * @request: its source gets its port, and is a server then, if anything
 */
static __always_inline void count_pair(__u32 cpu, enum frame_class class, struct request *request)
{
	request->source.port = request->source_port;
	if (class == CLASS_SYN_ACK)
		count_syn_ack(cpu, &request->source);
	else if (is_server(TABLE_VICTIMS, &victims_back, &request->victim))
		count_end(cpu, class, &request->victim);
	else if (is_server(TABLE_SYN_ACKS, &syn_acks_back, &request->source) &&
		 (class == CLASS_RST || !is_server(TABLE_VICTIMS, &victims_back, &request->source)))
		count_end(cpu, class, &request->source);
}

#endif
