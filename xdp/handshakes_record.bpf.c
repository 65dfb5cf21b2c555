// SPDX-License-Identifier: GPL-2.0-only
// handshakes_record: accepted connections on kernels without BTF: from the tracepoint's record,
// whose layout is in its format file.
//
// A record names neither a network namespace nor an interface: all connections of the machine
// count.
#include <linux/bpf.h>
#include <linux/in.h>

#include <bpf/bpf_helpers.h>

#include "xdp/handshakes.bpf.h"

static __always_inline void read_field(void *record, enum record_field field, void *ret,
				       __u32 bytes)
{
	bpf_probe_read_kernel(ret, bytes, record + handshakes_config.offsets[field]);
}

SEC("tracepoint/sock/inet_sock_set_state")
int handshakes_hook(void *record)
{
	int old_state = 0, new_state = 0;

	read_field(record, FIELD_OLD_STATE, &old_state, sizeof(old_state));
	read_field(record, FIELD_NEW_STATE, &new_state, sizeof(new_state));
	if (is_accepted(old_state, new_state))
		bpf_tail_call(record, &handshakes_slot, 0);
	return 0;
}

SEC("tracepoint/sock/inet_sock_set_state")
int handshakes_count(void *record)
{
	__u16 family = 0, protocol = 0;
	struct endpoint source = {};
	__be32 ipv4 = 0, ipv6[4] = {};

	read_field(record, FIELD_PROTOCOL, &protocol, sizeof(protocol));
	if (protocol != IPPROTO_TCP)
		return 0;
	read_field(record, FIELD_FAMILY, &family, sizeof(family));
	read_field(record, FIELD_IPV4, &ipv4, sizeof(ipv4));
	read_field(record, FIELD_IPV6, ipv6, sizeof(ipv6));
	set_source(&source, family, ipv4, ipv6);
	count_completed(&source);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
