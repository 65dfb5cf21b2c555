// SPDX-License-Identifier: GPL-2.0-only
// fuzz_answer: arbitrary frames to a policy that answers: an answer stays within its question, goes
// back to where that came from, and has right checksums; what is not answered is unchanged.
#include <stdlib.h>
#include <string.h>

#include "common/replay/host_helpers.h"
#include "tests/fuzz/frame_mutator.h"
#include "tests/fuzz/fuzz.h"
#include "xdp/judge.bpf.h"

/* Drivers align the IP header, which follows 14 bytes of Ethernet (NET_IP_ALIGN). */
#define IP_ALIGN 2
#define LINES 16
#define RULE 1

static struct policy_chunk chunk;
static struct policy_line limit_lines[LINES], verified_lines[LINES];
static struct verdict_counters counters;

#define ARRAY_OF(rows, count)                  \
	(struct host_array)                    \
	{                                      \
		rows, sizeof((rows)[0]), count \
	}

/* A limit that each source's second SYN is above. */
static void use_policy(void)
{
	static struct host_array slots[POLICY_SLOTS];
	struct policy_header *header = &((struct policy_image *)chunk.bytes)->header;

	memset(limit_lines, 0, sizeof(limit_lines));
	memset(&counters, 0, sizeof(counters));
	counters.virtual_now = 1ull << 32;
	header->hz = 250;
	header->epoch_step = policy_epoch_step(header->hz);
	header->limit = (struct policy_limit){.period = 1 << 20, .rule = RULE};
	slots[POLICY_CONFIRMED] = ARRAY_OF(&chunk, 1);
	policies.array = ARRAY_OF(slots, POLICY_SLOTS);
	limits.array = ARRAY_OF(limit_lines, LINES);
	verified.array = ARRAY_OF(verified_lines, LINES);
	verdict_counters.array = ARRAY_OF(&counters, 1);
	policy_config = (struct policy_config){.seeds = {1, 3, 5, 7, 9, 11},
					       .cookie_key = {13, 17},
					       .limit_lines = LINES,
					       .verified_lines = LINES};
	virtual_clock = true;
}

static int judge_bytes(__u8 *bytes, size_t size)
{
	struct frame frame = {.data = bytes, .end = bytes + size};
	struct request request = {};
	enum frame_class class;

	frame.context = &frame;
	class = classify_and_describe(&frame, DETAIL_ALL, &request);
	judge__present(0, class, &request);
	return judge(&frame, 0);
}

static __u16 sum_bytes(const __u8 *bytes, size_t count, __u32 sum)
{
	for (size_t i = 0; i < count; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Return: the bytes of the answer's headers. */
static size_t check_packet(const __u8 *ip, bool is_ipv4)
{
	size_t ip_bytes = is_ipv4 ? 20 : 40, tcp_bytes = (ip[ip_bytes + 12] >> 4) * 4;
	__u16 pseudo = is_ipv4 ? sum_bytes(ip + 12, 8, 6 + tcp_bytes)
			       : sum_bytes(ip + 8, 32, 6 + tcp_bytes);

	if (is_ipv4)
		MUST(sum_bytes(ip, 20, 0) == 0xffff && ip[0] == 0x45 && ip[3] == 20 + tcp_bytes);
	else
		MUST(ip[0] == 0x60 && ip[5] == tcp_bytes);
	MUST(sum_bytes(ip + ip_bytes, tcp_bytes, pseudo) == 0xffff);
	return ip_bytes + tcp_bytes;
}

static void check_answer(const __u8 *question, const __u8 *answer, size_t size)
{
	size_t offset = counters.frame.ip_offset;
	bool is_ipv4 = counters.frame.source.family == ENDPOINT_IPV4;
	size_t address = is_ipv4 ? 12 : 8, address_bytes = is_ipv4 ? 4 : 16, end;

	MUST(!memcmp(answer, question + 6, 6) && !memcmp(answer + 6, question, 6));
	MUST(!memcmp(answer + 12, question + 12, offset - 12));
	MUST(!memcmp(answer + offset + address, question + offset + address + address_bytes,
		     address_bytes));
	MUST(!memcmp(answer + offset + address + address_bytes, question + offset + address,
		     address_bytes));
	end = offset + check_packet(answer + offset, is_ipv4);
	MUST(end <= size && !memcmp(answer + end, question + end, size - end));
}

/* As if each TCP segment were a SYN for a listener, with all options. */
static void check_cookie(const __u8 *question, __u8 *copy, size_t size)
{
	struct frame frame = {.data = copy, .end = copy + size};

	if (size)
		memcpy(copy, question, size);
	counters.cookie = (struct cookie_settings){
		.mtu = 9000,
		.options = COOKIE_TIMESTAMPS | COOKIE_SACK | COOKIE_WINDOW_SCALE | COOKIE_ECN,
		.window_scale = 14,
	};
	frame.context = &frame;
	if (cookie__put(&frame, 0) == COOKIE_PUT)
		check_answer(question, copy, size);
	else
		MUST(!size || !memcmp(copy, question, size));
}

/* On a copy of exactly @size bytes, so that the sanitizers detect overruns. */
int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	__u8 *copy = (__u8 *)malloc(size + IP_ALIGN) + IP_ALIGN;

	if (size)
		memcpy(copy, data, size);
	use_policy();
	for (int i = 0; i < 2; i++) {
		if (judge_bytes(copy, size) == XDP_TX)
			check_answer(data, copy, size);
		else
			MUST(!size || !memcmp(copy, data, size));
	}
	check_cookie(data, copy, size);
	free(copy - IP_ALIGN);
	return 0;
}
