// SPDX-License-Identifier: GPL-2.0-only
// cmd_play: pktgen play: send the frames of a capture with their original timing.
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "common/base/cli.h"
#include "common/base/input_file.h"
#include "common/base/number.h"
#include "common/base/utf8.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "pktgen/commands.h"
#include "pktgen/send/send_options.h"
#include "pktgen/send/transmit.h"
#include "pktgen/transmit_output.h"

#define MAX_LOOPS 1000000ull
#define DEFAULT_DURATION_NS 3600000000000ull
#define SPEED_UNIT 1000000ull /* speeds are in millionths */
#define MAX_SPEED 1000000ull

struct play_options {
	__u64 speed_millionths;
	__u64 loops;
	__u64 count;
	struct send_options send;
};

struct player {
	const char *path;
	struct capture *capture;
	__u64 speed_millionths;
	__u64 loops_left;
	__u64 frames;        /* of this loop */
	__u64 first_ns;      /* the first one's timestamp */
	__u64 loop_start_ns; /* start of this loop, in capture time */
	__u64 elapsed_ns;    /* due time of the last frame, in capture time */
	__u64 not_ethernet;  /* frames that are not Ethernet */
};

/* "2", "0.5": at most six decimals, and nothing else. */
static int parse_speed(const char *what, const char *text, void *value, struct errmsg *why)
{
	char whole[16] = "", part[8] = "000000";
	const char *point = strchrnul(text, '.');
	size_t digits = *point ? strlen(point + 1) : 0; /* decimals */
	__u64 units = 0, millionths = 0;
	int err;

	if ((size_t)(point - text) < sizeof(whole) && digits <= 6 && !(*point && !digits)) {
		memcpy(whole, text, point - text);
		memcpy(part, *point ? point + 1 : "", digits);
	}
	err = number__u64(what, whole, 0, MAX_SPEED, &units, NULL);
	if (!err)
		err = number__u64(what, part, 0, SPEED_UNIT, &millionths, NULL);
	if (err || !(units + millionths))
		return errmsg__usage(why, "%s: '%s' is not a number from 0.000001 to %llu", what,
				     text, MAX_SPEED);
	*(__u64 *)value = units * SPEED_UNIT + millionths;
	return 0;
}

static const struct option_row play_options[] = {
	{OPTION_PARSED(struct play_options, speed_millionths), .name = "speed", .argument = "X",
	 .parse = parse_speed, .fallback = "1", .without = "rate",
	 .help = "X times the captured speed"},
	{OPTION_NUMBER(struct play_options, loops), .name = "loop", .argument = "N", .min = 1,
	 .max = MAX_LOOPS, .fallback = "1", .help = "play it N times"},
	{OPTION_NUMBER(struct play_options, count), .name = "count", .argument = "N", .min = 1,
	 .max = MAX_RATE_PPS, .unset = "at the end, or after one hour",
	 .help = "stop after N frames"},
	{OPTION_TABLE(struct play_options, send, send_common_options)},
	{},
};

/* A timestamp that steps back counts as equal; the next loop follows without a pause. */
static __u64 due_ns(struct player *player, const struct capture_frame *frame)
{
	__u64 since_first;

	if (!player->frames++)
		player->first_ns = frame->timestamp_ns;
	since_first =
		frame->timestamp_ns > player->first_ns ? frame->timestamp_ns - player->first_ns : 0;
	if (player->loop_start_ns + since_first > player->elapsed_ns)
		player->elapsed_ns = player->loop_start_ns + since_first;
	return (unsigned __int128)player->elapsed_ns * SPEED_UNIT / player->speed_millionths;
}

static int play_rewind(struct player *player, struct errmsg *why)
{
	bool empty = !player->frames;

	capture__close(player->capture);
	player->capture = NULL;
	player->frames = 0;
	player->loop_start_ns = player->elapsed_ns;
	if (empty || !--player->loops_left)
		return 0;
	return capture__open(player->path, &player->capture, why);
}

static int play_next_frame(void *opaque, struct tx_frame *ret, struct errmsg *why)
{
	struct player *player = opaque;
	struct capture_frame frame;

	while (player->capture) {
		int found = capture__next(player->capture, &frame, why);

		if (found < 0)
			return found;
		if (!found) {
			found = play_rewind(player, why);
			if (found)
				return found;
			continue;
		}
		if (frame.linktype != LINKTYPE_ETHERNET) {
			player->not_ethernet++;
			continue;
		}
		*ret = (struct tx_frame){
			.data = frame.data,
			.bytes = frame.captured_bytes,
			.due_ns = due_ns(player, &frame),
		};
		return 1;
	}
	return 0;
}

static int play_open_capture(struct player *player, const char *path, struct errmsg *why)
{
	char name[64];
	int err, linktype;

	player->path = path;
	err = capture__open(path, &player->capture, why);
	if (err)
		return err;
	linktype = capture__linktype(player->capture);
	if (linktype >= 0 && linktype != LINKTYPE_ETHERNET)
		return errmsg__set(why, -EPROTONOSUPPORT, "%s: holds %s, not Ethernet frames", path,
				   linktype__name(linktype, name, sizeof(name)));
	return 0;
}

static void play_apply_options(struct player *player, struct transmit_plan *plan,
			       const struct play_options *options)
{
	player->speed_millionths = options->speed_millionths;
	player->loops_left = options->loops;
	plan->count = options->count;
	plan->timed = !plan->rate_pps;
	if (!plan->duration_ns && !plan->count)
		plan->duration_ns = DEFAULT_DURATION_NS;
}

static int play_report(const struct cli *cli, const struct iface *iface,
		       const struct player *player, const struct transmit_result *result,
		       struct errmsg *why)
{
	json_t *object;

	if (!cli->json) {
		transmit_result__print(iface, result);
		if (player->not_ethernet)
			printf("  not sent: %llu that are not Ethernet\n", player->not_ethernet);
		return 0;
	}
	object = transmit_result__to_json(iface, result);
	json_object_set_new(object, "file", utf8__json(player->path));
	json_object_set_new(object, "not_ethernet", json_integer(player->not_ethernet));
	return cli__print_json(object, why);
}

static int run_play(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct play_options *options = cli->options;
	struct player player = {};
	struct transmit_plan plan;
	struct transmit_result result;
	struct iface iface;
	int err, report_err;

	err = send_options__read(&options->send, operands[1], &iface, &plan, why);
	if (err)
		return err;
	play_apply_options(&player, &plan, options);
	if (input_file__is_stdin(operands[0]) && options->loops > 1)
		return errmsg__usage(why, "--loop: standard input can be read only once");
	err = play_open_capture(&player, operands[0], why);
	if (err)
		goto out;
	plan.next = play_next_frame;
	plan.opaque = &player;
	plan.json = cli->json;
	plan.verbose = cli->verbose;
	err = transmit__run(&plan, &result, why);
	if (err && !result.sent)
		goto out;
	report_err = play_report(cli, &iface, &player, &result, err ? NULL : why);
	err = err ?: report_err;
out:
	capture__close(player.capture);
	return err;
}

const struct command play_command = {
	.name = "play",
	.operands = "FILE.pcap[ng] IFACE",
	.summary = "send the frames of a capture, by default with their original timing",
	.min_operands = 2,
	.max_operands = 2,
	.takes = TAKES_JSON | TAKES_VERBOSE,
	.options = play_options,
	.options_bytes = sizeof(struct play_options),
	.run = run_play,
};
