// SPDX-License-Identifier: GPL-2.0-only
// default_route: refuse interfaces that reach the network of a default route.
#ifndef PKTGEN_SEND_DEFAULT_ROUTE_H
#define PKTGEN_SEND_DEFAULT_ROUTE_H

#include "common/base/errmsg.h"

/**
 * default_route__refuse() - fail if frames sent on an interface would reach a default route
 *
 * Considers IPv4 and IPv6 routes of all tables, and /1 routes, which VPNs use instead. Interfaces
 * of one bridge or bond, VLANs and macvlans are treated as one network.
 *
 * Return: 0 if there is no such route, or a negative errno with @why set.
 */
int default_route__refuse(const char *name, int ifindex, struct errmsg *why);

#endif
