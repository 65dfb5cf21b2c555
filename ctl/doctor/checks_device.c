// SPDX-License-Identifier: GPL-2.0-only
// checks_device: checks of one network interface: XDP support, settings that matter to it, losses.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/xdp_hook.h"
#include "common/bpf/features.h"
#include "common/netdev/link_layer.h"
#include "ctl/doctor/findings.h"

/* Under XDP, drivers use one page per frame: 4096 bytes on most machines. */
#define BUFFER_BYTES 4096

/*
 * The most common limit: a page less headroom (XDP_PACKET_HEADROOM, 256), struct skb_shared_info
 * (320), Ethernet header and a VLAN tag. A few drivers have lower ones.
 */
#define COMMON_MTU_LIMIT 3498

static void look_link(const void *row, const struct netdev *netdev, struct finding *ret)
{
	(void)row;
	if (!netdev->up)
		finding__set(ret, CHECK_WARNING, NULL, "down");
	else if (!netdev->running)
		finding__set(ret, CHECK_WARNING, "check the cable, or the other end",
			     "up, but no carrier");
	else
		finding__set(ret, CHECK_OK, NULL, "up");
	if (!netdev->up)
		finding__remedy(ret, "ip link set %s up", netdev->name);
}

static void look_headers(const void *row, const struct netdev *netdev, struct finding *ret)
{
	enum link_layer layer = link_layer__of(netdev->type);
	const char *outer = link_layer__outer_headers(netdev->ifindex);
	char name[16];

	(void)row;
	link_layer__name(netdev->type, name);
	if (layer == LINK_LAYER_OTHER)
		finding__set(ret, CHECK_PROBLEM, "attach to an interface below or above it",
			     "frames start neither with an Ethernet header nor with an IP header "
			     "(type %s)",
			     name);
	else if (outer)
		finding__set(ret, CHECK_PROBLEM, "attach to the interface below it", "%s", outer);
	else
		finding__set(ret, CHECK_OK, NULL, "frames start with an %s header (type %s)",
			     layer == LINK_LAYER_IP ? "IP" : "Ethernet", name);
}

static void look_driver(const void *row, const struct netdev *netdev, struct finding *ret)
{
	(void)row;
	if (!netdev->driver[0])
		finding__set(ret, CHECK_UNKNOWN, NULL, "the driver is not known%s%s",
			     netdev->kind[0] ? ", of type " : "", netdev->kind);
	else
		finding__set(ret, CHECK_OK, NULL, "%s%s%s", netdev->driver,
			     netdev->bus[0] ? ", at " : "", netdev->bus);
}

/* "native, redirect, multi-buffer", from the bits of enum netdev_xdp. */
static void describe_xdp(const struct netdev *netdev, char *buf, size_t buf_bytes)
{
	static const struct {
		__u64 bit;
		const char *name;
	} names[] = {
		{NETDEV_XDP_BASIC, "native"},
		{NETDEV_XDP_REDIRECT, "redirect"},
		{NETDEV_XDP_REDIRECT_TARGET, "redirect target"},
		{NETDEV_XDP_FRAGMENTS, "multi-buffer"},
		{NETDEV_XDP_TARGET_FRAGMENTS, "multi-buffer redirect target"},
		{NETDEV_XDP_ZEROCOPY, "zero-copy sockets"},
		{NETDEV_XDP_OFFLOAD, "offload"},
	};
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (netdev->xdp & names[i].bit && used < buf_bytes)
			used += snprintf(buf + used, buf_bytes - used, "%s%s", used ? ", " : "",
					 names[i].name);
}

static void look_xdp(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char names[160];

	(void)row;
	describe_xdp(netdev, names, sizeof(names));
	if (!netdev->xdp_known)
		finding__set(ret, CHECK_UNKNOWN, NULL,
			     "not reported before Linux 6.3: 'xdpctl attach' will tell");
	else if (netdev->xdp & NETDEV_XDP_BASIC)
		finding__set(ret, CHECK_OK, NULL, "%s", names);
	else
		finding__set(ret, CHECK_WARNING, "attach with -m generic, which is slower",
			     "the driver has no native XDP");
}

static void look_attached(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct xdp_hook_state state;
	struct errmsg why;
	__u32 id;

	(void)row;
	if (xdp_hook__query(netdev->ifindex, &state, &why)) {
		finding__set(ret, CHECK_UNKNOWN, NULL, "%s", why.text);
		return;
	}
	id = xdp_hook_state__any(&state);
	if (id)
		finding__set(ret, CHECK_OK, NULL, "program %u, in %s mode", id,
			     attach_mode_names[xdp_hook_state__mode_of(&state, id)]);
	else
		finding__set(ret, CHECK_OK, NULL, "no program");
}

static void look_queues(const void *row, const struct netdev *netdev, struct finding *ret)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	__u32 useful = netdev->max_queues < cpus ? netdev->max_queues : cpus;

	(void)row;
	if (!netdev->queues)
		finding__set(ret, CHECK_UNKNOWN, NULL, "not reported by the driver");
	else if (netdev->queues >= useful)
		finding__set(ret, CHECK_OK, NULL, "%u receive queue%s of at most %u, for %ld CPUs",
			     netdev->queues, netdev->queues == 1 ? "" : "s", netdev->max_queues,
			     cpus);
	else
		finding__set(
			ret, CHECK_WARNING, NULL,
			"%u receive queue%s of at most %u, for %ld CPUs: the other CPUs are idle",
			netdev->queues, netdev->queues == 1 ? "" : "s", netdev->max_queues, cpus);
	if (ret->state == CHECK_WARNING)
		finding__remedy(ret, "ethtool -L %s %s %u", netdev->name,
				strcmp(netdev->kind, "veth") ? "combined" : "rx", useful);
}

/* Ring buffers are used in turn: they stay in the cache only if all of them fit. */
static void look_ring(const void *row, const struct netdev *netdev, struct finding *ret)
{
	long cache_bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
	__u64 bytes = (__u64)netdev->ring * netdev->queues * BUFFER_BYTES;
	__u32 fitting = netdev->ring;

	(void)row;
	if (!netdev->ring) {
		finding__set(ret, netdev->kind[0] ? CHECK_OK : CHECK_UNKNOWN, NULL,
			     netdev->kind[0] ? "software device" : "not reported by the driver");
		return;
	}
	finding__set(ret, CHECK_OK, NULL, "%u frames of at most %u: %llu KiB in all queues",
		     netdev->ring, netdev->max_ring, bytes >> 10);
	if (cache_bytes <= 0 || bytes <= (__u64)cache_bytes)
		return;
	finding__set(ret, CHECK_WARNING, NULL,
		     "%u frames of at most %u: %llu KiB in all queues, more than the %ld KiB of "
		     "cache",
		     netdev->ring, netdev->max_ring, bytes >> 10, cache_bytes >> 10);
	while (fitting > 256 && (__u64)fitting * netdev->queues * BUFFER_BYTES > (__u64)cache_bytes)
		fitting /= 2;
	finding__remedy(ret, "ethtool -G %s rx %u, unless it then misses frames", netdev->name,
			fitting);
}

/* A feature that should be off. */
struct unwanted {
	size_t offset; /* of the struct netdev_feature */
	const char *name;
	const char *consequence;
};

static const struct unwanted lro = {
	offsetof(struct netdev, lro),
	"lro",
	"drivers then refuse XDP, or merge frames before XDP sees them",
};

static const struct unwanted gro_hw = {
	offsetof(struct netdev, gro_hw),
	"rx-gro-hw",
	"drivers may then refuse XDP, or merge frames before XDP sees them",
};

static const struct unwanted vlan_strip = {
	offsetof(struct netdev, vlan_strip),
	"rxvlan",
	"the device strips the outer VLAN tag before XDP sees the frame",
};

static void look_unwanted(const void *row, const struct netdev *netdev, struct finding *ret)
{
	const struct unwanted *unwanted = row;
	const struct netdev_feature *feature =
		(const void *)((const char *)netdev + unwanted->offset);

	if (!feature->known) {
		finding__set(ret, CHECK_UNKNOWN, NULL, "not reported by the kernel");
	} else if (!feature->on) {
		finding__set(ret, CHECK_OK, NULL, "off");
	} else {
		finding__set(ret, CHECK_WARNING, NULL, "on: %s", unwanted->consequence);
		if (feature->fixed)
			finding__remedy(ret,
					"it cannot be changed: if attach fails, use -m generic");
		else
			finding__remedy(ret, "ethtool -K %s %s off", netdev->name, unwanted->name);
	}
}

/* Harmless: XDP sees frames before they are merged. */
static void look_gro(const void *row, const struct netdev *netdev, struct finding *ret)
{
	bool needed = !strcmp(netdev->kind, "veth") && !netdev->gro.on;

	(void)row;
	if (!netdev->gro.known)
		finding__set(ret, CHECK_UNKNOWN, NULL, "not reported by the kernel");
	else
		finding__set(ret, CHECK_OK, NULL, "%s%s", netdev->gro.on ? "on" : "off",
			     needed ? ": frames that XDP redirects to it arrive only while a "
				      "program is attached"
				    : "");
}

static void look_veth_mtu(const struct netdev *netdev, struct finding *ret)
{
	__u32 limit = netdev__peer_mtu_limit(netdev);

	if (!netdev->peer_mtu)
		finding__set(ret, CHECK_UNKNOWN, NULL,
			     "%u; the limit of %u is for the other end, which cannot be seen",
			     netdev->mtu, limit);
	else if (netdev->peer_mtu <= limit)
		finding__set(ret, CHECK_OK, NULL,
			     "%u, and %u at the other end: native XDP accepts up to %u",
			     netdev->mtu, netdev->peer_mtu, limit);
	else
		finding__set(ret, CHECK_PROBLEM, "lower it at the other end, or use -m generic",
			     "%u at the other end: native XDP accepts up to %u", netdev->peer_mtu,
			     limit);
}

static void look_mtu(const void *row, const struct netdev *netdev, struct finding *ret)
{
	bool fragments = netdev->xdp & NETDEV_XDP_FRAGMENTS && features__multi_buffer();

	(void)row;
	if (!strcmp(netdev->kind, "veth"))
		look_veth_mtu(netdev, ret);
	else if (fragments)
		finding__set(ret, CHECK_OK, NULL,
			     "%u: driver and kernel support XDP on multi-buffer frames",
			     netdev->mtu);
	else if (netdev->mtu <= COMMON_MTU_LIMIT)
		finding__set(ret, CHECK_OK, NULL, "%u: most drivers accept up to %d", netdev->mtu,
			     COMMON_MTU_LIMIT);
	else
		finding__set(ret, CHECK_WARNING, NULL,
			     "%u: without multi-buffer support most drivers accept up to %d",
			     netdev->mtu, COMMON_MTU_LIMIT);
	if (ret->state == CHECK_WARNING)
		finding__remedy(ret, "ip link set %s mtu %d, or use -m generic", netdev->name,
				COMMON_MTU_LIMIT);
}

static void look_rss(const void *row, const struct netdev *netdev, struct finding *ret)
{
	(void)row;
	if (netdev->rss_queues && netdev->rss_queues < netdev->queues) {
		finding__set(ret, CHECK_WARNING, NULL, "RSS uses %u of %u queues",
			     netdev->rss_queues, netdev->queues);
		finding__remedy(ret, "ethtool -X %s equal %u", netdev->name, netdev->queues);
	} else if (netdev->rss_queues) {
		finding__set(ret, CHECK_OK, NULL, "RSS uses %u queues, by a table of %u entries",
			     netdev->rss_queues, netdev->rss_entries);
	} else if (netdev->queues == 1) {
		finding__set(ret, CHECK_OK, NULL, "one queue: RSS is not needed");
	} else {
		finding__set(ret, CHECK_UNKNOWN, NULL, "not reported by the driver");
	}
}

static void look_losses(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char own[200] = "";
	size_t used = 0;

	(void)row;
	for (int i = 0; i < NETDEV_LOSSES && netdev->losses[i].frames; i++)
		if (used < sizeof(own))
			used += snprintf(own + used, sizeof(own) - used, "%s%s %llu",
					 used ? ", " : "; driver counters: ",
					 netdev->losses[i].name, netdev->losses[i].frames);
	if (netdev->overruns)
		finding__set(ret, CHECK_WARNING, "more queues, larger rings, or fewer frames",
			     "%llu frames missed for lack of ring space, %llu received%s",
			     netdev->overruns, netdev->frames, own);
	else if (own[0])
		finding__set(ret, CHECK_WARNING, NULL, "%llu frames received%s", netdev->frames,
			     own);
	else
		finding__set(ret, CHECK_OK, NULL,
			     "%llu frames received, none missed; %llu dropped by the stack",
			     netdev->frames, netdev->dropped);
	if (!netdev->overruns && own[0])
		finding__remedy(ret, "watch which one grows: 'ethtool -S %s'", netdev->name);
}

static void look_interrupts(const void *row, const struct netdev *netdev, struct finding *ret)
{
	const struct irq_spread *spread = &netdev->interrupts;

	(void)row;
	if (!spread->lines && netdev->kind[0])
		finding__set(ret, CHECK_OK, NULL, "none: software device");
	else if (!spread->lines)
		finding__set(ret, CHECK_UNKNOWN, NULL, "not found in /proc/interrupts");
	else if (spread->cpus < spread->lines && spread->cpus < sysconf(_SC_NPROCESSORS_ONLN))
		finding__set(ret, CHECK_WARNING,
			     "run irqbalance, or write to /proc/irq/NUMBER/smp_affinity_list",
			     "%u interrupts on %u CPU%s", spread->lines, spread->cpus,
			     spread->cpus == 1 ? "" : "s");
	else
		finding__set(ret, CHECK_OK, NULL, "%u interrupts on %u CPU%s", spread->lines,
			     spread->cpus, spread->cpus == 1 ? "" : "s");
}

/* One line for each interface, when none was named. */
static void look_summary(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char xdp[160];

	(void)row;
	snprintf(ret->name, sizeof(ret->name), "device %s", netdev->name);
	describe_xdp(netdev, xdp, sizeof(xdp));
	if (!netdev->xdp_known)
		snprintf(xdp, sizeof(xdp), "XDP features are not reported before Linux 6.3");
	else if (!(netdev->xdp & NETDEV_XDP_BASIC))
		snprintf(xdp, sizeof(xdp), "no native XDP, only generic");
	finding__set(ret, netdev->xdp_known ? CHECK_OK : CHECK_UNKNOWN, NULL, "%s: %s",
		     netdev->driver[0] ? netdev->driver : "unknown driver", xdp);
}

const struct check doctor_device_checks[] = {
	{"link", look_link, NULL},         {"headers", look_headers, NULL},
	{"driver", look_driver, NULL},     {"xdp", look_xdp, NULL},
	{"attached", look_attached, NULL}, {"mtu", look_mtu, NULL},
	{"queues", look_queues, NULL},     {"rss", look_rss, NULL},
	{"ring", look_ring, NULL},         {"interrupts", look_interrupts, NULL},
	{"lro", look_unwanted, &lro},      {"gro-hw", look_unwanted, &gro_hw},
	{"gro", look_gro, NULL},           {"vlan-strip", look_unwanted, &vlan_strip},
	{"losses", look_losses, NULL},     {},
};

const struct check doctor_summary_checks[] = {
	{"device", look_summary, NULL},
	{},
};
