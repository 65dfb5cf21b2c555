// SPDX-License-Identifier: GPL-2.0-only
// backend_cpu: the dataplane that runs on the CPUs, whose maps are mapped into memory and read
// there.
#include <bpf/bpf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/abi/hash.h"
#include "common/address/endpoint_index.h"
#include "common/bpf/features.h"
#include "common/bpf/libbpf_log.h"
#include "common/counts/heaviest.h"
#include "common/counts/hll.h"
#include "common/dataplane/backend.h"
#include "common/dataplane/cpu_layout.h"
#include "common/dataplane/handshake_pins.h"
#include "gen/syn.skel.h"

static const char *cpu_program(const struct dataplane_layout *layout)
{
	/* By what they do: judge, count pairs, sample. */
	static const char *const programs[2][2][2] = {
		{{"xdpctl_syn", "xdpctl_syn_smp"}, {"xdpctl_pairs", "xdpctl_pair_smp"}},
		{{"xdpctl_armed", "xdpctl_arm_smp"}, {"xdpctl_armpairs", "xdpctl_armp_smp"}},
	};
	bool pairs = layout->tables[TABLE_SYN_ACKS].sets;

	return programs[layout->max_prefixes != 0][pairs][layout->sampling != 0];
}

/* The program's constants, set before the load. */
static int set_constants(struct dataplane *dataplane, const struct dataplane_config *config,
			 bool multi_buffer)
{
	struct syn__rodata constants = {.multi_buffer = multi_buffer,
					.raw_ip = config->raw_ip,
					.peek = config->peek,
					.virtual_clock = config->virtual_clock};
	struct bpf_map *map;

	constants.ipv4_part = hash__ipv4_part(&dataplane->layout.tables[TABLE_SOURCES]);
	memcpy(constants.table_configs, dataplane->layout.tables, sizeof(constants.table_configs));
	if (dataplane->policy)
		constants.policy_config = *policy_maps__config(dataplane->policy);
	bpf_object__for_each_map (map, dataplane->object)
		if (strstr(bpf_map__name(map), ".rodata"))
			/* The section ends with its last constant, the struct with padding. */
			return bpf_map__set_initial_value(map, &constants,
							  bpf_map__value_size(map));
	return -ENOENT;
}

static int cpu_configure(struct dataplane *dataplane, const struct dataplane_config *config,
			 struct errmsg *why)
{
	bool multi_buffer = features__multi_buffer();
	struct bpf_program *program = dataplane->program;
	int err;

	err = set_constants(dataplane, config, multi_buffer);
	if (err)
		goto out;
	if (config->target_fd > 0) {
		/* The dispatcher carries BPF_F_XDP_HAS_FRAGS for its components. */
		bpf_program__set_type(program, BPF_PROG_TYPE_EXT);
		bpf_program__set_expected_attach_type(program, 0);
		err = bpf_program__set_attach_target(program, config->target_fd,
						     config->target_function);
	} else if (multi_buffer) {
		err = bpf_program__set_flags(program, BPF_F_XDP_HAS_FRAGS);
	}
out:
	return err ? errmsg__set(why, err, "configuring the built-in BPF object: %s",
				 LIBBPF_STRERROR(err))
		   : 0;
}

static int cpu_explain_load(int err, const struct dataplane_config *config, struct errmsg *why)
{
	if (err == -ENOMEM)
		return errmsg__set(why, err, "loading a BPF program: no memory for %u sources",
				   config->max_sources ?: DEFAULT_MAX_SOURCES);
	return libbpf_log__explain_load(err, why);
}

/* Once; tables of this process are there from the start (process_tables.c). */
static const void *map_memory(struct dataplane *dataplane, int map)
{
	struct mapping *mapping = &dataplane->mappings[map];
	size_t bytes =
		cpu_layout__map_entries(&dataplane->layout, map) * cpu_layout_maps[map].value_bytes;
	void *start;

	if (mapping->start)
		return mapping->start;
	start = mmap(NULL, bytes, PROT_READ, MAP_SHARED, dataplane->map_fds[map], 0);
	if (start == MAP_FAILED)
		return NULL;
	*mapping = (struct mapping){.start = start, .bytes = bytes};
	return start;
}

static void describe_table(struct dataplane *dataplane, enum table table)
{
	struct cpu_memory *memory = &dataplane->memory;
	int class = table_kinds[table].total_class;

	memory->tables[table] = (struct tally_memory){
		.config = dataplane->layout.tables[table],
		.cpus = dataplane->layout.cpus,
		.counters = class < CLASS_COUNT ? memory->counters : NULL,
		.class = class,
		.pending = table == TABLE_SOURCES   ? PENDING_SOURCE
			   : table == TABLE_VICTIMS ? PENDING_VICTIMS
						    : PENDING_NONE,
		.without_seeds = dataplane->seeds_fd < 0,
	};
}

/* What is read of every dataplane, once. */
static int map_counters(struct dataplane *dataplane, struct errmsg *why)
{
	struct cpu_memory *memory = &dataplane->memory;

	if (!memory->counters)
		memory->counters = map_memory(dataplane, COUNTERS_MAP);
	if (!memory->unaccounted)
		memory->unaccounted = map_memory(dataplane, UNACCOUNTED_MAP);
	if (!memory->counters || !memory->unaccounted)
		return errmsg__set(why, -errno, "mapping the counters: %s", strerror(errno));
	if (!dataplane->is_mapped)
		for (int i = 0; i < TABLE_COUNT; i++)
			describe_table(dataplane, i);
	dataplane->is_mapped = true;
	return 0;
}

/* Return: 0, or a negative errno. */
static int map_table(struct dataplane *dataplane, enum table table)
{
	struct tally_memory *memory = &dataplane->memory.tables[table];

	if (memory->config.sets && !memory->front)
		memory->front = map_memory(dataplane, TABLE_MAP(table, FRONT));
	if (memory->config.ipv4_sets && !memory->ipv4)
		memory->ipv4 = map_memory(dataplane, IPV4_MAP);
	if (memory->config.buckets && !memory->back)
		memory->back = map_memory(dataplane, TABLE_MAP(table, BACK));
	if (!memory->config.sets == !memory->front && !memory->config.ipv4_sets == !memory->ipv4 &&
	    !memory->config.buckets == !memory->back)
		return 0;
	return -errno;
}

static int map_all(struct dataplane *dataplane, struct errmsg *why)
{
	int err = map_counters(dataplane, why);

	if (err)
		return err;
	for (int i = 0; !err && i < TABLE_COUNT; i++)
		err = map_table(dataplane, i);
	return err ? errmsg__set(why, err, "mapping the tables: %s", strerror(-err)) : 0;
}

static int cpu_copy_verdicts(const struct dataplane *dataplane, struct verdict_counters *ret)
{
	const struct mapping *mapping = &dataplane->mappings[VERDICTS_MAP];
	__u32 keys[64], batch, read = 0, cpus = dataplane->layout.cpus;
	int err = 0;

	if (!cpu_layout__map_entries(&dataplane->layout, VERDICTS_MAP))
		return -ENOENT;
	if (mapping->start) {
		memcpy(ret, mapping->start, cpus * sizeof(*ret));
		return 0;
	}
	while (!err && read < cpus) {
		__u32 count = cpus - read < 64 ? cpus - read : 64;

		err = bpf_map_lookup_batch(dataplane->map_fds[VERDICTS_MAP], read ? &batch : NULL,
					   &batch, keys, ret + read, &count, NULL);
		read += count;
	}
	/* There is nothing after the last one. */
	return err == -ENOENT && read == cpus ? 0 : err;
}

/* Before the classes: the programs count a frame's class before the reason of its verdict. */
static int read_verdicts(const struct dataplane *dataplane, struct policy_counts *ret,
			 struct errmsg *why)
{
	struct verdict_counters *counters;
	int err = -ENOMEM;

	if (!cpu_layout__map_entries(&dataplane->layout, VERDICTS_MAP))
		return 0;
	counters = calloc(dataplane->layout.cpus, sizeof(*counters));
	if (counters)
		err = cpu_copy_verdicts(dataplane, counters);
	ret->counted = !err;
	for (__u32 cpu = 0; !err && cpu < dataplane->layout.cpus; cpu++)
		policy_counts__add(ret, &counters[cpu]);
	free(counters);
	return err ? errmsg__set(why, err, "reading the verdicts: %s", strerror(-err)) : 0;
}

static int cpu_read_counts(struct dataplane *dataplane, struct snapshot *snapshot,
			   struct errmsg *why)
{
	int err = map_counters(dataplane, why);

	if (!err)
		err = read_verdicts(dataplane, &snapshot->policy, why);
	for (__u32 cpu = 0; !err && cpu < dataplane->layout.cpus; cpu++) {
		const struct cpu_counters *counters = &dataplane->memory.counters[cpu];

		for (int i = 0; i < CLASS_COUNT; i++)
			snapshot->classes[i] += counters->classes[i];
		for (int i = 0; i < VERDICT_COUNT; i++)
			snapshot->verdicts[i] += counters->verdicts[i];
		snapshot->bytes += counters->bytes;
	}
	if (!err)
		snapshot->unaccounted = *dataplane->memory.unaccounted;
	return err;
}

/* HyperLogLog merge: the maximum of each register. */
static __u64 estimate(const struct dataplane *dataplane, size_t registers_offset)
{
	__u8 registers[HLL_REGISTERS] = {};

	for (__u32 cpu = 0; cpu < dataplane->layout.cpus; cpu++) {
		const __u8 *own = (const __u8 *)&dataplane->memory.counters[cpu] + registers_offset;

		if (!tally__has_counted(&dataplane->memory.tables[TABLE_SOURCES], cpu))
			continue;
		for (int i = 0; i < HLL_REGISTERS; i++)
			if (own[i] > registers[i])
				registers[i] = own[i];
	}
	return hll__estimate(registers) + 0.5;
}

/* Servers that sent SYN-ACKs but got no SYNs here are listed as victims without SYNs. */
static int list_servers(struct tally *victims, const struct tally *syn_acks)
{
	struct endpoint_index index = {};
	struct tally_row *rows;
	size_t known = victims->count;
	int err;

	if (!syn_acks->count)
		return 0;
	rows = reallocarray(victims->rows, known + syn_acks->count, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	victims->rows = rows;
	err = endpoint_index__build(&index, rows, sizeof(*rows), known);
	for (size_t i = 0; !err && i < syn_acks->count; i++) {
		struct tally_row row = {.endpoint = syn_acks->rows[i].endpoint,
					.at_most = victims->unlisted_at_most};

		if (endpoint_index__find(&index, &row.endpoint, known) != known)
			continue;
		if (victims->copy)
			row = table_copy__row(victims->copy, &row.endpoint);
		rows[victims->count++] = row;
	}
	endpoint_index__free(&index);
	return err;
}

static __u64 count_completed(const struct dataplane *dataplane)
{
	__u64 completed = 0;

	for (__u32 cpu = 0; cpu < dataplane->layout.cpus; cpu++)
		completed += __atomic_load_n(&dataplane->memory.counters[cpu].completed,
					     __ATOMIC_ACQUIRE);
	return completed;
}

/* Without a front tier, one source, listed or not, may have all connections that found no entry. */
static void bound_completed(struct tally *completed, __u64 completed_before)
{
	if (completed_before > completed->attributed)
		completed->unlisted_at_most = completed_before - completed->attributed;
	for (size_t i = 0; i < completed->count; i++)
		completed->rows[i].at_most += completed->unlisted_at_most;
}

/* Copies only tables that the XDP program updates; accepted connections are few. Without seeds no
 * endpoint can be looked up in a copy. An idle table is not even mapped. */
static int read_table(struct dataplane *dataplane, enum table table, struct table_history *history,
		      struct tally *ret)
{
	const struct tally_memory *memory = &dataplane->memory.tables[table];
	int err;

	if (tally__is_idle(memory))
		return tally__read(memory, ret);
	err = map_table(dataplane, table);
	if (err)
		return err;
	return history && memory->front && !memory->without_seeds
		       ? heaviest__list(history, memory, ret)
		       : tally__read(memory, ret);
}

static int cpu_read_tables(struct dataplane *dataplane, struct table_history *histories,
			   struct tally *tallies)
{
	__u64 completed_before = count_completed(dataplane);
	int err = 0;

	for (int i = 0; !err && i < TABLE_COUNT; i++)
		err = read_table(dataplane, i, histories ? &histories[i] : NULL, &tallies[i]);
	if (err)
		return err;
	bound_completed(&tallies[TABLE_COMPLETED], completed_before);
	return list_servers(&tallies[TABLE_VICTIMS], &tallies[TABLE_SYN_ACKS]);
}

/* False if another process has restarted the window since, on any CPU. */
static bool owns_windows(const struct dataplane *dataplane)
{
	for (__u32 cpu = 0; cpu < dataplane->layout.cpus; cpu++)
		if (__atomic_load_n(&dataplane->memory.counters[cpu].window_is_open,
				    __ATOMIC_ACQUIRE) != dataplane->window_owner)
			return false;
	return dataplane->window_owner;
}

static int cpu_read(struct dataplane *dataplane, struct table_history *histories,
		    struct snapshot *snapshot, struct errmsg *why)
{
	int err = map_counters(dataplane, why);

	if (err)
		return err;
	err = cpu_read_tables(dataplane, histories, snapshot->tallies);
	if (err)
		return errmsg__set(why, err, "reading the tables: %s", strerror(-err));
	/* In this order: the programs count the total, as a class, before the endpoint. */
	err = cpu_read_counts(dataplane, snapshot, why);
	if (err)
		return err;
	snapshot->tallies[TABLE_COMPLETED].total = count_completed(dataplane);
	snapshot->completed_missed = handshake_pins__missed(dataplane->hook_fd);
	snapshot->distinct_sources = estimate(dataplane, offsetof(struct cpu_counters, distinct));
	snapshot->distinct_in_window = estimate(dataplane, offsetof(struct cpu_counters, window));
	snapshot->window_is_known = owns_windows(dataplane);
	return 0;
}

static void set_windows(const struct dataplane *dataplane, struct cpu_counters *counters,
			__u32 owner)
{
	for (__u32 cpu = 0; cpu < dataplane->layout.cpus; cpu++) {
		memset(counters[cpu].window, 0, sizeof(counters[cpu].window));
		__atomic_store_n(&counters[cpu].window_is_open, owner, __ATOMIC_RELEASE);
	}
}

static int cpu_set_window(struct dataplane *dataplane, __u32 owner)
{
	size_t bytes = dataplane->layout.cpus * sizeof(struct cpu_counters);
	int fd = dataplane->map_fds[COUNTERS_MAP];
	struct cpu_counters *counters;

	/* Tables in this process can be written as they are. */
	if (fd < 0) {
		set_windows(dataplane, dataplane->mappings[COUNTERS_MAP].start, owner);
		return 0;
	}
	counters = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (counters == MAP_FAILED)
		return -errno;
	set_windows(dataplane, counters, owner);
	munmap(counters, bytes);
	return 0;
}

static const struct cpu_counters *cpu_counters_of(struct dataplane *dataplane)
{
	return map_counters(dataplane, NULL) ? NULL : dataplane->memory.counters;
}

const struct dataplane_backend backend_cpu = {
	.elf_bytes = syn__elf_bytes,
	.program = cpu_program,
	.maps = cpu_layout_maps,
	.map_count = MAPS,
	.can_sample = true,
	.lay_out = cpu_layout__choose,
	.lay_out_policy = cpu_layout__add_policy,
	.map_entries = cpu_layout__map_entries,
	.configure = cpu_configure,
	.explain_load = cpu_explain_load,
	.read = cpu_read,
	.read_counts = cpu_read_counts,
	.map_memory = map_all,
	.copy_verdicts = cpu_copy_verdicts,
	.window_map = COUNTERS_MAP,
	.verdicts_map = VERDICTS_MAP,
	.set_window = cpu_set_window,
	.cpu_counters = cpu_counters_of,
};
