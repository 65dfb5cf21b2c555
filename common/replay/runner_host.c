// SPDX-License-Identifier: GPL-2.0-only
// runner_host: the dataplane's program compiled for the host, and batches of frames to run.
#include "common/replay/runner_host.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/replay/host_helpers.h"
#include "xdp/frame.bpf.h"

int xdpctl_syn(const struct frame *frame);
int xdpctl_pairs(const struct frame *frame);

#define WITHOUT_SAMPLING
#include "xdp/syn.bpf.c"

/* Small enough for a CPU's second cache level, large enough for starting a thread not to matter. */
#define BATCH_BYTES (1u << 20)

/* A frame in the batch. Its IP header is aligned, as drivers do (NET_IP_ALIGN). */
struct record {
	__u32 bytes;
	__u16 padding;
	__u8 data[]; /* up to the next multiple of 8 bytes */
};

_Static_assert(offsetof(struct record, data) % 4 == 2, "an Ethernet header has 14 bytes");

struct runner_host {
	__u32 cpu;
	__u32 count;
	__u32 used_bytes;
	__u8 *records; /* of BATCH_BYTES */
};

static bool counts_pairs;

static __u32 record_bytes(__u32 frame_bytes)
{
	return (offsetof(struct record, data) + frame_bytes + 7) & ~7u;
}

static void use_map(struct dataplane *tables, const char *name, struct host_array *ret)
{
	ret->values = dataplane__values(tables, name, &ret->value_bytes, &ret->max_entries);
}

#define USE_TABLE(constant, maps, name, label, list, class)   \
	use_map(tables, #maps "_front", &maps##_front.array); \
	use_map(tables, #maps "_back", &maps##_back.array);

void runner_host__use_tables(struct dataplane *tables)
{
	const struct dataplane_layout *layout = dataplane__layout(tables);

	memcpy(table_configs, layout->tables, sizeof(table_configs));
	ipv4_part = hash__ipv4_part(&layout->tables[TABLE_SOURCES]);
	counts_pairs = layout->tables[TABLE_SYN_ACKS].sets;
	use_map(tables, "counters_map", &counters_map.array);
	use_map(tables, "unaccounted_map", &unaccounted_map.array);
	use_map(tables, "shared_map", &shared_map.array);
	use_map(tables, "sources_ipv4", &sources_ipv4.array);
	TABLES(USE_TABLE)
}

struct runner_host *runner_host__open(__u32 cpu)
{
	struct runner_host *host = calloc(1, sizeof(*host));

	if (!host)
		return NULL;
	host->cpu = cpu;
	host->records = malloc(BATCH_BYTES);
	if (host->records)
		return host;
	free(host);
	return NULL;
}

bool runner_host__add(struct runner_host *host, const __u8 *data, __u32 bytes)
{
	struct record *record = (struct record *)(host->records + host->used_bytes);

	if (record_bytes(bytes) > BATCH_BYTES - host->used_bytes)
		return false;
	record->bytes = bytes;
	memcpy(record->data, data, bytes);
	host->used_bytes += record_bytes(bytes);
	host->count++;
	return true;
}

__u32 runner_host__max_bytes(void)
{
	return BATCH_BYTES - record_bytes(0);
}

__u32 runner_host__count(const struct runner_host *host)
{
	return host->count;
}

void runner_host__clear(struct runner_host *host)
{
	host->count = 0;
	host->used_bytes = 0;
}

/* Inlined, so that the program is a constant, and is inlined as well. */
static __always_inline void run_records(const struct runner_host *host,
					int (*program)(const struct frame *))
{
	const __u8 *end = host->records + host->used_bytes;

	for (const __u8 *next = host->records; next < end;) {
		const struct record *record = (const struct record *)next;
		struct frame frame = {.data = record->data, .end = record->data + record->bytes};

		frame.context = &frame;
		program(&frame);
		next += record_bytes(record->bytes);
	}
}

double runner_host__run(const struct runner_host *host, __u32 loops)
{
	__u64 start_ns = clock__thread_ns();

	if (!host->count)
		return 0;
	host_cpu = host->cpu;
	for (__u32 i = 0; i < loops; i++)
		if (counts_pairs)
			run_records(host, xdpctl_pairs);
		else
			run_records(host, xdpctl_syn);
	return (double)(clock__thread_ns() - start_ns) / ((__u64)host->count * loops);
}

static void use_policy(const struct policy_memory *memory)
{
	static struct host_array slots[POLICY_SLOTS];

	slots[POLICY_CONFIRMED] = (struct host_array){(void *)memory->chunks,
						      sizeof(*memory->chunks), memory->chunk_count};
	policies.array = (struct host_array){slots, sizeof(slots[0]), POLICY_SLOTS};
	limits.array = (struct host_array){memory->limit_lines, sizeof(*memory->limit_lines),
					   memory->config.limit_lines};
	verified.array =
		(struct host_array){memory->verified_lines, sizeof(*memory->verified_lines),
				    memory->config.verified_lines};
	attacks.array = (struct host_array){memory->attack_sets, sizeof(*memory->attack_sets),
					    memory->config.attack_sets};
	verdict_counters.array =
		(struct host_array){memory->counters, sizeof(*memory->counters), 1};
	policy_config = memory->config;
	virtual_clock = true;
}

int runner_host__judge(const struct policy_memory *memory, const __u8 *data, __u32 bytes)
{
	struct frame frame = {.data = data, .end = data + bytes};
	struct request request = {};
	enum frame_class class;

	frame.context = &frame;
	use_policy(memory);
	class = classify_and_describe(&frame, DETAIL_ALL, &request);
	judge__present(0, class, &request);
	return judge(&frame, 0);
}

enum frame_class runner_host__describe(const __u8 *data, __u32 bytes, bool raw,
				       struct endpoint *ret_source, struct endpoint *ret_victim)
{
	/* Two bytes behind a multiple of four, as drivers place frames. */
	__u8 aligned[2 + RUNNER_HOST_DESCRIBED] __attribute__((aligned(8)));
	struct frame frame = {.data = aligned + 2};
	bool raw_before = raw_ip;
	struct request request = {};
	enum frame_class class;

	if (bytes > RUNNER_HOST_DESCRIBED)
		bytes = RUNNER_HOST_DESCRIBED;
	memcpy(aligned + 2, data, bytes);
	frame.end = aligned + 2 + bytes;
	frame.context = &frame;
	raw_ip = raw;
	class = classify_and_describe(&frame, DETAIL_ALL, &request);
	raw_ip = raw_before;
	*ret_source = request.source;
	*ret_victim = request.victim;
	return class;
}

__u64 runner_host__memory_bytes(void)
{
	return BATCH_BYTES;
}

void runner_host__close(struct runner_host *host)
{
	if (host)
		free(host->records);
	free(host);
}
