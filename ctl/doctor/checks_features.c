// SPDX-License-Identifier: GPL-2.0-only
// checks_features: checks of kernel features for BPF programs, each probed by using it.
#include <linux/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/features.h"
#include "ctl/doctor/findings.h"

/* A feature, and what follows without it. */
struct feature {
	int (*probe)(void);
	const char *offered;
	const char *missing;
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
	"XDP on multi-buffer frames",
	"no XDP on frames larger than about a page",
	"use Linux 5.18 or newer",
};

static const struct feature store_bytes = {
	probe_store_bytes,
	"bpf_xdp_store_bytes()",
	"replay needs a system call per frame: 20 times slower",
	"use Linux 5.18 or newer",
};

static const struct feature live_frames = {
	features__live_frames,
	"BPF_PROG_TEST_RUN can send frames",
	"pktgen cannot send through XDP",
	"use Linux 5.18 or newer",
};

static const struct feature freplace = {
	features__freplace,
	"a program can replace a function of another one",
	"libxdp cannot run several programs on one interface",
	"attach one XDP program per interface, or use a kernel that permits BPF_PROG_TYPE_EXT",
};

static const struct feature tracing = {
	features__tracing,
	"programs on tracepoints, with typed arguments (BTF)",
	"programs on tracepoints have no typed arguments",
	"use a kernel with CONFIG_DEBUG_INFO_BTF and CONFIG_BPF_EVENTS",
};

static const struct feature raw_tracepoint = {
	features__raw_tracepoint,
	"programs on tracepoints",
	"handshakes cannot be counted",
	"use a kernel with CONFIG_BPF_EVENTS, and hold CAP_PERFMON",
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
		finding__set(ret, CHECK_UNKNOWN, "run as root", "cannot probe: %s", strerror(-err));
	else
		finding__set(ret, CHECK_WARNING, feature->remedy, "%s: %s",
			     err == -ENOENT ? "missing" : strerror(-err), feature->missing);
}

/* Features of one kind, probed by number. */
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
	"helpers for XDP programs",
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
	"map types",
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
		finding__set(ret, CHECK_WARNING,
			     "use a newer kernel, or one with more of BPF built in",
			     "%zu %s probed; missing: %s", count, set->what, missing);
	else
		finding__set(ret, CHECK_OK, NULL, "all %zu %s that were probed", count, set->what);
}

/* Two faults of older kernels are in hash maps, which xdpctl therefore does not use. */
#define NOT_OURS "; xdpctl's tables are arrays"

static void look_dumps(const void *row, const struct netdev *netdev, struct finding *ret)
{
	bool disturbs;
	int err = features__dump_disturbs(&disturbs);

	(void)row, (void)netdev;
	if (err)
		finding__set(ret, CHECK_UNKNOWN, "use a kernel with CONFIG_DEBUG_INFO_BTF",
			     "not known without the kernel's BTF: from 5.11 to 6.14, updates of a "
			     "hash can fail while user space reads it" NOT_OURS);
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
 * Linux 6.0 (commit 54a9c3a42d92) made inserts into a full hash fast, which cannot be probed, and
 * takes many CPUs to measure. Helpers that came with 6.0 and 6.1 stand in for it.
 */
static void look_full_hash(const void *row, const struct netdev *netdev, struct finding *ret)
{
	(void)row, (void)netdev;
	if (!may_ask())
		finding__set(ret, CHECK_UNKNOWN, "run as root", "programs cannot be loaded");
	else if (!features__xdp_helper(BPF_FUNC_tcp_raw_gen_syncookie_ipv4) ||
		 !features__xdp_helper(BPF_FUNC_ktime_get_tai_ns))
		finding__set(ret, CHECK_OK, NULL,
			     "an insert into a full hash is refused at once (inferred from helpers "
			     "of Linux 6.0 and 6.1)");
	else
		finding__set(
			ret, CHECK_OK, NULL,
			"an insert into a full hash locks every CPU's free list (inferred from "
			"missing helpers of Linux 6.0 and 6.1)" NOT_OURS);
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
