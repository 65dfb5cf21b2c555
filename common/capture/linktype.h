// SPDX-License-Identifier: GPL-2.0-only
// linktype: link types of captures, and how to replace a link header by an Ethernet one.
#ifndef COMMON_CAPTURE_LINKTYPE_H
#define COMMON_CAPTURE_LINKTYPE_H

#include <linux/types.h>
#include <stdbool.h>

#define LINKTYPE_ETHERNET 1 /* https://www.tcpdump.org/linktypes.html */
#define LINKTYPE_RAW 101    /* starts with the IP header */

/** linktype__name() - "LINUX_SLL (113)"; written to @buf, which it returns. */
const char *linktype__name(int linktype, char *buf, unsigned int buf_bytes);

/** linktype__can_rewrap() - whether linktype__rewrap() supports a link type. */
bool linktype__can_rewrap(int linktype);

/**
 * linktype__rewrap() - replace a frame's link header by a synthetic Ethernet one
 * @data: the frame as captured, of @bytes bytes
 * @out: at least @bytes + 14 bytes
 *
 * Linux cooked (SLL, SLL2), raw IP (RAW, IPV4, IPV6) and loopback (NULL, LOOP). MAC addresses are
 * zero. A payload that is neither IPv4 nor IPv6 keeps the EtherType of its cooked header or, where
 * there is none, gets EtherType 0, so that it is counted as non-IP.
 *
 * Return: the length of the Ethernet frame in @out, or a negative errno: -EPROTONOSUPPORT for
 * another link type, -ENODATA for a frame too short to identify its payload, -EMSGSIZE for one
 * whose length does not fit an int.
 */
int linktype__rewrap(int linktype, const __u8 *data, __u32 bytes, __u8 *out);

#endif
