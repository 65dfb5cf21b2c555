// SPDX-License-Identifier: GPL-2.0-only
// test_packet: types, lengths and checksums of frames.
#include <endian.h>
#include <string.h>

#include "pktgen/frames/packet.h"
#include "pktgen/frames/population.h"
#include "pktgen/profiles/parts.h"
#include "tests/unit_test.h"

static const struct macs macs = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};
static const struct address from4 = {.words = {0x0100000a}}, to4 = {.words = {0x0200000a}};

static __u16 be16_at(const __u8 *data)
{
	return data[0] << 8 | data[1];
}

/* Independent of the generator's: big-endian words, one at a time. */
static __u16 plain_sum(const __u8 *data, __u32 bytes, __u32 sum)
{
	for (__u32 i = 0; i < bytes; i += 2)
		sum += data[i] << 8 | (i + 1 < bytes ? data[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* As a receiver does: including the checksum, the sum is all ones. */
static void assert_checksums(struct packet *packet, __u8 protocol)
{
	const __u8 *l3 = packet__bytes(packet) + packet->l3_at;
	const __u8 *l4 = packet__bytes(packet) + packet->l4_at;
	__u32 bytes = packet->length - packet->l4_at, pseudo = 0;

	if (packet->ip_version == 4)
		assert_int_equal(plain_sum(l3, packet->l4_at - packet->l3_at, 0), 0xffff);
	if (protocol != IPPROTO_ICMP)
		pseudo = bytes + protocol;
	if (protocol != IPPROTO_ICMP && packet->ip_version == 4)
		pseudo += plain_sum(l3 + 12, 8, 0);
	else if (protocol != IPPROTO_ICMP)
		pseudo += plain_sum(l3 + 8, 32, 0);
	assert_int_equal(plain_sum(l4, bytes, pseudo), 0xffff);
}

static void test_syn(void **state)
{
	static const __u8 expected[] = {
		2,    0,    0,  0,  0, 2, 2,    0, 0,  0, 0,    1,    8,    0, /* Ethernet */
		0x45, 0,    0,  40, 0, 0, 0x40, 0, 64, 6, 0x26, 0xce, 10,   0,
		0,    1,    10, 0,  0, 2, /* IPv4 */
		0x04, 0xd2, 0,  80, 0, 0, 0,    7, 0,  0, 0,    0,    0x50, 2,
		0xfa, 0xf0, 0,  0,  0, 0, /* TCP */
	};
	const struct segment segment = {
		.source_port = 1234,
		.destination_port = 80,
		.sequence = 7,
		.window = 64240,
		.flags = TCP_SYN,
	};
	struct packet packet;
	__u8 copy[sizeof(expected)];

	(void)state;
	packet__start(&packet, &macs);
	packet__ipv4(&packet, &from4, &to4, NULL, 0);
	packet__tcp(&packet, &segment);
	packet__finish(&packet);
	assert_int_equal(packet.length, sizeof(expected));
	assert_checksums(&packet, IPPROTO_TCP);
	memcpy(copy, packet__bytes(&packet), sizeof(copy));
	copy[50] = copy[51] = 0; /* the checksum, checked above */
	assert_memory_equal(copy, expected, sizeof(expected));
}

static void add_protocol(struct packet *packet, __u8 protocol, const struct segment *segment)
{
	if (protocol == IPPROTO_TCP)
		packet__tcp(packet, segment);
	else if (protocol == IPPROTO_UDP)
		packet__udp(packet, 53, 54);
	else
		packet__echo(packet, 1, 2);
}

/* All protocols over both versions, with every payload length below 64. */
static void test_checksums(void **state)
{
	static const __u8 protocols[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP};
	const struct address from6 = {.words = {1, 2, 3, 4}, .is_ipv6 = true};
	const struct segment segment = {.flags = TCP_ACK, .sequence = ~0u};
	struct packet packet;

	(void)state;
	for (__u32 variant = 0; variant < 6 * 64; variant++) {
		__u8 protocol = protocols[variant % 3];
		const struct address *from = variant / 3 % 2 ? &from6 : &from4;

		packet__start(&packet, &macs);
		packet__ip(&packet, from, from);
		add_protocol(&packet, protocol, &segment);
		packet__fill(&packet, packet.length + variant / 6);
		packet__finish(&packet);
		if (protocol == IPPROTO_ICMP && from->is_ipv6)
			protocol = IPPROTO_ICMPV6;
		assert_checksums(&packet, protocol);
	}
}

/* A UDP checksum of 0 is sent as all ones, because 0 means no checksum. */
static void test_udp_checksum_is_never_zero(void **state)
{
	struct packet packet;
	int all_ones = 0;

	(void)state;
	for (__u32 port = 0; port < 65536; port++) {
		const __u8 *check;

		packet__start(&packet, &macs);
		packet__ipv4(&packet, &from4, &to4, NULL, 0);
		packet__udp(&packet, port, 9);
		packet__finish(&packet);
		check = packet__bytes(&packet) + packet.l4_at + 6;
		assert_int_not_equal(be16_at(check), 0);
		all_ones += be16_at(check) == 0xffff;
	}
	assert_true(all_ones >= 1);
}

static void test_tags_and_types(void **state)
{
	struct packet packet;
	const __u8 *bytes = packet__bytes(&packet);

	(void)state;
	packet__start(&packet, &macs);
	packet__vlan(&packet, ETH_P_8021AD, 0x2001);
	packet__vlan(&packet, ETH_P_QINQ_LEGACY, 5);
	packet__ethertype(&packet, ETH_P_ARP);
	packet__finish(&packet);
	assert_int_equal(packet.length, 22);
	assert_int_equal(packet.tags, 2);
	assert_int_equal(packet.l3_at, 22);
	assert_int_equal(be16_at(bytes + 12), ETH_P_8021AD);
	assert_int_equal(be16_at(bytes + 14), 0x2001);
	assert_int_equal(be16_at(bytes + 16), ETH_P_QINQ_LEGACY);
	assert_int_equal(be16_at(bytes + 18), 5);
	assert_int_equal(be16_at(bytes + 20), ETH_P_ARP);
}

static void test_extension_chain(void **state)
{
	static const __u8 types[] = {EXTENSION_HOP_BY_HOP, EXTENSION_DESTINATION, EXTENSION_ROUTING,
				     EXTENSION_FRAGMENT, EXTENSION_AUTHENTICATION};
	static const __u8 lengths[] = {8, 16, 24, 8, 24};
	const struct address from6 = {.words = {1, 2, 3, 4}, .is_ipv6 = true};
	const struct segment segment = {.flags = TCP_SYN};
	struct packet packet;
	const __u8 *bytes = packet__bytes(&packet);
	__u32 at = 54;

	(void)state;
	packet__start(&packet, &macs);
	packet__ipv6(&packet, &from6, &from6);
	for (size_t i = 0; i < sizeof(types); i++)
		add_extension(&packet, types[i]);
	packet__tcp(&packet, &segment);
	packet__finish(&packet);
	assert_int_equal(packet.extensions, sizeof(types));
	assert_int_equal(bytes[14 + 6], types[0]);
	assert_int_equal(be16_at(bytes + 14 + 4), packet.length - 54);
	for (size_t i = 0; i < sizeof(types); i++) {
		assert_int_equal(packet.extension_at[i], at);
		assert_int_equal(bytes[at], i + 1 < sizeof(types) ? types[i + 1] : IPPROTO_TCP);
		at += lengths[i];
	}
	assert_int_equal(packet.l4_at, at);
	assert_checksums(&packet, IPPROTO_TCP);
}

static void test_nothing_is_written_past_the_end(void **state)
{
	static const __u8 much[PACKET_MAX_BYTES];
	struct packet packet;

	(void)state;
	packet__start(&packet, &macs);
	packet__append(&packet, much, sizeof(much));
	assert_int_equal(packet.length, PACKET_MAX_BYTES);
	packet__append(&packet, much, 1);
	packet__fill(&packet, PACKET_MAX_BYTES + 100);
	assert_int_equal(packet.length, PACKET_MAX_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syn),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_udp_checksum_is_never_zero),
		cmocka_unit_test(test_tags_and_types),
		cmocka_unit_test(test_extension_chain),
		cmocka_unit_test(test_nothing_is_written_past_the_end),
	};

	return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
