// SPDX-License-Identifier: GPL-2.0-only
// tx_failed: frames that XDP programs sent back and that the driver has not transmitted.
#ifndef COMMON_NETDEV_TX_FAILED_H
#define COMMON_NETDEV_TX_FAILED_H

#include "common/netdev/ethtool.h"

/**
 * tx_failed__sum() - add up the counters of failed transmissions among a driver's counters
 *
 * Drivers name them in a few ways. Of a driver that counts both as a whole and by queue, the whole
 * is taken.
 *
 * Return: 0 with *@ret set, or -EOPNOTSUPP if the driver has none.
 */
int tx_failed__sum(const struct ethtool_rows *rows, __u64 *ret);

/**
 * tx_failed__read() - the same of an interface, since its driver counts
 *
 * Return: as tx_failed__sum(), or another negative errno.
 */
int tx_failed__read(const char *interface, __u64 *ret);

#endif
