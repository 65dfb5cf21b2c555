// SPDX-License-Identifier: GPL-2.0-only
// runner: frames into a program under test, by the feeder on several CPUs or by system calls, and
// what a frame took.
#include "common/replay/runner.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/bpf/test_run.h"
#include "common/replay/feeder.h"

const char *const engine_names[] = {
	[ENGINE_FEEDER] = "feeder",
	[ENGINE_SYSCALL] = "syscall",
	[ENGINE_AUTO] = "auto",
	NULL,
};

/* A batch of system calls, and into how many batches the repeats of a feeder's run are cut: enough
 * for a percentile, few enough that the fixed 20 ms of each do not matter. */
#define SYSCALL_BATCH 1024
#define REPEAT_BATCHES 20

/* What batches took; grows as they come. */
struct batches {
	double *frame_ns;
	size_t count;
	size_t capacity;
	__u64 frames;
	double total_ns;
};

/* A CPU of its own, with a feeder that is filled by the caller while the other jobs run theirs. */
struct job {
	struct feeder *feeder;
	struct batches batches;
	__u32 cpu;
	__u32 repeat;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum { JOB_FILLING, JOB_RUNNING, JOB_ENDING } state;
	int err;
	struct errmsg why;
};

struct engine {
	enum engine_kind kind;
	__u32 repeat;
	struct test_run *test_run;
	struct batches batches; /* of system calls */
	__u64 batch_ns;
	__u32 batch_frames;
	__u64 verdicts[VERDICT_COUNT];
	struct job *jobs;
	__u32 job_count;
	__u32 filling; /* the job that takes the next frame */
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

static int job__run(struct job *job)
{
	__u32 per_batch = job->repeat > REPEAT_BATCHES ? job->repeat / REPEAT_BATCHES : 1;
	__u32 left = job->repeat, frame_ns = 0;
	int err = 0;

	while (!err && left) {
		__u32 loops = left < 2 * per_batch ? left : per_batch;

		err = feeder__run(job->feeder, loops, &frame_ns, &job->why);
		if (!err)
			err = batches__add(&job->batches, (__u64)feeder__count(job->feeder) * loops,
					   frame_ns);
		left -= loops;
	}
	feeder__clear(job->feeder);
	return err;
}

static void *job__main(void *argument)
{
	struct job *job = argument;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(job->cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	pthread_mutex_lock(&job->lock);
	while (job->state != JOB_ENDING) {
		if (job->state == JOB_RUNNING) {
			pthread_mutex_unlock(&job->lock);
			if (!job->err)
				job->err = job__run(job);
			pthread_mutex_lock(&job->lock);
			job->state = JOB_FILLING;
			pthread_cond_broadcast(&job->changed);
			continue;
		}
		pthread_cond_wait(&job->changed, &job->lock);
	}
	pthread_mutex_unlock(&job->lock);
	return NULL;
}

static void job__set(struct job *job, int state)
{
	pthread_mutex_lock(&job->lock);
	job->state = state;
	pthread_cond_broadcast(&job->changed);
	pthread_mutex_unlock(&job->lock);
}

/* Waits until the job's feeder is the caller's again. */
static int job__wait(struct job *job, struct errmsg *why)
{
	pthread_mutex_lock(&job->lock);
	while (job->state == JOB_RUNNING)
		pthread_cond_wait(&job->changed, &job->lock);
	pthread_mutex_unlock(&job->lock);
	if (job->err && why)
		*why = job->why;
	return job->err;
}

/* The CPU of a job: the n-th that this process may run on, over again when there are fewer. */
static __u32 pick_cpu(__u32 n)
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

static int job__open(struct job *job, __u32 number, int program_fd,
		     const struct engine_options *options, struct errmsg *why)
{
	int err;

	pthread_mutex_init(&job->lock, NULL);
	pthread_cond_init(&job->changed, NULL);
	job->cpu = pick_cpu(number);
	job->repeat = options->repeat ?: 1;
	err = feeder__open(program_fd, options->restore_head, &job->feeder, why);
	if (err)
		return err;
	err = -pthread_create(&job->thread, NULL, job__main, job);
	job->started = !err;
	return err ? errmsg__set(why, err, "starting a thread: %s", strerror(-err)) : 0;
}

static void job__close(struct job *job)
{
	if (job->started) {
		job__wait(job, NULL);
		job__set(job, JOB_ENDING);
		pthread_join(job->thread, NULL);
	}
	feeder__close(job->feeder);
	free(job->batches.frame_ns);
	pthread_cond_destroy(&job->changed);
	pthread_mutex_destroy(&job->lock);
}

static int open_jobs(struct engine *engine, int program_fd, const struct engine_options *options,
		     struct errmsg *why)
{
	__u32 count = options->jobs ?: 1;
	int err = 0;

	engine->jobs = calloc(count, sizeof(*engine->jobs));
	if (!engine->jobs)
		return -ENOMEM;
	while (!err && engine->job_count < count) {
		err = job__open(&engine->jobs[engine->job_count], engine->job_count, program_fd,
				options, why);
		engine->job_count++;
	}
	return err;
}

static void close_jobs(struct engine *engine)
{
	for (__u32 i = 0; i < engine->job_count; i++)
		job__close(&engine->jobs[i]);
	free(engine->jobs);
	engine->jobs = NULL;
	engine->job_count = 0;
}

int engine__open(int program_fd, const struct engine_options *options, struct engine **ret,
		 struct errmsg *why)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int err = -ENOMEM;

	if (!engine)
		return err;
	engine->repeat = options->repeat ?: 1;
	engine->kind = options->kind;
	err = test_run__open(program_fd, &engine->test_run, why);
	if (!err && engine->kind != ENGINE_SYSCALL) {
		err = open_jobs(engine, program_fd, options, why);
		if (err && engine->kind == ENGINE_AUTO) {
			close_jobs(engine);
			engine->kind = ENGINE_SYSCALL;
			err = 0;
		} else if (!err) {
			engine->kind = ENGINE_FEEDER;
		}
	}
	if (err)
		engine__close(engine);
	else
		*ret = engine;
	return err;
}

__u32 engine__max_bytes(const struct engine *engine)
{
	return test_run__max_bytes(engine->test_run);
}

static int end_syscall_batch(struct engine *engine)
{
	__u64 frames = engine->batch_frames, took_ns = engine->batch_ns;

	engine->batch_frames = 0;
	engine->batch_ns = 0;
	return frames ? batches__add(&engine->batches, frames, (double)took_ns / frames) : 0;
}

static int run_by_syscall(struct engine *engine, const __u8 *data, __u32 bytes, struct errmsg *why)
{
	int verdict = 0;

	for (__u32 i = 0; i < engine->repeat; i++) {
		__u64 start_ns = clock__now_ns();

		verdict = test_run__frame(engine->test_run, data, bytes, why);
		if (verdict < 0)
			return verdict;
		if (verdict < VERDICT_COUNT)
			engine->verdicts[verdict]++;
		/* The feeder's odd long frame is run, but says nothing about the feeder. */
		if (engine->kind != ENGINE_SYSCALL)
			continue;
		engine->batch_ns += clock__now_ns() - start_ns;
		if (++engine->batch_frames == SYSCALL_BATCH && end_syscall_batch(engine))
			return -ENOMEM;
	}
	return 0;
}

static int start_filled(struct engine *engine, struct errmsg *why)
{
	job__set(&engine->jobs[engine->filling], JOB_RUNNING);
	engine->filling = (engine->filling + 1) % engine->job_count;
	return job__wait(&engine->jobs[engine->filling], why);
}

int engine__frame(struct engine *engine, const __u8 *data, __u32 bytes, struct errmsg *why)
{
	int err;

	if (engine->kind == ENGINE_SYSCALL || bytes > feeder__max_bytes())
		return run_by_syscall(engine, data, bytes, why);
	if (feeder__add(engine->jobs[engine->filling].feeder, data, bytes))
		return 0;
	err = start_filled(engine, why);
	if (!err)
		feeder__add(engine->jobs[engine->filling].feeder, data, bytes);
	return err;
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static int merge(struct batches *into, const struct batches *from)
{
	int err = 0;

	for (size_t i = 0; !err && i < from->count; i++)
		err = batches__add(into, 0, from->frame_ns[i]);
	into->frames += from->frames;
	into->total_ns += from->total_ns;
	return err;
}

/* CPUs run side by side: their rates add up. */
static double rate(const struct batches *batches)
{
	return batches->total_ns > 0 ? batches->frames * 1e9 / batches->total_ns : 0;
}

static int sum_up(struct engine *engine, struct engine_timing *ret)
{
	struct engine_timing timing = {
		.kind = engine->kind,
		.jobs = engine->kind == ENGINE_FEEDER ? engine->job_count : 1,
		.memory_bytes = engine->job_count * feeder__memory_bytes(),
	};
	struct batches *all = &engine->batches;
	double per_second = engine->kind == ENGINE_SYSCALL ? rate(all) : 0;
	int err = 0;

	for (__u32 i = 0; !err && i < engine->job_count; i++) {
		per_second += rate(&engine->jobs[i].batches);
		err = merge(all, &engine->jobs[i].batches);
	}
	if (err)
		return err;
	timing.frames = all->frames;
	timing.packets_per_second = per_second;
	if (all->count) {
		qsort(all->frame_ns, all->count, sizeof(double), by_value);
		timing.median_ns = all->frame_ns[all->count / 2];
		timing.p99_ns = all->frame_ns[(all->count - 1) * 99 / 100];
	}
	memcpy(timing.verdicts, engine->verdicts, sizeof(timing.verdicts));
	*ret = timing;
	return 0;
}

int engine__finish(struct engine *engine, struct engine_timing *ret, struct errmsg *why)
{
	int err = end_syscall_batch(engine);

	if (!err && engine->job_count)
		err = start_filled(engine, why);
	for (__u32 i = 0; !err && i < engine->job_count; i++)
		err = job__wait(&engine->jobs[i], why);
	return err ? err : sum_up(engine, ret);
}

void engine__close(struct engine *engine)
{
	if (!engine)
		return;
	close_jobs(engine);
	test_run__close(engine->test_run);
	free(engine->batches.frame_ns);
	free(engine);
}
