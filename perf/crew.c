// SPDX-License-Identifier: GPL-2.0-only
// crew: one program, fed on several CPUs at the same time.
#include "perf/crew.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/replay/feeder.h"

/* All workers wait here until each has built its frames. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	__u32 waiting;
	enum { GATE_SHUT, GATE_OPEN, GATE_CANCELLED } state;
};

struct worker {
	struct crew *crew;
	struct feeder *feeder;
	__u32 cpu;
	pthread_t thread;
	const struct traffic_batch *batch;
	__u32 frame_ns;
	int err;
	struct errmsg why;
};

struct crew {
	struct worker *workers;
	__u32 count;
	struct gate gate;
	const struct traffic *traffic;
	__u32 loops;
};

__u32 crew__cpus(void)
{
	cpu_set_t allowed;
	__u32 cpus;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return 1;
	cpus = CPU_COUNT(&allowed);
	return cpus < CREW_MAX ? cpus : CREW_MAX;
}

/* The n-th CPU that this process may run on. */
static __u32 crew_pick_cpu(__u32 n)
{
	cpu_set_t allowed;
	__u32 cpu = 0, seen = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return 0;
	for (; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && seen++ == n % CPU_COUNT(&allowed))
			break;
	return cpu;
}

int crew__open(int program_fd, __u32 jobs, struct crew **ret, struct errmsg *why)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	int err = -ENOMEM;

	if (!crew)
		return err;
	pthread_mutex_init(&crew->gate.lock, NULL);
	pthread_cond_init(&crew->gate.changed, NULL);
	crew->workers = calloc(jobs, sizeof(*crew->workers));
	for (err = crew->workers ? 0 : err; !err && crew->count < jobs; crew->count++) {
		struct worker *worker = &crew->workers[crew->count];

		worker->crew = crew;
		worker->cpu = crew_pick_cpu(crew->count);
		err = feeder__open(program_fd, false, &worker->feeder, why);
	}
	if (err)
		crew__close(crew);
	else
		*ret = crew;
	return err;
}

static bool gate_pass(struct gate *gate)
{
	bool is_open;

	pthread_mutex_lock(&gate->lock);
	gate->waiting++;
	pthread_cond_broadcast(&gate->changed);
	while (gate->state == GATE_SHUT)
		pthread_cond_wait(&gate->changed, &gate->lock);
	is_open = gate->state == GATE_OPEN;
	pthread_mutex_unlock(&gate->lock);
	return is_open;
}

/* Waits for @count workers and releases them, to run or, if @cancelled, to return. */
static void gate_open(struct gate *gate, __u32 count, bool cancelled)
{
	pthread_mutex_lock(&gate->lock);
	while (gate->waiting < count)
		pthread_cond_wait(&gate->changed, &gate->lock);
	gate->state = cancelled ? GATE_CANCELLED : GATE_OPEN;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

static void *crew_worker_main(void *argument)
{
	struct worker *worker = argument;
	struct crew *crew = worker->crew;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(worker->cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	traffic__fill(crew->traffic, worker->batch, worker->feeder);
	if (gate_pass(&crew->gate))
		worker->err =
			feeder__run(worker->feeder, crew->loops, &worker->frame_ns, &worker->why);
	return NULL;
}

static int crew_sum_up(const struct crew *crew, struct crew_result *ret, struct errmsg *why)
{
	struct crew_result result = {};

	for (__u32 i = 0; i < crew->count; i++) {
		const struct worker *worker = &crew->workers[i];

		if (worker->err) {
			if (why)
				*why = worker->why;
			return worker->err;
		}
		result.frames += (__u64)feeder__count(worker->feeder) * crew->loops;
		result.frame_ns += (double)worker->frame_ns / crew->count;
		result.packets_per_second += worker->frame_ns ? 1e9 / worker->frame_ns : 0;
	}
	*ret = result;
	return 0;
}

int crew__run(struct crew *crew, const struct traffic *traffic, const struct traffic_batch *batches,
	      __u32 loops, struct crew_result *ret, struct errmsg *why)
{
	__u32 started = 0;
	int err = 0;

	crew->traffic = traffic;
	crew->loops = loops;
	crew->gate.waiting = 0;
	crew->gate.state = GATE_SHUT;
	while (!err && started < crew->count) {
		struct worker *worker = &crew->workers[started];

		worker->batch = &batches[started];
		worker->err = 0;
		err = -pthread_create(&worker->thread, NULL, crew_worker_main, worker);
		started += !err;
	}
	gate_open(&crew->gate, started, err);
	for (__u32 i = 0; i < started; i++)
		pthread_join(crew->workers[i].thread, NULL);
	if (err)
		return errmsg__set(why, err, "starting a thread: %s", strerror(-err));
	return crew_sum_up(crew, ret, why);
}

void crew__close(struct crew *crew)
{
	if (!crew)
		return;
	for (__u32 i = 0; i < crew->count; i++)
		feeder__close(crew->workers[i].feeder);
	free(crew->workers);
	pthread_cond_destroy(&crew->gate.changed);
	pthread_mutex_destroy(&crew->gate.lock);
	free(crew);
}
