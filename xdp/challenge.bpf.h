// SPDX-License-Identifier: GPL-2.0-only
// challenge: answers that a source has to react to, which shows that it has its address. Also
// compiles on the host.
//
// A SYN is answered by a SYN-ACK that acknowledges a number below the SYN's. By RFC 9293 (3.10.7.3)
// a host replies with a RST of that number, and goes on as if nothing had come: it sends its SYN
// again. The RST proves the address, so that this SYN passes, to the server as it is.
//
// The low 16 bits of the number are a cookie, a keyed hash of both ends and of the epoch. The
// number is the greatest of those that is not above the SYN's: within 65,535 of it, which is inside
// the window of connection trackers and NATs on the way, so that they let the SYN-ACK and the RST
// through. It must not depend on the SYN's number, or the RST would not tell the cookie.
//
// The action reset is for sources whose firewalls swallow that: the SYN-ACK is a proper one, with
// the cookie as its own number. The ACK that completes the handshake verifies the source, and is
// answered by a RST: the application sees one refused connection.
#ifndef XDP_CHALLENGE_BPF_H
#define XDP_CHALLENGE_BPF_H

#include "common/abi/policy.h"
#include "common/abi/siphash.h"
#include "xdp/answer.bpf.h"
#include "xdp/policy.bpf.h"
#include "xdp/protect.bpf.h"

#define CHALLENGE_EPOCHS 2 /* in which a cookie is accepted */

/* Both ends of a frame and the epoch as a message: the addresses, the ports, and 24 bits of the
 * epoch, which come again after eight years. */
#define COOKIE_IPV4_BYTES 15
#define COOKIE_IPV6_BYTES 39

static __always_inline __u64 cookie_word(const struct endpoint *endpoint, int half)
{
	return (__u64)endpoint->address[2 * half + 1] << 32 | endpoint->address[2 * half];
}

/* A global function, see classify_behind_extensions(). @ports: the source's, above the victim's */
FRAME_FUNCTION __u64 cookie_of(__u32 cpu, __u32 ports, __u32 epoch)
{
	struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);
	__u64 rest = (__u64)(epoch & 0xffffff) << 32 | ports;
	const struct endpoint *source, *victim;
	struct siphash hash;

	if (!counters)
		return 0;
	source = &counters->frame.source;
	victim = &counters->frame.victim;
	siphash__start(&hash, policy_config.cookie_key);
	if (source->family == ENDPOINT_IPV4) {
		siphash__add(&hash, (__u64)victim->address[0] << 32 | source->address[0]);
		return siphash__end(&hash, rest, COOKIE_IPV4_BYTES);
	}
	siphash__add(&hash, cookie_word(source, 0));
	siphash__add(&hash, cookie_word(source, 1));
	siphash__add(&hash, cookie_word(victim, 0));
	siphash__add(&hash, cookie_word(victim, 1));
	return siphash__end(&hash, rest, COOKIE_IPV6_BYTES);
}

static __always_inline __u32 segment_ports(const struct tcp_start *tcp)
{
	return (__u32)tcp->source_port << 16 | tcp->destination_port;
}

/* The frame's TCP header, or NULL. */
static __always_inline const struct tcp_start *
segment_of(const struct frame *frame, const struct judged_frame *judged, struct tcp_start *copy)
{
	return judged->tcp_offset
		       ? frame_at(frame, judged->tcp_offset & OFFSET_MASK, sizeof(*copy), copy)
		       : NULL;
}

/* The greatest number up to @sequence with the low 16 bits of @cookie. */
static __always_inline __u32 challenge__number(__u32 sequence, __u16 cookie)
{
	return sequence - (__u16)(sequence - cookie);
}

/* Return: true if a RST's sequence answers a challenge of this epoch or the one before. */
static __always_inline bool challenge__is_answered(__u32 cpu, const struct tcp_start *rst,
						   __u32 epoch)
{
	__u16 given = bpf_ntohl(rst->sequence);
	__u32 ports = segment_ports(rst);

	return given == (__u16)cookie_of(cpu, ports, epoch) ||
	       given == (__u16)cookie_of(cpu, ports, epoch - 1);
}

/* Return: true if an ACK completes a handshake of action reset of this epoch or the one before. */
static __always_inline bool reset__is_answered(__u32 cpu, const struct tcp_start *ack, __u32 epoch)
{
	__u32 given = bpf_ntohl(ack->acknowledgement) - 1;
	__u32 ports = segment_ports(ack);

	return given == (__u32)cookie_of(cpu, ports, epoch) ||
	       given == (__u32)cookie_of(cpu, ports, epoch - 1);
}

static __always_inline void challenge__number_answer(struct answer *answer, __u32 sequence,
						     __u64 cookie, enum policy_action action)
{
	if (action == POLICY_ACTION_RESET) {
		answer->sequence = cookie;
		answer->acknowledgement = sequence + 1;
	} else {
		answer->sequence = cookie >> 32;
		answer->acknowledgement = challenge__number(sequence, cookie);
	}
}

/**
 * challenge__put() - turn a SYN into a challenge
 * @action: POLICY_ACTION_CHALLENGE or POLICY_ACTION_RESET
 *
 * Return: false, with the frame unchanged, if it cannot be answered.
 */
FRAME_FUNCTION int challenge__put(FRAME_CONTEXT *context, __u32 cpu, __u32 epoch, __u32 action)
{
	struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);
	struct frame frame = frame_of(context);
	struct answer answer = {};
	const struct tcp_start *syn;
	struct tcp_start copy;
	__u64 cookie;

	if (!counters)
		return false;
	syn = segment_of(&frame, &counters->frame, &copy);
	if (!syn)
		return false;
	cookie = cookie_of(cpu, segment_ports(syn), epoch);
	answer.source_port = syn->destination_port;
	answer.destination_port = syn->source_port;
	challenge__number_answer(&answer, bpf_ntohl(syn->sequence), cookie, action);
	return answer__put_syn_ack(&frame, &counters->frame, &answer, ANSWER_MTU);
}

/**
 * reset__put() - turn an ACK into the RST that refuses it
 *
 * Return: false, with the frame unchanged, if it cannot be answered.
 */
FRAME_FUNCTION int reset__put(FRAME_CONTEXT *context, __u32 cpu)
{
	struct verdict_counters *counters = bpf_map_lookup_elem(&verdict_counters, &cpu);
	struct frame frame = frame_of(context);
	struct answer answer = {.flags = TCP_FLAG_BYTE_RST};
	const struct tcp_start *ack;
	struct tcp_start copy;

	if (!counters)
		return false;
	ack = segment_of(&frame, &counters->frame, &copy);
	if (!ack)
		return false;
	answer.source_port = ack->destination_port;
	answer.destination_port = ack->source_port;
	answer.sequence = bpf_ntohl(ack->acknowledgement);
	return answer__put(&frame, &counters->frame, &answer, 0);
}

/* Return: true if SYNs to the victim may have been challenged by a rule in the last two epochs. */
static __always_inline bool challenge__is_recent(const struct policy_protect *protect,
						 const struct endpoint *victim, __u32 hz, __u64 now)
{
	__u64 id = attack__id(policy_config.seeds, victim, protect->rule);

	return protect->always || attack__peek(id, now - CHALLENGE_EPOCHS * POLICY_EPOCH_S * hz);
}

#endif
