// SPDX-License-Identifier: GPL-2.0-only
// sample_recorder: takes samples of interfaces' packets: grants them, reads them, keeps up with
// upgrades.
#include "ctl/events/sample_recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/attach/lock.h"
#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/capture/linktype.h"
#include "common/netdev/link_layer.h"
#include "ctl/events/recorded.h"
#include "ctl/events/sample_grants.h"

#define POLL_NS 20000000ull
#define POLL_ALL_NS 500000ull /* while every frame is taken */
#define TICK_NS NS_PER_S

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

static int hand_out(void *opaque, const struct sample *sample, struct errmsg *why)
{
	struct sample_recorder *recorder = opaque;
	const struct recorded *recorded = &recorder->recorded[recorder->reading];
	const struct recorded_sample out = {
		.device = recorder->reading,
		.sample = sample,
		.rule = recorded->names.rules[sample->slot.rule],
		.wall_ns = sample->slot.time_ns + recorder->wall_offset_ns,
		.raw_ip = recorder->devices[recorder->reading].linktype == LINKTYPE_RAW,
	};

	return recorder->act(recorder->opaque, &out, why);
}

static int drain(struct sample_recorder *recorder, struct recorded *recorded, struct errmsg *why)
{
	int err;

	recorder->reading = recorded - recorder->recorded;
	err = sample_ring__read(recorded->ring, hand_out, recorder, why);
	recorded__update_counts(recorded);
	return err;
}

/* An interface may have been upgraded, reset or detached. */
static void follow_interface(const struct sample_recorder *recorder, struct recorded *recorded)
{
	struct errmsg why = {};

	if (recorded__follow(recorded, &why))
		cli__note(recorder->cli, "%s: its recording has ended: %s",
			  UTF8_PRINTABLE(recorded->attachment.interface), why.text);
}

static int tick(struct sample_recorder *recorder, struct errmsg *why)
{
	for (size_t i = 0; i < recorder->count; i++)
		if (recorder->recorded[i].ring)
			follow_interface(recorder, &recorder->recorded[i]);
	if (recorder->config.every)
		return 0;
	return sample_grants__by_rate(recorder->recorded, recorder->count,
				      recorder->config.rate_pps, why);
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
			sample_grants__every(recorded, recorder->config.every);
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

static int describe_device(const struct attachment *attachment, struct evidence_device *ret,
			   struct errmsg *why)
{
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

static int start_interface(struct sample_recorder *recorder, const char *name, struct errmsg *why)
{
	struct recorded *recorded = &recorder->recorded[recorder->count];
	struct evidence_device *device = &recorder->devices[recorder->count];
	int err =
		recorded__start(recorded, recorder->registry, name, &recorder->config.choice, why);

	if (err)
		return err;
	recorder->count++;
	err = describe_device(&recorded->attachment, device, why);
	if (!err && recorder->config.every)
		sample_grants__every(recorded, recorder->config.every);
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

int sample_recorder__close(struct sample_recorder *recorder, struct errmsg *why)
{
	int failed = 0;

	for (size_t i = 0; i < recorder->count; i++) {
		int err = recorded__stop(&recorder->recorded[i], why);

		if (err)
			failed = err;
	}
	registry__close(recorder->registry);
	free(recorder->recorded);
	free(recorder->devices);
	free(recorder);
	return failed;
}
