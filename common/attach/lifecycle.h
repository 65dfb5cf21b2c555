// SPDX-License-Identifier: GPL-2.0-only
// lifecycle: attach, upgrade, reset and detach, each one whole or not at all.
#ifndef COMMON_ATTACH_LIFECYCLE_H
#define COMMON_ATTACH_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attach/attachment.h"
#include "common/attach/displace.h"
#include "common/counts/snapshot.h"

/* What `attach` is asked for. */
struct attach_request {
	enum attach_mode mode;
	__u32 max_sources; /* 0: the default, or what there is */
	bool handshakes;   /* an upgrade keeps them, asked or not */
	bool reset;        /* count from zero, in new maps; else what is attached keeps its own */
	bool force;        /* what is not ours and stands in the way comes off */
	bool has_priority; /* else the default, or what there is */
	__u32 priority;
};

/* What attaching came to. */
struct attach_report {
	enum attach_mode mode;
	bool upgraded; /* it was attached: new program, same counts */
	char refusal[sizeof(((struct errmsg *)0)->text)]; /* auto: why not natively, or empty */
	const char *const *unsupported;                   /* see dataplane__unsupported() */
	char displaced[DISPLACE_TEXT_BYTES];              /* what had to come off, or empty */
	char handshakes_remark[sizeof(
		((struct attachment_record *)0)->handshakes_remark)]; /* or empty */
};

/* What detaching came to. */
struct detach_report {
	enum {
		DETACH_DONE,
		DETACH_CLEANED, /* not attached any more, but there were pins */
		DETACH_NOTHING, /* there was nothing of ours */
	} result;
	char displaced[DISPLACE_TEXT_BYTES]; /* what else came off, or empty */
};

/**
 * lifecycle__attach() - attach to an interface, or upgrade what is attached
 * @registry: opened with REGISTRY_WRITE, recovered
 *
 * Where the kernel and libxdp offer it, our program goes behind a dispatcher, among the others that
 * are there; else it has the interface for itself. An upgrade leaves it where it is. Any program
 * that is not ours and in the way is left alone (-EBUSY) unless forced.
 *
 * An upgrade puts the new program in the place of the old one in one step, on the same maps, so
 * that another number of sources is refused, and so are maps of another layout.
 *
 * Return: 0 with *@ret set, or a negative errno with @why set and everything as it was.
 */
int lifecycle__attach(const struct registry *registry, const char *interface,
		      const struct attach_request *request, struct attach_report *ret,
		      struct errmsg *why);

/**
 * lifecycle__detach() - take our program off an interface and unpin it
 * @registry: opened with REGISTRY_WRITE, recovered
 * @force: take off every other program too; else those beside ours stay, and where there is
 *	   nothing of ours, a foreign program is refused (-EBUSY)
 *
 * Return: 0 with *@ret set, or a negative errno with @why set.
 */
int lifecycle__detach(const struct registry *registry, const char *interface, bool force,
		      struct detach_report *ret, struct errmsg *why);

/**
 * lifecycle__reset() - start counting from zero
 * @registry: opened with REGISTRY_WRITE, recovered
 * @ret: everything that was counted until then, complete; to be freed by snapshot__free()
 * @ret_attachment: the interface
 *
 * A program with fresh maps takes the place of the old one in one step, so that each frame is
 * counted once, before or after: clearing maps that are being written would lose some.
 *
 * Return: 0, or a negative errno with @why set and nothing reset.
 */
int lifecycle__reset(const struct registry *registry, const char *interface, struct snapshot *ret,
		     struct attachment *ret_attachment, struct errmsg *why);

#endif
