// SPDX-License-Identifier: GPL-2.0-only
// cmd_events_replay: `xdpctl events replay`.
#include <errno.h>
#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/quantity.h"
#include "common/base/stop_signal.h"
#include "common/base/utf8.h"
#include "common/events/detector.h"
#include "common/events/event_format.h"
#include "common/events/events_config.h"
#include "common/events/events_values.h"
#include "common/events/interval_reading.h"
#include "common/replay/capture_seconds.h"
#include "ctl/commands.h"

struct events_replay_arguments {
	const char *config;
	__u32 above_pps, below_pps, hold_s, unfinished_pps;
	bool handshakes;
	enum event_format format;
};

static const struct option_row events_replay_options[] = {
	{OPTION_TEXT(struct events_replay_arguments, config), .name = "config", .argument = "FILE",
	 .unset = "the defaults", .help = "judge by the rules of this file"},
	{OPTION_PARSED(struct events_replay_arguments, above_pps), .name = "above",
	 .argument = "N/s", .parse = quantity__rate, .unset = "2000/s",
	 .help = "an attack begins above this rate, for victims without a rule"},
	{OPTION_PARSED(struct events_replay_arguments, below_pps), .name = "below",
	 .argument = "N/s", .parse = quantity__rate, .unset = "500/s",
	 .help = "and ends below this one"},
	{OPTION_PARSED(struct events_replay_arguments, hold_s), .name = "hold", .argument = "TIME",
	 .parse = quantity__duration, .unset = "60s", .help = "if it stays there for TIME"},
	{OPTION_PARSED(struct events_replay_arguments, unfinished_pps), .name = "unfinished",
	 .argument = "N/s|off", .parse = events_value__rate_or_off, .unset = "100/s",
	 .help = "it also begins with N unfinished handshakes a second"},
	{OPTION_FLAG(struct events_replay_arguments, handshakes), .name = "handshakes",
	 .help = "count FINs and RSTs by victim, as 'attach --handshakes' does"},
	{OPTION_CHOICE(struct events_replay_arguments, format), .name = "format",
	 .words = event_format_names, .fallback = "xdpctl",
	 .help = "with -j: events of xdpctl, of Elastic's ECS, or of Suricata's EVE"},
	{},
};

/* Captures on their way through the detector. */
struct events_replay {
	bool json;
	enum event_format format;
	struct event_cap cap;
	struct detector *detector;
	__u64 first_ns; /* of the first second */
	__u64 events;
};

static void print_replayed(const struct events_replay *replay, const struct event *event)
{
	char line[EVENT_FORMAT_BYTES];

	if (!replay->json)
		printf("%10.1f s  %-8s  %s\n",
		       (double)(event->time_ns - replay->first_ns) / NS_PER_S,
		       event_severity_names[event->severity], UTF8_PRINTABLE(event->summary));
	else if (event__format(event, replay->format, line) > 0)
		fputs(line, stdout);
}

/* The sequence is that of a journal that begins with the capture. */
static void take_replayed(void *context, const struct event *event)
{
	struct events_replay *replay = context;
	struct event numbered = *event;

	numbered.sequence = ++replay->events;
	print_replayed(replay, &numbered);
}

static void take_suppressed(struct events_replay *replay, __u64 time_ns)
{
	struct event event = {.time_ns = time_ns};

	if (!event_cap__suppressed(&replay->cap, &event))
		return;
	event__identify(&event, 0, time_ns);
	event__summarize(&event);
	take_replayed(replay, &event);
}

static int feed_second(void *context, const struct capture_second *second, struct errmsg *why)
{
	struct events_replay *replay = context;
	struct interval_reading reading;
	int err = interval_reading__make(second->interval, second->snapshot, second->time_ns, true,
					 &reading);

	(void)why;
	if (err)
		return err;
	if (!replay->first_ns)
		replay->first_ns = second->time_ns - second->interval_ns;
	event_cap__pass_time(&replay->cap, second->interval_ns);
	err = detector__feed(replay->detector, &reading.interval);
	interval_reading__free(&reading);
	take_suppressed(replay, second->time_ns);
	return err;
}

/* What is given on the command line takes the place of the file's default. */
static int use_arguments(const struct cli *cli, struct detect_thresholds *thresholds,
			 struct errmsg *why)
{
	const struct events_replay_arguments *arguments = cli->options;

	if (cli__given(cli, "above"))
		thresholds->above_pps = arguments->above_pps;
	if (cli__given(cli, "below"))
		thresholds->below_pps = arguments->below_pps;
	else if (cli__given(cli, "above"))
		thresholds->below_pps = detect_thresholds__below(thresholds->above_pps);
	if (cli__given(cli, "hold"))
		thresholds->hold_s = arguments->hold_s;
	if (cli__given(cli, "unfinished"))
		thresholds->unfinished_pps = arguments->unfinished_pps;
	if (thresholds->below_pps >= thresholds->above_pps)
		return errmsg__usage(why, "--below (%u/s) must be less than --above (%u/s)",
				     thresholds->below_pps, thresholds->above_pps);
	return 0;
}

static int replay_events(const struct cli *cli, const char **captures,
			 const struct detect_rules *rules, struct errmsg *why)
{
	/* Silence in a capture is no gap. */
	const struct detector_origin origin = {
		.interface = "", .gateway = "", .nominal_ns = 1ull << 60};
	const struct events_replay_arguments *arguments = cli->options;
	struct events_replay replay = {.json = cli->json, .format = arguments->format};
	struct capture_seconds_options options = {
		.captures = captures,
		.pairs = arguments->handshakes,
		.stopped = stop_signal__pending,
		.visit = feed_second,
		.context = &replay,
	};
	struct capture_seconds_result result;
	int err;

	event_cap__start(&replay.cap);
	replay.detector = detector__new(&origin, rules, &replay.cap, take_replayed, &replay);
	if (!replay.detector)
		return -ENOMEM;
	while (captures[options.capture_count])
		options.capture_count++;
	stop_signal__catch();
	err = capture_seconds__run(&options, &result, why);
	stop_signal__release();
	if (!err && !cli->json)
		printf("%llu event%s in %.1f s, %llu frames; %zu open at the end\n", replay.events,
		       replay.events == 1 ? "" : "s",
		       (double)(result.latest_ns - result.first_ns) / NS_PER_S, result.frames,
		       detector__open_attacks(replay.detector));
	detector__free(replay.detector);
	return err;
}

static int run_events_replay(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct events_replay_arguments *arguments = cli->options;
	struct events_config config = events_config__defaults();
	int err;

	if (cli__given(cli, "format") && !cli->json)
		return errmsg__usage(why, "--format means nothing without --json");
	err = arguments->config ? events_config__read(arguments->config, &config, why) : 0;
	if (err)
		return err;
	err = use_arguments(cli, &config.detect.fallback, why);
	if (!err)
		err = replay_events(cli, operands, &config.detect, why);
	events_config__free(&config);
	return err;
}

const struct command events_replay_command = {
	.name = "events replay",
	.operands = "CAPTURE...",
	.summary = "show which events captures would have made, and when",
	.min_operands = 1,
	.max_operands = -1,
	.takes = TAKES_JSON,
	.options = events_replay_options,
	.options_bytes = sizeof(struct events_replay_arguments),
	.run = run_events_replay,
};
