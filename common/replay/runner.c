// SPDX-License-Identifier: GPL-2.0-only
// runner: runs frames through a program under test, by the feeder or in this process on several
// CPUs, or by system calls, and measures the time per frame.
#include "common/replay/runner.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/bpf/test_run.h"
#include "common/replay/feeder.h"
#include "common/replay/runner_host.h"

const char *const runner_names[] = {
	[RUNNER_FEEDER] = "feeder",
	[RUNNER_SYSCALL] = "syscall",
	[RUNNER_HOST] = "host",
	[RUNNER_AUTO] = "auto",
	NULL,
};

/* The system calls of a batch, and the number of batches into which a feeder's repeats are divided:
 * enough for a percentile, few enough for the fixed 20 ms of each not to matter. */
#define SYSCALL_BATCH 1024
#define REPEAT_BATCHES 20
#define BATCH_MAX_FRAMES (1U << 22) /* about 0.6 s */

/* The times of batches; grows with them. */
struct batches {
	double *frame_ns;
	size_t count;
	size_t capacity;
	__u64 frames;
	double total_ns;
};

/* A thread on a CPU of its own, whose batch the caller fills while the other workers run theirs. */
struct worker {
	struct feeder *feeder;    /* either it */
	struct runner_host *host; /* or this holds the batch */
	struct batches batches;
	__u32 cpu;
	__u32 repeat;
	bool (*stopped)(void);
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum { WORKER_FILLING, WORKER_RUNNING, WORKER_ENDING } state;
	int err;
	struct errmsg why;
};

struct runner {
	enum runner_kind kind;
	__u32 repeat;
	struct test_run *test_run;
	struct batches batches; /* of system calls */
	__u64 batch_ns;
	__u32 batch_frames;
	__u64 verdicts[VERDICT_COUNT];
	struct worker *workers;
	__u32 worker_count;
	__u32 filling; /* the worker that gets the next frame */
};

static int batches__add(struct batches *batches, __u64 frames, double frame_ns)
{
	if (batches->count == batches->capacity) {
		size_t capacity = batches->capacity ? 2 * batches->capacity : 64;
		double *grown = reallocarray(batches->frame_ns, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		batches->frame_ns = grown;
		batches->capacity = capacity;
	}
	batches->frame_ns[batches->count++] = frame_ns;
	batches->frames += frames;
	batches->total_ns += frames * frame_ns;
	return 0;
}

static bool worker__add(struct worker *worker, const __u8 *data, __u32 bytes)
{
	return worker->host ? runner_host__add(worker->host, data, bytes)
			    : feeder__add(worker->feeder, data, bytes);
}

static __u32 worker__count(const struct worker *worker)
{
	return worker->host ? runner_host__count(worker->host) : feeder__count(worker->feeder);
}

static void worker__clear(struct worker *worker)
{
	if (worker->host)
		runner_host__clear(worker->host);
	else
		feeder__clear(worker->feeder);
}

/* Runs the batch and notes its time. */
static int worker__run_batch(struct worker *worker, __u32 loops)
{
	__u32 feeder_ns = 0;
	double frame_ns;
	int err = 0;

	if (worker->host) {
		frame_ns = runner_host__run(worker->host, loops);
	} else {
		err = feeder__run(worker->feeder, loops, &feeder_ns, &worker->why);
		frame_ns = feeder_ns;
	}
	return err
		       ?: batches__add(&worker->batches, (__u64)worker__count(worker) * loops,
				       frame_ns);
}

/* How often a worker runs its frames in one batch: a short one, so that a replay can be stopped. */
static __u32 worker_batch_loops(const struct worker *worker)
{
	__u32 count = worker__count(worker);
	__u32 loops = worker->repeat / REPEAT_BATCHES;
	__u32 most = count ? BATCH_MAX_FRAMES / count : 1;

	if (loops > most)
		loops = most;
	return loops ?: 1;
}

static int worker__run(struct worker *worker)
{
	__u32 per_batch = worker_batch_loops(worker);
	__u32 left = worker->repeat;
	bool stopped = false;
	int err = 0;

	while (!err && left && !stopped) {
		__u32 loops = left < 2 * per_batch ? left : per_batch;

		err = worker__run_batch(worker, loops);
		left -= loops;
		stopped = worker->stopped && worker->stopped();
	}
	worker__clear(worker);
	return err;
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(worker->cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	pthread_mutex_lock(&worker->lock);
	while (worker->state != WORKER_ENDING) {
		if (worker->state == WORKER_RUNNING) {
			pthread_mutex_unlock(&worker->lock);
			if (!worker->err)
				worker->err = worker__run(worker);
			pthread_mutex_lock(&worker->lock);
			worker->state = WORKER_FILLING;
			pthread_cond_broadcast(&worker->changed);
			continue;
		}
		pthread_cond_wait(&worker->changed, &worker->lock);
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

static void worker__set(struct worker *worker, int state)
{
	pthread_mutex_lock(&worker->lock);
	worker->state = state;
	pthread_cond_broadcast(&worker->changed);
	pthread_mutex_unlock(&worker->lock);
}

/* Waits until the worker's batch is the caller's again. */
static int worker__wait(struct worker *worker, struct errmsg *why)
{
	pthread_mutex_lock(&worker->lock);
	while (worker->state == WORKER_RUNNING)
		pthread_cond_wait(&worker->changed, &worker->lock);
	pthread_mutex_unlock(&worker->lock);
	if (worker->err && why)
		*why = worker->why;
	return worker->err;
}

/* The CPU of the n-th worker: the n-th that this process may use, modulo their number. */
static __u32 worker_pick_cpu(__u32 n)
{
	cpu_set_t allowed;
	__u32 seen = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return 0;
	n %= CPU_COUNT(&allowed);
	for (__u32 cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && seen++ == n)
			return cpu;
	return 0;
}

/* The worker blocks signals, which are to interrupt the thread that reads the capture. */
static int worker_start(struct worker *worker)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	err = -pthread_create(&worker->thread, NULL, worker_main, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker->started = !err;
	return err;
}

/* Frames of the host engine are counted in the worker's own row of the tables. */
static int worker_open_batch(struct worker *worker, __u32 number, int program_fd,
			     const struct runner_options *options, struct errmsg *why)
{
	if (options->kind != RUNNER_HOST)
		return feeder__open(program_fd, options->restore_head, &worker->feeder, why);
	worker->host = runner_host__open(number);
	return worker->host ? 0 : -ENOMEM;
}

static int worker__open(struct worker *worker, __u32 number, int program_fd,
			const struct runner_options *options, struct errmsg *why)
{
	int err;

	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->changed, NULL);
	worker->cpu = worker_pick_cpu(number);
	worker->repeat = options->repeat ?: 1;
	worker->stopped = options->stopped;
	err = worker_open_batch(worker, number, program_fd, options, why);
	if (err)
		return err;
	err = worker_start(worker);
	return err ? errmsg__set(why, err, "starting a thread: %s", strerror(-err)) : 0;
}

static void worker__close(struct worker *worker)
{
	if (worker->started) {
		worker__wait(worker, NULL);
		worker__set(worker, WORKER_ENDING);
		pthread_join(worker->thread, NULL);
	}
	feeder__close(worker->feeder);
	runner_host__close(worker->host);
	free(worker->batches.frame_ns);
	pthread_cond_destroy(&worker->changed);
	pthread_mutex_destroy(&worker->lock);
}

static int open_workers(struct runner *runner, int program_fd, const struct runner_options *options,
			struct errmsg *why)
{
	__u32 count = options->workers ?: 1;
	int err = 0;

	runner->workers = calloc(count, sizeof(*runner->workers));
	if (!runner->workers)
		return -ENOMEM;
	while (!err && runner->worker_count < count) {
		err = worker__open(&runner->workers[runner->worker_count], runner->worker_count,
				   program_fd, options, why);
		runner->worker_count++;
	}
	return err;
}

static void close_workers(struct runner *runner)
{
	for (__u32 i = 0; i < runner->worker_count; i++)
		worker__close(&runner->workers[i]);
	free(runner->workers);
	runner->workers = NULL;
	runner->worker_count = 0;
}

static int runner_open_in_kernel(struct runner *runner, int program_fd,
				 const struct runner_options *options, struct errmsg *why)
{
	int err;

	err = test_run__open(program_fd, &runner->test_run, why);
	if (err || options->kind == RUNNER_SYSCALL)
		return err;
	err = open_workers(runner, program_fd, options, why);
	if (err && options->kind == RUNNER_AUTO) {
		close_workers(runner);
		runner->kind = RUNNER_SYSCALL;
		return 0;
	}
	runner->kind = RUNNER_FEEDER;
	return err;
}

int runner__open(int program_fd, const struct runner_options *options, struct runner **ret,
		 struct errmsg *why)
{
	struct runner *runner = calloc(1, sizeof(*runner));
	int err;

	if (!runner)
		return -ENOMEM;
	runner->repeat = options->repeat ?: 1;
	runner->kind = options->kind;
	if (options->kind == RUNNER_HOST) {
		runner_host__use_tables(options->tables);
		err = open_workers(runner, -1, options, why);
	} else {
		err = runner_open_in_kernel(runner, program_fd, options, why);
	}
	if (err)
		runner__close(runner);
	else
		*ret = runner;
	return err;
}

enum runner_kind runner__kind(const struct runner *runner)
{
	return runner->kind;
}

__u32 runner__max_bytes(const struct runner *runner)
{
	return runner->kind == RUNNER_HOST ? runner_host__max_bytes()
					   : test_run__max_bytes(runner->test_run);
}

static int end_syscall_batch(struct runner *runner)
{
	__u64 frames = runner->batch_frames, took_ns = runner->batch_ns;

	runner->batch_frames = 0;
	runner->batch_ns = 0;
	return frames ? batches__add(&runner->batches, frames, (double)took_ns / frames) : 0;
}

static int run_by_syscall(struct runner *runner, const __u8 *data, __u32 bytes, struct errmsg *why)
{
	int verdict = 0;

	for (__u32 i = 0; i < runner->repeat; i++) {
		__u64 start_ns = clock__now_ns();

		verdict = test_run__frame(runner->test_run, data, bytes, why);
		if (verdict < 0)
			return verdict;
		if (verdict < VERDICT_COUNT)
			runner->verdicts[verdict]++;
		/* A frame too long for the feeder is run here, but is not part of its timing. */
		if (runner->kind != RUNNER_SYSCALL)
			continue;
		runner->batch_ns += clock__now_ns() - start_ns;
		if (++runner->batch_frames == SYSCALL_BATCH && end_syscall_batch(runner))
			return -ENOMEM;
	}
	return 0;
}

static int start_filled(struct runner *runner, struct errmsg *why)
{
	worker__set(&runner->workers[runner->filling], WORKER_RUNNING);
	runner->filling = (runner->filling + 1) % runner->worker_count;
	return worker__wait(&runner->workers[runner->filling], why);
}

int runner__frame(struct runner *runner, const __u8 *data, __u32 bytes, struct errmsg *why)
{
	int err;

	if (runner->kind == RUNNER_SYSCALL ||
	    (runner->kind == RUNNER_FEEDER && bytes > feeder__max_bytes()))
		return run_by_syscall(runner, data, bytes, why);
	if (worker__add(&runner->workers[runner->filling], data, bytes))
		return 0;
	err = start_filled(runner, why);
	if (!err)
		worker__add(&runner->workers[runner->filling], data, bytes);
	return err;
}

static int compare_times(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static int merge_batches(struct batches *into, const struct batches *from)
{
	int err = 0;

	for (size_t i = 0; !err && i < from->count; i++)
		err = batches__add(into, 0, from->frame_ns[i]);
	into->frames += from->frames;
	into->total_ns += from->total_ns;
	return err;
}

/* CPUs run in parallel: their rates add up. */
static double rate(const struct batches *batches)
{
	return batches->total_ns > 0 ? batches->frames * 1e9 / batches->total_ns : 0;
}

static int runner_sum_up(struct runner *runner, struct runner_timing *ret)
{
	struct runner_timing timing = {
		.kind = runner->kind,
		.workers = runner->worker_count ?: 1,
		.memory_bytes = runner->worker_count * (runner->kind == RUNNER_HOST
								? runner_host__memory_bytes()
								: feeder__memory_bytes()),
	};
	struct batches *all = &runner->batches;
	double per_second = runner->kind == RUNNER_SYSCALL ? rate(all) : 0;
	int err = 0;

	for (__u32 i = 0; !err && i < runner->worker_count; i++) {
		per_second += rate(&runner->workers[i].batches);
		err = merge_batches(all, &runner->workers[i].batches);
	}
	if (err)
		return err;
	timing.frames = all->frames;
	timing.packets_per_second = per_second;
	if (all->count) {
		qsort(all->frame_ns, all->count, sizeof(double), compare_times);
		timing.median_ns = all->frame_ns[all->count / 2];
		timing.p99_ns = all->frame_ns[(all->count - 1) * 99 / 100];
	}
	memcpy(timing.verdicts, runner->verdicts, sizeof(timing.verdicts));
	*ret = timing;
	return 0;
}

int runner__finish(struct runner *runner, struct runner_timing *ret, struct errmsg *why)
{
	int err = end_syscall_batch(runner);

	if (!err && runner->worker_count)
		err = start_filled(runner, why);
	for (__u32 i = 0; !err && i < runner->worker_count; i++)
		err = worker__wait(&runner->workers[i], why);
	return err ? err : runner_sum_up(runner, ret);
}

void runner__close(struct runner *runner)
{
	if (!runner)
		return;
	close_workers(runner);
	test_run__close(runner->test_run);
	free(runner->batches.frame_ns);
	free(runner);
}
