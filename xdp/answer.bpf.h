// SPDX-License-Identifier: GPL-2.0-only
// answer: turns a frame into the TCP segment that answers it. Also compiles on the host.
//
// The MAC addresses change places, and all VLAN tags stay. The IP header is a new one, without
// IPv4's options or IPv6's extension headers, and the checksums are computed whole: those of the
// question may be missing, as a sender leaves them to its device.
//
// The frame keeps its length, so an answer is never longer than the question; what follows the
// packet in it is padding for the receiver. bpf_xdp_adjust_tail() would cut it off, but a program
// that calls it cannot be behind libxdp's dispatcher on Linux 6.12 and later (CVE-2024-58100: an
// extension must not change packet data that the function in its place leaves alone).
#ifndef XDP_ANSWER_BPF_H
#define XDP_ANSWER_BPF_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "common/abi/policy.h"
#include "xdp/frame.bpf.h"
#include "xdp/parse.bpf.h"

#define ANSWER_TTL 64
#define ANSWER_OPTIONS 5 /* words */
#define TCP_WORDS 5      /* of a header without options */
#define IP_OFFSET_MASK \
	0x1f /* no offset changes, see OFFSET_MASK: an IP header starts at 30 at most */
#define IPV4_DONT_FRAGMENT 0x4000
#define TCP_OPTION_MSS 0x02040000u /* kind 2, 4 bytes, and the size */
#define ANSWER_MTU 1500            /* an Ethernet's */

/* A TCP header; ports and addresses are the question's, in each other's place. */
struct answer {
	__be16 source_port;
	__be16 destination_port;
	__u32 sequence;
	__u32 acknowledgement;
	__u8 flags;
	__u16 window;
	__u32 options[ANSWER_OPTIONS];
};

/* One's complement sums do not depend on the byte order: words are added as they lie in memory. */
static __always_inline __u16 checksum__fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __always_inline __u64 checksum__addresses(const struct endpoint *endpoint)
{
	return (__u64)endpoint->address[0] + endpoint->address[1] + endpoint->address[2] +
	       endpoint->address[3];
}

/* Return: the words of the frame's linear part at @offset, or NULL if it has too few. */
static __always_inline __be32 *answer__room(const struct frame *frame, __u32 offset, __u32 bytes)
{
	char *start = (char *)(long)frame->data + offset;

	barrier_var(start); /* see frame_at() */
	return start + bytes <= (char *)(long)frame->end ? (__be32 *)start : NULL;
}

/* IEEE 802.3: the first bit on the wire. */
static __always_inline bool is_group_mac(const __u8 *mac)
{
	return mac[0] & 1;
}

static __always_inline void answer__swap_macs(__be16 *macs)
{
	for (int i = 0; i < ETH_ALEN / 2; i++) {
		__be16 word = macs[i];

		macs[i] = macs[i + ETH_ALEN / 2];
		macs[i + ETH_ALEN / 2] = word;
	}
}

static __always_inline __u32 answer__mss(const struct endpoint *source, __u16 mtu)
{
	return TCP_OPTION_MSS |
	       (mtu - TCP_WORDS * 4 -
		(source->family == ENDPOINT_IPV4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)));
}

/* An answer to anything else would be lost, or reach many. */
static __always_inline bool answer__is_to_one(const struct endpoint *source)
{
	__u32 first = bpf_ntohl(source->address[0]);

	if (source->family == ENDPOINT_IPV4)
		return first >> 24 && first >> 24 < 224;
	return first >> 24 != 0xff &&
	       (source->address[0] | source->address[1] | source->address[2] | source->address[3]);
}

/* @bytes: of the TCP header, a constant. */
static __always_inline void answer__put_ipv4(__be32 *ip, const struct judged_frame *question,
					     __u32 bytes)
{
	__be32 first = bpf_htonl(0x45000000 | (sizeof(struct iphdr) + bytes));
	__be32 second = bpf_htonl(IPV4_DONT_FRAGMENT);
	__be32 third = bpf_htonl(ANSWER_TTL << 24 | IPPROTO_TCP << 16);
	__be32 from = question->victim.address[0], to = question->source.address[0];
	__u64 sum = (__u64)first + second + third + from + to;

	ip[0] = first;
	ip[1] = second;
	ip[2] = third | bpf_htonl(bpf_ntohs(checksum__fold(sum)));
	ip[3] = from;
	ip[4] = to;
}

static __always_inline void answer__put_ipv6(__be32 *ip, const struct judged_frame *question,
					     __u32 bytes)
{
	ip[0] = bpf_htonl(0x60000000);
	ip[1] = bpf_htonl(bytes << 16 | IPPROTO_TCP << 8 | ANSWER_TTL);
	for (int i = 0; i < 4; i++) {
		ip[2 + i] = question->victim.address[i];
		ip[6 + i] = question->source.address[i];
	}
}

/* @option_words: a constant. */
static __always_inline void answer__put_tcp(__be32 *tcp, const struct judged_frame *question,
					    const struct answer *answer, __u32 option_words)
{
	__u32 words = TCP_WORDS + option_words;
	__be32 header[] = {
		bpf_htonl((__u32)bpf_ntohs(answer->source_port) << 16 |
			  bpf_ntohs(answer->destination_port)),
		bpf_htonl(answer->sequence),
		bpf_htonl(answer->acknowledgement),
		bpf_htonl(words << 28 | (__u32)answer->flags << 16 | answer->window),
	};
	__u64 sum = checksum__addresses(&question->source) +
		    checksum__addresses(&question->victim) + bpf_htonl(IPPROTO_TCP + words * 4);

	for (int i = 0; i < 4; i++) {
		tcp[i] = header[i];
		sum += header[i];
	}
	for (__u32 i = 0; i < option_words; i++) {
		__be32 option = bpf_htonl(answer->options[i]);

		tcp[TCP_WORDS + i] = option;
		sum += option;
	}
	tcp[4] = bpf_htonl((__u32)bpf_ntohs(checksum__fold(sum)) << 16);
}

/**
 * answer__put() - write an answer over its question
 * @option_words: a constant
 *
 * Return: false, with the frame unchanged, if it has no room for the answer.
 */
static __always_inline bool answer__put(const struct frame *frame,
					const struct judged_frame *question,
					const struct answer *answer, __u32 option_words)
{
	__u32 tcp_bytes = (TCP_WORDS + option_words) * 4;
	__be32 *macs = answer__room(frame, 0, ETH_HLEN), *ip;

	if (!macs || is_group_mac((const __u8 *)macs) || question->ip_offset < ETH_HLEN ||
	    !answer__is_to_one(&question->source))
		return false;
	if (question->source.family == ENDPOINT_IPV4) {
		ip = answer__room(frame, question->ip_offset & IP_OFFSET_MASK,
				  sizeof(struct iphdr) + tcp_bytes);
		if (!ip)
			return false;
		answer__put_ipv4(ip, question, tcp_bytes);
		answer__put_tcp(ip + sizeof(struct iphdr) / 4, question, answer, option_words);
	} else {
		ip = answer__room(frame, question->ip_offset & IP_OFFSET_MASK,
				  sizeof(struct ipv6hdr) + tcp_bytes);
		if (!ip)
			return false;
		answer__put_ipv6(ip, question, tcp_bytes);
		answer__put_tcp(ip + sizeof(struct ipv6hdr) / 4, question, answer, option_words);
	}
	answer__swap_macs((__be16 *)macs);
	return true;
}

/**
 * answer__put_syn_ack() - the same for a SYN, with the MSS where there is room for it
 * @answer: without flags and options, which this sets
 */
static __always_inline bool answer__put_syn_ack(const struct frame *frame,
						const struct judged_frame *question,
						struct answer *answer, __u16 mtu)
{
	answer->flags = TCP_FLAG_BYTE_SYN | TCP_FLAG_BYTE_ACK;
	answer->options[0] = answer__mss(&question->source, mtu);
	return answer__put(frame, question, answer, 1) || answer__put(frame, question, answer, 0);
}

#endif
