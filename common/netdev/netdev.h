// SPDX-License-Identifier: GPL-2.0-only
// netdev: a network device: name, kind, driver, features, XDP programs, lost frames.
#ifndef COMMON_NETDEV_NETDEV_H
#define COMMON_NETDEV_NETDEV_H

#include <linux/netlink.h>
#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>

#include "common/base/errmsg.h"
#include "common/netdev/irq.h"

/*
 * IFF_LOWER_UP of a link's flags: its header <linux/if.h> conflicts with <net/if.h>. IFF_RUNNING
 * lags behind it by up to a second.
 */
#define NETDEV_HAS_CARRIER (1u << 16)

/* ALTIFNAMSIZ, of the same header: an alternative name with its zero. */
#define NETDEV_NAME_BYTES 128

#define NETDEV_LOSSES 4

/* An ethtool feature. */
struct netdev_feature {
	bool known; /* the driver has it */
	bool on;
	bool fixed; /* it cannot be changed */
};

/* A driver's counter of lost frames. */
struct netdev_loss {
	char name[33];
	__u64 frames;
};

/* XDP support of the driver: enum netdev_xdp_act of <linux/netdev.h>, which Debian 12 lacks. */
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
	unsigned int type; /* ARPHRD_*: see link_layer.h */
	char kind[16];     /* as `ip link add type` names it; empty for hardware */
	char driver[32];   /* or empty */
	char bus[32];
	bool up;
	bool running; /* has a carrier */
	__u32 mtu;
	__u32 peer_mtu;       /* of the other end of a veth; 0: that cannot be seen */
	__u32 peer_native_id; /* its XDP program in native mode; 0: none, or not known */
	__u32 queues;         /* receive queues */
	__u32 max_queues;
	__u32 ring; /* receive ring size in frames; 0: not known */
	__u32 max_ring;
	struct netdev_feature lro, gro, gro_hw, vlan_strip;
	bool xdp_known; /* kernel 6.3 */
	__u64 xdp;      /* enum netdev_xdp */
	__u32 rss_entries;
	__u32 rss_queues; /* 0: no receive-side scaling */
	__u64 frames;     /* received */
	__u64 overruns;   /* missed for lack of ring space */
	__u64 dropped;    /* by the driver or the stack, for other reasons */
	struct netdev_loss losses[NETDEV_LOSSES]; /* the driver's largest counters; 0: unused row */
	struct irq_spread interrupts;             /* all zero: none, or not known */
};

/**
 * netdev__find() - the interface of a name or of an alternative name (`ip link property add`)
 * @name: may be longer than IFNAMSIZ
 * @ret_name: its real name
 *
 * Return: its index, or a negative errno with @why set: -ENODEV if there is none.
 */
int netdev__find(const char *name, char ret_name[IFNAMSIZ], struct errmsg *why);

/** netdev__index() - as netdev__find(), without the name. */
int netdev__index(const char *name, struct errmsg *why);

/* The XDP programs of an interface, at each of the hooks; 0: none. */
struct netdev_programs {
	__u32 native_id;
	__u32 generic_id;
	__u32 offload_id;
};

/** netdev__link_programs() - the XDP programs in a link message of netlink__links(). */
void netdev__link_programs(const struct nlmsghdr *link, struct netdev_programs *ret);

/**
 * netdev__programs() - the XDP programs of one interface
 *
 * One request for this link alone, unlike bpf_xdp_query(), which dumps all links.
 *
 * Return: 0 or a negative errno.
 */
int netdev__programs(int ifindex, struct netdev_programs *ret);

/**
 * netdev__read() - read everything that the kernel and the driver report
 *
 * Values that a device does not report stay zero.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int netdev__read(const char *interface, struct netdev *ret, struct errmsg *why);

/** netdev__peer_mtu_limit() - the largest MTU of a veth's peer for native XDP; 0 for other devices.
 */
__u32 netdev__peer_mtu_limit(const struct netdev *netdev);

#endif
