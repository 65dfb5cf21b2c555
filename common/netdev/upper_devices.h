// SPDX-License-Identifier: GPL-2.0-only
// upper_devices: upper devices of an interface, on which its packets may be reported as received.
#ifndef COMMON_NETDEV_UPPER_DEVICES_H
#define COMMON_NETDEV_UPPER_DEVICES_H

/**
 * upper_devices__list() - an interface and its upper devices in this network namespace
 * @ret: up to @max indices: the interface first, then VLANs, bridges, bonds and the like on top of
 *	 it, and those on top of them
 *
 * Return: the number of indices; those beyond @max are left out.
 */
int upper_devices__list(int ifindex, int *ret, int max);

#endif
