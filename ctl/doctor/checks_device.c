// SPDX-License-Identifier: GPL-2.0-only
// checks_device: checks of one network interface: what it offers to XDP, and what it loses.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/xdp_hook.h"
#include "common/bpf/features.h"
#include "ctl/doctor/findings.h"

/* Drivers give a frame under XDP one page, of 4096 bytes on most machines. */
#define BUFFER_BYTES 4096

/*
 * What of a page is left for a frame without its Ethernet header and a VLAN tag: headroom
 * (XDP_PACKET_HEADROOM, 256) and struct skb_shared_info (320) are taken off. The most common limit;
 * a few drivers have lower ones.
 */
#define COMMON_MTU_LIMIT 3498

static void look_link(const void *row, const struct device *device, struct finding *ret)
{
	(void)row;
	if (!device->up)
		finding__set(ret, CHECK_WARNING, NULL, "down");
	else if (!device->running)
		finding__set(ret, CHECK_WARNING, "check the cable, or the other end",
			     "up, without a carrier");
	else
		finding__set(ret, CHECK_OK, NULL, "up");
	if (!device->up)
		finding__remedy(ret, "ip link set %s up", device->name);
}

static void look_driver(const void *row, const struct device *device, struct finding *ret)
{
	(void)row;
	if (!device->driver[0])
		finding__set(ret, CHECK_UNKNOWN, NULL, "no driver is told%s%s",
			     device->kind[0] ? ", of type " : "", device->kind);
	else
		finding__set(ret, CHECK_OK, NULL, "%s%s%s", device->driver,
			     device->bus[0] ? ", at " : "", device->bus);
}

/* "native, redirect, fragments", from the bits of enum device_xdp. */
static void describe_xdp(const struct device *device, char *buf, size_t buf_bytes)
{
	static const struct {
		__u64 bit;
		const char *name;
	} names[] = {
		{DEVICE_XDP_BASIC, "native"},
		{DEVICE_XDP_REDIRECT, "redirect"},
		{DEVICE_XDP_REDIRECT_TARGET, "redirect target"},
		{DEVICE_XDP_FRAGMENTS, "fragments"},
		{DEVICE_XDP_TARGET_FRAGMENTS, "redirect target of fragments"},
		{DEVICE_XDP_ZEROCOPY, "zero-copy sockets"},
		{DEVICE_XDP_OFFLOAD, "offload"},
	};
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (device->xdp & names[i].bit && used < buf_bytes)
			used += snprintf(buf + used, buf_bytes - used, "%s%s", used ? ", " : "",
					 names[i].name);
}

static void look_xdp(const void *row, const struct device *device, struct finding *ret)
{
	char names[160];

	(void)row;
	describe_xdp(device, names, sizeof(names));
	if (!device->xdp_known)
		finding__set(ret, CHECK_UNKNOWN, NULL,
			     "the kernel does not tell before 6.3: 'xdpctl attach' tries");
	else if (device->xdp & DEVICE_XDP_BASIC)
		finding__set(ret, CHECK_OK, NULL, "%s", names);
	else
		finding__set(ret, CHECK_WARNING, "attach with -m generic, which is slower",
			     "the driver has no native XDP");
}

static void look_attached(const void *row, const struct device *device, struct finding *ret)
{
	struct xdp_hook_state state;
	struct errmsg why;
	__u32 id;

	(void)row;
	if (xdp_hook__query(device->ifindex, &state, &why)) {
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

static void look_queues(const void *row, const struct device *device, struct finding *ret)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	__u32 useful = device->max_queues < cpus ? device->max_queues : cpus;

	(void)row;
	if (!device->queues)
		finding__set(ret, CHECK_UNKNOWN, NULL, "the driver does not tell");
	else if (device->queues >= useful)
		finding__set(ret, CHECK_OK, NULL, "%u receive queue%s of at most %u, for %ld CPUs",
			     device->queues, device->queues == 1 ? "" : "s", device->max_queues,
			     cpus);
	else
		finding__set(ret, CHECK_WARNING, NULL,
			     "%u receive queue%s of at most %u, for %ld CPUs: the others idle",
			     device->queues, device->queues == 1 ? "" : "s", device->max_queues,
			     cpus);
	if (ret->state == CHECK_WARNING)
		finding__remedy(ret, "ethtool -L %s %s %u", device->name,
				strcmp(device->kind, "veth") ? "combined" : "rx", useful);
}

/* Small rings: their buffers are taken in turn, and stay in the cache if all of them fit. */
static void look_ring(const void *row, const struct device *device, struct finding *ret)
{
	long cache_bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
	__u64 bytes = (__u64)device->ring * device->queues * BUFFER_BYTES;
	__u32 fitting = device->ring;

	(void)row;
	if (!device->ring) {
		finding__set(ret, device->kind[0] ? CHECK_OK : CHECK_UNKNOWN, NULL,
			     device->kind[0] ? "not of hardware" : "the driver does not tell");
		return;
	}
	finding__set(ret, CHECK_OK, NULL, "%u frames of at most %u: %llu KiB in all queues",
		     device->ring, device->max_ring, bytes >> 10);
	if (cache_bytes <= 0 || bytes <= (__u64)cache_bytes)
		return;
	finding__set(ret, CHECK_WARNING, NULL,
		     "%u frames of at most %u: %llu KiB in all queues, more than the cache's %ld",
		     device->ring, device->max_ring, bytes >> 10, cache_bytes >> 10);
	while (fitting > 256 && (__u64)fitting * device->queues * BUFFER_BYTES > (__u64)cache_bytes)
		fitting /= 2;
	finding__remedy(ret, "ethtool -G %s rx %u, unless frames are missed then", device->name,
			fitting);
}

/* A feature that had better be off. */
struct unwanted {
	size_t offset; /* of the struct device_feature */
	const char *name;
	const char *consequence;
};

static const struct unwanted lro = {
	offsetof(struct device, lro),
	"lro",
	"drivers refuse XDP then, or merge frames before it sees them",
};

static const struct unwanted gro_hw = {
	offsetof(struct device, gro_hw),
	"rx-gro-hw",
	"drivers may refuse XDP then, or merge frames before it sees them",
};

static const struct unwanted vlan_strip = {
	offsetof(struct device, vlan_strip),
	"rxvlan",
	"the device takes the first VLAN tag off: what is counted does not show it",
};

static void look_unwanted(const void *row, const struct device *device, struct finding *ret)
{
	const struct unwanted *unwanted = row;
	const struct device_feature *feature =
		(const void *)((const char *)device + unwanted->offset);

	if (!feature->known) {
		finding__set(ret, CHECK_UNKNOWN, NULL, "the kernel does not tell");
	} else if (!feature->on) {
		finding__set(ret, CHECK_OK, NULL, "off");
	} else {
		finding__set(ret, CHECK_WARNING, NULL, "on: %s", unwanted->consequence);
		if (feature->fixed)
			finding__remedy(ret, "it cannot be switched: where attaching is refused, "
					     "use -m generic");
		else
			finding__remedy(ret, "ethtool -K %s %s off", device->name, unwanted->name);
	}
}

/* Harmless: a program sees frames before they are merged. */
static void look_gro(const void *row, const struct device *device, struct finding *ret)
{
	bool needed = !strcmp(device->kind, "veth") && !device->gro.on;

	(void)row;
	if (!device->gro.known)
		finding__set(ret, CHECK_UNKNOWN, NULL, "the kernel does not tell");
	else
		finding__set(ret, CHECK_OK, NULL, "%s%s", device->gro.on ? "on" : "off",
			     needed ? ": frames sent here by XDP arrive only under a program" : "");
}

static void look_veth_mtu(const struct device *device, struct finding *ret)
{
	__u32 limit = device__peer_mtu_limit(device);

	if (!device->peer_mtu)
		finding__set(ret, CHECK_UNKNOWN, NULL,
			     "%u here; the other end's, which counts, cannot be seen: at most %u",
			     device->mtu, limit);
	else if (device->peer_mtu <= limit)
		finding__set(ret, CHECK_OK, NULL, "%u here, %u at the other end, of at most %u",
			     device->mtu, device->peer_mtu, limit);
	else
		finding__set(ret, CHECK_PROBLEM, "lower it at the other end, or use -m generic",
			     "%u at the other end: native XDP takes at most %u", device->peer_mtu,
			     limit);
}

static void look_mtu(const void *row, const struct device *device, struct finding *ret)
{
	bool fragments = device->xdp & DEVICE_XDP_FRAGMENTS && features__multi_buffer();

	(void)row;
	if (!strcmp(device->kind, "veth"))
		look_veth_mtu(device, ret);
	else if (fragments)
		finding__set(ret, CHECK_OK, NULL, "%u: driver and kernel take frames in fragments",
			     device->mtu);
	else if (device->mtu <= COMMON_MTU_LIMIT)
		finding__set(ret, CHECK_OK, NULL, "%u, and most drivers take %d", device->mtu,
			     COMMON_MTU_LIMIT);
	else
		finding__set(ret, CHECK_WARNING, NULL,
			     "%u: most drivers take at most %d under XDP, without fragments",
			     device->mtu, COMMON_MTU_LIMIT);
	if (ret->state == CHECK_WARNING)
		finding__remedy(ret, "ip link set %s mtu %d, or use -m generic", device->name,
				COMMON_MTU_LIMIT);
}

static void look_rss(const void *row, const struct device *device, struct finding *ret)
{
	(void)row;
	if (device->rss_queues && device->rss_queues < device->queues) {
		finding__set(ret, CHECK_WARNING, NULL, "flows are spread over %u of %u queues",
			     device->rss_queues, device->queues);
		finding__remedy(ret, "ethtool -X %s equal %u", device->name, device->queues);
	} else if (device->rss_queues) {
		finding__set(ret, CHECK_OK, NULL,
			     "flows are spread over %u queues, by a table of %u entries",
			     device->rss_queues, device->rss_entries);
	} else if (device->queues == 1) {
		finding__set(ret, CHECK_OK, NULL, "one queue: nothing to spread");
	} else {
		finding__set(ret, CHECK_UNKNOWN, NULL, "the driver does not tell");
	}
}

static void look_losses(const void *row, const struct device *device, struct finding *ret)
{
	char own[200] = "";
	size_t used = 0;

	(void)row;
	for (int i = 0; i < DEVICE_LOSSES && device->losses[i].frames; i++)
		if (used < sizeof(own))
			used += snprintf(own + used, sizeof(own) - used, "%s%s %llu",
					 used ? ", " : "; the driver counts ",
					 device->losses[i].name, device->losses[i].frames);
	if (device->overruns)
		finding__set(ret, CHECK_WARNING, "more queues, larger rings, or fewer frames",
			     "%llu frames found no place in a ring, %llu came in%s",
			     device->overruns, device->frames, own);
	else if (own[0])
		finding__set(ret, CHECK_WARNING, NULL, "%llu frames came in%s", device->frames,
			     own);
	else
		finding__set(ret, CHECK_OK, NULL,
			     "none missed of %llu frames; the stack dropped %llu", device->frames,
			     device->dropped);
	if (!device->overruns && own[0])
		finding__remedy(ret, "see what grows: 'ethtool -S %s'", device->name);
}

static void look_interrupts(const void *row, const struct device *device, struct finding *ret)
{
	const struct irq_spread *spread = &device->interrupts;

	(void)row;
	if (!spread->lines && device->kind[0])
		finding__set(ret, CHECK_OK, NULL, "none: it is not hardware");
	else if (!spread->lines)
		finding__set(ret, CHECK_UNKNOWN, NULL, "none of its own in /proc/interrupts");
	else if (spread->cpus < spread->lines && spread->cpus < sysconf(_SC_NPROCESSORS_ONLN))
		finding__set(ret, CHECK_WARNING,
			     "run irqbalance, or write to /proc/irq/NUMBER/smp_affinity_list",
			     "%u interrupts on %u CPU%s", spread->lines, spread->cpus,
			     spread->cpus == 1 ? "" : "s");
	else
		finding__set(ret, CHECK_OK, NULL, "%u interrupts on %u CPU%s", spread->lines,
			     spread->cpus, spread->cpus == 1 ? "" : "s");
}

/* One line for an interface that was not asked for by name. */
static void look_summary(const void *row, const struct device *device, struct finding *ret)
{
	char xdp[160];

	(void)row;
	snprintf(ret->name, sizeof(ret->name), "device %s", device->name);
	describe_xdp(device, xdp, sizeof(xdp));
	if (!device->xdp_known)
		snprintf(xdp, sizeof(xdp), "XDP features not told before Linux 6.3");
	else if (!(device->xdp & DEVICE_XDP_BASIC))
		snprintf(xdp, sizeof(xdp), "no native XDP, only generic");
	finding__set(ret, device->xdp_known ? CHECK_OK : CHECK_UNKNOWN, NULL, "%s: %s",
		     device->driver[0] ? device->driver : "no driver", xdp);
}

const struct check doctor_device_checks[] = {
	{"link", look_link, NULL},
	{"driver", look_driver, NULL},
	{"xdp", look_xdp, NULL},
	{"attached", look_attached, NULL},
	{"mtu", look_mtu, NULL},
	{"queues", look_queues, NULL},
	{"rss", look_rss, NULL},
	{"ring", look_ring, NULL},
	{"interrupts", look_interrupts, NULL},
	{"lro", look_unwanted, &lro},
	{"gro-hw", look_unwanted, &gro_hw},
	{"gro", look_gro, NULL},
	{"vlan-strip", look_unwanted, &vlan_strip},
	{"losses", look_losses, NULL},
	{},
};

const struct check doctor_summary_checks[] = {
	{"device", look_summary, NULL},
	{},
};
