// SPDX-License-Identifier: GPL-2.0-only
// sample_ring: samples of frames that a program has copied, read in place.
#include "common/dataplane/sample_ring.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/dataplane/dataplane.h"

/* A map of the program, mapped into memory. */
struct ring_map {
	void *start; /* NULL: not mapped */
	size_t bytes;
};

/* What the reader knows of a CPU. */
struct ring_cursor {
	__u64 next; /* sample to read */
	__u64 taken_before[SAMPLE_GATES];
};

struct sample_ring {
	__u32 cpus;
	bool wide, by_reason;
	__u32 map_id;
	struct ring_map slots, control, counters, verdicts;
	struct ring_cursor *cursors; /* by CPU */
	__u64 overrun;
	__u64 lost; /* of that, since the last sample */
};

static struct sample_control *control_of(const struct sample_ring *ring, __u32 cpu)
{
	return (struct sample_control *)ring->control.start + cpu;
}

static int ring_map(struct dataplane *dataplane, const char *name, size_t bytes, int protection,
		    struct ring_map *ret)
{
	void *start =
		mmap(NULL, bytes, protection, MAP_SHARED, dataplane__map_fd(dataplane, name), 0);

	if (start == MAP_FAILED)
		return -errno;
	*ret = (struct ring_map){start, bytes};
	return 0;
}

static void ring_unmap(struct ring_map *map)
{
	if (map->start)
		munmap(map->start, map->bytes);
	*map = (struct ring_map){};
}

static __u32 map_id_of(struct dataplane *dataplane)
{
	struct bpf_map_info info = {};
	__u32 info_bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(dataplane__map_fd(dataplane, "sample_slots"), &info,
				      &info_bytes)
		       ? 0
		       : info.id;
}

/* The counters that the gates are compared with. Return: 0, or a negative errno. */
static int map_counts(struct sample_ring *ring, struct dataplane *dataplane)
{
	size_t cpus = ring->cpus;

	ring_unmap(&ring->counters);
	ring_unmap(&ring->verdicts);
	ring->by_reason = dataplane__layout(dataplane)->max_prefixes;
	if (ring->by_reason)
		return ring_map(dataplane, "verdict_counters",
				cpus * sizeof(struct verdict_counters), PROT_READ, &ring->verdicts);
	return ring_map(dataplane, "counters_map", cpus * sizeof(struct cpu_counters), PROT_READ,
			&ring->counters);
}

static int map_ring(struct sample_ring *ring, struct dataplane *dataplane)
{
	size_t cpus = ring->cpus;
	int err;

	err = ring_map(dataplane, "sample_slots", cpus * SAMPLE_SLOTS * sizeof(struct sample_slot),
		       PROT_READ, &ring->slots);
	if (err)
		return err;
	err = ring_map(dataplane, "sample_control", cpus * sizeof(struct sample_control),
		       PROT_READ | PROT_WRITE, &ring->control);
	return err ?: map_counts(ring, dataplane);
}

static void start_cursor(struct sample_ring *ring, __u32 cpu)
{
	struct sample_control *control = control_of(ring, cpu);
	struct ring_cursor *cursor = &ring->cursors[cpu];

	control->wide = ring->wide;
	cursor->next = __atomic_load_n(&control->written, __ATOMIC_ACQUIRE);
	for (int i = 0; i < SAMPLE_GATES; i++)
		cursor->taken_before[i] =
			__atomic_load_n(&control->gates[i].taken, __ATOMIC_RELAXED);
}

int sample_ring__open(struct dataplane *dataplane, bool wide, struct sample_ring **ret,
		      struct errmsg *why)
{
	struct sample_ring *ring;
	int err = -ENOMEM;

	if (!dataplane__is_sampling(dataplane))
		return errmsg__set(why, -ENOENT, "the program takes no samples");
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return errmsg__set(why, err, "out of memory");
	ring->cpus = dataplane__layout(dataplane)->cpus;
	ring->wide = wide;
	ring->map_id = map_id_of(dataplane);
	ring->cursors = calloc(ring->cpus, sizeof(*ring->cursors));
	if (ring->cursors)
		err = map_ring(ring, dataplane);
	if (err) {
		sample_ring__close(ring);
		return errmsg__set(why, err, "mapping the ring of samples: %s", strerror(-err));
	}
	for (__u32 cpu = 0; cpu < ring->cpus; cpu++)
		start_cursor(ring, cpu);
	*ret = ring;
	return 0;
}

int sample_ring__follow(struct sample_ring *ring, struct dataplane *dataplane, struct errmsg *why)
{
	int err;

	if (!dataplane__is_sampling(dataplane) || map_id_of(dataplane) != ring->map_id)
		return 0;
	err = map_counts(ring, dataplane);
	return err ? errmsg__set(why, err, "mapping the counters: %s", strerror(-err)) : 1;
}

void sample_ring__close(struct sample_ring *ring)
{
	if (!ring)
		return;
	ring_unmap(&ring->slots);
	ring_unmap(&ring->control);
	ring_unmap(&ring->counters);
	ring_unmap(&ring->verdicts);
	free(ring->cursors);
	free(ring);
}

__u32 sample_ring__cpus(const struct sample_ring *ring)
{
	return ring->cpus;
}

bool sample_ring__by_reason(const struct sample_ring *ring)
{
	return ring->by_reason;
}

__u64 sample_ring__frames(const struct sample_ring *ring, __u32 cpu, __u32 gate)
{
	const struct verdict_counters *verdicts = ring->verdicts.start;
	const struct cpu_counters *counters = ring->counters.start;

	if (ring->by_reason)
		return gate < REASON_COUNT
			       ? __atomic_load_n(&verdicts[cpu].reasons[gate], __ATOMIC_RELAXED)
			       : 0;
	return gate < CLASS_COUNT ? __atomic_load_n(&counters[cpu].classes[gate], __ATOMIC_RELAXED)
				  : 0;
}

void sample_ring__grant(struct sample_ring *ring, __u32 cpu, __u32 number, __u64 samples,
			__u32 every)
{
	struct sample_gate *gate = &control_of(ring, cpu)->gates[number];
	__u64 taken = __atomic_load_n(&gate->taken, __ATOMIC_RELAXED);
	bool changes = gate->every != every;

	__atomic_store_n(&gate->every, every, __ATOMIC_RELAXED);
	if (taken + samples > gate->grant)
		__atomic_store_n(&gate->grant, taken + samples, __ATOMIC_RELEASE);
	if (taken < gate->grant &&
	    (changes || __atomic_load_n(&gate->next, __ATOMIC_RELAXED) == SAMPLE_NEVER))
		__atomic_store_n(&gate->next, 0, __ATOMIC_RELEASE);
}

/* Return: false if the program has begun to overwrite it. */
static bool copy_sample(const struct sample_ring *ring, __u32 cpu, __u64 n, struct sample *ret)
{
	const struct sample_slot *slot = (const struct sample_slot *)ring->slots.start +
					 sample_slot_number(cpu, n, ring->wide);
	__u32 whole = 2 * n + 2;

	if (__atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) != whole)
		return false;
	memcpy(ret->slots, slot, ring->wide ? 2 * sizeof(*slot) : sizeof(*slot));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED) == whole;
}

static void note_overrun(struct sample_ring *ring, __u64 samples)
{
	ring->overrun += samples;
	ring->lost += samples;
}

static int read_cpu(struct sample_ring *ring, __u32 cpu,
		    int (*act)(void *opaque, const struct sample *sample, struct errmsg *why),
		    void *opaque, struct errmsg *why)
{
	__u64 *next = &ring->cursors[cpu].next, capacity = SAMPLE_SLOTS / (ring->wide ? 2 : 1);
	__u64 written = __atomic_load_n(&control_of(ring, cpu)->written, __ATOMIC_ACQUIRE);
	struct sample sample = {.cpu = cpu};
	int err = 0;

	if (written - *next > capacity) {
		note_overrun(ring, written - *next - capacity);
		*next = written - capacity;
	}
	for (; !err && *next != written; ++*next) {
		if (!copy_sample(ring, cpu, *next, &sample)) {
			note_overrun(ring, 1);
			continue;
		}
		sample.lost = ring->lost;
		ring->lost = 0;
		err = act(opaque, &sample, why);
	}
	return err;
}

int sample_ring__read(struct sample_ring *ring,
		      int (*act)(void *opaque, const struct sample *sample, struct errmsg *why),
		      void *opaque, struct errmsg *why)
{
	int err = 0;

	for (__u32 cpu = 0; !err && cpu < ring->cpus; cpu++)
		err = read_cpu(ring, cpu, act, opaque, why);
	return err;
}

__u64 sample_ring__taken(const struct sample_ring *ring, __u32 gate)
{
	__u64 taken = 0;

	for (__u32 cpu = 0; cpu < ring->cpus; cpu++)
		taken += __atomic_load_n(&control_of(ring, cpu)->gates[gate].taken,
					 __ATOMIC_ACQUIRE) -
			 ring->cursors[cpu].taken_before[gate];
	return taken;
}

__u64 sample_ring__overrun(const struct sample_ring *ring)
{
	return ring->overrun;
}
