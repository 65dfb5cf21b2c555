// SPDX-License-Identifier: GPL-2.0-only
// attach: attach to an interface, or upgrade what is attached.
#ifndef COMMON_ATTACH_ATTACH_H
#define COMMON_ATTACH_ATTACH_H

#include <stdbool.h>

#include "common/attach/displace.h"
#include "common/attach/record.h"
#include "common/attach/registry.h"
#include "common/attach/xdp_hook.h"

struct attach_request {
	enum attach_mode mode;
	__u32 max_sources; /* 0: the default, or as attached */
	bool handshakes;   /* an upgrade keeps them, requested or not */
	bool reset;        /* restart counting, with new maps; else an upgrade keeps its maps */
	bool force;        /* detach other XDP programs first */
	bool has_priority; /* else the default, or as attached */
	__u32 priority;
};

struct attach_report {
	enum attach_mode mode;
	bool upgraded; /* it was attached already: a new program, the same counts */
	char refusal[sizeof(((struct errmsg *)0)->text)]; /* auto: why not natively, or empty */
	const char *const *unsupported;                   /* see dataplane__unsupported() */
	char displaced[DISPLACE_TEXT_BYTES];              /* programs detached for it, or empty */
	char handshakes_remark[sizeof(
		((struct attachment_record *)0)->handshakes_remark)]; /* or empty */
};

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
