// SPDX-License-Identifier: GPL-2.0-only
// default_route: does an interface lead to where the default route leads?
#ifndef PKTGEN_SEND_DEFAULT_ROUTE_H
#define PKTGEN_SEND_DEFAULT_ROUTE_H

#include "common/base/errmsg.h"

/**
 * default_route__refuse() - fail if frames sent on an interface would reach the rest of the world
 *
 * Routes of IPv4 and IPv6 in all tables count, as do the two halves of the address space that VPNs
 * use instead. An interface shares the fate of those that it is a bridge, bond, VLAN or macvlan of.
 *
 * Return: 0 if there is no such route, or a negative errno with @why set.
 */
int default_route__refuse(const char *name, int ifindex, struct errmsg *why);

#endif
