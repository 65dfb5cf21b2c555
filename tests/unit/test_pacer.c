// SPDX-License-Identifier: GPL-2.0-only
// test_pacer: the rate of frames over time, and the limit of bursts.
#include "pktgen/send/pacer.h"
#include "tests/unit_test.h"

static void test_rate(void **state)
{
	static const __u64 rates[] = {1, 999, 50000, 1000000, 14880952};
	enum { STEP_NS = 37003 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rates); i++) {
		struct pacer pacer;
		__u64 sent = 0, now_ns = 12345;

		pacer__start(&pacer, rates[i], now_ns);
		for (int step = 0; step < 300000; step++) {
			__u64 allowed = pacer__allowance(&pacer, now_ns += STEP_NS);

			pacer__spend(&pacer, allowed);
			sent += allowed;
		}
		assert_in_range(sent, (now_ns - 12345) / 1e9 * rates[i] - 1,
				(now_ns - 12345) / 1e9 * rates[i]);
	}
}

/* After a pause, at most 1/50 s of frames is caught up. */
static void test_burst_is_limited(void **state)
{
	struct pacer pacer;

	(void)state;
	pacer__start(&pacer, 1000, 0);
	assert_int_equal(pacer__allowance(&pacer, 0), 0);
	assert_in_range(pacer__wait_ns(&pacer), 1, 1000001);
	assert_int_equal(pacer__allowance(&pacer, 3600000000000ull), 20);
	assert_int_equal(pacer__wait_ns(&pacer), 0);
	pacer__start(&pacer, 0, 0);
	assert_true(pacer__allowance(&pacer, 1) == ~0ull);
	pacer__spend(&pacer, 1000);
	assert_int_equal(pacer__wait_ns(&pacer), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_burst_is_limited),
	};

	return cmocka_run_group_tests_name("pacer", tests, NULL, NULL);
}
