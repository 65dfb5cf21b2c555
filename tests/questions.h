// SPDX-License-Identifier: GPL-2.0-only
// questions: TCP segments of all shapes to one victim, and what an answer to them has to look like.
#ifndef TESTS_QUESTIONS_H
#define TESTS_QUESTIONS_H

#include <linux/types.h>
#include <stdbool.h>

#define QUESTION_MAX_BYTES 512
#define QUESTION_MAX_OPTIONS 40
#define QUESTION_VICTIM_IPV4 "198.18.0.1"
#define QUESTION_VICTIM_IPV6 "2001:db8:f::1"
#define QUESTION_PORT 443

#define QUESTION_SYN 0x02
#define QUESTION_RST 0x04
#define QUESTION_ACK 0x10
#define QUESTION_ECE 0x40
#define QUESTION_CWR 0x80

/* Of the segment. Left: of the pseudo-header alone, as a sender leaves it to its device. */
enum question_checksum { CHECKSUM_WRONG, CHECKSUM_RIGHT, CHECKSUM_LEFT };

struct question {
	__u32 source; /* its number: an address of its own, a /64 of its own in IPv6 */
	__u16 source_port;
	bool is_ipv6;
	__u8 tags;
	__u8 ip_option_words; /* IPv4 */
	__u8 extensions;      /* IPv6; 0 to 2: hop-by-hop, destination options */
	__u8 tcp_option_words;
	const __u8 *tcp_options; /* their bytes; NULL: NOPs */
	__u8 flags;
	__u32 sequence;
	__u32 acknowledgement;
	__u16 payload_bytes;
	enum question_checksum checksum;
};

/* Of an answer, what does not follow from the question. */
struct question_reply {
	__u32 sequence;
	__u32 acknowledgement;
	__u8 flags;
	__u8 option_words;
	__u8 options[QUESTION_MAX_OPTIONS];
	__u16 window;
};

/** question__bytes() - the frame, at most QUESTION_MAX_BYTES. Return: its length. */
__u32 question__bytes(const struct question *question, __u8 *out);

/**
 * question__check() - assert that a frame answers a question, byte by byte, checksums included
 * @answer: of the question's length; behind the packet it must be unchanged
 */
void question__check(const struct question *question, const __u8 *answer,
		     struct question_reply *ret);

#endif
