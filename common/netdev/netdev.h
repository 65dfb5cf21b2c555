// SPDX-License-Identifier: GPL-2.0-only
// netdev: what a network device is, what it offers, and what it has lost.
#ifndef COMMON_NETDEV_NETDEV_H
#define COMMON_NETDEV_NETDEV_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/netdev/irq.h"

/*
 * Of a link's flags: IFF_LOWER_UP, whose header, <linux/if.h>, excludes <net/if.h>. IFF_RUNNING
 * follows it up to a second later.
 */
#define NETDEV_HAS_CARRIER (1u << 16)

#define NETDEV_LOSSES 4

/* A feature that can be switched on or off, if the driver knows it at all. */
struct netdev_feature {
	bool known;
	bool on;
	bool fixed; /* it cannot be switched */
};

/* A counter of frames that got lost. */
struct netdev_loss {
	char name[33];
	__u64 frames;
};

/*
 * What XDP the driver offers: enum netdev_xdp_act of <linux/netdev.h>, which the headers of Debian
 * 12 do not have yet.
 */
enum netdev_xdp {
	NETDEV_XDP_BASIC = 1 << 0,
	NETDEV_XDP_REDIRECT = 1 << 1,
	NETDEV_XDP_REDIRECT_TARGET = 1 << 2,
	NETDEV_XDP_ZEROCOPY = 1 << 3,
	NETDEV_XDP_OFFLOAD = 1 << 4,
	NETDEV_XDP_FRAGMENTS = 1 << 5,
	NETDEV_XDP_TARGET_FRAGMENTS = 1 << 6,
};

struct netdev {
	char name[IFNAMSIZ];
	int ifindex;
	char kind[16];   /* as `ip link add type` names it; empty for hardware */
	char driver[32]; /* empty where there is none */
	char bus[32];
	bool up;
	bool running; /* it has a carrier */
	__u32 mtu;
	__u32 peer_mtu; /* of veth's other end; 0 where that cannot be seen */
	__u32 queues;   /* that frames arrive on */
	__u32 max_queues;
	__u32 ring; /* frames that a receive ring holds; 0: not known */
	__u32 max_ring;
	struct netdev_feature lro, gro, gro_hw, vlan_strip;
	bool xdp_known; /* kernel 6.3 */
	__u64 xdp;      /* enum netdev_xdp */
	__u32 rss_entries;
	__u32 rss_queues; /* 0: it has no receive-side scaling */
	__u64 frames;     /* received */
	__u64 overruns;   /* arrived, and found no place in the ring */
	__u64 dropped;    /* by the driver or the stack, for other reasons */
	struct netdev_loss losses[NETDEV_LOSSES]; /* the driver's own largest, if not 0 */
	struct irq_spread interrupts;             /* all zero: it has none, or that is not known */
};

/**
 * netdev__index() - the interface of a name, whole or refused
 *
 * Return: its index, or a negative errno with @why set.
 */
int netdev__index(const char *name, struct errmsg *why);

/* The XDP programs of an interface, at each of the hooks; 0: none. */
struct netdev_programs {
	__u32 native_id;
	__u32 generic_id;
	__u32 offload_id;
};

/**
 * netdev__programs() - the XDP programs of one interface
 *
 * One request for this link alone, unlike bpf_xdp_query(), which dumps all links.
 *
 * Return: 0 or a negative errno.
 */
int netdev__programs(int ifindex, struct netdev_programs *ret);

/**
 * netdev__read() - all that the kernel and the driver tell
 *
 * Nothing is changed. What a device does not tell stays zero.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int netdev__read(const char *interface, struct netdev *ret, struct errmsg *why);

/** netdev__peer_mtu_limit() - what native XDP takes of a veth's other end; 0 for other devices. */
__u32 netdev__peer_mtu_limit(const struct netdev *netdev);

#endif
