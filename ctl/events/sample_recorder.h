// SPDX-License-Identifier: GPL-2.0-only
// sample_recorder: takes samples of interfaces' packets: grants them, reads them, keeps up with
// upgrades.
#ifndef CTL_EVENTS_SAMPLE_RECORDER_H
#define CTL_EVENTS_SAMPLE_RECORDER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/cli.h"
#include "common/dataplane/sample_ring.h"
#include "common/events/evidence.h"
#include "ctl/events/recorded.h"

struct sample_recorder;

/* What is sampled. */
struct sample_recorder_config {
	__u32 rate_pps; /* samples of all interfaces; applies if @every is 0 */
	__u32 every;    /* one of N frames of a gate instead */
	struct recorded_choice choice;
};

/* A sample as it is handed out. */
struct recorded_sample {
	__u32 device; /* number of its interface */
	const struct sample *sample;
	const char *rule; /* its name, or empty */
	__u64 wall_ns;
	bool raw_ip; /* it starts with the IP header */
};

typedef int sample_recorder_act(void *opaque, const struct recorded_sample *sample,
				struct errmsg *why);

/**
 * sample_recorder__open() - become the sampler of interfaces, see common/attach/sampler.h
 * @interfaces: ends with NULL; empty: all that are attached in this network namespace
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set and nothing changed.
 */
int sample_recorder__open(const struct cli *cli, const char **interfaces,
			  const struct sample_recorder_config *config, struct sample_recorder **ret,
			  struct errmsg *why);

/** sample_recorder__devices() - a description of each interface. Return: valid as long as the
 * recorder. */
const struct evidence_device *sample_recorder__devices(const struct sample_recorder *recorder,
						       size_t *ret_count);

/** sample_recorder__poll_ns() - how long to wait before the next sample_recorder__read(). */
__u64 sample_recorder__poll_ns(const struct sample_recorder *recorder);

/**
 * sample_recorder__read() - hand out all samples that were taken; once a second, grant new ones
 *
 * Return: 0; 1: no interface is left; or a negative errno with @why set.
 */
int sample_recorder__read(struct sample_recorder *recorder, sample_recorder_act *act, void *opaque,
			  struct errmsg *why);

/** sample_recorder__counts() - what was counted of an interface since sample_recorder__open(). */
struct evidence_counts sample_recorder__counts(const struct sample_recorder *recorder,
					       __u32 device);

/**
 * sample_recorder__close() - put the programs of before back in place, and free
 *
 * Return: 0, or a negative errno with @why set for the last interface where that failed.
 */
int sample_recorder__close(struct sample_recorder *recorder, struct errmsg *why);

#endif
