// SPDX-License-Identifier: GPL-2.0-only
// request: what is asked of an attachment, and what became of it.
#ifndef COMMON_ATTACH_REQUEST_H
#define COMMON_ATTACH_REQUEST_H

#include <stdbool.h>

#include "common/attach/displace.h"
#include "common/attach/loader.h"
#include "common/attach/record.h"
#include "common/attach/xdp_hook.h"

struct attach_request {
	enum attach_mode mode;
	__u32 max_sources; /* 0: the default, or as attached */
	bool handshakes;   /* an upgrade keeps them, requested or not */
	bool reset;        /* restart counting, with new maps; else an upgrade keeps its maps */
	bool force;        /* detach other XDP programs first */
	bool has_priority; /* else the default, or as attached */
	__u32 priority;
	struct loader *loader; /* of all interfaces of the command */
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

#endif
