// SPDX-License-Identifier: GPL-2.0-only
// handshakes_btf: accepted connections, read from the sockets, whose layout is in the kernel's BTF.
//
// A connection counts if it is in the interface's network namespace and its handshake's last
// segment arrived on that interface or one above it (a VLAN, a bridge, a bond): sockets keep that
// as the default interface of multicast.
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "xdp/handshakes.bpf.h"

/* The fields that are read of the kernel's types; relocated by name to the kernel's layout. */
struct ns_common {
	unsigned int inum;
} __attribute__((preserve_access_index));

struct net {
	struct ns_common ns;
} __attribute__((preserve_access_index));

typedef struct {
	struct net *net;
} __attribute__((preserve_access_index)) possible_net_t;

struct sock_common {
	__be32 skc_daddr;
	unsigned short skc_family;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
} __attribute__((preserve_access_index));

struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
} __attribute__((preserve_access_index));

/* Of an accepted connection: the interface on which the handshake's last segment arrived. */
struct ipv6_pinfo {
	int mcast_oif;
} __attribute__((preserve_access_index));

struct inet_sock {
	struct ipv6_pinfo *pinet6;
	int mc_index; /* of IPv4 */
} __attribute__((preserve_access_index));

/* Return: 0 if the kernel does not record it. */
static __always_inline int arrival_ifindex(const struct sock *sk)
{
	const struct inet_sock *inet = (const void *)sk;

	if (sk->__sk_common.skc_family != AF_INET6)
		return bpf_core_field_exists(struct inet_sock, mc_index)
			       ? BPF_CORE_READ(inet, mc_index)
			       : 0;
	if (!bpf_core_field_exists(struct ipv6_pinfo, mcast_oif))
		return 0;
	return BPF_CORE_READ(inet, pinet6, mcast_oif);
}

static __always_inline bool is_ours(const struct sock *sk)
{
	int ifindex;

	if (sk->sk_protocol != IPPROTO_TCP ||
	    sk->__sk_common.skc_net.net->ns.inum != handshakes_config.netns)
		return false;
	ifindex = arrival_ifindex(sk);
	for (int i = 0; i < HANDSHAKES_INTERFACES; i++)
		if (handshakes_config.ifindexes[i] == ifindex)
			return true;
	return !ifindex;
}

static __always_inline int count_socket(const struct sock *sk)
{
	unsigned short family = sk->__sk_common.skc_family;
	struct endpoint source = {};
	__be32 ipv6[4] = {};

	if (!is_ours(sk))
		return 0;
	if (family == AF_INET6)
		bpf_core_read(ipv6, sizeof(ipv6), &sk->__sk_common.skc_v6_daddr);
	set_source(&source, family, sk->__sk_common.skc_daddr, ipv6);
	count_completed(&source);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(handshakes_hook, const struct sock *sk, int old_state, int new_state)
{
	if (is_accepted(old_state, new_state))
		bpf_tail_call(ctx, &handshakes_slot, 0);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(handshakes_count, const struct sock *sk)
{
	return count_socket(sk);
}

char LICENSE[] SEC("license") = "GPL";
