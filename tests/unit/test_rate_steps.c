// SPDX-License-Identifier: GPL-2.0-only
// test_rate_steps: rates of frames that change over time.
#include <errno.h>
#include <string.h>

#include "common/base/clock.h"
#include "pktgen/profiles/rate_steps.h"
#include "tests/unit_test.h"

static void test_steps_repeat(void **state)
{
	static const __u64 ms[] = {0, 500, 1000, 1500, 5000, 5250, 5500, 5750, 6000, 6500};
	struct rate_steps steps;
	struct rate_clock clock = {.steps = &steps};
	struct errmsg why;

	(void)state;
	assert_int_equal(rate_steps__parse("steps", "2:2,0:3,4:1", &steps, &why), 0);
	for (size_t i = 0; i < COUNT_OF(ms); i++)
		assert_int_equal(rate_clock__next(&clock), ms[i] * 1000000);
}

static void test_ramps(void **state)
{
	struct rate_steps steps;
	struct errmsg why;

	(void)state;
	assert_int_equal(rate_steps__parse("steps", "0-10:6,7-7:1", &steps, &why), 0);
	assert_int_equal(steps.count, 7);
	for (__u32 i = 0; i < 6; i++) {
		assert_int_equal(steps.steps[i].pps, 2 * i);
		assert_int_equal(steps.steps[i].seconds, 1);
	}
	assert_int_equal(steps.steps[6].pps, 7);
	assert_int_equal(rate_steps__parse("steps", "9-3:4", &steps, &why), 0);
	assert_int_equal(steps.steps[1].pps, 7);
	assert_int_equal(steps.steps[3].pps, 3);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} faults[] = {
		{"", "steps: '': expected PPS:SECONDS or PPS-PPS:SECONDS"},
		{"100", "steps: '100': expected PPS:SECONDS or PPS-PPS:SECONDS"},
		{"100:1,", "steps: '': expected PPS:SECONDS or PPS-PPS:SECONDS"},
		{"0:5", "steps: '0:5' has no frame"},
		{"1-2000:2000", "steps: more than 1024 steps; a ramp has one each second"},
	};
	struct rate_steps steps;
	struct errmsg why;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		assert_int_equal(rate_steps__parse("steps", faults[i].text, &steps, &why), -EINVAL);
		assert_string_equal(why.text, faults[i].why);
	}
	assert_int_equal(rate_steps__parse("steps", "5:0", &steps, &why), -EINVAL);
	assert_int_equal(rate_steps__parse("steps", "5-x:1", &steps, &why), -EINVAL);
	assert_int_equal(rate_steps__parse("steps", "-5:1", &steps, &why), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps_repeat),
		cmocka_unit_test(test_ramps),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
