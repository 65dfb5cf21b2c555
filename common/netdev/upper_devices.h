// SPDX-License-Identifier: GPL-2.0-only
// upper_devices: the interfaces above an interface: what it receives may seem to come in on them.
#ifndef COMMON_NETDEV_UPPER_DEVICES_H
#define COMMON_NETDEV_UPPER_DEVICES_H

/**
 * upper_devices__list() - an interface, and those of its namespace that are stacked on it
 * @ret: @max indices; itself first, then VLANs, bridges, bonds and the like, and what is on these
 *
 * Return: how many there are; those that find no room are left out.
 */
int upper_devices__list(int ifindex, int *ret, int max);

#endif
