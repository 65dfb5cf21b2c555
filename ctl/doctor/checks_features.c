// SPDX-License-Identifier: GPL-2.0-only
// checks_features: checks of what the kernel offers to BPF programs, each by trying it.
#include <linux/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/features.h"
#include "ctl/doctor/findings.h"

/* One thing that the kernel offers or not. */
struct feature {
	int (*probe)(void);
	const char *offered;
	const char *missing; /* what follows from it */
	const char *remedy;
};

static int probe_multi_buffer(void)
{
	return features__multi_buffer() ? 0 : -EINVAL;
}

static int probe_store_bytes(void)
{
	return features__xdp_helper(BPF_FUNC_xdp_store_bytes);
}

static const struct feature multi_buffer = {
	probe_multi_buffer,
	"XDP on frames in several buffers",
	"no XDP on large frames: the MTU is limited to about a page",
	"Linux 5.18 or newer",
};

static const struct feature store_bytes = {
	probe_store_bytes,
	"bpf_xdp_store_bytes()",
	"replay feeds frames by one system call each, 20 times slower",
	"Linux 5.18 or newer",
};

static const struct feature live_frames = {
	features__live_frames,
	"BPF_PROG_TEST_RUN can send frames",
	"pktgen cannot send by XDP",
	"Linux 5.18 or newer",
};

static const struct feature freplace = {
	features__freplace,
	"a program can take the place of another's function",
	"libxdp cannot chain several programs on an interface: only one runs",
	"use the interface for one XDP program, or a kernel that permits BPF_PROG_TYPE_EXT",
};

static const struct feature tracing = {
	features__tracing,
	"programs on tracepoints by BTF",
	"programs on tracepoints read arguments without types",
	"a kernel from 5.5 with CONFIG_DEBUG_INFO_BTF and CONFIG_BPF_EVENTS",
};

static const struct feature raw_tracepoint = {
	features__raw_tracepoint,
	"programs on tracepoints",
	"nothing but packets can be watched",
	"a kernel with CONFIG_BPF_EVENTS, and CAP_PERFMON",
};

static bool may_ask(void)
{
	int fd = features__null_program(0);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static void look_feature(const void *row, const struct netdev *netdev, struct finding *ret)
{
	const struct feature *feature = row;
	int err = feature->probe();

	(void)netdev;
	if (!err)
		finding__set(ret, CHECK_OK, NULL, "%s", feature->offered);
	else if (!may_ask())
		finding__set(ret, CHECK_UNKNOWN, "run as root", "probing it: %s", strerror(-err));
	else
		finding__set(ret, CHECK_WARNING, feature->remedy, "%s: %s",
			     err == -ENOENT ? "missing" : strerror(-err), feature->missing);
}

/* Many things of a kind, asked for by number. */
struct feature_set {
	const char *what;
	int (*probe)(__u32 number);
	struct {
		__u32 number;
		const char *name;
	} rows[24]; /* ends with a row without a name */
};

#define HELPER(name)                          \
	{                                     \
		BPF_FUNC_##name, "bpf_" #name \
	}

static const struct feature_set helpers = {
	"helpers of XDP programs",
	features__xdp_helper,
	{HELPER(map_lookup_elem),
	 HELPER(map_update_elem),
	 HELPER(ktime_get_ns),
	 HELPER(ktime_get_coarse_ns),
	 HELPER(get_smp_processor_id),
	 HELPER(spin_lock),
	 HELPER(tail_call),
	 HELPER(redirect),
	 HELPER(redirect_map),
	 HELPER(perf_event_output),
	 HELPER(ringbuf_reserve),
	 HELPER(fib_lookup),
	 HELPER(csum_diff),
	 HELPER(xdp_adjust_head),
	 HELPER(xdp_adjust_meta),
	 HELPER(xdp_adjust_tail),
	 HELPER(xdp_get_buff_len),
	 HELPER(xdp_load_bytes),
	 HELPER(xdp_store_bytes),
	 HELPER(for_each_map_elem),
	 HELPER(loop),
	 HELPER(tcp_raw_gen_syncookie_ipv4),
	 HELPER(ktime_get_tai_ns)},
};

#define MAP_TYPE(constant, name)              \
	{                                     \
		BPF_MAP_TYPE_##constant, name \
	}

static const struct feature_set map_types = {
	"types of maps",
	features__map_type,
	{MAP_TYPE(ARRAY, "array"), MAP_TYPE(PERCPU_ARRAY, "percpu_array"), MAP_TYPE(HASH, "hash"),
	 MAP_TYPE(PERCPU_HASH, "percpu_hash"), MAP_TYPE(LRU_HASH, "lru_hash"),
	 MAP_TYPE(LRU_PERCPU_HASH, "lru_percpu_hash"), MAP_TYPE(LPM_TRIE, "lpm_trie"),
	 MAP_TYPE(PROG_ARRAY, "prog_array"), MAP_TYPE(RINGBUF, "ringbuf"),
	 MAP_TYPE(BLOOM_FILTER, "bloom_filter"), MAP_TYPE(DEVMAP, "devmap"),
	 MAP_TYPE(DEVMAP_HASH, "devmap_hash"), MAP_TYPE(CPUMAP, "cpumap"),
	 MAP_TYPE(XSKMAP, "xskmap")},
};

static void look_set(const void *row, const struct netdev *netdev, struct finding *ret)
{
	const struct feature_set *set = row;
	char missing[200] = "";
	size_t count = 0, used = 0;

	(void)netdev;
	if (!may_ask()) {
		finding__set(ret, CHECK_UNKNOWN, "run as root", "programs cannot be loaded");
		return;
	}
	for (; set->rows[count].name; count++)
		if (set->probe(set->rows[count].number) && used < sizeof(missing))
			used += snprintf(missing + used, sizeof(missing) - used, "%s%s",
					 used ? ", " : "", set->rows[count].name);
	if (used)
		finding__set(ret, CHECK_WARNING, "a newer kernel, or one with more of BPF built in",
			     "of %zu %s, without %s", count, set->what, missing);
	else
		finding__set(ret, CHECK_OK, NULL, "all %zu %s that were asked for", count,
			     set->what);
}

/* These two windows of older kernels are of hash maps, which xdpctl's tables therefore are not. */
#define NOT_OURS "; xdpctl's tables are arrays"

static void look_dumps(const void *row, const struct netdev *netdev, struct finding *ret)
{
	bool disturbs;
	int err = features__dump_disturbs(&disturbs);

	(void)row, (void)netdev;
	if (err)
		finding__set(ret, CHECK_UNKNOWN, "a kernel with CONFIG_DEBUG_INFO_BTF",
			     "the kernel's types, which would tell, are not there: from 5.11 to "
			     "6.14, updates of a hash can fail while user space reads it" NOT_OURS);
	else if (disturbs)
		finding__set(ret, CHECK_OK, NULL,
			     "updates of a hash can fail (EBUSY) while user space reads it: struct "
			     "bpf_htab has map_locked" NOT_OURS);
	else
		finding__set(ret, CHECK_OK, NULL,
			     "reading a hash does not disturb updates: struct bpf_htab has no "
			     "map_locked");
}

/*
 * Commit 54a9c3a42d92 changed the code of Linux 6.0, but nothing that can be seen from outside;
 * that it is slow before takes many CPUs to see. It came with helpers of the same release, and
 * with some more in the next one.
 */
static void look_full_hash(const void *row, const struct netdev *netdev, struct finding *ret)
{
	(void)row, (void)netdev;
	if (!may_ask())
		finding__set(ret, CHECK_UNKNOWN, "run as root", "programs cannot be loaded");
	else if (!features__xdp_helper(BPF_FUNC_tcp_raw_gen_syncookie_ipv4) ||
		 !features__xdp_helper(BPF_FUNC_ktime_get_tai_ns))
		finding__set(ret, CHECK_OK, NULL,
			     "a full hash refuses at once: inferred from helpers of Linux 6.0 and "
			     "6.1, which are there");
	else
		finding__set(ret, CHECK_OK, NULL,
			     "inserting into a full hash locks every CPU's free list: inferred "
			     "from helpers of Linux 6.0 and 6.1, which are missing" NOT_OURS);
}

const struct check doctor_feature_checks[] = {
	{"multi-buffer", look_feature, &multi_buffer},
	{"store-bytes", look_feature, &store_bytes},
	{"live-frames", look_feature, &live_frames},
	{"freplace", look_feature, &freplace},
	{"tracepoints", look_feature, &raw_tracepoint},
	{"tracing", look_feature, &tracing},
	{"helpers", look_set, &helpers},
	{"map-types", look_set, &map_types},
	{"busy-dumps", look_dumps, NULL},
	{"full-hash", look_full_hash, NULL},
	{},
};
