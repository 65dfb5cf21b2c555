// SPDX-License-Identifier: GPL-2.0-only
// policy_bench: the cost of a policy per frame, next to the kernel's maps: prefixes, limits, drops.
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <jansson.h>
#include <libgen.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/abi/feed.h"
#include "common/base/clock.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/object_prog.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/policy_maps.h"
#include "common/policy/policy_compile.h"
#include "common/replay/feeder.h"
#include "perf/median.h"
#include "perf/progmap.h"

#define BATCHES 9 /* of a measurement, after one that fills caches and tables */
#define HZ 250
#define BENCH_VICTIM_IPV4 "198.18.0.1"
#define BENCH_VICTIM_IPV6 "2001:2::"

/* What is measured: a program, and what it decides by. */
struct bench_case {
	const char *name;
	const char *object; /* of the lab; NULL: xdpctl */
	const char *floor;  /* the case without the part that is measured */
	bool armed;
	int family;      /* of the frames and prefixes: ENDPOINT_IPV4 or ENDPOINT_IPV6 */
	size_t prefixes; /* that are denied */
	bool deny_all;
	bool limit;
	bool challenge;
	bool syn;         /* frames are SYNs, else TCP data */
	int sources_log2; /* 32: any address */
};

#define V4(name, object, floor, ...)                                      \
	{                                                                 \
		name, object, floor, .family = ENDPOINT_IPV4, __VA_ARGS__ \
	}
#define V6(name, object, floor, ...)                                      \
	{                                                                 \
		name, object, floor, .family = ENDPOINT_IPV6, __VA_ARGS__ \
	}
#define RANDOM .sources_log2 = 32
#define DENY(count) .prefixes = (count), RANDOM
#define SYNS(log2) .syn = true, .sources_log2 = (log2)

static const struct bench_case bench_cases[] = {
	V4("null", "null.o", NULL, RANDOM),
	V4("counting", NULL, NULL, RANDOM),
	V4("armed, empty policy", NULL, "counting", .armed = true, RANDOM),
	V6("counting v6", NULL, NULL, RANDOM),
	V6("armed v6, empty policy", NULL, "counting v6", .armed = true, RANDOM),
	V4("deny 10k", NULL, "armed, empty policy", .armed = true, DENY(10000)),
	V4("deny 100k", NULL, "armed, empty policy", .armed = true, DENY(100000)),
	V4("deny 1M", NULL, "armed, empty policy", .armed = true, DENY(1000000)),
	V6("deny v6 100k", NULL, "armed v6, empty policy", .armed = true, DENY(100000)),
	V6("deny v6 1M", NULL, "armed v6, empty policy", .armed = true, DENY(1000000)),
	V4("addresses", "classes_all.o", NULL, RANDOM),
	V6("addresses v6", "classes_all.o", NULL, RANDOM),
	V4("LPM_TRIE 100k", "lpm_deny.o", "addresses", DENY(100000)),
	V4("LPM_TRIE 1M", "lpm_deny.o", "addresses", DENY(1000000)),
	V6("LPM_TRIE v6 100k", "lpm_deny.o", "addresses v6", DENY(100000)),
	V4("SYN of 1", NULL, NULL, .armed = true, SYNS(0)),
	V4("SYN of 4K", NULL, NULL, .armed = true, SYNS(12)),
	V4("SYN of 1M", NULL, NULL, .armed = true, SYNS(20)),
	V4("SYN of 16M", NULL, NULL, .armed = true, SYNS(24)),
	V4("limit, 1", NULL, "SYN of 1", .armed = true, .limit = true, SYNS(0)),
	V4("limit, 4K", NULL, "SYN of 4K", .armed = true, .limit = true, SYNS(12)),
	V4("limit, 1M", NULL, "SYN of 1M", .armed = true, .limit = true, SYNS(20)),
	V4("limit, 16M", NULL, "SYN of 16M", .armed = true, .limit = true, SYNS(24)),
	V4("challenge, 4K", NULL, "SYN of 4K", .armed = true, .challenge = true, SYNS(12)),
	V4("challenge, 16M", NULL, "SYN of 16M", .armed = true, .challenge = true, SYNS(24)),
	V6("SYN v6", NULL, NULL, .armed = true, .syn = true, RANDOM),
	V6("challenge v6", NULL, "SYN v6", .armed = true, .syn = true, .challenge = true, RANDOM),
	V4("classes of 4K", "classes.o", NULL, SYNS(12)),
	V4("classes of 1M", "classes.o", NULL, SYNS(20)),
	V4("classes of 16M", "classes.o", NULL, SYNS(24)),
	V4("LRU_HASH limit, 4K", "lru_limit.o", "classes of 4K", SYNS(12)),
	V4("LRU_HASH limit, 1M", "lru_limit.o", "classes of 1M", SYNS(20)),
	V4("LRU_HASH limit, 16M", "lru_limit.o", "classes of 16M", SYNS(24)),
	V4("classes, drop", "classes_drop.o", NULL, SYNS(0)),
	V4("deny all, 1", NULL, "classes, drop", .armed = true, .deny_all = true, SYNS(0)),
	V4("deny all, 16M", NULL, "classes of 16M", .armed = true, .deny_all = true, SYNS(24)),
};

#define CASES (sizeof(bench_cases) / sizeof(bench_cases[0]))

/* Of one round; 0: not measured. */
struct bench_figures {
	double ns, build_ms, switch_ms;
};

struct target {
	struct object_prog *prog; /* or: */
	struct policy_maps *maps;
	struct dataplane *dataplane;
};

/* splitmix64 (Steele, Lea, Flood, 2014). */
static __u64 draw_number(__u64 *state)
{
	__u64 value = *state += 0x9e3779b97f4a7c15ull;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

/* Half are hosts, a third /24; IPv6: most are /64. Addresses are those of the frames. */
static struct prefix random_prefix(int family, __u64 *state)
{
	static const int ipv4_bits[] = {32, 32, 32, 32, 32, 24, 24, 24, 22, 20};
	static const int ipv6_bits[] = {64, 64, 64, 64, 128, 128, 48, 48, 56, 60};
	struct endpoint network = {.family = family};
	__u64 number = draw_number(state);

	if (family == ENDPOINT_IPV4) {
		network.address[0] = (__u32)number;
		return prefix__of(&network, ipv4_bits[(number >> 32) % 10]);
	}
	network.address[0] = htonl(0x20000000 | (number & 0x1fffffff));
	network.address[1] = number >> 32;
	network.address[3] = htonl(1);
	return prefix__of(&network, ipv6_bits[draw_number(state) % 10]);
}

/* The victims of all frames, always. */
static int add_challenge(struct policy *policy)
{
	static const char *const victims[] = {BENCH_VICTIM_IPV4 "/32", BENCH_VICTIM_IPV6 "/128"};
	struct protect_rule *protect = calloc(1, sizeof(*protect));
	int err = protect ? 0 : -ENOMEM;

	if (err)
		return err;
	*protect = (struct protect_rule){.name = "bench",
					 .armed = ARMED_ALWAYS,
					 .action = POLICY_ACTION_CHALLENGE,
					 .mode = POLICY_ENFORCE,
					 .trust_s = 600};
	policy->protects = protect;
	policy->protect_count = 1;
	for (int i = 0; !err && i < 2; i++) {
		struct prefix prefix;

		err = prefix__parse("", victims[i], &prefix, NULL)
			      ?: policy_list__add(&protect->victims, &prefix,
						  (struct policy_origin){});
	}
	return err;
}

static int build_policy(const struct bench_case *row, struct policy *ret)
{
	static const char *const everything[] = {"0.0.0.0/0", "::/0"};
	__u64 state = 1;
	int err = 0;

	*ret = (struct policy){.tiny_fragments = FRAGMENTS_PASS, .deny.mode = POLICY_ENFORCE};
	for (size_t i = 0; !err && i < row->prefixes; i++) {
		struct prefix prefix = random_prefix(row->family, &state);

		err = policy_list__add(&ret->deny, &prefix, (struct policy_origin){});
	}
	for (int i = 0; !err && row->deny_all && i < 2; i++) {
		struct prefix prefix;

		err = prefix__parse("", everything[i], &prefix, NULL)
			      ?: policy_list__add(&ret->deny, &prefix, (struct policy_origin){});
	}
	/* A burst that is not reached: what is measured is the clock, not the drop. */
	if (row->limit)
		ret->limit = (struct limit_rule){
			.given = true, .rate_pps = 20, .burst = 100000, .mode = POLICY_ENFORCE};
	return err ?: row->challenge ? add_challenge(ret) : 0;
}

static int bench_put_policy(const struct bench_case *row, struct policy_maps *maps,
			    struct bench_figures *ret, struct errmsg *why)
{
	const struct policy_build build = {.max_prefixes = policy_maps__max_prefixes(maps),
					   .hz = HZ};
	struct policy_names names = {};
	struct compiled_policy compiled;
	struct policy policy;
	__u64 start_ns, built_ns;
	int err;

	err = build_policy(row, &policy);
	start_ns = clock__now_ns();
	if (!err)
		err = policy__compile(&policy, &build, &names, &compiled, why);
	policy__free(&policy);
	if (err)
		return err;
	built_ns = clock__now_ns();
	err = policy_maps__put(maps, POLICY_CONFIRMED, compiled.chunks, compiled.chunk_count, 0,
			       why);
	if (row->prefixes) {
		ret->build_ms = (built_ns - start_ns) / 1e6;
		ret->switch_ms = (clock__now_ns() - built_ns) / 1e6;
	}
	compiled_policy__free(&compiled);
	return err;
}

static int open_xdpctl(const struct bench_case *row, struct target *target,
		       struct bench_figures *figures, struct errmsg *why)
{
	struct dataplane_config config = {};
	__u32 max_prefixes = row->prefixes > POLICY_DEFAULT_MAX_PREFIXES
				     ? POLICY_MAX_MAX_PREFIXES
				     : POLICY_DEFAULT_MAX_PREFIXES;
	int err;

	if (row->armed) {
		err = policy_maps__create(max_prefixes, &target->maps, why);
		if (!err)
			err = bench_put_policy(row, target->maps, figures, why);
		if (err)
			return err;
	}
	config.policy = target->maps;
	return dataplane__load(&config, &target->dataplane, why);
}

/* The denied prefixes of an LPM trie. */
static int fill_tries(const struct bench_case *row, int program_fd)
{
	bool ipv4 = row->family == ENDPOINT_IPV4;
	int fd = progmap__open(program_fd, ipv4 ? "lpm_ipv4" : "lpm_ipv6");
	__u64 state = 1;
	__u32 one = 1;
	int err = fd < 0 ? fd : 0;

	for (size_t i = 0; !err && i < row->prefixes; i++) {
		struct prefix prefix = random_prefix(row->family, &state);
		struct {
			__u32 bits;
			__be32 address[4];
		} key = {.bits = prefix.bits};

		memcpy(key.address, prefix.network.address, sizeof(key.address));
		err = bpf_map_update_elem(fd, &key, &one, BPF_ANY);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

static int open_lab(const struct bench_case *row, struct target *target, struct errmsg *why)
{
	char self[3800], path[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int err;

	if (length < 0)
		return errmsg__set(why, -errno, "/proc/self/exe: %s", strerror(errno));
	self[length] = '\0';
	snprintf(path, sizeof(path), "%s/bpf/%s", dirname(self), row->object);
	err = object_prog__load(path, -1, &target->prog, why);
	if (err || !row->prefixes)
		return err;
	err = fill_tries(row, object_prog__program_fd(target->prog));
	return err ? errmsg__set(why, err, "filling a trie: %s", strerror(-err)) : 0;
}

static void target__close(struct target *target)
{
	object_prog__close(target->prog);
	dataplane__close(target->dataplane);
	policy_maps__close(target->maps);
}

/* Draws a source into a frame of TCP. Return: the frame's bytes. */
static __u32 make_frame(const struct bench_case *row, __u64 number, __u8 *frame)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	bool ipv4 = row->family == ENDPOINT_IPV4;
	__u32 ip_bytes = ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	struct tcphdr *tcp = (struct tcphdr *)(frame + sizeof(*eth) + ip_bytes);
	__u32 length = sizeof(*eth) + ip_bytes + sizeof(*tcp);

	memset(frame, 0, length);
	eth->h_proto = htons(ipv4 ? ETH_P_IP : ETH_P_IPV6);
	if (ipv4) {
		struct iphdr ip = {.version = 4, .ihl = 5, .protocol = IPPROTO_TCP, .ttl = 64};

		ip.tot_len = htons(ip_bytes + sizeof(*tcp));
		ip.saddr = number;
		ip.daddr = htonl(0xc6120001);
		memcpy(frame + sizeof(*eth), &ip, sizeof(ip));
	} else {
		struct ipv6hdr ip = {.version = 6, .nexthdr = IPPROTO_TCP, .hop_limit = 64};

		ip.payload_len = htons(sizeof(*tcp));
		ip.saddr.s6_addr32[0] = htonl(0x20000000 | (number & 0x1fffffff));
		ip.saddr.s6_addr32[1] = number >> 32;
		ip.daddr.s6_addr32[0] = htonl(0x20010002);
		memcpy(frame + sizeof(*eth), &ip, sizeof(ip));
	}
	tcp->dest = htons(443);
	tcp->doff = 5;
	tcp->syn = row->syn;
	tcp->ack = !row->syn;
	return length;
}

static void fill_batch(const struct bench_case *row, struct feeder *feeder, __u64 *state)
{
	__u8 frame[128];
	__u64 number;

	feeder__clear(feeder);
	do {
		number = draw_number(state);
		if (row->sources_log2 < 32)
			number = (number & ((1u << row->sources_log2) - 1)) * 0x9e3779b1u;
	} while (feeder__add(feeder, frame, make_frame(row, number, frame)));
}

/* The median of batches, because others' use of the CPU lengthens some of them. */
static int measure_case(const struct bench_case *row, struct target *target, double *ret_ns,
			struct errmsg *why)
{
	int program_fd = target->prog ? object_prog__program_fd(target->prog)
				      : dataplane__program_fd(target->dataplane);
	double batch_ns[1 + BATCHES];
	struct feeder *feeder;
	__u64 state = 7;
	int err = feeder__open(program_fd, false, &feeder, why);

	if (err)
		return err;
	for (int i = 0; !err && i < 1 + BATCHES; i++) {
		__u32 frame_ns = 0;

		fill_batch(row, feeder, &state);
		err = feeder__run(feeder, 1, &frame_ns, why);
		batch_ns[i] = frame_ns;
	}
	feeder__close(feeder);
	*ret_ns = err ? 0 : spread__of(batch_ns + 1, BATCHES).median;
	return err;
}

static int run_case(const struct bench_case *row, struct bench_figures *ret, struct errmsg *why)
{
	struct target target = {};
	int err;

	*ret = (struct bench_figures){};
	err = row->object ? open_lab(row, &target, why) : open_xdpctl(row, &target, ret, why);
	if (!err)
		err = measure_case(row, &target, &ret->ns, why);
	target__close(&target);
	return err;
}

static size_t find_case(const char *name)
{
	for (size_t i = 0; i < CASES; i++)
		if (!strcmp(bench_cases[i].name, name))
			return i;
	return CASES;
}

/* A line as perf/figure_log.h describes it. @all: of this round. */
static void print_case(size_t number, int round, const struct bench_figures *all)
{
	const struct bench_case *row = &bench_cases[number];
	size_t floor = row->floor ? find_case(row->floor) : CASES;
	json_t *figures = json_pack("{s:f}", "ns", all[number].ns);
	json_t *line = json_pack("{s:s, s:s, s:i, s:o}", "row", row->name, "label", row->name,
				 "round", round, "figures", figures);

	if (row->prefixes && !row->object) {
		json_object_set_new(figures, "build_ms", json_real(all[number].build_ms));
		json_object_set_new(figures, "switch_ms", json_real(all[number].switch_ms));
	}
	if (floor < CASES && all[floor].ns > 0) {
		json_object_set_new(line, "floor", json_string(row->floor));
		json_object_set_new(figures, "above_floor_ns",
				    json_real(all[number].ns - all[floor].ns));
	}
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(line);
}

/* Quick rows need neither much memory nor many maps to be filled. */
static bool is_quick(const struct bench_case *row)
{
	return row->prefixes <= 10000 && (row->sources_log2 <= 12 || row->sources_log2 == 32);
}

int main(int argc, char **argv)
{
	static struct bench_figures figures[CASES];
	int rounds = argc > 1 ? atoi(argv[1]) : 0;
	bool quick = argc > 2 && !strcmp(argv[2], "--quick");
	struct errmsg why = {};

	if (rounds < 1) {
		fputs("usage: policy_bench ROUNDS [--quick]\n", stderr);
		return 2;
	}
	libbpf_log__start(false);
	for (int round = 1; round <= rounds; round++)
		for (size_t i = 0; i < CASES; i++) {
			if (quick && !is_quick(&bench_cases[i]))
				continue;
			if (run_case(&bench_cases[i], &figures[i], &why)) {
				fprintf(stderr, "policy_bench: %s: %s\n", bench_cases[i].name,
					why.text);
				return 1;
			}
			print_case(i, round, figures);
		}
	return 0;
}
