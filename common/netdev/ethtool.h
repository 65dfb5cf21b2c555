// SPDX-License-Identifier: GPL-2.0-only
// ethtool: properties of a network device, by the ioctl that ethtool(8) uses.
//
// Devices answer requests that they do not support with -EOPNOTSUPP.
#ifndef COMMON_NETDEV_ETHTOOL_H
#define COMMON_NETDEV_ETHTOOL_H

#include <linux/ethtool.h>
#include <linux/types.h>
#include <stddef.h>

/**
 * ethtool__ask() - send one request
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
	FEATURE_FIXED = 2, /* it cannot be changed */
};

/**
 * ethtool__features() - the device's features, by their names in the kernel's source
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
 * ethtool__spread() - the number of queues that receive-side scaling uses
 *
 * Return: 0 with *@ret_entries (size of the indirection table) and *@ret_queues (distinct queues in
 * it) set, or a negative errno.
 */
int ethtool__spread(const char *interface, __u32 *ret_entries, __u32 *ret_queues);

#endif
