// SPDX-License-Identifier: GPL-2.0-only
// loader: loads programs for one command, ahead of need and on all CPUs if it has many interfaces.
#include "common/attach/loader.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/dispatcher.h"
#include "common/dataplane/possible_cpus.h"

#define MAX_THREADS 16

struct loader {
	bool has_target; /* it was asked for */
	int target_fd;   /* or a negative errno */
	struct errmsg target_why;
	struct possible_cpus cpus; /* rows of 0: not counted yet */

	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t changed;
	pthread_t threads[MAX_THREADS];
	size_t thread_count, max_threads;
	struct dataplane_config config; /* what the threads load */
	size_t expected;                /* loads that no thread has begun */
	size_t loading;
	struct dataplane *ready[MAX_THREADS];
	size_t ready_count;
};

/* A CPU each, if there are several: with one, threads gain nothing. */
static size_t count_threads(void)
{
	cpu_set_t allowed;
	int cpus = sched_getaffinity(0, sizeof(allowed), &allowed) ? 1 : CPU_COUNT(&allowed);

	if (cpus < 2)
		return 0;
	return cpus < MAX_THREADS ? cpus : MAX_THREADS;
}

struct loader *loader__new(size_t programs)
{
	struct loader *loader = calloc(1, sizeof(*loader));

	if (!loader)
		return NULL;
	loader->target_fd = -1;
	loader->expected = programs;
	loader->max_threads = count_threads();
	pthread_mutex_init(&loader->lock, NULL);
	pthread_cond_init(&loader->changed, NULL);
	return loader;
}

int loader__target(struct loader *loader, struct errmsg *why)
{
	if (!loader->has_target)
		loader->target_fd = dispatcher__target(&loader->target_why);
	loader->has_target = true;
	if (loader->target_fd < 0)
		*why = loader->target_why;
	return loader->target_fd;
}

/* Whoever takes a program finds a failure again, and reports it: here it only ends the threads. */
static void *loader_run(void *opaque)
{
	struct loader *loader = opaque;
	struct dataplane *loaded;
	struct errmsg why;
	int err;

	pthread_mutex_lock(&loader->lock);
	while (loader->expected) {
		if (loader->ready_count + loader->loading >= loader->max_threads) {
			pthread_cond_wait(&loader->changed, &loader->lock);
			continue;
		}
		loader->expected--;
		loader->loading++;
		pthread_mutex_unlock(&loader->lock);
		err = dataplane__load(&loader->config, &loaded, &why);
		pthread_mutex_lock(&loader->lock);
		loader->loading--;
		if (err)
			loader->expected = 0;
		else
			loader->ready[loader->ready_count++] = loaded;
		pthread_cond_broadcast(&loader->changed);
	}
	pthread_mutex_unlock(&loader->lock);
	return NULL;
}

/* Without threads, everything is loaded when it is needed. */
static void start_threads(struct loader *loader, const struct dataplane_config *config)
{
	size_t wanted =
		loader->expected < loader->max_threads ? loader->expected : loader->max_threads;

	loader->config = *config;
	while (loader->thread_count < wanted &&
	       !pthread_create(&loader->threads[loader->thread_count], NULL, loader_run, loader))
		loader->thread_count++;
}

static bool is_same(const struct dataplane_config *a, const struct dataplane_config *b)
{
	return a->kind == b->kind && a->device_ifindex == b->device_ifindex && a->cpus == b->cpus &&
	       a->max_sources == b->max_sources && a->pairs == b->pairs &&
	       a->completed == b->completed && a->raw_ip == b->raw_ip &&
	       a->target_fd == b->target_fd && a->target_function == b->target_function &&
	       a->policy == b->policy && a->sampling == b->sampling && a->maps_of == b->maps_of;
}

/* Return: NULL if no thread loads, or will load, what is wanted. */
static struct dataplane *take_ready(struct loader *loader, const struct dataplane_config *config)
{
	struct dataplane *taken = NULL;

	if (!loader->thread_count || !is_same(config, &loader->config))
		return NULL;
	pthread_mutex_lock(&loader->lock);
	while (!loader->ready_count && (loader->loading || loader->expected))
		pthread_cond_wait(&loader->changed, &loader->lock);
	if (loader->ready_count)
		taken = loader->ready[--loader->ready_count];
	pthread_cond_broadcast(&loader->changed);
	pthread_mutex_unlock(&loader->lock);
	return taken;
}

/* Possible CPUs are counted once for all interfaces. */
static int set_cpus(struct loader *loader, struct dataplane_config *config, struct errmsg *why)
{
	int err = 0;

	if (config->kind != DATAPLANE_CPU || config->maps_of)
		return 0;
	if (!loader->cpus.rows)
		err = possible_cpus__read(&loader->cpus, why);
	config->cpus = loader->cpus.rows;
	return err;
}

/* The first load is the caller's: it also makes libbpf probe the kernel, once, for all others. */
static int load_next(struct loader *loader, const struct dataplane_config *config,
		     struct dataplane **ret, struct errmsg *why)
{
	int err;

	*ret = take_ready(loader, config);
	if (*ret)
		return 0;
	err = dataplane__load(config, ret, why);
	if (err || loader->thread_count || config->maps_of)
		return err;
	loader->expected -= loader->expected > 0;
	if (config->kind == DATAPLANE_CPU)
		start_threads(loader, config);
	return 0;
}

int loader__load(struct loader *loader, const struct dataplane_config *config,
		 struct dataplane **ret, struct errmsg *why)
{
	struct dataplane_config complete = *config;
	int err;

	if (!loader)
		return dataplane__load(config, ret, why);
	err = set_cpus(loader, &complete, why);
	return err ?: load_next(loader, &complete, ret, why);
}

void loader__free(struct loader *loader)
{
	if (!loader)
		return;
	pthread_mutex_lock(&loader->lock);
	loader->expected = 0;
	pthread_cond_broadcast(&loader->changed);
	pthread_mutex_unlock(&loader->lock);
	for (size_t i = 0; i < loader->thread_count; i++)
		pthread_join(loader->threads[i], NULL);
	while (loader->ready_count)
		dataplane__close(loader->ready[--loader->ready_count]);
	if (loader->target_fd >= 0)
		close(loader->target_fd);
	pthread_cond_destroy(&loader->changed);
	pthread_mutex_destroy(&loader->lock);
	free(loader);
}
