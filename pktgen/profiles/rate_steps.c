// SPDX-License-Identifier: GPL-2.0-only
// rate_steps: a rate of frames that changes over time, as steps that repeat.
#include "pktgen/profiles/rate_steps.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/number.h"

#define MAX_STEP_PPS 10000000
#define STEP_BYTES 64 /* of its text */

static int add_step(const char *what, struct rate_steps *steps, __u32 pps, __u32 seconds,
		    struct errmsg *why)
{
	if (steps->count == RATE_STEPS_MAX)
		return errmsg__usage(why, "%s: more than %d steps; a ramp has one each second",
				     what, RATE_STEPS_MAX);
	steps->steps[steps->count++] = (struct rate_step){pps, seconds};
	return 0;
}

/* "0-1000:60" begins with the first rate, and ends with the second one. */
static int add_ramp(const char *what, struct rate_steps *steps, __u64 from, __u64 to, __u64 seconds,
		    struct errmsg *why)
{
	__s64 rise = (__s64)to - (__s64)from;
	int err = 0;

	for (__u64 i = 0; !err && i < seconds; i++) {
		__s64 pps = from + (seconds > 1 ? rise * (__s64)i / (__s64)(seconds - 1) : 0);

		err = add_step(what, steps, pps, 1, why);
	}
	return err;
}

static int parse_step(const char *what, char *text, struct rate_steps *steps, struct errmsg *why)
{
	char *seconds_text = strchr(text, ':'), *to_text;
	__u64 from, to, seconds;
	int err;

	if (!seconds_text)
		return errmsg__usage(why, "%s: '%s': expected PPS:SECONDS or PPS-PPS:SECONDS", what,
				     text);
	*seconds_text++ = '\0';
	to_text = strchr(text, '-');
	if (to_text)
		*to_text++ = '\0';
	err = number__u64(what, text, 0, MAX_STEP_PPS, &from, why);
	if (!err)
		err = number__u64(what, seconds_text, 1, RATE_STEPS_MAX_SECONDS, &seconds, why);
	if (err || !to_text)
		return err ?: add_step(what, steps, from, seconds, why);
	err = number__u64(what, to_text, 0, MAX_STEP_PPS, &to, why);
	return err ?: add_ramp(what, steps, from, to, seconds, why);
}

static bool has_frames(const struct rate_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		if (steps->steps[i].pps)
			return true;
	return false;
}

int rate_steps__parse(const char *what, const char *text, void *ret_steps, struct errmsg *why)
{
	struct rate_steps *steps = ret_steps;
	char word[STEP_BYTES];
	int err = 0;

	steps->count = 0;
	for (const char *next = text; !err && next; next = strchr(next, ',')) {
		next += next != text;
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(next, ","), next);
		err = parse_step(what, word, steps, why);
	}
	if (!err && !has_frames(steps))
		err = errmsg__usage(why, "%s: '%s' has no frame", what, text);
	return err;
}

__u64 rate_clock__next(struct rate_clock *clock)
{
	const struct rate_step *step = &clock->steps->steps[clock->step];

	while (clock->frames >= (__u64)step->pps * step->seconds) {
		clock->passed_ns += step->seconds * NS_PER_S;
		clock->frames = 0;
		clock->step = (clock->step + 1) % clock->steps->count;
		step = &clock->steps->steps[clock->step];
	}
	clock->frames++;
	return clock->passed_ns + (clock->frames - 1) / step->pps * NS_PER_S +
	       (clock->frames - 1) % step->pps * NS_PER_S / step->pps;
}
