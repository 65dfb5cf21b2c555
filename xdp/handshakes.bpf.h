// SPDX-License-Identifier: GPL-2.0-only
// handshakes: connections that this host accepted, by the source that requested them: the common
// part of the programs for BTF and for the tracepoint's record.
//
// TCP reports each change of a socket's state. A connection that a peer requested and then
// confirmed goes from SYN_RECV to ESTABLISHED; a spoofed source address cannot do that. A
// connection that this host requests goes there from SYN_SENT, and is not counted. (If both ends
// request it at the same time, the peer has sent a SYN as well, and it counts.)
//
// A hook stays attached for as long as the interface has handshakes, and calls the program in its
// single slot. A new program, on the same maps or on new ones, takes over the slot in one step:
// each connection is counted by exactly one of the two.
//
// Softirqs interrupt processes, and both change sockets' states. So counting takes no lock
// (back__add_lockless()); tracing programs could not take one anyway. From 6.1 on the kernel does
// not run a hook that would interrupt itself on a CPU; it skips that run and counts it as missed.
// The hook returns at once unless a connection is accepted, which happens in softirqs, so that such
// misses are very rare.
#ifndef XDP_HANDSHAKES_BPF_H
#define XDP_HANDSHAKES_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "common/abi/abi.h"
#include "common/abi/handshakes.h"
#include "xdp/maps.bpf.h"
#include "xdp/table.bpf.h"

/* As in the kernel's socket.h and tcp_states.h. */
#define AF_INET6 10
#define TCP_ESTABLISHED 1
#define TCP_SYN_RECV 3

/* Set before the load. */
const volatile struct handshakes_config handshakes_config;

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} handshakes_slot SEC(".maps");

static __always_inline bool is_accepted(int old_state, int new_state)
{
	return old_state == TCP_SYN_RECV && new_state == TCP_ESTABLISHED;
}

/* An IPv4 peer of an IPv6 socket is an IPv4 source: its SYNs are. */
static __always_inline void set_source(struct endpoint *ret, unsigned short family, __be32 ipv4,
				       const __be32 *ipv6)
{
	if (family == AF_INET6 && (ipv6[0] || ipv6[1] || ipv6[2] != bpf_htonl(0xffff))) {
		__builtin_memcpy(ret->address, ipv6, sizeof(ret->address));
		ret->family = ENDPOINT_IPV6;
	} else {
		ret->address[0] = family == AF_INET6 ? ipv6[3] : ipv4;
		ret->family = ENDPOINT_IPV4;
	}
}

/* The total first, as in the XDP program: so no more are attributed than there are. */
static __always_inline void count_completed(const struct endpoint *source)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct cpu_counters *counters = bpf_map_lookup_elem(&counters_map, &cpu);

	if (!counters) {
		/* A CPU that the maps were not made for; the count is atomic, so any row will do.
		 */
		cpu = 0;
		counters = bpf_map_lookup_elem(&counters_map, &cpu);
	}
	if (!counters)
		return;
	__sync_fetch_and_add(&counters->completed, 1);
	back__add_lockless(&table_configs[TABLE_COMPLETED], &completed_back, source, 1);
}

#endif
