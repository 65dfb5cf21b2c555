// SPDX-License-Identifier: GPL-2.0-only
// attach: attach to an interface, or upgrade what is attached.
#ifndef COMMON_ATTACH_ATTACH_H
#define COMMON_ATTACH_ATTACH_H

#include "common/attach/registry.h"
#include "common/attach/request.h"

/**
 * lifecycle__attach() - attach to an interface, or upgrade what is attached
 * @registry: opened with REGISTRY_WRITE; locked meanwhile
 *
 * Where the kernel and libxdp support it, our program becomes a component of a dispatcher, next to
 * other components; else it is the interface's only program. An upgrade leaves it where it is.
 * Another program that prevents this is refused (-EBUSY) unless forced.
 *
 * An upgrade replaces the program in one step, on the same maps; another number of sources and maps
 * of another layout are therefore refused.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set and nothing changed.
 */
int lifecycle__attach(struct registry *registry, const char *interface,
		      const struct attach_request *request, struct attach_report *ret,
		      struct errmsg *why);

#endif
