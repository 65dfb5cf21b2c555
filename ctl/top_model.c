// SPDX-License-Identifier: GPL-2.0-only
// top_model: what the full screen shows, read no more often than it may cost.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "top.h"

#define COST_SHARE 112 /* one part in so many of the time goes into reading tables */
#define DEVICE_NS 5000000000ull
#define SHORTEST_NS 300000000ull /* a rate of less time, after a key, says nothing */

struct watched *top__shown(struct top *top)
{
	for (size_t i = 0; i < top->watch.count; i++)
		if (!strcmp(top->watch.list[i].interface, top->chosen))
			return &top->watch.list[i];
	return top->watch.count ? &top->watch.list[0] : NULL;
}

struct top_pulse *top__pulse(const struct top *top, const char *interface)
{
	for (size_t i = 0; i < top->pulse_count; i++)
		if (!strcmp(top->pulses[i].interface, interface))
			return &top->pulses[i];
	return NULL;
}

void top__choose_next(struct top *top)
{
	const struct watched *shown = top__shown(top);
	size_t next;

	if (!shown)
		return;
	next = (shown - top->watch.list + 1) % top->watch.count;
	snprintf(top->chosen, sizeof(top->chosen), "%s", top->watch.list[next].interface);
	top->device_read_ns = 0;
}

static struct top_pulse *need_pulse(struct top *top, const char *interface)
{
	struct top_pulse *pulse = top__pulse(top, interface), *grown;

	if (pulse)
		return pulse;
	grown = reallocarray(top->pulses, top->pulse_count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	top->pulses = grown;
	pulse = &grown[top->pulse_count++];
	*pulse = (struct top_pulse){};
	snprintf(pulse->interface, sizeof(pulse->interface), "%s", interface);
	return pulse;
}

static void add_point(struct top_pulse *pulse, double value)
{
	if (pulse->points == TOP_HISTORY)
		memmove(pulse->history, pulse->history + 1,
			(TOP_HISTORY - 1) * sizeof(pulse->history[0]));
	else
		pulse->points++;
	pulse->history[pulse->points - 1] = value;
}

static void count(const struct dataplane_memory *memory, struct top_pulse *pulse)
{
	pulse->frames = pulse->bytes = 0;
	memset(pulse->classes, 0, sizeof(pulse->classes));
	for (__u32 cpu = 0; cpu < memory->cpus; cpu++) {
		const struct cpu_counters *counters = &memory->counters[cpu];

		for (int i = 0; i < CLASS_COUNT; i++) {
			pulse->classes[i] += counters->classes[i];
			pulse->frames += counters->classes[i];
		}
		pulse->bytes += counters->bytes;
	}
}

static void read_pulse(const struct watched *watched, struct top_pulse *pulse)
{
	const struct dataplane_memory *memory;
	struct top_pulse before = *pulse;
	double seconds;

	if (clock__now_ns() - before.read_at_ns < SHORTEST_NS)
		return;
	pulse->frames_pps = pulse->bits_per_second = pulse->syns_pps = 0;
	pulse->read_at_ns = clock__now_ns();
	if (!watched->dataplane || dataplane__memory(watched->dataplane, &memory, NULL)) {
		add_point(pulse, 0);
		return;
	}
	count(memory, pulse);
	pulse->attached_at_ns = watched->attached.note.attached_at_ns;
	if (!before.read_at_ns)
		return;
	/* Other maps have counted from zero since. */
	if (before.attached_at_ns != pulse->attached_at_ns)
		before.frames = before.bytes = before.classes[CLASS_SYN] = 0;
	seconds = (pulse->read_at_ns - before.read_at_ns) / 1e9;
	pulse->frames_pps = (pulse->frames - before.frames) / seconds;
	pulse->bits_per_second = 8 * (pulse->bytes - before.bytes) / seconds;
	pulse->syns_pps = (pulse->classes[CLASS_SYN] - before.classes[CLASS_SYN]) / seconds;
	add_point(pulse, pulse->syns_pps);
}

static __u64 cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int read_tables(struct top *top, struct errmsg *why)
{
	__u64 start_ns = cpu_ns();
	int err;

	if (top->watch.readings &&
	    clock__now_ns() - top->watch.read_at_ns < COST_SHARE * top->read_cost_ns)
		return 0;
	err = watch__read(&top->watch, why);
	top->read_cost_ns = cpu_ns() - start_ns;
	return err;
}

static void read_device(struct top *top)
{
	const struct watched *shown = top__shown(top);

	if (!shown || clock__now_ns() - top->device_read_ns < DEVICE_NS)
		return;
	if (device__read(shown->interface, &top->device, NULL))
		top->device = (struct device){};
	top->device_read_ns = clock__now_ns();
}

int top__read(struct top *top, struct errmsg *why)
{
	int err = read_tables(top, why);

	for (size_t i = 0; !err && i < top->watch.count; i++) {
		struct top_pulse *pulse = need_pulse(top, top->watch.list[i].interface);

		if (!pulse)
			return -ENOMEM;
		read_pulse(&top->watch.list[i], pulse);
	}
	if (!err)
		read_device(top);
	return err;
}

void top__free(struct top *top)
{
	watch__free(&top->watch);
	free(top->pulses);
	top->pulses = NULL;
}
