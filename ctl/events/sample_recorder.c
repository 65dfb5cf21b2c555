// SPDX-License-Identifier: GPL-2.0-only
// sample_recorder: takes samples of interfaces' packets: grants them, reads them, keeps up with
// upgrades.
#include "ctl/events/sample_recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/attach/lock.h"
#include "common/attach/recover.h"
#include "common/attach/sampler.h"
#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/capture/linktype.h"
#include "common/dataplane/policy_maps.h"
#include "common/events/sample_budget.h"
#include "common/netdev/link_layer.h"
#include "common/netdev/netdev.h"

#define POLL_NS 20000000ull
#define POLL_ALL_NS 500000ull /* while every frame is taken */
#define TICK_NS NS_PER_S
/* What a gate may take between two polls, if samples are not limited by a rate: a ring. */
#define GRANT_OF_ALL SAMPLE_SLOTS

/* An interface whose packets are sampled. */
struct recorded {
	struct attachment attachment; /* as it was when its ring was opened */
	int lock;                     /* of its sampler */
	struct sample_ring *ring;     /* NULL: it has ended */
	bool raw_ip;
	struct policy_names names;
	/* By CPU and gate: at the last tick, and when the present program was found. */
	__u64 *frames, *first_frames;
	struct evidence_counts counts, before; /* in all; of rings before this one */
};

struct sample_recorder {
	const struct cli *cli;
	struct sample_recorder_config config;
	struct registry *registry;
	struct recorded *recorded;
	struct evidence_device *devices;
	size_t count;
	__u64 next_tick_ns;
	__s64 wall_offset_ns;
	/* While samples are handed out: */
	__u32 reading;
	sample_recorder_act *act;
	void *opaque;
};

static bool is_wanted(const struct sample_recorder *recorder, const struct sample_ring *ring,
		      __u32 gate)
{
	const struct sample_recorder_config *config = &recorder->config;

	if (!config->reasons && !config->classes)
		return true;
	return (sample_ring__by_reason(ring) ? config->reasons : config->classes) & 1u << gate;
}

/* Drops before answers before what passes. */
static __u32 rank_of(const struct sample_ring *ring, __u32 gate)
{
	if (!sample_ring__by_reason(ring) || gate >= REASON_COUNT)
		return 2;
	return reason_verdicts[gate] == XDP_DROP ? 0 : reason_verdicts[gate] == XDP_TX ? 1 : 2;
}

/* The frames of each gate since the last time; @ret: by CPU and gate. */
static void count_frames(struct sample_recorder *recorder, struct recorded *recorded,
			 struct sample_demand *demands, __u64 *ret)
{
	for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++)
		for (__u32 gate = 0; gate < SAMPLE_GATES; gate++) {
			size_t number = (size_t)cpu * SAMPLE_GATES + gate;
			__u64 now = sample_ring__frames(recorded->ring, cpu, gate);

			if (is_wanted(recorder, recorded->ring, gate))
				ret[number] = now - recorded->frames[number];
			recorded->frames[number] = now;
			demands[gate].frames += ret[number];
		}
}

/* What was counted before does not matter. */
static void start_counting(struct recorded *recorded)
{
	for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++)
		for (__u32 gate = 0; gate < SAMPLE_GATES; gate++) {
			size_t number = (size_t)cpu * SAMPLE_GATES + gate;

			recorded->frames[number] = recorded->first_frames[number] =
				sample_ring__frames(recorded->ring, cpu, gate);
		}
}

/* A gate's samples, over the CPUs that had its frames. */
static void grant_gate(struct recorded *recorded, __u32 gate, const struct sample_demand *demand,
		       const __u64 *frames)
{
	__u64 before = 0;

	for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++) {
		__u64 own = frames[cpu * SAMPLE_GATES + gate];
		__u32 samples = sample_budget__share(demand->samples, before, own, demand->frames);
		__u64 every = samples ? own / samples : 0;

		before += own;
		if (samples)
			sample_ring__grant(recorded->ring, cpu, gate, samples,
					   every > 1 ? every : 1);
	}
}

struct spread {
	struct sample_demand *demands; /* by interface and gate */
	__u64 **frames;                /* of each interface, by CPU and gate */
};

static void spread_free(struct spread *spread, size_t count)
{
	for (size_t i = 0; spread->frames && i < count; i++)
		free(spread->frames[i]);
	free(spread->frames);
	free(spread->demands);
}

static int spread_count(struct sample_recorder *recorder, struct spread *spread)
{
	spread->demands = calloc(recorder->count * SAMPLE_GATES, sizeof(*spread->demands));
	spread->frames = calloc(recorder->count, sizeof(*spread->frames));
	if (!spread->demands || !spread->frames)
		return -ENOMEM;
	for (size_t i = 0; i < recorder->count; i++) {
		struct recorded *recorded = &recorder->recorded[i];
		struct sample_demand *demands = spread->demands + i * SAMPLE_GATES;

		if (!recorded->ring)
			continue;
		spread->frames[i] =
			calloc(sample_ring__cpus(recorded->ring), SAMPLE_GATES * sizeof(__u64));
		if (!spread->frames[i])
			return -ENOMEM;
		for (__u32 gate = 0; gate < SAMPLE_GATES; gate++)
			demands[gate].rank = rank_of(recorded->ring, gate);
		count_frames(recorder, recorded, demands, spread->frames[i]);
	}
	return 0;
}

/* By the last second's frames. */
static int grant_by_rate(struct sample_recorder *recorder, struct errmsg *why)
{
	struct spread spread = {};
	int err = spread_count(recorder, &spread);

	if (!err)
		sample_budget__spread(spread.demands, recorder->count * SAMPLE_GATES,
				      recorder->config.rate_pps);
	for (size_t i = 0; !err && i < recorder->count; i++)
		for (__u32 gate = 0; recorder->recorded[i].ring && gate < SAMPLE_GATES; gate++) {
			const struct sample_demand *demand =
				&spread.demands[i * SAMPLE_GATES + gate];

			if (demand->samples)
				grant_gate(&recorder->recorded[i], gate, demand, spread.frames[i]);
		}
	spread_free(&spread, recorder->count);
	return err ? errmsg__set(why, err, "out of memory") : 0;
}

static void grant_every(struct sample_recorder *recorder, struct recorded *recorded)
{
	for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++)
		for (__u32 gate = 0; gate < SAMPLE_GATES; gate++)
			if (is_wanted(recorder, recorded->ring, gate))
				sample_ring__grant(recorded->ring, cpu, gate, GRANT_OF_ALL,
						   recorder->config.every);
}

static void update_counts(const struct sample_recorder *recorder, struct recorded *recorded)
{
	struct evidence_counts counts = recorded->before;

	for (__u32 gate = 0; gate < SAMPLE_GATES; gate++) {
		counts.taken += sample_ring__taken(recorded->ring, gate);
		if (!is_wanted(recorder, recorded->ring, gate))
			continue;
		for (__u32 cpu = 0; cpu < sample_ring__cpus(recorded->ring); cpu++)
			counts.frames += sample_ring__frames(recorded->ring, cpu, gate) -
					 recorded->first_frames[cpu * SAMPLE_GATES + gate];
	}
	counts.overrun += sample_ring__overrun(recorded->ring);
	recorded->counts = counts;
}

static int recorder_read_names(struct recorded *recorded, const struct dataplane *dataplane,
			       struct errmsg *why)
{
	const struct policy_maps *policy = dataplane__policy(dataplane);

	recorded->names = (struct policy_names){};
	return policy ? policy_maps__names(policy, &recorded->names, why) : 0;
}

/* Of the program that has just been put in place. */
static int open_ring(struct sample_recorder *recorder, struct recorded *recorded,
		     struct dataplane *dataplane, struct errmsg *why)
{
	int err = recorder_read_names(recorded, dataplane, why);

	if (!err)
		err = sample_ring__open(dataplane, recorder->config.wide, &recorded->ring, why);
	if (err)
		return err;
	free(recorded->frames);
	recorded->frames =
		calloc(sample_ring__cpus(recorded->ring), 2 * SAMPLE_GATES * sizeof(__u64));
	if (!recorded->frames)
		return errmsg__set(why, -ENOMEM, "out of memory");
	recorded->first_frames =
		recorded->frames + (size_t)sample_ring__cpus(recorded->ring) * SAMPLE_GATES;
	start_counting(recorded);
	return 0;
}

static int reopen_ring(struct sample_recorder *recorder, struct recorded *recorded,
		       struct errmsg *why)
{
	struct dataplane *dataplane;
	int err = attachment__open(recorder->registry, recorded->attachment.interface, &dataplane,
				   &recorded->attachment, why);

	if (err)
		return err;
	err = open_ring(recorder, recorded, dataplane, why);
	dataplane__close(dataplane);
	return err;
}

static int hand_out(void *opaque, const struct sample *sample, struct errmsg *why)
{
	struct sample_recorder *recorder = opaque;
	const struct recorded *recorded = &recorder->recorded[recorder->reading];
	const struct recorded_sample out = {
		.device = recorder->reading,
		.sample = sample,
		.rule = recorded->names.rules[sample->slot.rule],
		.wall_ns = sample->slot.time_ns + recorder->wall_offset_ns,
		.raw_ip = recorded->raw_ip,
	};

	return recorder->act(recorder->opaque, &out, why);
}

static int drain(struct sample_recorder *recorder, struct recorded *recorded, struct errmsg *why)
{
	int err;

	recorder->reading = recorded - recorder->recorded;
	err = sample_ring__read(recorded->ring, hand_out, recorder, why);
	update_counts(recorder, recorded);
	return err;
}

static void end_ring(struct recorded *recorded)
{
	recorded->before = recorded->counts;
	sample_ring__close(recorded->ring);
	recorded->ring = NULL;
}

/* What runs now is found while no other command changes it. */
static int recorder_find(struct sample_recorder *recorder, const char *interface,
			 struct attachment *ret, struct errmsg *why)
{
	int err = attachment__recover_interface(recorder->registry, interface, why);

	if (err)
		return err;
	err = attachment__find(recorder->registry, interface, ret, why);
	if (err < 0)
		return err;
	if (!err || ret->mode == ATTACH_NONE)
		return errmsg__set(why, -ENOENT, "%s: not attached: run 'xdpctl attach %s' first",
				   interface, interface);
	return 0;
}

static int restart_ring(struct sample_recorder *recorder, struct recorded *recorded,
			struct errmsg *why)
{
	struct attachment attachment;
	int err = registry__lock(recorder->registry, why);

	if (!err)
		err = recorder_find(recorder, recorded->attachment.interface, &attachment, why);
	if (!err)
		err = sampler__restart(&attachment, why);
	registry__unlock(recorder->registry);
	return err ? err : reopen_ring(recorder, recorded, why);
}

/* Another program runs: on the same rings, or on new maps. */
static int follow_program(struct sample_recorder *recorder, struct recorded *recorded,
			  struct errmsg *why)
{
	struct dataplane *dataplane;
	int err = attachment__open(recorder->registry, recorded->attachment.interface, &dataplane,
				   &recorded->attachment, why);

	if (err)
		return err;
	recorded->before.frames = recorded->counts.frames;
	err = recorder_read_names(recorded, dataplane, why);
	if (!err)
		err = sample_ring__follow(recorded->ring, dataplane, why);
	dataplane__close(dataplane);
	if (err > 0)
		start_counting(recorded);
	if (err)
		return err > 0 ? 0 : err;
	end_ring(recorded);
	return restart_ring(recorder, recorded, why);
}

/* An interface may have been upgraded, reset or detached. */
static void check_program(struct sample_recorder *recorder, struct recorded *recorded)
{
	const char *interface = recorded->attachment.interface;
	struct attachment attachment;
	struct errmsg why = {};
	int err;

	err = attachment__find(recorder->registry, interface, &attachment, &why);
	if (err > 0 && attachment.program.id == recorded->attachment.program.id)
		return;
	if (err >= 0)
		err = follow_program(recorder, recorded, &why);
	if (!err)
		return;
	if (recorded->ring)
		end_ring(recorded);
	cli__note(recorder->cli, "%s: its recording has ended: %s", UTF8_PRINTABLE(interface),
		  why.text);
}

static int tick(struct sample_recorder *recorder, struct errmsg *why)
{
	for (size_t i = 0; i < recorder->count; i++)
		if (recorder->recorded[i].ring)
			check_program(recorder, &recorder->recorded[i]);
	return recorder->config.every ? 0 : grant_by_rate(recorder, why);
}

int sample_recorder__read(struct sample_recorder *recorder, sample_recorder_act *act, void *opaque,
			  struct errmsg *why)
{
	__u64 now_ns = clock__now_ns();
	size_t left = 0;
	int err = 0;

	recorder->act = act;
	recorder->opaque = opaque;
	recorder->wall_offset_ns = clock__wall_ns() - now_ns;
	for (size_t i = 0; !err && i < recorder->count; i++) {
		struct recorded *recorded = &recorder->recorded[i];

		if (!recorded->ring)
			continue;
		err = drain(recorder, recorded, why);
		if (recorder->config.every)
			grant_every(recorder, recorded);
		left++;
	}
	if (!err && now_ns >= recorder->next_tick_ns) {
		recorder->next_tick_ns = now_ns + TICK_NS;
		err = tick(recorder, why);
	}
	return err ? err : !left;
}

__u64 sample_recorder__poll_ns(const struct sample_recorder *recorder)
{
	return recorder->config.every == 1 ? POLL_ALL_NS : POLL_NS;
}

const struct evidence_device *sample_recorder__devices(const struct sample_recorder *recorder,
						       size_t *ret_count)
{
	*ret_count = recorder->count;
	return recorder->devices;
}

struct evidence_counts sample_recorder__counts(const struct sample_recorder *recorder, __u32 device)
{
	return recorder->recorded[device].counts;
}

static int describe_device(const struct recorded *recorded, struct evidence_device *ret,
			   struct errmsg *why)
{
	const struct attachment *attachment = &recorded->attachment;
	enum link_layer layer;
	int err = link_layer__read(attachment->interface, attachment->ifindex, &layer, why);

	if (err)
		return err;
	snprintf(ret->name, sizeof(ret->name), "%s", attachment->interface);
	snprintf(ret->description, sizeof(ret->description), "XDP, %s mode, program %u",
		 attach_mode_names[attachment->mode], attachment->program.id);
	ret->linktype = layer == LINK_LAYER_IP ? LINKTYPE_RAW : LINKTYPE_ETHERNET;
	return 0;
}

static int start_locked(struct sample_recorder *recorder, const char *interface, struct errmsg *why)
{
	struct recorded *recorded = &recorder->recorded[recorder->count];
	int err = registry__lock(recorder->registry, why);

	if (!err)
		err = recorder_find(recorder, interface, &recorded->attachment, why);
	if (!err)
		err = sampler__start(&recorded->attachment, &recorded->lock, why);
	registry__unlock(recorder->registry);
	recorder->count += !err;
	return err;
}

static int start_interface(struct sample_recorder *recorder, const char *name, struct errmsg *why)
{
	struct recorded *recorded = &recorder->recorded[recorder->count];
	struct evidence_device *device = &recorder->devices[recorder->count];
	char interface[IFNAMSIZ];
	int err;

	if (netdev__find(name, interface, why) < 0)
		return attachment__explain_missing(recorder->registry, name, why);
	err = start_locked(recorder, interface, why);
	if (err)
		return err;
	err = reopen_ring(recorder, recorded, why);
	if (err)
		return err;
	err = describe_device(recorded, device, why);
	recorded->raw_ip = device->linktype == LINKTYPE_RAW;
	if (!err && recorder->config.every)
		grant_every(recorder, recorded);
	return err;
}

static int start_named(struct sample_recorder *recorder, const char **interfaces,
		       struct errmsg *why)
{
	int err = 0;

	for (; !err && *interfaces; interfaces++) {
		if (recorder->count == EVIDENCE_MAX_DEVICES)
			return errmsg__set(why, -E2BIG, "more than %d interfaces",
					   EVIDENCE_MAX_DEVICES);
		err = start_interface(recorder, *interfaces, why);
	}
	return err;
}

static int start_all(struct sample_recorder *recorder, struct errmsg *why)
{
	const char *names[EVIDENCE_MAX_DEVICES + 1] = {};
	struct attachment *attachments;
	size_t count, named = 0;
	int err = attachment__list(recorder->registry, &attachments, &count, why);

	if (err)
		return err;
	for (size_t i = 0; i < count && named < EVIDENCE_MAX_DEVICES; i++)
		if (attachments[i].exists && attachments[i].mode != ATTACH_NONE)
			names[named++] = attachments[i].interface;
	err = named ? start_named(recorder, names, why)
		    : errmsg__set(why, -ENOENT,
				  "nothing is attached in this network namespace: run 'xdpctl "
				  "attach IFACE' first");
	free(attachments);
	return err;
}

static void recorder_note_wait(void *opaque, const char *text)
{
	cli__note(opaque, "%s", text);
}

int sample_recorder__open(const struct cli *cli, const char **interfaces,
			  const struct sample_recorder_config *config, struct sample_recorder **ret,
			  struct errmsg *why)
{
	struct sample_recorder *recorder = calloc(1, sizeof(*recorder));
	int err;

	if (!recorder)
		return errmsg__set(why, -ENOMEM, "out of memory");
	*recorder = (struct sample_recorder){.cli = cli, .config = *config};
	recorder->recorded = calloc(EVIDENCE_MAX_DEVICES + 1, sizeof(*recorder->recorded));
	recorder->devices = calloc(EVIDENCE_MAX_DEVICES + 1, sizeof(*recorder->devices));
	lock__on_wait(recorder_note_wait, (void *)cli);
	err = recorder->recorded && recorder->devices
		      ? registry__open(REGISTRY_WRITE, &recorder->registry, why)
		      : errmsg__set(why, -ENOMEM, "out of memory");
	if (!err)
		err = *interfaces ? start_named(recorder, interfaces, why)
				  : start_all(recorder, why);
	if (err)
		sample_recorder__close(recorder, NULL);
	else
		*ret = recorder;
	return err;
}

/* Whatever runs there now, it is to take no samples any more. */
static int stop_interface(struct sample_recorder *recorder, struct recorded *recorded,
			  struct errmsg *why)
{
	struct attachment attachment;
	int err = registry__lock(recorder->registry, why);
	bool found =
		!err && !recorder_find(recorder, recorded->attachment.interface, &attachment, NULL);
	int stopped = sampler__stop(&recorded->attachment.entry, found ? &attachment : NULL,
				    recorded->lock, err ? NULL : why);

	registry__unlock(recorder->registry);
	return err ? err : stopped;
}

int sample_recorder__close(struct sample_recorder *recorder, struct errmsg *why)
{
	int failed = 0;

	for (size_t i = 0; i < recorder->count; i++) {
		int err = stop_interface(recorder, &recorder->recorded[i], why);

		if (err)
			failed = err;
		sample_ring__close(recorder->recorded[i].ring);
		free(recorder->recorded[i].frames);
	}
	registry__close(recorder->registry);
	free(recorder->recorded);
	free(recorder->devices);
	free(recorder);
	return failed;
}
