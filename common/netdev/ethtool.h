// SPDX-License-Identifier: GPL-2.0-only
// ethtool: what a network device says of itself, by the ioctl that ethtool(8) uses.
//
// Every question has devices that do not answer it: -EOPNOTSUPP.
#ifndef COMMON_NETDEV_ETHTOOL_H
#define COMMON_NETDEV_ETHTOOL_H

#include <linux/ethtool.h>
#include <linux/types.h>
#include <stddef.h>

/**
 * ethtool__ask() - one request
 * @request: a structure of <linux/ethtool.h>, which begins with its command
 *
 * Return: 0 with the structure filled, or a negative errno.
 */
int ethtool__ask(const char *interface, void *request);

struct ethtool_row {
	char name[ETH_GSTRING_LEN + 1];
	__u64 value;
};

struct ethtool_rows {
	size_t count;
	struct ethtool_row *rows;
};

/* The value of a feature. */
enum ethtool_feature {
	FEATURE_ON = 1,
	FEATURE_FIXED = 2, /* it cannot be switched */
};

/**
 * ethtool__features() - the device's features, as `ethtool -k` names them in its source
 *
 * Return: 0 with *@ret to be freed by ethtool_rows__free(), or a negative errno.
 */
int ethtool__features(const char *interface, struct ethtool_rows *ret);

/**
 * ethtool__statistics() - the driver's own counters, as `ethtool -S` shows them
 *
 * Return: 0 with *@ret to be freed by ethtool_rows__free(), or a negative errno.
 */
int ethtool__statistics(const char *interface, struct ethtool_rows *ret);

/** ethtool_rows__find() - a row by its name, or NULL. */
const struct ethtool_row *ethtool_rows__find(const struct ethtool_rows *rows, const char *name);

/** ethtool_rows__free() - NULL and empty ones are fine. */
void ethtool_rows__free(struct ethtool_rows *rows);

/**
 * ethtool__spread() - over how many queues receive-side scaling spreads the flows
 *
 * Return: 0 with *@ret_entries (of the indirection table) and *@ret_queues (that occur in it) set,
 * or a negative errno.
 */
int ethtool__spread(const char *interface, __u32 *ret_entries, __u32 *ret_queues);

#endif
