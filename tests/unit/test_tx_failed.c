// SPDX-License-Identifier: GPL-2.0-only
// test_tx_failed: which of a driver's counters are failed transmissions.
#include <errno.h>

#include "common/netdev/tx_failed.h"
#include "tests/unit_test.h"

static void test_by_queue(void **state)
{
	struct ethtool_row rows[] = {
		{"peer_ifindex", 7},
		{"rx_queue_0_xdp_packets", 1000},
		{"rx_queue_0_xdp_tx", 500},
		{"rx_queue_0_xdp_tx_errors", 30},
		{"rx_queue_1_xdp_tx_errors", 4},
		{"tx_queue_0_xdp_xmit_errors", 9},
	};
	struct ethtool_rows list = {.rows = rows, .count = COUNT_OF(rows)};
	__u64 failed = 0;

	(void)state;
	assert_int_equal(tx_failed__sum(&list, &failed), 0);
	assert_int_equal(failed, 34);
}

static void test_whole(void **state)
{
	struct ethtool_row rows[] = {
		{"rx_xdp_tx_full", 5}, {"rx_xdp_tx_err", 2},   {"rx0_xdp_tx_full", 5},
		{"rx0_xdp_tx_err", 2}, {"rx_xdp_tx_xmit", 90},
	};
	struct ethtool_rows list = {.rows = rows, .count = COUNT_OF(rows)};
	__u64 failed = 0;

	(void)state;
	assert_int_equal(tx_failed__sum(&list, &failed), 0);
	assert_int_equal(failed, 7);
}

static void test_unknown(void **state)
{
	struct ethtool_row rows[] = {{"rx_packets", 5}, {"tx_errors", 2}};
	struct ethtool_rows list = {.rows = rows, .count = COUNT_OF(rows)};
	__u64 failed = 1;

	(void)state;
	assert_int_equal(tx_failed__sum(&list, &failed), -EOPNOTSUPP);
	list.count = 0;
	assert_int_equal(tx_failed__sum(&list, &failed), -EOPNOTSUPP);
	assert_int_equal(failed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_queue),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests_name("tx_failed", tests, NULL, NULL);
}
