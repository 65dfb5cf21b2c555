// SPDX-License-Identifier: GPL-2.0-only
// cases: frames as literals with their expected class and source, for the host and the kernel.
#include "tests/cases.h"

#include <linux/if_ether.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MACS "020000000001 020000000002"
#define ETH4 MACS "0800"
#define ETH6 MACS "86dd"

#define SRC4 "c0000201" /* 192.0.2.1 */
#define DST4 "c6336401"
#define SRC6 "20010db8000000000000000000000001"
#define DST6 "20010db8000000000000000000000002"

/* Version and IHL, total length, flags and offset, protocol. */
#define IP4(ver_ihl, total, frag, protocol) \
	ver_ihl "00" total "0001" frag "40" protocol "0000" SRC4 DST4
/* Payload length, next header. */
#define IP6(payload, next) "60000000" payload next "40" SRC6 DST6
#define TCP(offset, flags) "04d20050 00000001 00000000" offset flags "ffff 0000 0000"
#define SYN TCP("50", "02")
#define PAD6 "000000000000"

/* Extension headers of 8 bytes, starting with the next header. */
#define EXT(next) next "00" PAD6
#define FRAG(next, offset) next "00" offset "00000001"
#define AH(next) next "01 0000 00000001 00000001" /* (1+2)*4 = 12 bytes */
#define EXT4(next) EXT("3c") EXT("3c") EXT("3c") EXT(next)

#define ZEROS_64                                                           \
	"0000000000000000000000000000000000000000000000000000000000000000" \
	"0000000000000000000000000000000000000000000000000000000000000000"
#define ZEROS_512 ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_64
#define ZEROS_2048 ZEROS_512 ZEROS_512 ZEROS_512 ZEROS_512
/* The longest extension header: (255 + 1) * 8 = 2048 bytes. */
#define EXT_LONG(next)                                                                          \
	next "ff" ZEROS_512 ZEROS_512 ZEROS_512 ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_64    \
		ZEROS_64 ZEROS_64                                                               \
	     "00000000000000000000000000000000000000000000000000000000000000000000000000000000" \
	     "00000000000000000000000000000000000000000000"

#define IPV4 "192.0.2.1"
#define IPV6 "2001:db8::1"

const struct frame_case frame_cases[] = {
	/* Counted SYNs. */
	{"SYN", ETH4 IP4("45", "0028", "0000", "06") SYN, CLASS_SYN, IPV4, 14, 34, 48},
	{"SYN, DF", ETH4 IP4("45", "0028", "4000", "06") SYN, CLASS_SYN, IPV4, 14, 34, 48},
	{"SYN with ECE, CWR", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "c2"), CLASS_SYN, IPV4,
	 14, 34, 48},
	{"SYN with PSH, URG", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "2a"), CLASS_SYN, IPV4,
	 14, 34, 48},
	{"SYN and FIN", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "03"), CLASS_SYN, IPV4, 14,
	 34, 48},
	{"SYN and RST", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "06"), CLASS_SYN, IPV4, 14,
	 34, 48},
	{"SYN with IPv4 options", ETH4 IP4("4f", "0050", "0000", "06") ZEROS_64,
	 CLASS_BAD_DATA_OFFSET, NULL, 0, 0, 0},
	{"SYN behind 4 bytes of options", ETH4 IP4("46", "002c", "0000", "06") "01010101" SYN,
	 CLASS_SYN, IPV4, 14, 34, 52},
	{"SYN with data offset past the end", ETH4 IP4("45", "0028", "0000", "06") TCP("f0", "02"),
	 CLASS_SYN, IPV4, 14, 34, 48},
	{"SYN, reserved bits", ETH4 IP4("45", "0028", "0000", "06") TCP("5f", "02"), CLASS_SYN,
	 IPV4, 14, 34, 48},
	{"SYN, total length beyond the frame", ETH4 IP4("45", "05dc", "0000", "06") SYN, CLASS_SYN,
	 IPV4, 14, 34, 48},
	{"SYN, padded", ETH4 IP4("45", "0028", "0000", "06") SYN PAD6, CLASS_SYN, IPV4, 14, 34, 48},
	{"SYN in a first fragment", ETH4 IP4("45", "0028", "2000", "06") SYN, CLASS_SYN, IPV4, 14,
	 34, 48},
	{"SYN, 14 bytes claimed", ETH4 IP4("45", "0022", "0000", "06") SYN, CLASS_SYN, IPV4, 14, 34,
	 48},
	{"SYN, 19 bytes claimed", ETH4 IP4("45", "0027", "0000", "06") SYN, CLASS_SYN, IPV4, 14, 34,
	 48},
	{"SYN behind one tag", MACS "8100 0064 0800" IP4("45", "0028", "0000", "06") SYN, CLASS_SYN,
	 IPV4, 18, 38, 52},
	{"SYN behind 802.1ad", MACS "88a8 0064 0800" IP4("45", "0028", "0000", "06") SYN, CLASS_SYN,
	 IPV4, 18, 38, 52},
	{"SYN behind 0x9100", MACS "9100 0064 0800" IP4("45", "0028", "0000", "06") SYN, CLASS_SYN,
	 IPV4, 18, 38, 52},
	{"SYN behind four tags",
	 MACS "88a8 0001 9100 0002 8100 0003 8100 0004 86dd" IP6("0014", "06") SYN, CLASS_SYN, IPV6,
	 30, 70, 84},
	{"SYN over IPv6", ETH6 IP6("0014", "06") SYN, CLASS_SYN, IPV6, 14, 54, 68},
	{"SYN behind hop-by-hop", ETH6 IP6("001c", "00") EXT("06") SYN, CLASS_SYN, IPV6, 14, 62,
	 76},
	{"SYN behind routing", ETH6 IP6("001c", "2b") EXT("06") SYN, CLASS_SYN, IPV6, 14, 62, 76},
	{"SYN behind destination options", ETH6 IP6("001c", "3c") EXT("06") SYN, CLASS_SYN, IPV6,
	 14, 62, 76},
	{"SYN in an atomic fragment", ETH6 IP6("001c", "2c") FRAG("06", "0000") SYN, CLASS_SYN,
	 IPV6, 14, 62, 76},
	{"SYN in a first IPv6 fragment", ETH6 IP6("001c", "2c") FRAG("06", "0001") SYN, CLASS_SYN,
	 IPV6, 14, 62, 76},
	{"SYN behind AH", ETH6 IP6("0020", "33") AH("06") SYN, CLASS_SYN, IPV6, 14, 62, 80},
	{"SYN behind eight extension headers", ETH6 IP6("0054", "3c") EXT4("3c") EXT4("06") SYN,
	 CLASS_SYN, IPV6, 14, 118, 132},
	{"SYN behind headers out of order",
	 ETH6 IP6("002c", "3c") EXT("2c") FRAG("00", "0000") EXT("06") SYN, CLASS_SYN, IPV6, 14, 78,
	 92},
	{"SYN in a jumbogram", ETH6 IP6("0000", "00") EXT("06") SYN, CLASS_SYN, IPV6, 14, 62, 76},
	{"SYN from ::ffff:192.0.2.1",
	 ETH6 "60000000 0014 06 40 00000000000000000000ffff" SRC4 DST6 SYN, CLASS_SYN,
	 "::ffff:192.0.2.1", 14, 54, 68},
	{"SYN from 0.0.0.0", ETH4 "4500 0028 0001 0000 40 06 0000 00000000" DST4 SYN, CLASS_SYN,
	 "0.0.0.0", 14, 34, 48},

	/* Other TCP. */
	{"SYN-ACK", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "12"), CLASS_SYN_ACK, NULL, 0, 0,
	 0},
	{"ACK", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "10"), CLASS_TCP_OTHER, NULL, 0, 0,
	 0},
	{"no flags", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "00"), CLASS_TCP_OTHER, NULL, 0,
	 0, 0},
	{"FIN", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "11"), CLASS_FIN, NULL, 0, 0, 0},
	{"RST", ETH6 IP6("0014", "06") TCP("50", "14"), CLASS_RST, NULL, 0, 0, 0},
	{"RST and FIN", ETH4 IP4("45", "0028", "0000", "06") TCP("50", "05"), CLASS_RST, NULL, 0, 0,
	 0},
	{"SYN, data offset 4", ETH4 IP4("45", "0028", "0000", "06") TCP("40", "02"),
	 CLASS_BAD_DATA_OFFSET, NULL, 0, 0, 0},
	{"SYN, data offset 0", ETH6 IP6("0014", "06") TCP("0f", "02"), CLASS_BAD_DATA_OFFSET, NULL,
	 0, 0, 0},
	{"SYN, 13 bytes claimed", ETH4 IP4("45", "0021", "0000", "06") SYN, CLASS_TRUNCATED_L4,
	 NULL, 0, 0, 0},
	{"SYN, nothing behind the header claimed", ETH4 IP4("45", "0014", "0000", "06") SYN,
	 CLASS_TRUNCATED_L4, NULL, 0, 0, 0},
	{"SYN over IPv6, 13 bytes claimed", ETH6 IP6("000d", "06") SYN, CLASS_TRUNCATED_L4, NULL, 0,
	 0, 0},
	{"SYN over IPv6, nothing claimed", ETH6 IP6("0000", "06") SYN, CLASS_TRUNCATED_L4, NULL, 0,
	 0, 0},
	{"8 bytes of TCP in a first fragment",
	 ETH4 IP4("45", "001c", "2000", "06") "04d20050 00000001", CLASS_TRUNCATED_L4, NULL, 0, 0,
	 0},

	/* IP without TCP, or with TCP that cannot be read. */
	{"UDP", ETH4 IP4("45", "001c", "0000", "11") "0035003500080000", CLASS_IPV4_OTHER, NULL, 0,
	 0, 0},
	{"AH in IPv4", ETH4 IP4("45", "0034", "0000", "33") AH("06") SYN, CLASS_IPV4_OTHER, NULL, 0,
	 0, 0},
	{"protocol 0 in IPv4", ETH4 IP4("45", "0030", "0000", "00") EXT("06") SYN, CLASS_IPV4_OTHER,
	 NULL, 0, 0, 0},
	{"IPv4 in IPv4", ETH4 IP4("45", "003c", "0000", "04") IP4("45", "0028", "0000", "06") SYN,
	 CLASS_IPV4_OTHER, NULL, 0, 0, 0},
	{"ICMPv6", ETH6 IP6("0008", "3a") "8000000000000000", CLASS_IPV6_OTHER, NULL, 0, 0, 0},
	{"ESP", ETH6 IP6("001c", "32") EXT("06") SYN, CLASS_IPV6_OTHER, NULL, 0, 0, 0},
	{"no next header", ETH6 IP6("0014", "3b") SYN, CLASS_IPV6_OTHER, NULL, 0, 0, 0},
	{"mobility header", ETH6 IP6("001c", "87") EXT("06") SYN, CLASS_IPV6_OTHER, NULL, 0, 0, 0},
	{"UDP behind hop-by-hop", ETH6 IP6("0010", "00") EXT("11") "0035003500080000",
	 CLASS_IPV6_OTHER, NULL, 0, 0, 0},
	{"later fragment", ETH4 IP4("45", "0028", "0001", "06") SYN, CLASS_FRAGMENT, NULL, 0, 0, 0},
	{"later fragment of UDP", ETH4 IP4("45", "0028", "1fff", "11") SYN, CLASS_FRAGMENT, NULL, 0,
	 0, 0},
	{"later IPv6 fragment that looks like a SYN", ETH6 IP6("001c", "2c") FRAG("06", "0008") SYN,
	 CLASS_FRAGMENT, NULL, 0, 0, 0},
	{"bad version under IPv4", ETH4 IP4("65", "0028", "0000", "06") SYN, CLASS_BAD_VERSION,
	 NULL, 0, 0, 0},
	{"bad version under IPv6", ETH6 "45000000 0014 06 40" SRC6 DST6 SYN, CLASS_BAD_VERSION,
	 NULL, 0, 0, 0},
	{"IHL 4", ETH4 IP4("44", "0028", "0000", "06") SYN, CLASS_BAD_IHL, NULL, 0, 0, 0},
	{"IHL 0", ETH4 IP4("40", "0028", "0000", "06") SYN, CLASS_BAD_IHL, NULL, 0, 0, 0},
	{"total length 0", ETH4 IP4("45", "0000", "0000", "06") SYN, CLASS_BAD_TOTAL_LENGTH, NULL,
	 0, 0, 0},
	{"total length below the options", ETH4 IP4("46", "0017", "0000", "06") "01010101" SYN,
	 CLASS_BAD_TOTAL_LENGTH, NULL, 0, 0, 0},
	{"IPv4 options beyond the frame", ETH4 IP4("4f", "0050", "0000", "06") SYN,
	 CLASS_TRUNCATED_L4, NULL, 0, 0, 0},
	{"extension header not claimed", ETH6 IP6("0007", "00") EXT("06") SYN, CLASS_TRUNCATED_L3,
	 NULL, 0, 0, 0},
	{"second extension header not claimed", ETH6 IP6("0008", "00") EXT("3c") EXT("06") SYN,
	 CLASS_TRUNCATED_L3, NULL, 0, 0, 0},
	{"extension header reaching past the frame", ETH6 IP6("ffff", "00") "06ff" PAD6 SYN,
	 CLASS_TRUNCATED_L4, NULL, 0, 0, 0},
	{"nine extension headers", ETH6 IP6("005c", "3c") EXT4("3c") EXT4("3c") EXT("06") SYN,
	 CLASS_TOO_MANY_EXTENSIONS, NULL, 0, 0, 0},

	/* Not IP. */
	{"five tags", MACS "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 0800" SYN,
	 CLASS_TOO_MANY_TAGS, NULL, 0, 0, 0},
	{"ARP", MACS "0806 0001080006040001", CLASS_NON_IP, NULL, 0, 0, 0},
	{"802.3 with SNAP", MACS "0030 aaaa03 000000 0800" IP4("45", "0028", "0000", "06") SYN,
	 CLASS_NON_IP, NULL, 0, 0, 0},
	{"PPPoE", MACS "8864 11000001002a0021" IP4("45", "0028", "0000", "06") SYN, CLASS_NON_IP,
	 NULL, 0, 0, 0},
	{"MPLS", MACS "8847 000010ff" IP4("45", "0028", "0000", "06") SYN, CLASS_NON_IP, NULL, 0, 0,
	 0},

	/* Headers beyond the first page, in the fragments of a multi-buffer frame. */
	{"SYN behind 4 KiB of extension headers",
	 ETH6 IP6("1014", "3c") EXT_LONG("3c") EXT_LONG("06") SYN, CLASS_SYN, IPV6, 0, 0, 0},
};

const size_t frame_case_count = sizeof(frame_cases) / sizeof(frame_cases[0]);

static int nibble(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

__u32 frame_case__bytes(const struct frame_case *frame_case, __u8 *out)
{
	__u32 nibbles = 0;

	for (const char *c = frame_case->hex; *c; c++) {
		if (*c == ' ')
			continue;
		if (nibbles == 2 * CASE_MAX_BYTES)
			abort();
		if (nibbles % 2)
			out[nibbles / 2] |= nibble(*c);
		else
			out[nibbles / 2] = nibble(*c) << 4;
		nibbles++;
	}
	return nibbles / 2;
}

__u32 frame_case__without_ethernet(const struct frame_case *frame_case, __u8 *out)
{
	__u32 bytes = frame_case__bytes(frame_case, out);
	bool is_ip;

	if (bytes < ETH_HLEN || frame_case->class == CLASS_BAD_VERSION)
		return 0;
	is_ip = !memcmp(out + 12, (__u8[]){0x08, 0x00}, 2) ||
		!memcmp(out + 12, (__u8[]){0x86, 0xdd}, 2);
	if (!is_ip)
		return 0;
	memmove(out, out + ETH_HLEN, bytes - ETH_HLEN);
	return bytes - ETH_HLEN;
}

enum frame_class frame_case__cut_class(const struct frame_case *frame_case, __u32 bytes)
{
	if (bytes < 14)
		return CLASS_RUNT;
	if (bytes < frame_case->l2_end)
		return CLASS_TRUNCATED_L2;
	if (bytes < frame_case->l3_end)
		return CLASS_TRUNCATED_L3;
	return bytes < frame_case->l4_end ? CLASS_TRUNCATED_L4 : frame_case->class;
}
