// SPDX-License-Identifier: GPL-2.0-only
// cookie: SYN cookies of the kernel's own, sent in the listener's place. Also compiles on the host.
//
// A SYN for a socket that listens on this host is answered with the number that the kernel's TCP
// would choose, so that it takes the ACK that follows for the end of a handshake. It costs a client
// no time, and this host no state. There are none for other hosts; and none while the kernel has no
// need of them, unless net.ipv4.tcp_syncookies is 2: SYNs then pass.
//
// Where net.ipv4.tcp_timestamps is 2, the answer has the options that the SYN asks for: the kernel
// keeps what it has to know about them in the low bits of its timestamp, which the client echoes.
// With 1, the default, it adds a secret number to its timestamps, so that such bits would be noise:
// the MSS is the only option then.
//
// The kernel reads the headers from memory of the program's, where they are copied for it.
#ifndef XDP_COOKIE_BPF_H
#define XDP_COOKIE_BPF_H

#include <linux/in.h>

#include "common/abi/policy.h"
#include "xdp/answer.bpf.h"
#include "xdp/challenge.bpf.h"
#include "xdp/cookie_options.bpf.h"
#include "xdp/policy.bpf.h"

#define COOKIE_WINDOW 64240
#define TCP_CLOCK_NS 1000000

enum cookie_outcome { COOKIE_REFUSED, COOKIE_BAD_CHECKSUM, COOKIE_PUT };

/* Bytes of a TCP segment by its IP header. */
static __always_inline __u32 segment_bytes(const struct frame *frame,
					   const struct judged_frame *judged)
{
	__u32 offset = judged->ip_offset & IP_OFFSET_MASK, header = judged->tcp_offset - offset;
	union {
		struct iphdr ipv4;
		struct ipv6hdr ipv6;
	} copy;
	const struct ipv6hdr *ipv6;
	const struct iphdr *ipv4;

	if (judged->source.family == ENDPOINT_IPV4) {
		ipv4 = frame_at(frame, offset, sizeof(*ipv4), &copy.ipv4);
		return ipv4 ? bpf_ntohs(ipv4->tot_len) - header : 0;
	}
	ipv6 = frame_at(frame, offset, sizeof(*ipv6), &copy.ipv6);
	return ipv6 ? bpf_ntohs(ipv6->payload_len) + sizeof(*ipv6) - header : 0;
}

/* What the kernel reads of it: the version and the addresses. */
static __always_inline void cookie__put_ip(struct syn_headers *syn,
					   const struct judged_frame *judged)
{
	if (judged->source.family == ENDPOINT_IPV4) {
		syn->ip[0] = bpf_htonl(0x45000000);
		syn->ip[3] = judged->source.address[0];
		syn->ip[4] = judged->victim.address[0];
		return;
	}
	syn->ip[0] = bpf_htonl(0x60000000);
	for (int i = 0; i < 4; i++) {
		syn->ip[2 + i] = judged->source.address[i];
		syn->ip[6 + i] = judged->victim.address[i];
	}
}

/* Copies the TCP header. Return: its bytes, 0 if the frame does not hold all of it; its sum. */
static __always_inline __u32 cookie__copy_tcp(const struct frame *frame, __u32 offset,
					      struct syn_headers *syn, __u64 *ret_sum)
{
	__u32 words = TCP_WORDS;
	__u64 sum = 0;

	for (__u32 i = 0; i < SYN_TCP_WORDS; i++) {
		__be32 copy;
		const __be32 *word;

		if (i >= words) {
			syn->tcp[i] = 0;
			continue;
		}
		word = frame_at(frame, offset + 4 * i, sizeof(*word), &copy);
		if (!word)
			return 0;
		syn->tcp[i] = *word;
		sum += *word;
		if (i == 3)
			words = bpf_ntohl(*word) >> 28;
	}
	*ret_sum = sum;
	return words * 4;
}

/* The sum of a segment is right, or it is left to the device: then only that of the pseudo-header
 * is there (CHECKSUM_PARTIAL), as on a SYN that comes over a veth. */
static __always_inline bool cookie__sum_is_right(const struct judged_frame *judged,
						 const struct syn_headers *syn, __u64 sum,
						 __u32 bytes)
{
	__u64 pseudo = checksum__addresses(&judged->source) + checksum__addresses(&judged->victim) +
		       bpf_htonl(IPPROTO_TCP + bytes);
	__u16 given = bpf_htons(bpf_ntohl(syn->tcp[4]) >> 16);
	__u16 left = checksum__fold(pseudo) ^ 0xffff;

	return !checksum__fold(sum + pseudo) || given == left;
}

/* Return: the number of the SYN-ACK, or a negative errno. */
#ifdef __bpf__
static __always_inline __s64 cookie__ask(FRAME_CONTEXT *context, const struct judged_frame *judged,
					 struct syn_headers *syn, __u64 option_bytes)
{
	bool is_ipv4 = judged->source.family == ENDPOINT_IPV4;
	struct bpf_sock_tuple tuple = {};
	__be16 source_port = bpf_htons(bpf_ntohl(syn->tcp[0]) >> 16);
	struct bpf_sock *socket;
	__s64 cookie = -1;

	if (is_ipv4) {
		tuple.ipv4.saddr = judged->source.address[0];
		tuple.ipv4.daddr = judged->victim.address[0];
		tuple.ipv4.sport = source_port;
		tuple.ipv4.dport = judged->victim.port;
	} else {
		__builtin_memcpy(tuple.ipv6.saddr, judged->source.address, 16);
		__builtin_memcpy(tuple.ipv6.daddr, judged->victim.address, 16);
		tuple.ipv6.sport = source_port;
		tuple.ipv6.dport = judged->victim.port;
	}
	socket = bpf_skc_lookup_tcp(context, &tuple,
				    is_ipv4 ? sizeof(tuple.ipv4) : sizeof(tuple.ipv6),
				    BPF_F_CURRENT_NETNS, 0);
	if (!socket)
		return -1;
	/* Bounds that Linux 5.10 sees: of a register on its way to the call. */
	barrier_var(option_bytes);
	if (option_bytes <= sizeof(syn->tcp) - TCP_WORDS * 4)
		cookie = bpf_tcp_gen_syncookie(socket, syn->ip, sizeof(syn->ip), (void *)syn->tcp,
					       TCP_WORDS * 4 + option_bytes);
	bpf_sk_release(socket);
	return cookie;
}

/* The clock of TCP's timestamps. */
static __always_inline __u64 cookie__now_ms(const struct verdict_counters *counters)
{
	(void)counters;
	return bpf_ktime_get_ns() / TCP_CLOCK_NS;
}
#else
/* There is no socket to ask for. */
static __always_inline __s64 cookie__ask(FRAME_CONTEXT *context, const struct judged_frame *judged,
					 struct syn_headers *syn, __u64 option_bytes)
{
	(void)context, (void)judged, (void)syn, (void)option_bytes;
	return 0;
}

static __always_inline __u64 cookie__now_ms(const struct verdict_counters *counters)
{
	return counters->virtual_now;
}
#endif

/* Return: false if there is no room. */
static __always_inline bool cookie__put_answer(const struct frame *frame, __u32 cpu,
					       const struct verdict_counters *counters,
					       struct answer *answer)
{
	const struct cookie_settings *settings = &counters->cookie;
	const struct judged_frame *judged = &counters->frame;
	__u16 mtu = settings->mtu ?: ANSWER_MTU;
	__u32 words = COOKIE_MSS_WORDS;

	if (settings->options)
		words = cookie__set_options(answer, settings, syn_options__find(cpu),
					    bpf_ntohl(counters->syn.tcp[3]) >> 16,
					    cookie__now_ms(counters));
	answer->flags |= TCP_FLAG_BYTE_SYN | TCP_FLAG_BYTE_ACK;
	answer->options[0] = answer__mss(&judged->source, mtu);
	if (words == COOKIE_SCALED_WORDS && answer__put(frame, judged, answer, COOKIE_SCALED_WORDS))
		return true;
	if (words == COOKIE_TIMESTAMPS_WORDS &&
	    answer__put(frame, judged, answer, COOKIE_TIMESTAMPS_WORDS))
		return true;
	return answer__put_syn_ack(frame, judged, answer, mtu);
}

/**
 * cookie__put() - turn a SYN into the SYN-ACK of the socket that it is for
 *
 * With a virtual clock, which is that of a capture, each SYN has a listener.
 *
 * Return: enum cookie_outcome; unless it is COOKIE_PUT, the frame is unchanged.
 */
FRAME_FUNCTION int cookie__put(FRAME_CONTEXT *context, __u32 cpu)
{
	struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);
	struct frame frame = frame_of(context);
	struct answer answer = {.window = COOKIE_WINDOW};
	const struct judged_frame *judged;
	struct syn_headers *syn;
	__u64 sum = 0;
	__u32 bytes;
	__s64 cookie;

	if (!counters || !counters->frame.tcp_offset)
		return COOKIE_REFUSED;
	judged = &counters->frame;
	syn = &counters->syn;
	bytes = cookie__copy_tcp(&frame, judged->tcp_offset & OFFSET_MASK, syn, &sum);
	if (!bytes || bytes != segment_bytes(&frame, judged))
		return COOKIE_REFUSED;
	if (!cookie__sum_is_right(judged, syn, sum, bytes))
		return COOKIE_BAD_CHECKSUM;
	cookie__put_ip(syn, judged);
	cookie = virtual_clock ? 0 : cookie__ask(context, judged, syn, bytes - TCP_WORDS * 4);
	if (cookie < 0)
		return COOKIE_REFUSED;
	answer.source_port = judged->victim.port;
	answer.destination_port = bpf_htons(bpf_ntohl(syn->tcp[0]) >> 16);
	answer.sequence = cookie;
	answer.acknowledgement = bpf_ntohl(syn->tcp[1]) + 1;
	return cookie__put_answer(&frame, cpu, counters, &answer) ? COOKIE_PUT : COOKIE_REFUSED;
}

#endif
