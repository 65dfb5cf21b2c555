// SPDX-License-Identifier: GPL-2.0-only
// policy_peek: what a policy in force would decide on a SYN now, without a trace in its state.
#include "common/dataplane/policy_peek.h"

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>

#include "common/bpf/test_run.h"
#include "common/dataplane/dataplane.h"

#define SYN_MAX_BYTES (sizeof(struct ethhdr) + sizeof(struct ipv6hdr) + sizeof(struct tcphdr))

/* Return: the bytes of an IP header. */
static __u32 peek_ip_header(const struct endpoint *source, const struct endpoint *victim, __u8 *out)
{
	struct iphdr ipv4 = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP};
	struct ipv6hdr ipv6 = {.version = 6, .hop_limit = 64, .nexthdr = IPPROTO_TCP};

	if (source->family == ENDPOINT_IPV4) {
		ipv4.tot_len = htons(sizeof(ipv4) + sizeof(struct tcphdr));
		ipv4.saddr = source->address[0];
		ipv4.daddr = victim->address[0];
		memcpy(out, &ipv4, sizeof(ipv4));
		return sizeof(ipv4);
	}
	ipv6.payload_len = htons(sizeof(struct tcphdr));
	memcpy(&ipv6.saddr, source->address, sizeof(ipv6.saddr));
	memcpy(&ipv6.daddr, victim->address, sizeof(ipv6.daddr));
	memcpy(out, &ipv6, sizeof(ipv6));
	return sizeof(ipv6);
}

/* Return: the bytes of a SYN. */
static __u32 peek_frame(const struct endpoint *source, const struct endpoint *victim, __u8 *out)
{
	struct ethhdr eth = {
		.h_proto = htons(source->family == ENDPOINT_IPV4 ? ETH_P_IP : ETH_P_IPV6)};
	struct tcphdr tcp = {.source = htons(40000), .dest = victim->port, .doff = 5, .syn = 1};
	__u32 bytes = sizeof(eth);

	memcpy(out, &eth, sizeof(eth));
	bytes += peek_ip_header(source, victim, out + bytes);
	memcpy(out + bytes, &tcp, sizeof(tcp));
	return bytes + sizeof(tcp);
}

/* The row of the CPU that has judged the frame. */
static int peek_read_last(const struct dataplane *dataplane, struct judgement *ret,
			  struct errmsg *why)
{
	__u32 cpus = dataplane__layout(dataplane)->cpus;
	size_t bytes = cpus * sizeof(struct verdict_counters);
	const struct verdict_counters *counters =
		mmap(NULL, bytes, PROT_READ, MAP_SHARED,
		     dataplane__map_fd(dataplane, "verdict_counters"), 0);
	int err = -ENODATA;

	if (counters == MAP_FAILED)
		return errmsg__set(why, -errno, "mapping the counters: %s", strerror(errno));
	for (__u32 cpu = 0; err && cpu < cpus; cpu++) {
		if (!counters[cpu].reasons[counters[cpu].last.reason % REASON_COUNT])
			continue;
		*ret = counters[cpu].last;
		err = 0;
	}
	munmap((void *)counters, bytes);
	return err ? errmsg__set(why, err, "the program has judged nothing") : 0;
}

int policy_peek__syn(const struct policy_maps *maps, const struct endpoint *source,
		     const struct endpoint *victim, struct policy_answer *ret, struct errmsg *why)
{
	const struct dataplane_config config = {.policy = maps, .peek = true};
	struct dataplane *dataplane = NULL;
	struct test_run *test_run = NULL;
	__u8 frame[SYN_MAX_BYTES];
	int err;

	err = dataplane__load(&config, &dataplane, why);
	if (err)
		return err;
	err = test_run__open(dataplane__program_fd(dataplane), &test_run, why);
	if (err)
		goto out;
	err = test_run__frame(test_run, frame, peek_frame(source, victim, frame), why);
	if (err < 0)
		goto out;
	ret->verdict = err;
	err = peek_read_last(dataplane, &ret->judgement, why);
out:
	test_run__close(test_run);
	dataplane__close(dataplane);
	return err;
}
