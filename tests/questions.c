// SPDX-License-Identifier: GPL-2.0-only
// questions: TCP segments of all shapes to one victim, and what an answer to them has to look like.
//
// Written byte by byte and apart from the programs, so that both do not share a mistake.
#include "tests/questions.h"

#include <string.h>

#include "tests/unit_test.h"

static const __u8 victim_ipv4[4] = {198, 18, 0, 1};
static const __u8 victim_ipv6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0x0f, [15] = 1};
static const __u8 macs[2][6] = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};

struct writer {
	__u8 *start;
	__u32 used;
};

static void put_bytes(struct writer *writer, const void *bytes, __u32 count)
{
	assert_in_range(writer->used + count, 0, QUESTION_MAX_BYTES);
	memcpy(writer->start + writer->used, bytes, count);
	writer->used += count;
}

/* The low @count bytes of a number, in network order. */
static void put(struct writer *writer, __u64 number, int count)
{
	while (count--) {
		const __u8 byte = number >> 8 * count;

		put_bytes(writer, &byte, 1);
	}
}

static __u32 get(const __u8 *bytes, int count)
{
	__u32 number = 0;

	while (count--)
		number = number << 8 | *bytes++;
	return number;
}

static void put_source(struct writer *writer, const struct question *question)
{
	if (!question->is_ipv6) {
		put(writer, 0x64400000 + question->source, 4); /* 100.64.0.0/10 */
		return;
	}
	put(writer, 0x20010db8, 4);
	put(writer, question->source, 4);
	put(writer, 7, 8);
}

static void put_victim(struct writer *writer, const struct question *question)
{
	if (question->is_ipv6)
		put_bytes(writer, victim_ipv6, sizeof(victim_ipv6));
	else
		put_bytes(writer, victim_ipv4, sizeof(victim_ipv4));
}

static void put_layer2(struct writer *writer, const struct question *question, bool is_answer)
{
	put_bytes(writer, macs[is_answer], sizeof(macs[0]));
	put_bytes(writer, macs[!is_answer], sizeof(macs[0]));
	for (int i = 0; i < question->tags; i++) {
		put(writer, i ? 0x8100 : 0x88a8, 2);
		put(writer, 0x2000 + 100 + i, 2);
	}
	put(writer, question->is_ipv6 ? 0x86dd : 0x0800, 2);
}

static __u32 question_tcp_bytes(const struct question *question)
{
	return 20 + 4 * question->tcp_option_words + question->payload_bytes;
}

static void put_question_ipv4(struct writer *writer, const struct question *question)
{
	__u32 header_bytes = 20 + 4 * question->ip_option_words;

	put(writer, 0x40 | header_bytes / 4, 1);
	put(writer, 0x10, 1);
	put(writer, header_bytes + question_tcp_bytes(question), 2);
	put(writer, 0x12340000, 4);
	put(writer, 57 << 8 | 6, 2);
	put(writer, 0xbeef, 2); /* it does not matter */
	put_source(writer, question);
	put_victim(writer, question);
	for (int i = 0; i < question->ip_option_words; i++)
		put(writer, 0x01010101, 4);
}

static void put_question_ipv6(struct writer *writer, const struct question *question)
{
	static const __u8 kinds[] = {0, 60}; /* hop-by-hop, destination options */

	put(writer, 0x6ab12345, 4);
	put(writer, 8 * question->extensions + question_tcp_bytes(question), 2);
	put(writer, question->extensions ? kinds[0] : 6, 1);
	put(writer, 57, 1);
	put_source(writer, question);
	put_victim(writer, question);
	for (int i = 0; i < question->extensions; i++) {
		put(writer, i + 1 < question->extensions ? kinds[i + 1] : 6, 1);
		put(writer, 0x00010400000000, 7);
	}
}

/* RFC 1071, a byte at a time. */
static __u16 internet_checksum(const __u8 *bytes, __u32 count, __u32 sum)
{
	for (__u32 i = 0; i < count; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void put_checksum(const struct writer *writer, __u32 start, __u32 offset, __u32 sum)
{
	__u16 checksum = internet_checksum(writer->start + start, writer->used - start, sum);

	writer->start[start + offset] = checksum >> 8;
	writer->start[start + offset + 1] = checksum;
}

static __u32 sum_of_addresses(const struct question *question)
{
	__u8 bytes[32];
	struct writer writer = {.start = bytes};

	put_victim(&writer, question);
	put_source(&writer, question);
	return (__u16)~internet_checksum(bytes, writer.used, 0);
}

static void put_question_checksum(struct writer *writer, const struct question *question,
				  __u32 start)
{
	__u32 pseudo = sum_of_addresses(question) + 6 + writer->used - start;
	__u8 *checksum = writer->start + start + 16;

	if (question->checksum == CHECKSUM_LEFT) {
		pseudo = (__u16)~internet_checksum(NULL, 0, pseudo);
		checksum[0] = pseudo >> 8;
		checksum[1] = pseudo;
	} else {
		put_checksum(writer, start, 16, pseudo);
		checksum[0] ^= question->checksum == CHECKSUM_WRONG;
	}
}

__u32 question__bytes(const struct question *question, __u8 *out)
{
	struct writer writer = {.start = out};
	__u32 start;

	put_layer2(&writer, question, false);
	if (question->is_ipv6)
		put_question_ipv6(&writer, question);
	else
		put_question_ipv4(&writer, question);
	start = writer.used;
	put(&writer, question->source_port, 2);
	put(&writer, QUESTION_PORT, 2);
	put(&writer, question->sequence, 4);
	put(&writer, question->acknowledgement, 4);
	put(&writer, (5 + question->tcp_option_words) << 12 | question->flags, 2);
	put(&writer, 64240, 2);
	put(&writer, 0, 4);
	for (int i = 0; i < 4 * question->tcp_option_words; i++)
		put(&writer, question->tcp_options ? question->tcp_options[i] : 1, 1);
	for (int i = 0; i < question->payload_bytes; i++)
		put(&writer, 'a' + i % 26, 1);
	put_question_checksum(&writer, question, start);
	return writer.used;
}

static void put_answer_ip(struct writer *writer, const struct question *question, __u32 tcp_bytes)
{
	__u32 start = writer->used;

	if (question->is_ipv6) {
		put(writer, 0x60000000, 4);
		put(writer, tcp_bytes, 2);
		put(writer, 6 << 8 | 64, 2);
	} else {
		put(writer, 0x45000000 | (20 + tcp_bytes), 4);
		put(writer, 0x00004000, 4);
		put(writer, 64 << 8 | 6, 2);
		put(writer, 0, 2);
	}
	put_victim(writer, question);
	put_source(writer, question);
	if (!question->is_ipv6)
		put_checksum(writer, start, 10, 0);
}

/* The options are the answer's. */
static void put_answer_tcp(struct writer *writer, const struct question *question,
			   const struct question_reply *reply, const __u8 *options)
{
	__u32 start = writer->used, bytes = 20 + 4 * reply->option_words;

	put(writer, QUESTION_PORT, 2);
	put(writer, question->source_port, 2);
	put(writer, reply->sequence, 4);
	put(writer, reply->acknowledgement, 4);
	put(writer, bytes / 4 << 12 | reply->flags, 2);
	put(writer, reply->window, 2);
	put(writer, 0, 4);
	put_bytes(writer, options, bytes - 20);
	put_checksum(writer, start, 16, sum_of_addresses(question) + 6 + bytes);
}

void question__check(const struct question *question, const __u8 *answer,
		     struct question_reply *ret)
{
	__u32 tcp_offset = 14 + 4 * question->tags + (question->is_ipv6 ? 40 : 20);
	const __u8 *tcp = answer + tcp_offset;
	__u8 expected[QUESTION_MAX_BYTES];
	struct writer writer = {.start = expected};
	__u32 bytes = question__bytes(question, expected);

	*ret = (struct question_reply){
		.sequence = get(tcp + 4, 4),
		.acknowledgement = get(tcp + 8, 4),
		.flags = tcp[13],
		.option_words = (tcp[12] >> 4) - 5,
		.window = get(tcp + 14, 2),
	};
	assert_in_range(ret->option_words, 0, sizeof(ret->options) / 4);
	memcpy(ret->options, tcp + 20, 4 * ret->option_words);
	put_layer2(&writer, question, true);
	put_answer_ip(&writer, question, 20 + 4 * ret->option_words);
	put_answer_tcp(&writer, question, ret, tcp + 20);
	assert_in_range(writer.used, 54, bytes);
	assert_memory_equal(answer, expected, bytes);
}
