// SPDX-License-Identifier: GPL-2.0-only
// capture_seconds: what is counted in captures, second by second, by the frames' own clock.
#include "common/replay/capture_seconds.h"

#include <errno.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/privileges.h"
#include "common/bpf/test_run.h"
#include "common/counts/table_copy.h"
#include "common/dataplane/read.h"
#include "common/replay/capture_list.h"
#include "common/replay/runner_host.h"

/* Of a long silence that many seconds are shown one by one, then the rest of it as one interval. */
#define SILENT_SECONDS 3600

struct seconds {
	const struct capture_seconds_options *options;
	struct capture_list *captures;
	struct dataplane *dataplane;
	struct runner_host *host;
	struct table_history histories[TABLE_COUNT];
	struct snapshot snapshot; /* at the end of the last second */
	__u64 end_ns;             /* of the second that is being counted; 0: no frame yet */
	__u64 frames_in_second;
	struct capture_seconds_result result;
};

static const struct source_view everything;

/* A copy is needed for the next interval, if endpoints were left out of the rows. */
static void seconds_drop_copies(struct seconds *seconds)
{
	for (int i = 0; i < TABLE_COUNT; i++) {
		struct tally *tally = &seconds->snapshot.tallies[i];

		if (tally->rest_total || tally->unlisted_at_most) {
			table_history__drop_before(&seconds->histories[i]);
			continue;
		}
		table_history__free(&seconds->histories[i]);
		tally->copy = NULL;
	}
}

static void seconds_run_batch(struct seconds *seconds)
{
	if (runner_host__count(seconds->host))
		runner_host__run(seconds->host, 1);
	runner_host__clear(seconds->host);
}

/* Counts what came since the second before. */
static int seconds_count(struct seconds *seconds, struct interval *ret, struct errmsg *why)
{
	struct snapshot after;
	int err;

	seconds_run_batch(seconds);
	err = dataplane__read_heaviest(seconds->dataplane, seconds->histories, &after, why);
	if (err)
		return err;
	err = interval__add(ret, &seconds->snapshot, &after, &everything);
	snapshot__free(&seconds->snapshot);
	seconds->snapshot = after;
	seconds_drop_copies(seconds);
	seconds->frames_in_second = 0;
	return err ?: dataplane__restart_window(seconds->dataplane, why);
}

/* Ends an interval. */
static int seconds_show(struct seconds *seconds, __u64 interval_ns, struct errmsg *why)
{
	struct interval interval = {};
	const struct capture_second second = {
		.time_ns = seconds->end_ns,
		.interval_ns = interval_ns,
		.interval = &interval,
		.snapshot = &seconds->snapshot,
	};
	int err = seconds->frames_in_second ? seconds_count(seconds, &interval, why) : 0;

	interval.interval_ns = interval_ns;
	if (!err)
		err = seconds->options->visit(seconds->options->context, &second, why);
	interval__free(&interval);
	return err;
}

/* Ends all seconds that are over at this time. */
static int seconds_pass_time(struct seconds *seconds, __u64 now_ns, struct errmsg *why)
{
	int shown = 0, err = 0;

	if (!seconds->end_ns) {
		seconds->result.first_ns = seconds->result.latest_ns = now_ns;
		seconds->end_ns = now_ns + NS_PER_S;
	}
	if (now_ns > seconds->result.latest_ns)
		seconds->result.latest_ns = now_ns;
	while (!err && now_ns >= seconds->end_ns) {
		__u64 more_s = (now_ns - seconds->end_ns) / NS_PER_S;
		__u64 skipped_ns = shown++ < SILENT_SECONDS ? 0 : more_s * NS_PER_S;

		seconds->end_ns += skipped_ns;
		err = seconds_show(seconds, NS_PER_S + skipped_ns, why);
		seconds->end_ns += NS_PER_S;
	}
	return err;
}

static int seconds_add_frame(void *context, struct capture_frame *frame, bool is_ethernet,
			     struct errmsg *why)
{
	struct seconds *seconds = context;
	int err = seconds_pass_time(seconds, frame->timestamp_ns, why);

	if (err)
		return err;
	seconds->result.frames++;
	if (!is_ethernet || frame->captured_bytes < TEST_RUN_MIN_BYTES) {
		seconds->result.not_replayable++;
		return 0;
	}
	if (frame->captured_bytes > runner_host__max_bytes())
		frame->captured_bytes = runner_host__max_bytes();
	seconds->frames_in_second++;
	if (runner_host__add(seconds->host, frame->data, frame->captured_bytes))
		return 0;
	seconds_run_batch(seconds);
	runner_host__add(seconds->host, frame->data, frame->captured_bytes);
	return 0;
}

static int seconds_read(struct seconds *seconds, struct errmsg *why)
{
	int err = capture_list__read(seconds->captures, seconds_add_frame, seconds,
				     seconds->options->stopped, why);

	if (err == -EINTR)
		return errmsg__set(why, -EINTR, "interrupted after %llu frames",
				   seconds->result.frames);
	if (err)
		return err;
	/* The last one may be over earlier: it is as long as the others. */
	return seconds->frames_in_second ? seconds_show(seconds, NS_PER_S, why) : 0;
}

/* What needs privileges; none of the captures' content is read. */
static int seconds_open(struct seconds *seconds, struct errmsg *why)
{
	const struct capture_seconds_options *options = seconds->options;
	struct dataplane_config config = {.cpus = 1, .pairs = options->pairs};
	int err = capture_list__open(options->captures, options->capture_count, &seconds->captures,
				     why);

	if (!err)
		err = dataplane__in_process(&config, &seconds->dataplane, why);
	if (err)
		return err;
	runner_host__use_tables(seconds->dataplane);
	seconds->host = runner_host__open(0);
	if (!seconds->host)
		return -ENOMEM;
	err = dataplane__restart_window(seconds->dataplane, why);
	return err ?: privileges__drop(PRIVILEGES_NONE, why);
}

static void seconds_close(struct seconds *seconds)
{
	capture_list__close(seconds->captures);
	snapshot__free(&seconds->snapshot);
	for (int i = 0; i < TABLE_COUNT; i++)
		table_history__free(&seconds->histories[i]);
	runner_host__close(seconds->host);
	dataplane__close(seconds->dataplane);
}

int capture_seconds__run(const struct capture_seconds_options *options,
			 struct capture_seconds_result *ret, struct errmsg *why)
{
	struct seconds seconds = {.options = options};
	int err = seconds_open(&seconds, why);

	if (!err)
		err = seconds_read(&seconds, why);
	if (!err)
		*ret = seconds.result;
	seconds_close(&seconds);
	return err;
}
