// SPDX-License-Identifier: GPL-2.0-only
// linktype: link types of captures, and how to replace a link header by an Ethernet one.
#include "common/capture/linktype.h"

#include <linux/if_ether.h>
#include <byteswap.h>
#include <errno.h>
#include <limits.h>
#include <pcap/dlt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * The EtherType, unassigned, of a payload that is neither IPv4 nor IPv6: the parser counts the
 * frame as non-IP. An error here would leave it out of the counters.
 */
#define ETHERTYPE_NONE 0

struct row {
	int linktype;       /* LINKTYPE_*: the number in files */
	int dlt;            /* DLT_*: libpcap's number on this system */
	const char *name;   /* for a <pcap/dlt.h> without it */
	__u32 header_bytes; /* of the frame's link header */
	__u32 needed_bytes; /* that ethertype() reads */
	/* Host order. NULL: the link header cannot be replaced. */
	__u16 (*ethertype)(const __u8 *data);
};

static __u16 be16_at(const __u8 *data)
{
	return data[0] << 8 | data[1];
}

static __u32 be32_at(const __u8 *data)
{
	return (__u32)be16_at(data) << 16 | be16_at(data + 2);
}

static __u16 sll_ethertype(const __u8 *data)
{
	return be16_at(data + 14);
}

static __u16 sll2_ethertype(const __u8 *data)
{
	return be16_at(data);
}

static __u16 raw_ethertype(const __u8 *data)
{
	switch (data[0] >> 4) {
	case 4:
		return ETH_P_IP;
	case 6:
		return ETH_P_IPV6;
	default:
		return ETHERTYPE_NONE;
	}
}

/* These two types name their payload; the parser checks it. */
static __u16 ipv4_ethertype(const __u8 *data)
{
	(void)data;
	return ETH_P_IP;
}

static __u16 ipv6_ethertype(const __u8 *data)
{
	(void)data;
	return ETH_P_IPV6;
}

/* AF_INET6 has the value of the system that wrote the capture. */
static __u16 family_ethertype(__u32 family)
{
	switch (family) {
	case 2:
		return ETH_P_IP;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return ETH_P_IPV6;
	default:
		return ETHERTYPE_NONE;
	}
}

static __u16 loop_ethertype(const __u8 *data)
{
	return family_ethertype(be32_at(data));
}

/* In the writer's byte order, which the file does not name; families fit into 16 bits. */
static __u16 null_ethertype(const __u8 *data)
{
	__u32 family = be32_at(data);

	return family_ethertype(family > 0xffff ? bswap_32(family) : family);
}

/*
 * Types that can be rewrapped, and types whose DLT differs from their LINKTYPE. Two systems wrote
 * their DLT_RAW, 12 and 14, into files.
 */
static const struct row rows[] = {
	{LINKTYPE_ETHERNET, DLT_EN10MB, "EN10MB", 0, 0, NULL},
	{0, DLT_NULL, "NULL", 4, 4, null_ethertype},
	{100, DLT_ATM_RFC1483, "ATM_RFC1483", 0, 0, NULL},
	{101, DLT_RAW, "RAW", 0, 1, raw_ethertype},
	{12, DLT_RAW, "RAW", 0, 1, raw_ethertype},
	{14, DLT_RAW, "RAW", 0, 1, raw_ethertype},
	{102, DLT_SLIP_BSDOS, "SLIP_BSDOS", 0, 0, NULL},
	{103, DLT_PPP_BSDOS, "PPP_BSDOS", 0, 0, NULL},
	{106, DLT_ATM_CLIP, "ATM_CLIP", 0, 0, NULL},
	{108, DLT_LOOP, "LOOP", 4, 4, loop_ethertype},
	{113, 113, "LINUX_SLL", 16, 16, sll_ethertype},
	{228, 228, "IPV4", 0, 0, ipv4_ethertype},
	{229, 229, "IPV6", 0, 0, ipv6_ethertype},
	{276, 276, "LINUX_SLL2", 20, 20, sll2_ethertype},
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/* The names of <pcap/dlt.h>. Its library has the same, and nine others that it depends on. */
static const struct {
	int dlt;
	const char *name;
} dlts[] = {
#include "gen/linktype_names.inc"
};
#define N_DLTS (sizeof(dlts) / sizeof(dlts[0]))

static const struct row *find_linktype(int linktype)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].linktype == linktype)
			return &rows[i];
	return NULL;
}

static const char *dlt_name(int dlt)
{
	for (size_t i = 0; i < N_DLTS; i++)
		if (dlts[i].dlt == dlt)
			return dlts[i].name;
	return NULL;
}

const char *linktype__name(int linktype, char *buf, unsigned int buf_bytes)
{
	const struct row *row = find_linktype(linktype);
	const char *name = dlt_name(row ? row->dlt : linktype);

	if (!name)
		name = row ? row->name : "unknown";
	snprintf(buf, buf_bytes, "%s (%d)", name, linktype);
	return buf;
}

bool linktype__can_rewrap(int linktype)
{
	const struct row *row = find_linktype(linktype);

	return row && row->ethertype;
}

int linktype__rewrap(int linktype, const __u8 *data, __u32 bytes, __u8 *out)
{
	const struct row *row = find_linktype(linktype);
	__u32 payload_bytes;
	__u16 ethertype;

	if (!row || !row->ethertype)
		return -EPROTONOSUPPORT;
	if (bytes < row->needed_bytes)
		return -ENODATA;
	if (bytes > INT_MAX - ETH_HLEN)
		return -EMSGSIZE;
	ethertype = row->ethertype(data);
	payload_bytes = bytes - row->header_bytes;
	memset(out, 0, 2 * ETH_ALEN);
	out[2 * ETH_ALEN] = ethertype >> 8;
	out[2 * ETH_ALEN + 1] = ethertype & 0xff;
	memcpy(out + ETH_HLEN, data + row->header_bytes, payload_bytes);
	return ETH_HLEN + payload_bytes;
}
